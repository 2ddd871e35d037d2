"""Sending begins, waits, goes on, stops; and the mobilisation itself ends.

Senders hold the row of the mobilisation FOR SHARE while they write, so that an act here waits
for the chunk in flight, and everything after it sees the new state.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from psycopg.sql import SQL, Literal

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import count_of
from sanqiao.work.mobilisation import policies
from sanqiao.work.mobilisation.models import Mobilisation
from sanqiao.work.mobilisation.scoring import score_of
from sanqiao.work.mobilisation.sql import expect_many

from .drafting import locked

State = Mobilisation.State


@transaction.atomic
def start_sending(
    *, mobilisation: Mobilisation, at: datetime | None = None, by: User
) -> Mobilisation:
    """Let the batches go (now). Raises Refused: mobilisation.no_right, mobilisation.state."""
    mobilisation = locked(mobilisation)
    policies.check_commands(mobilisation, by, State.ORDERED)
    mobilisation.started_at = at or timezone.now()
    return _move(mobilisation, State.SENDING, "mobilisation.started", by)


@transaction.atomic
def pause_sending(*, mobilisation: Mobilisation, by: User) -> Mobilisation:
    """No further message leaves. Raises Refused: mobilisation.no_right, mobilisation.state."""
    mobilisation = locked(mobilisation)
    policies.check_commands(mobilisation, by, State.SENDING)
    return _move(mobilisation, State.PAUSED, "mobilisation.paused", by)


@transaction.atomic
def resume_sending(*, mobilisation: Mobilisation, by: User) -> Mobilisation:
    """Go on where it stood. Raises Refused: mobilisation.no_right, mobilisation.state."""
    mobilisation = locked(mobilisation)
    policies.check_commands(mobilisation, by, State.PAUSED)
    return _move(mobilisation, State.SENDING, "mobilisation.resumed", by)


@transaction.atomic
def stop_sending(*, mobilisation: Mobilisation, by: User) -> Mobilisation:
    """Send nothing any more; whoever still waits ends as unreachable. Answers still come in.

    Raises Refused: mobilisation.no_right, mobilisation.state.
    """
    mobilisation = locked(mobilisation)
    policies.check_commands(mobilisation, by, State.ORDERED, State.SENDING, State.PAUSED)
    count = _give_up(mobilisation, timezone.localdate())
    return _move(mobilisation, State.STOPPED, "mobilisation.stopped", by, unreached=count)


@transaction.atomic
def end_mobilisation(
    *, mobilisation: Mobilisation, on: date | None = None, by: User
) -> Mobilisation:
    """It is over (today): no answers any more; an exercise gets its score. To be closed in time.

    Raises Refused: mobilisation.no_right, mobilisation.state.
    """
    mobilisation, day = locked(mobilisation), on or timezone.localdate()
    policies.check_commands(mobilisation, by, State.SENDING, State.PAUSED, State.STOPPED)
    count = _give_up(mobilisation, day)
    mobilisation.over_on = day
    mobilisation.close_by = day + timedelta(days=policies.CLOSING_DAYS)
    if mobilisation.is_exercise:
        score_of(mobilisation).save()
    return _move(mobilisation, State.OVER, "mobilisation.ended", by, unreached=count)


def _move(mobilisation: Mobilisation, state: str, kind: str, by: User, **data: int) -> Mobilisation:
    mobilisation.state = state
    mobilisation.save(update_fields=["state", "started_at", "over_on", "close_by"])
    note(kind, subject=mobilisation, by=by, **data)
    return mobilisation


def _give_up(mobilisation: Mobilisation, day: date) -> int:
    """Whoever waits will not be reached; how many."""
    expect_many()
    return count_of(GIVE_UP.format(mobilisation=Literal(mobilisation.pk), day=Literal(day)))


GIVE_UP = SQL("""
UPDATE mobilisation_callout SET unreachable_on = {day}, why = 'stopped'
WHERE mobilisation_id = {mobilisation} AND reached_on IS NULL AND unreachable_on IS NULL
""")
