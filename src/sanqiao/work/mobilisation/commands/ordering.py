"""From the rule to the frozen list: one row a person before anything is sent.

One INSERT … SELECT for each portion of the people, one for the batches, one for the posts that
they hold.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.sql import SQL, Literal

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import ANALYZED_ABOVE, count_of, run
from sanqiao.work.mobilisation import policies
from sanqiao.work.mobilisation.audience import called
from sanqiao.work.mobilisation.models import Channel, Mobilisation, Wave

from .drafting import locked

State = Mobilisation.State
BATCH = 500
"""Call-outs that one job sends."""
PORTION = 20_000
"""People written between two words of how far it is: under a second."""
Tell = Callable[[int, int], None]
"""Hears how many people of how many stand on the list; raises Stopped when it is not to be."""


def _to_nobody(done: int, total: int) -> None:
    pass


@transaction.atomic
def order_mobilisation(
    *, mobilisation: Mobilisation, on: date | None = None, by: User, tell: Tell = _to_nobody
) -> Mobilisation:
    """Freeze the list of those whom the rule finds on the day (today).

    Raises Refused: mobilisation.no_right, mobilisation.state, mobilisation.nobody.
    """
    mobilisation = locked(mobilisation)
    policies.check_commands(mobilisation, by, State.DRAFT)
    wave = _call(mobilisation, _("首批"), on or timezone.localdate(), by, tell)
    mobilisation.state = State.ORDERED
    mobilisation.save(update_fields=["state"])
    note("mobilisation.ordered", subject=mobilisation, by=by, people=wave.size)
    return mobilisation


@transaction.atomic
def add_wave(*, mobilisation: Mobilisation, name: str, on: date | None = None, by: User) -> Wave:
    """Call those whom the same rule finds now and who were not called: a wave of its own name.
    Posts that somebody called before has taken since are noted too.

    Raises Refused: mobilisation.no_right, mobilisation.state, mobilisation.nobody.
    """
    mobilisation = locked(mobilisation)
    policies.check_commands(mobilisation, by, State.ORDERED, State.SENDING, State.PAUSED)
    wave = _call(mobilisation, name, on or timezone.localdate(), by)
    note("mobilisation.wave_added", subject=mobilisation, by=by, wave=name, people=wave.size)
    return wave


def _call(
    mobilisation: Mobilisation, name: str, on: date, by: User, tell: Tell = _to_nobody
) -> Wave:
    number = mobilisation.waves.count() + 1
    wave = Wave.objects.create(
        mobilisation=mobilisation, number=number, name=name, ordered_on=on, ordered_by=by
    )
    values = {
        "mobilisation": Literal(mobilisation.pk), "wave": Literal(wave.pk), "day": Literal(on),
        "called": called(mobilisation, on), "size": Literal(BATCH), "step": Literal(0),
        "due": Literal(timezone.now()), "last": _last_number(mobilisation),
        "is_first": Literal(number == 1),
        "is_sent": Literal(mobilisation.channels[0] != Channel.Code.PHONE),
    }  # fmt: skip
    run(SQL("DROP TABLE IF EXISTS pg_temp.loose"))
    wave.size = count_of(LIST.format(**values))
    if not wave.size:
        raise Refused("mobilisation.nobody", _("按这个规则没有新的人可以动员。"))
    run(NEW_BATCHES.format(**values))
    for last in range(0, wave.size, PORTION):
        tell(last, wave.size)
        run(CALL.format(**values, after=Literal(last), until=Literal(last + PORTION)))
    tell(wave.size, wave.size)
    if wave.size > ANALYZED_ABOVE:
        run(SQL("SELECT mobilisation_analyse()"))
    run(HOLD_POSTS.format(**values))
    wave.save(update_fields=["size"])
    return wave


def _last_number(mobilisation: Mobilisation) -> Literal:
    last = mobilisation.batches.aggregate(last=Max("number"))["last"]
    return Literal(last or 0)


LIST = SQL("""
CREATE TEMP TABLE loose ON COMMIT DROP AS
SELECT c.*, CASE WHEN c.has_phone AND {is_sent} THEN (sum(c.has_phone::int) OVER (
    ORDER BY c.area_path, c.organisation_path, c.person_id ROWS UNBOUNDED PRECEDING) - 1) / {size}
    + 1 + {last} END AS number,
  row_number() OVER (ORDER BY c.area_path, c.organisation_path, c.person_id) AS place
