"""A branch's receipts: what became of its people, in one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL, Literal

from sanqiao.kernel.fields import find_key
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported, Reason, Refusals, Stage, count_of, run, stage
from sanqiao.work.mobilisation import policies
from sanqiao.work.mobilisation.models import Mobilisation
from sanqiao.work.mobilisation.rows import OutcomeRow
from sanqiao.work.mobilisation.sql import expect_many

from .drafting import locked

OUTCOMES = ("can", "cannot", "silent", "unreachable")
COLUMNS = {
    "key": "bytea", "outcome": "text", "day": "date", "at": "timestamptz", "reason": "text",
    "call_out": "bigint", "path": "text", "organisation": "text", "since": "date",
}  # fmt: skip
BAD_OUTCOME = Reason("mobilisation.outcome", "outcome", _("结果应为能、不能、未回复或未能送达。"))
NOT_CALLED = Reason("mobilisation.not_called", "id_number", _("此人不在您的名单上。"))
TWIN = Reason("import.twin", "id_number", _("与第 %(twin)d 行重复"))
TOO_EARLY = Reason("mobilisation.too_early", "on", _("日期早于定名单日期。"))


@transaction.atomic
def import_outcomes(
    *, mobilisation: Mobilisation, rows: Sequence[OutcomeRow], by: User
) -> Imported:
    """What branches report, of those whom `by` may answer for; an answer that stands stays.

    Raises RowsRefused; Refused: mobilisation.not_open.
    """
    mobilisation, refusals = locked(mobilisation), Refusals()
    policies.check_open(mobilisation)
    for n, row in enumerate(rows):
        if row.outcome not in OUTCOMES:
            refusals.add(n, BAD_OUTCOME)
    refusals.check()
    staged = _staged(mobilisation, rows)
    _refuse(staged, refusals, by)
    refusals.check()
    expect_many()
    answered = count_of(ANSWER.format(by=Literal(by.pk)))
    changed = count_of(CHANGE)
    done = Imported(answered, changed - answered, len(rows) - changed)
    if changed:
        note("mobilisation.outcomes_imported", subject=mobilisation, by=by, **done._asdict())
    return done


def _staged(mobilisation: Mobilisation, rows: Sequence[OutcomeRow]) -> Stage:
    """With the call-out of each, where there is one and the reader sees it."""
    zone = timezone.get_current_timezone()
    staged = stage(
        "staged_outcome", COLUMNS,
        (
            (find_key(row.id_number), row.outcome, row.on, datetime.combine(row.on, time(12), zone),
             row.reason, None, None, None, None)
            for row in rows
        ),
    )  # fmt: skip
    run(FIND.format(mobilisation=Literal(mobilisation.pk)))
    run(PLACE)
    return staged


def _refuse(staged: Stage, refusals: Refusals, by: User) -> None:
    staged.refuse(refusals, "s.call_out IS NULL", NOT_CALLED)
    staged.refuse_twins(refusals, "key", reason=TWIN)
    staged.refuse(refusals, "s.day < s.since", TOO_EARLY)
    for n, path, organisation in run(PLACES):
        if not by.may("mobilisation.answer", area=path, organisation=organisation):
            refusals.add(n, NOT_CALLED)


PLACES = SQL(
    "SELECT min(n), path, organisation FROM staged_outcome WHERE call_out IS NOT NULL"
    " GROUP BY path, organisation"
)
FIND = SQL("""
UPDATE staged_outcome s SET call_out = (
  SELECT c.id FROM people_person p JOIN mobilisation_callout c ON c.person_id = p.id
  WHERE p.id_number_key = s.key AND c.mobilisation_id = {mobilisation})
""")
"""Row by row over two unique indexes: no statistics know yet how many a new order called."""
PLACE = SQL("""
UPDATE staged_outcome s SET path = c.area_path, organisation = c.organisation_path,
  since = c.ordered_on
FROM mobilisation_callout c WHERE c.id = s.call_out
""")
ANSWER = SQL("""
INSERT INTO mobilisation_answer
  (call_out_id, answer, reason, via, stands, at, by_id, area_id, area_path)
SELECT c.id, s.outcome, s.reason, 'sheet', true, s.at, {by}, c.area_id, c.area_path
FROM staged_outcome s JOIN mobilisation_callout c ON c.id = s.call_out
WHERE s.outcome IN ('can', 'cannot') AND c.answered_on IS NULL
""")
CHANGE = SQL("""
UPDATE mobilisation_callout c SET
  answer = CASE WHEN s.outcome IN ('can', 'cannot') THEN s.outcome ELSE '' END,
  answered_on = CASE WHEN s.outcome IN ('can', 'cannot') THEN s.day END,
  reached_on = CASE WHEN s.outcome <> 'unreachable' THEN coalesce(c.reached_on, s.day) END,
  unreachable_on = CASE WHEN s.outcome = 'unreachable' THEN coalesce(c.unreachable_on, s.day)
    ELSE c.unreachable_on END,
  why = CASE WHEN s.outcome = 'unreachable' AND c.why = '' THEN 'reported' ELSE c.why END
FROM staged_outcome s
WHERE c.id = s.call_out AND c.answered_on IS NULL
  AND (s.outcome <> 'unreachable' OR c.reached_on IS NULL AND c.unreachable_on IS NULL)
  AND (s.outcome <> 'silent' OR c.reached_on IS NULL)
""")
