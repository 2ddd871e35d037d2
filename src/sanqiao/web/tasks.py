"""Jobs of the pages: long files, and what is swept away after them."""

from __future__ import annotations

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sanqiao.web.exporting import keeping, making
from sanqiao.web.imports.keeping import sweep

AGAIN = RetryStrategy(max_attempts=5, wait=10, retry_exceptions={OperationalError})


@app.task(queue="exports", retry=AGAIN)
def make_export(progress: int, language: str) -> None:
    """The file that this progress stands for."""
    making.make(progress, language)


@app.periodic(cron="7 * * * *")
@app.task(queue="care", queueing_lock="sweep-files")
def sweep_files(timestamp: int) -> None:
    """Each hour: files that were kept for a day."""
    keeping.sweep()
    sweep()