FROM ({called}) c
WHERE {is_first} OR (
  SELECT o.id FROM mobilisation_callout o
  WHERE o.person_id = c.person_id AND o.mobilisation_id = {mobilisation}) IS NULL
""")
NEW_BATCHES = SQL("""
INSERT INTO mobilisation_batch (mobilisation_id, step, number, size, due_at, tries)
SELECT {mobilisation}, {step}, number, count(*), {due}, 0
FROM loose WHERE number IS NOT NULL GROUP BY number
""")
CALL = SQL("""
INSERT INTO mobilisation_callout (
  mobilisation_id, wave_id, person_id, subject, organisation_id, organisation_path,
  area_id, area_path, is_member, step, batch_id, calls, ordered_on, unreachable_on, why, answer)
SELECT {mobilisation}, {wave}, c.person_id, c.person_id, c.organisation_id, c.organisation_path,
  c.area_id, c.area_path, c.is_member, 0, b.id, 0, {day},
  CASE WHEN has_phone THEN NULL ELSE {day} END, CASE WHEN has_phone THEN '' ELSE 'no_phone' END, ''
FROM loose c LEFT JOIN mobilisation_batch b
  ON b.number = c.number AND b.mobilisation_id = {mobilisation}
WHERE c.place > {after} AND c.place <= {until}
""")
HOLD_POSTS = SQL("""
INSERT INTO mobilisation_callrole (call_out_id, post_id, area_id, area_path)
SELECT c.id, a.post_id, a.area_id, a.area_path
FROM people_appointment a JOIN mobilisation_callout c
  ON c.person_id = a.person_id AND c.mobilisation_id = {mobilisation}
WHERE a.valid_from <= {day} AND (a.valid_to IS NULL OR a.valid_to > {day})
ON CONFLICT DO NOTHING
""")


def pack(mobilisation: Mobilisation, due: datetime) -> int:
    """Put what is to be sent and lies in no batch into new ones, step by step; how many batches.

    People of one branch lie together, so that two senders seldom count in the same place.
    """
    return sum(
        _pack_step(mobilisation, step, due)
        for step, code in enumerate(mobilisation.channels)
        if code != Channel.Code.PHONE
    )


def _pack_step(mobilisation: Mobilisation, step: int, due: datetime) -> int:
    values = {
        "mobilisation": Literal(mobilisation.pk), "step": Literal(step), "due": Literal(due),
        "size": Literal(BATCH), "last": _last_number(mobilisation),
    }  # fmt: skip
    run(SQL("DROP TABLE IF EXISTS pg_temp.loose"))
    run(LOOSE.format(**values))
    batches = count_of(NEW_BATCHES.format(**values))
    if batches:
        run(INTO_BATCHES.format(**values))
    return batches


LOOSE = SQL("""
CREATE TEMP TABLE loose ON COMMIT DROP AS
SELECT id, (row_number() OVER (ORDER BY area_path, organisation_path, id) - 1) / {size}
  + 1 + {last} AS number
FROM mobilisation_callout
WHERE mobilisation_id = {mobilisation} AND step = {step} AND batch_id IS NULL
  AND sent_at IS NULL AND answered_on IS NULL AND why = ''
""")
INTO_BATCHES = SQL("""
UPDATE mobilisation_callout c SET batch_id = b.id
FROM loose l JOIN mobilisation_batch b
  ON b.number = l.number AND b.mobilisation_id = {mobilisation}
WHERE c.id = l.id
""")
