"""The arithmetic of Party organisations: what an organisation should be, as warnings.

Warnings never block: superiors may approve exceptions for the needs of the work. Counts are of
full members; exactly 3 and exactly 7 pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Organisation

BRANCH_LEAST = 3
COMMITTEE_FROM = 7
BRANCH_MOST = 50
GENERAL_BRANCH_MOST = 100
TERM_AHEAD = timedelta(days=183)
"""Half a year: time to prepare an election."""
TEMPORARY_MOST = timedelta(days=183)

BRANCH_RULES = gettext_lazy("《中国共产党支部工作条例（试行）》")
OFFICE_RULES = gettext_lazy("《中国共产党党和国家机关基层组织工作条例》")
TERM_RULES = gettext_lazy("《关于党的基层组织任期的意见》")
USUAL = gettext_lazy("组织部门通行做法")

Kind = Organisation.Kind
ELECTED = frozenset({Kind.COMMITTEE, Kind.GENERAL_BRANCH, Kind.BRANCH})


class Warning(NamedTuple):
    """`code` is stable, `text` says what is amiss, `source` which rule says so."""

    code: str
    text: str
    source: str


class Facts(NamedTuple):
    """An organisation on the day `on`; `full_members` with those of all organisations below."""

    organisation: Organisation
    full_members: int
    on: date


def warnings_for(organisation: Organisation, *, full_members: int, on: date) -> list[Warning]:
    """Everything amiss with an organisation on a day; nothing once it is dissolved."""
    if organisation.dissolved_on is not None and organisation.dissolved_on <= on:
        return []
    facts = Facts(organisation, full_members, on)
    return [warning for rule in RULES for warning in rule(facts)]


def _size_of_branch(facts: Facts) -> Iterator[Warning]:
    count = facts.full_members
    if facts.organisation.kind != Kind.BRANCH:
        return
    if count < BRANCH_LEAST:
        text = _("正式党员 %(count)d 人，不足 3 人，应成立联合党支部")
        yield _warning("few_members", text % {"count": count}, BRANCH_RULES)
    if count >= COMMITTEE_FROM:
        text = _("正式党员 %(count)d 人，应设支部委员会（3 至 5 人，最多 7 人）")
        yield _warning("committee_due", text % {"count": count}, BRANCH_RULES)
    if count > BRANCH_MOST:
        text = _("正式党员 %(count)d 人，超过 50 人，一般应设党总支")
        yield _warning("branch_too_large", text % {"count": count}, BRANCH_RULES)


def _size_of_general_branch(facts: Facts) -> Iterator[Warning]:
    count = facts.full_members
    if facts.organisation.kind != Kind.GENERAL_BRANCH:
        return
    if count <= BRANCH_MOST:
        text = _("党总支一般在 50 人以上，现有正式党员 %(count)d 人")
        yield _warning("general_branch_small", text % {"count": count}, OFFICE_RULES)
    if count >= GENERAL_BRANCH_MOST:
        text = _("正式党员 %(count)d 人，达到 100 人，一般应设党委")
        yield _warning("general_branch_large", text % {"count": count}, OFFICE_RULES)


def _size_of_committee(facts: Facts) -> Iterator[Warning]:
    """Territorial committees are not set up by number."""
    organisation, count = facts.organisation, facts.full_members
    is_counted = organisation.setting != Organisation.Setting.TERRITORY
    if organisation.kind == Kind.COMMITTEE and is_counted and count <= GENERAL_BRANCH_MOST:
        text = _("党委一般在 100 人以上，现有正式党员 %(count)d 人")
        yield _warning("committee_small", text % {"count": count}, OFFICE_RULES)


def _term(facts: Facts) -> Iterator[Warning]:
    """The day on which a term ends is its last (民法典 第二百零二条), and an election on it is in
    time, as the figure of terms that have run out has it."""
    organisation, ends = facts.organisation, facts.organisation.term_ends_on
    if organisation.kind not in ELECTED:
        return
    if ends is None:
        yield _warning("no_election", _("没有登记换届日期"), TERM_RULES)
    elif ends < facts.on:
        yield _warning("term_expired", _("已于 %(day)s 届满") % {"day": ends}, TERM_RULES)
    elif ends <= facts.on + TERM_AHEAD:
        yield _warning("term_ending", _("将于 %(day)s 届满") % {"day": ends}, TERM_RULES)


def _special_branches(facts: Facts) -> Iterator[Warning]:
    organisation = facts.organisation
    if organisation.kind == Kind.FUNCTIONAL_BRANCH:
        text = _("功能型党支部不计入党组织统计，党员不转组织关系")
        yield _warning("functional_not_counted", text, USUAL)
    is_old = facts.on - organisation.founded_on > TEMPORARY_MOST
    if organisation.kind == Kind.TEMPORARY_BRANCH and is_old:
        text = _("临时党支部已超过六个月，具备条件的应成立正式党支部")
        yield _warning("temporary_too_long", text, BRANCH_RULES)


def _warning(code: str, text: str, source: Promise) -> Warning:
    return Warning(f"organisations.{code}", text, str(source))


RULES: tuple[Callable[[Facts], Iterator[Warning]], ...] = (
    _size_of_branch,
    _size_of_general_branch,
    _size_of_committee,
    _term,
    _special_branches,
)
