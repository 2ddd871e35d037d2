"""What people say: by their own link, or through the branch. The first answer stands.

One statement takes the answer, keeps its history and leaves the event. Two who answer at once
wait for each other on the row of the call-out; the second one finds it answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.sql import SQL

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note, note_look
from sanqiao.kernel.policies import check_says_why
from sanqiao.kernel.scope import Scope
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.work.mobilisation import policies
from sanqiao.work.mobilisation.links import Named
from sanqiao.work.mobilisation.models import Answer, CallOut, Mobilisation
from sanqiao.work.mobilisation.sql import ask, ask_at_once

CHOICES = frozenset(Answer.Choice.values)
HIMSELF = "本人"
"""Who answers by a link is no user; the event says only that it was the person."""


@dataclass(frozen=True)
class Said:
    """An answer as it is given."""

    call_out: int
    answer: str
    reason: str
    via: str
    by: User | None = None


def answer_by_link(*, call_out: int, answer: str, reason: str = "") -> bool:
    """The person's own answer. Does it stand? False: an earlier one does.

    Raises Refused: mobilisation.not_open, mobilisation.answer.
    """
    return note_answer(Said(call_out, answer, reason, Answer.Via.LINK))


def answer_at_the_door(*, named: Named, answer: str, reason: str = "") -> bool:
    """The same in a transaction of its own, by one round trip, for when a whole city answers."""
    said = Said(named.call_out, answer, reason, Answer.Via.LINK)
    _check(said)
    scope = Scope(person_id=named.person)
    return _stands(ask_at_once(ANSWER, _values(said), scope=scope, request="answer"))


@transaction.atomic
def answer_by_phone(*, call_out: CallOut, answer: str, reason: str = "", by: User) -> bool:
    """What the branch was told on the telephone. Does it stand?

    Raises Refused: mobilisation.no_right, mobilisation.not_open, mobilisation.answer.
    """
    policies.check_records_answer(call_out, call_out.mobilisation, by)
    return note_answer(Said(call_out.pk, answer, reason, Answer.Via.PHONE, by))


def note_answer(said: Said) -> bool:
    """Take, keep and note an answer; does it stand?

    Raises Refused: mobilisation.not_open, mobilisation.answer.
    """
    _check(said)
    return _stands(ask(ANSWER, _values(said)))


def _check(said: Said) -> None:
    if said.answer not in CHOICES:
        raise Refused("mobilisation.answer", _("请选择能或不能。"), field="answer")


def _values(said: Said) -> dict[str, object]:
    now = timezone.now()
    return {
        "id": said.call_out,
        "answer": said.answer,
        "reason": said.reason.strip()[:200],
        "via": said.via,
        "by": said.by.pk if said.by else None,
        "who": str(said.by or HIMSELF),
        "now": now,
        "today": timezone.localdate(now),
    }


def _stands(found: list[tuple[bool]]) -> bool:
    """Nothing found: the mobilisation takes no answers, or the link is somebody else's."""
    if not found:
        raise Refused("mobilisation.not_open", _("这次动员不再接受回复。"))
    return bool(found[0][0])


ANSWER = SQL("""
WITH open AS (
  SELECT c.id, c.mobilisation_id, c.area_id, c.area_path, c.organisation_path
  FROM mobilisation_callout c JOIN mobilisation_mobilisation m ON m.id = c.mobilisation_id
  WHERE c.id = %(id)s::bigint AND m.state IN ('sending', 'paused', 'stopped')
), first AS (
  UPDATE mobilisation_callout c SET answer = %(answer)s::text, answered_on = %(today)s::date,
    reached_on = coalesce(c.reached_on, %(today)s::date)
  FROM open WHERE c.id = open.id AND c.answered_on IS NULL RETURNING c.id
), kept AS (
  INSERT INTO mobilisation_answer
    (call_out_id, answer, reason, via, stands, at, by_id, area_id, area_path)
  SELECT id, %(answer)s::text, %(reason)s::text, %(via)s::text, EXISTS (SELECT FROM first),
    %(now)s::timestamptz, %(by)s::bigint, area_id, area_path FROM open RETURNING stands
), noted AS (
  INSERT INTO kernel_event
    (kind, subject, subject_name, "by", by_id, at, area_path, organisation_path, data)
  SELECT 'mobilisation.answered', 'mobilisation.CallOut:' || id, mobilisation_id || '#' || id,
    %(who)s::text, %(by)s::bigint, %(now)s::timestamptz, area_path, coalesce(organisation_path, ''),
    jsonb_build_object('via', %(via)s::text, 'stands', EXISTS (SELECT FROM first)) FROM open
)
SELECT stands FROM kept
""")


@transaction.atomic
def note_attempt(*, call_out: CallOut, wrong_number: bool = False, by: User) -> CallOut:
    """Nobody took the telephone, or the number is somebody else's, and so the person unreachable.

    Raises Refused: mobilisation.no_right, mobilisation.not_open, mobilisation.answered.
    """
    rows = CallOut.objects.select_for_update(of=("self",)).select_related("mobilisation")
    call_out = rows.get(pk=call_out.pk)
    policies.check_records_answer(call_out, call_out.mobilisation, by)
    if call_out.answered_on is not None:
        raise Refused("mobilisation.answered", _("此人已经回复。"))
    call_out.calls += 1
    if wrong_number and call_out.reached_on is None:
        call_out.unreachable_on = call_out.unreachable_on or timezone.localdate()
        call_out.why = CallOut.Why.WRONG_NUMBER
    call_out.save(update_fields=["calls", "unreachable_on", "why"])
    note("mobilisation.attempt_noted", subject=call_out, by=by, wrong_number=wrong_number)
    return call_out


@transaction.atomic
def open_call_list(
    *, mobilisation: Mobilisation, place: Organisation | Area, purpose: str, by: User
) -> list[CallOut]:
    """Who has not answered, with telephone numbers, of a branch; of an area those without a
    branch. Each look is logged.

    Raises Refused: mobilisation.no_right, not_open; kernel.reason_missing.
    """
    policies.check_opens_list(mobilisation, place, by)
    purpose = check_says_why(purpose, field="purpose")
    rows = CallOut.objects.visible_to(by).unanswered().on_list_of(place)
    found = list(rows.filter(mobilisation=mobilisation).select_related("person").order_by("id"))
    _note_looks(found, purpose, by)
    note("mobilisation.call_list_opened", subject=place, by=by, people=len(found))
    return found


def _note_looks(call_outs: Iterable[CallOut], purpose: str, by: User) -> None:
    for call_out in call_outs:
        if call_out.person is not None:
            note_look(user=by, subject=call_out.person, field="phone", purpose=purpose)
