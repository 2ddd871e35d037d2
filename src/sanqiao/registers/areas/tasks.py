from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from sanqiao.kernel.commands import machine
from sanqiao.kernel.scope import EVERYTHING, acting_as

from .commands import settle_moves


@app.periodic(cron="2 0 * * *")
@app.task(queue="care", queueing_lock="settle-moves")
def seat_moved_areas(timestamp: int) -> int:
    """Just after midnight: areas whose move begins today, or began while no worker ran."""
    with acting_as(by := machine(), scope=EVERYTHING, request="nightly"):
        return settle_moves(on=timezone.localdate(), by=by)
