"""Who may do what about squads, shifts and closed units. Pure; raises Refused.

They also decide which buttons show.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area, ClosedUnit

from .models import Claim, Deployment, LogEntry, Shift, Squad, SquadMember, SwapOffer
from .models.squads import OfSquad

NOT_ALLOWED = "squads.not_allowed"
LEVELS = (Area.Level.COMMUNITY, Area.Level.GRID, Area.Level.MICROGRID)


def leads(by: User, record: OfSquad) -> bool:
    """Forms, staffs, sends and dissolves; in the squad's area."""
    return by.may("squads.lead", area=record.area_path)


def plans(by: User, record: OfSquad) -> bool:
    """Plans shifts and keeps the log: the place's own people, or the forming unit's liaison."""
    path = record.organisation_path or None
    return by.may("squads.plan", area=record.area_path, organisation=path)


def plans_at(by: User, area_path: str) -> bool:
    return by.may("squads.plan", area=area_path)


def is_own(by: User, person_id: int) -> bool:
    return by.person_id == person_id


def check_leads(by: User, area_path: str) -> None:
    """Raises Refused: squads.not_allowed."""
    if not by.may("squads.lead", area=area_path):
        raise Refused(NOT_ALLOWED, _("您无权在这里组建或调派突击队"), field="area")


def check_plans(by: User, record: OfSquad) -> None:
    """Raises Refused: squads.not_allowed."""
    if not plans(by, record):
        raise Refused(NOT_ALLOWED, _("这里的值守不由您安排"))


def check_plans_at(by: User, area_path: str) -> None:
    """Raises Refused: squads.not_allowed."""
    if not plans_at(by, area_path):
        raise Refused(NOT_ALLOWED, _("这里的值守不由您安排"))


def check_stands(squad: Squad, on: date, *, field: str = "on") -> None:
    """Raises Refused: squads.dissolved, squads.too_early."""
    if squad.dissolved_on is not None:
        raise Refused("squads.dissolved", _("这支突击队已经解散"))
    if on < squad.formed_on:
        words = _("突击队组建于 %(day)s，不能更早") % {"day": squad.formed_on}
        raise Refused("squads.too_early", words, field=field)


def check_keeps_an_end(before: date | None, after: date | None) -> None:
    """Somebody owes the dissolution by it. Raises Refused: squads.until_stays."""
    if before is not None and after is None:
        words = _("预定解散日期可以改期，不能去掉：有人负责按期解散")
        raise Refused("squads.until_stays", words, field="until")


def check_proven(proven: bool, breach_reason: str) -> str:
    """The reason for a breach, empty when there is none.

    Who does not satisfy the rule may lead only with a reason, and it stays a breach. Raises
    Refused: squads.captain_rule.
    """
    if proven:
        return ""
    if not breach_reason.strip():
        words = _("此人当日既不是市直单位主要负责人，职级也未达到要求；确需任命的，请写明原因")
        raise Refused("squads.captain_rule", words, field="captain")
    return breach_reason.strip()


def check_sent_to(area: Area) -> None:
    """Raises Refused: squads.too_wide."""
    if area.level not in LEVELS:
        words = _("派驻到小区、网格或村（社区），“%(area)s”范围太大") % {"area": area.name}
        raise Refused("squads.too_wide", words, field="area")


def check_open(record: SquadMember | Deployment, on: date) -> None:
    """Raises Refused: squads.ended, squads.too_early."""
    if record.valid_to is not None:
        raise Refused("squads.ended", _("已经结束"))
    if on <= record.valid_from:
        words = _("应晚于 %(day)s") % {"day": record.valid_from}
        raise Refused("squads.too_early", words, field="on")


def check_not_captain(member: SquadMember) -> None:
    """Raises Refused: squads.captain_stays."""
    if member.role == SquadMember.Role.CAPTAIN:
        words = _("队长不能空缺：请任命新的队长，或解散突击队")
        raise Refused("squads.captain_stays", words)


def check_within(deployment: Deployment, first: date, last: date) -> None:
    """Raises Refused: squads.not_there."""
    gone = deployment.valid_to is not None and deployment.valid_to <= last
    if first < deployment.valid_from or gone:
        raise Refused("squads.not_there", _("派驻期间才能安排班次"), field="first")


def check_closed(unit: ClosedUnit, first: date, last: date) -> None:
    """Raises Refused: squads.not_closed."""
    opened = unit.opened_on is not None and unit.opened_on <= last
    if first < unit.closed_on or opened:
        raise Refused("squads.not_closed", _("封闭期间才能安排班次"), field="first")


def check_claims(by: User, shift: Shift, person_id: int, now: datetime) -> None:
    """Oneself before it begins, or whoever plans the shift at any time.

    Raises Refused: squads.not_allowed, squads.shift_cancelled, squads.shift_over.
    """
    if shift.cancelled_on is not None:
        raise Refused("squads.shift_cancelled", _("这个班次已经取消"))
    if plans(by, shift):
        return
    if not is_own(by, person_id):
        raise Refused(NOT_ALLOWED, _("只能为本人认领"))
    if shift.span[1] <= now:
        raise Refused("squads.shift_over", _("这个班次已经结束"))


def check_gives_up(by: User, claim: Claim, shift: Shift, now: datetime) -> None:
    """Raises Refused: squads.not_allowed, squads.claim_cancelled, squads.shift_over."""
    if claim.cancelled_on is not None:
        raise Refused("squads.claim_cancelled", _("这个认领已经取消"))
    if plans(by, shift):
        return
    if not is_own(by, claim.person_id):
        raise Refused(NOT_ALLOWED, _("只能取消本人的认领"))
    if shift.span[0] <= now:
        raise Refused("squads.shift_over", _("班次已经开始，请联系安排值守的人"))


def check_offers(by: User, mine: Claim, theirs: Claim) -> None:
    """Raises Refused: squads.not_allowed, squads.claim_cancelled, squads.same_shift."""
    if not is_own(by, mine.person_id):
        raise Refused(NOT_ALLOWED, _("只能用本人的班换"))
    if mine.cancelled_on or theirs.cancelled_on:
        raise Refused("squads.claim_cancelled", _("这个认领已经取消"))
    if mine.shift_id == theirs.shift_id or mine.person_id == theirs.person_id:
        raise Refused("squads.same_shift", _("不用换：同一个班次，或都是本人的班"), field="theirs")


def check_answers(by: User, offer: SwapOffer) -> None:
    """Only the other one answers. Raises Refused: squads.not_allowed, squads.answered."""
    if not is_own(by, offer.other_id):
        raise Refused(NOT_ALLOWED, _("须由对方本人答复"))
    check_unanswered(offer)


def check_unanswered(offer: SwapOffer) -> None:
    """Raises Refused: squads.answered."""
    if offer.state != SwapOffer.State.OPEN:
        raise Refused("squads.answered", _("这个换班已经有了结果"))


def check_corrects(entry: LogEntry) -> None:
    """Raises Refused: squads.corrected."""
    if hasattr(entry, "correction"):
        raise Refused("squads.corrected", _("这一条已经更正过，请更正后来的那一条"))


def check_says(text: str, *, field: str = "text") -> str:
    """Without blanks at its ends. Raises Refused: squads.words_missing."""
    if not text.strip():
        raise Refused("squads.words_missing", _("请写明内容"), field=field)
    return text.strip()
