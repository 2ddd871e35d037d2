"""Who may do what about check-ins, pairings and reports. Pure; raises Refused.

They also decide which buttons show.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area

from .models import MemberCheckIn, MemberReport, Pairing, UnitReport
from .models.parts import OfUnit

NOT_ALLOWED = "service.not_allowed"


def pairs(by: User, area: str) -> bool:
    return by.may("service.pair", area=area)


def accepts(by: User, area: str) -> bool:
    return by.may("service.accept", area=area)


def liaises(by: User, organisation: str | None) -> bool:
    """A unit without Party organisation has nobody here who speaks for it."""
    return by.may("service.liaise", organisation=organisation or "")


def is_own(by: User, person_id: int) -> bool:
    return by.person_id == person_id


def check_pairs(by: User, area: Area) -> None:
    """Raises Refused: service.not_allowed, service.not_a_community."""
    if not pairs(by, area.path):
        raise Refused(NOT_ALLOWED, _("您无权在这里安排包联"), field="area")
    if area.level != Area.Level.COMMUNITY:
        raise Refused("service.not_a_community", _("包联的应是村或社区"), field="area")


def check_drafts(by: User, area: Area) -> None:
    """Raises Refused: service.not_allowed."""
    if not by.may("service.draft", area=area.path):
        raise Refused(NOT_ALLOWED, _("您无权在这里生成报告"))


def check_speaks_for_unit(by: User, record: OfUnit) -> None:
    """Raises Refused: service.not_allowed."""
    if not liaises(by, record.organisation_path):
        raise Refused(NOT_ALLOWED, _("这不是您联络的单位"))


def check_accepts(by: User, area: str) -> None:
    """Raises Refused: service.not_allowed."""
    if not accepts(by, area):
        raise Refused(NOT_ALLOWED, _("只有居住地社区可以接收、安排或退回"))


def check_hands_in(by: User, person_id: int, organisation: str | None, area: str) -> None:
    """Oneself, one's unit, or the community at its desk. Raises Refused: service.not_allowed."""
    if not (is_own(by, person_id) or liaises(by, organisation) or accepts(by, area)):
        raise Refused(NOT_ALLOWED, _("只能为本人、本单位或本社区的人报到"))


def check_answers(check_in: MemberCheckIn, by: User) -> None:
    """Nobody accepts their own slip.

    Raises Refused: service.not_allowed, service.own_slip, service.not_waiting.
    """
    check_accepts(by, check_in.area_path)
    if is_own(by, check_in.person_id):
        raise Refused("service.own_slip", _("本人的报到单须由他人接收"))
    if not check_in.is_waiting:
        words = _("这张报到单现为“%(state)s”") % {"state": check_in.state}
        raise Refused("service.not_waiting", words)


def check_places(check_in: MemberCheckIn, by: User) -> None:
    """Raises Refused: service.not_allowed, service.not_placed."""
    check_accepts(by, check_in.community.path)
    if not check_in.is_placed:
        raise Refused("service.not_placed", _("已接收、尚未结束的才能编组"))


def check_place(community: Area, grid: Area, team_area: int | None, on: date) -> None:
    """Raises Refused: service.grid_elsewhere, service.team_elsewhere."""
    has_ended = grid.valid_to is not None and grid.valid_to <= on
    if not grid.path.startswith(community.path) or has_ended or grid.valid_from > on:
        raise Refused("service.grid_elsewhere", _("该日社区里没有这个网格"), field="grid")
    if team_area is not None and team_area != community.pk:
        raise Refused("service.team_elsewhere", _("这不是本社区的服务队"), field="team")


def check_open(check_in: MemberCheckIn, on: date) -> None:
    """Raises Refused: service.ended, service.too_early."""
    if check_in.ended_on is not None:
        raise Refused("service.ended", _("这次报到已经结束"))
    earliest = check_in.accepted_on or check_in.checked_in_on
    if on < earliest:
        words = _("不能早于 %(day)s") % {"day": earliest}
        raise Refused("service.too_early", words, field="on")


def check_says_why(text: str, *, field: str) -> str:
    """Without blanks at its ends. Raises Refused: service.reason_missing."""
    if not text.strip():
        raise Refused("service.reason_missing", _("请写明原因"), field=field)
    return text.strip()


def check_signs(pairing: Pairing, side: str, by: User) -> None:
    """Each side signs once, for itself. Raises Refused: service.not_allowed, service.signed."""
    if side == "unit":
        check_speaks_for_unit(by, pairing)
        signed = pairing.unit_signed_on
    else:
        check_accepts(by, pairing.area_path)
        signed = pairing.community_signed_on
    if signed is not None:
        raise Refused("service.signed", _("这一方已经签字"))


def check_confirms(report: MemberReport | UnitReport, by: User) -> None:
    """The person, or for a unit its liaison, who also speaks for those without a phone.

    Raises Refused: service.not_allowed, service.confirmed.
    """
    own = isinstance(report, MemberReport) and is_own(by, report.person_id)
    if not own:
        check_speaks_for_unit(by, report)
    if report.confirmed_on is not None:
        raise Refused("service.confirmed", _("这份报告已经确认"))


def check_remarks(report: MemberReport | UnitReport, by: User) -> None:
    """Raises Refused: service.not_allowed, service.own_report, service.not_confirmed, …"""
    check_accepts(by, report.area_path)
    own = isinstance(report, MemberReport) and is_own(by, report.person_id)
    if own or report.confirmed_by_id == by.pk:
        raise Refused("service.own_report", _("本人的报告须由他人签署意见"))
    if report.confirmed_on is None:
        raise Refused("service.not_confirmed", _("报告尚未确认"))
    if report.is_done:
        raise Refused("service.remarked", _("社区已经签署意见"))
