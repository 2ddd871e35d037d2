"""What a sender writes: it takes a batch for a while, says what became of each message, lets go.

None of these has an actor: they carry out what was ordered. Nothing here is lost when a sender
dies: a lease runs out, and whoever takes the batch next sends the same keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg.sql import SQL

from sanqiao.work.mobilisation.links import link_of
from sanqiao.work.mobilisation.models import Batch, CallOut, Channel, Mobilisation
from sanqiao.work.mobilisation.providers import Message, Receipt
from sanqiao.work.mobilisation.sql import ask

LEASE = timedelta(seconds=60)
"""Longer than any chunk takes; a dead sender's batch waits so long."""
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True)
class Lease:
    """A batch that is ours until `LEASE` after the last chunk, and what is still to be sent."""

    batch: int
    mobilisation: int
    key: UUID
    channel: str
    is_exercise: bool
    is_last_step: bool
    messages: list[Message]


@transaction.atomic
def lease_batch(*, batch: int) -> Lease | None:
    """Take a batch; None when it is done, not due, somebody else's, or sending is not on."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    rows = Batch.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("mobilisation").filter(free, pk=batch, done_at=None, due_at__lte=now)
    found = rows.first()
    if found is None or found.mobilisation.state != Mobilisation.State.SENDING:
        return None
    found.lease, found.leased_until = uuid4(), now + LEASE
    found.save(update_fields=["lease", "leased_until"])
    return _lease(found, found.lease)


def _lease(batch: Batch, key: UUID) -> Lease:
    mobilisation = batch.mobilisation
    persons = _unsent(batch).order_by("id").values_list("id", "person_id", "person__phone")
    return Lease(
        batch=batch.pk,
        mobilisation=mobilisation.pk,
        key=key,
        channel=mobilisation.channels[batch.step],
        is_exercise=mobilisation.is_exercise,
        is_last_step=batch.step + 1 == len(mobilisation.route),
        messages=[
            Message(str(pk), str(phone), f"{mobilisation.notice}{link_of(pk, person)}")
            for pk, person, phone in persons
        ],
    )


@transaction.atomic
def reserve(*, channel: str, count: int, per_second: float) -> float:
    """Take the channel's next `count` places; in how many seconds they come."""
    Channel.objects.get_or_create(code=channel)
    row = Channel.objects.select_for_update().get(code=channel)
    now = timezone.now()
    start = max(now, row.free_at or now)
    row.free_at = start + timedelta(seconds=count / per_second)
    row.save(update_fields=["free_at"])
    return (start - now).total_seconds()


@transaction.atomic
def record_receipts(*, lease: Lease, receipts: Sequence[Receipt]) -> bool:
    """Write what became of a chunk. False when the batch is not ours to go on with."""
    ((state,),) = ask(HOLD, {"id": lease.mobilisation})
    known = [receipt for receipt in receipts if receipt.outcome != "unknown"]
    now = timezone.now()
    if known:
        _mark(lease, known, now)
    mine = Batch.objects.filter(pk=lease.batch, lease=lease.key)
    kept = mine.update(leased_until=now + LEASE)
    return bool(kept) and state == Mobilisation.State.SENDING


HOLD = SQL("SELECT state FROM mobilisation_mobilisation WHERE id = %(id)s FOR SHARE")


def _mark(lease: Lease, receipts: Sequence[Receipt], now: datetime) -> None:
    values: dict[str, Any] = {
        "ids": [int(receipt.key) for receipt in receipts],
        "taken": [receipt.outcome == "accepted" for receipt in receipts],
        "batch": lease.batch,
        "now": now,
        "today": timezone.localdate(now),
        "last": lease.is_last_step,
    }
    ask(MARK, values)


MARK = SQL("""
UPDATE mobilisation_callout c SET
  sent_at = CASE WHEN r.taken THEN %(now)s::timestamptz END,
  reached_on = CASE WHEN r.taken THEN coalesce(c.reached_on, %(today)s::date)
    ELSE c.reached_on END,
  step = CASE WHEN r.taken OR %(last)s THEN c.step ELSE c.step + 1 END,
  batch_id = CASE WHEN r.taken OR %(last)s THEN c.batch_id END,
  unreachable_on = CASE WHEN NOT r.taken AND %(last)s AND c.reached_on IS NULL
    THEN %(today)s::date ELSE c.unreachable_on END,
  why = CASE WHEN NOT r.taken AND %(last)s THEN 'refused' ELSE c.why END
FROM unnest(%(ids)s::bigint[], %(taken)s::boolean[]) AS r(id, taken)
WHERE c.id = r.id AND c.batch_id = %(batch)s AND c.sent_at IS NULL
""")


@transaction.atomic
def release_batch(*, lease: Lease) -> datetime | None:
    """Let go: done when nothing is left to send, else due again later, ever less often.

    When it is due; None when it is done or was not ours any more.
    """
    batch = Batch.objects.select_for_update().filter(pk=lease.batch, lease=lease.key).first()
    if batch is None:
        return None
    now = timezone.now()
    batch.lease = batch.leased_until = None
    if _unsent(batch).exists():
        batch.tries += 1
        batch.due_at = now + _pause(batch.tries)
    else:
        batch.done_at = now
    batch.save()
    return None if batch.done_at else batch.due_at


def _unsent(batch: Batch) -> QuerySet[CallOut]:
    return CallOut.objects.filter(batch=batch, sent_at=None, answered_on=None, why="")


def _pause(tries: int) -> timedelta:
    """2, 4, 8 … seconds to ten minutes, up to half of it more by chance."""
    seconds = min(2.0**tries, LONGEST_WAIT.total_seconds())
    return timedelta(seconds=seconds * uniform(1, 1.5))  # noqa: S311


@transaction.atomic
def mark_channel(*, channel: str, is_down: bool) -> None:
    """Since when it does not answer. One query, and no lock, when that is known already."""
    if not is_down:
        Channel.objects.filter(code=channel).exclude(down_since=None).update(down_since=None)
        return
    Channel.objects.get_or_create(code=channel)
    Channel.objects.filter(code=channel, down_since=None).update(down_since=timezone.now())
