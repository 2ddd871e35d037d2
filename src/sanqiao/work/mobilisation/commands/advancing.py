"""From time to time: whoever is silent too long, or whose channel is down, goes to the next one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from sanqiao.work.mobilisation.models import Batch, CallOut, Channel, Mobilisation
from sanqiao.work.mobilisation.providers import carrier_of
from sanqiao.work.mobilisation.sql import expect_many

from .ordering import pack


@transaction.atomic
def advance(*, mobilisation: int) -> list[int]:
    """Move on those whose time has come, and pack them. Ids of batches that wait for a sender."""
    rows = Mobilisation.objects.select_for_update(skip_locked=True)
    found = rows.filter(pk=mobilisation, state=Mobilisation.State.SENDING).first()
    if found is None:
        return []
    expect_many()
    now = timezone.now()
    for step in range(len(found.route) - 1):
        _past_silence(found, step, now)
        _past_failure(found, step, now)
    pack(found, now)
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    waiting = Batch.objects.filter(free, mobilisation=found, done_at=None, due_at__lte=now)
    return list(waiting.order_by("number").values_list("pk", flat=True))


def _past_silence(mobilisation: Mobilisation, step: int, now: datetime) -> None:
    """Without a patience nobody is asked again."""
    minutes = int(mobilisation.route[step].get("patience_minutes", 0))
    if minutes:
        silent = _at(mobilisation, step).filter(sent_at__lt=now - timedelta(minutes=minutes))
        _on(silent.filter(answered_on=None))


def _past_failure(mobilisation: Mobilisation, step: int, now: datetime) -> None:
    """A channel is given up when it has been down for as long as its provider may be."""
    code = mobilisation.channels[step]
    minutes = carrier_of(code, is_exercise=mobilisation.is_exercise).failover_minutes
    limit = now - timedelta(minutes=minutes)
    if Channel.objects.filter(code=code, down_since__lt=limit).exists():
        _on(_at(mobilisation, step).filter(sent_at=None, answered_on=None, why=""))


def _at(mobilisation: Mobilisation, step: int) -> models.QuerySet[CallOut]:
    return CallOut.objects.filter(mobilisation=mobilisation, step=step)


def _on(rows: models.QuerySet[CallOut]) -> None:
    rows.update(step=F("step") + 1, batch=None, sent_at=None)
