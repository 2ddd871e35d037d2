"""动员: letters, who was called, how the balance stands, who answered in which role, pledges.

Exercises are never counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check
from sanqiao.figures.figure import Figure, Records, Text
from sanqiao.work.mobilisation.models import (
    CallOut,
    CallRole,
    Deed,
    Mobilisation,
    Pledge,
    PledgeCampaign,
)
from sanqiao.work.mobilisation.models.callouts import not_reached, reached

SINCE = date(2019, 1, 1)
RECORDS, ORGANISATION_OFFICE = _("动员记录"), _("市委组织部")
PERSON, TIMES = _("人"), _("人次")
CALLED_BY_ORDER = _("历次动员（不含演练）名单上的人")
REAL = Q(mobilisation__is_exercise=False)
FIELDS = ("ordered_on", "reached_on", "unreachable_on", "answered_on", "answer")


def answered(day: date) -> Q:
    return Q(answered_on__lte=day)


def call_outs(state: Callable[[date], Q]) -> Records:
    """One row a person and mobilisation, in that state on the day."""
    return Records(
        of=CallOut,
        where=lambda start, as_of: REAL & Q(ordered_on__lte=as_of) & state(as_of),
        fields=FIELDS,
    )


def balance(code: str, name: Text, definition: Text, state: Callable[[date], Q]) -> Figure:
    """A term of the balance, in 人次: somebody called twice counts twice."""
    return Figure(
        code=f"mobilisation.{code}",
        name=name,
        unit=TIMES,
        kind="count",
        population=CALLED_BY_ORDER,
        definition=definition,
        source=RECORDS,
        owner=ORGANISATION_OFFICE,
        since=SINCE,
        records=call_outs(state),
    )


ORDERED = balance(
    "ordered",
    _("应动员"),
    _("截至当日各次动员名单上的人，一次动员一人计一次；等于已送达、未能送达与待送达之和。"),
    lambda day: Q(),
)
REACHED = balance(
    "reached",
    _("已送达"),
    _("截至当日渠道已受理消息、支部已联系上或本人已回复的；等于已回复与未回复之和。"),
    reached,
)
UNREACHABLE = balance(
    "unreachable",
    _("未能送达"),
    _("截至当日已确定送不到的：没有手机号、各渠道拒收、号码有误、支部联系不上或停发前未送达。"),
    lambda day: Q(unreachable_on__lte=day) & not_reached(day),
)
WAITING = balance(
    "waiting",
    _("待送达"),
    _("截至当日既未送达、也未确定送不到的。"),
    lambda day: (Q(unreachable_on__isnull=True) | Q(unreachable_on__gt=day)) & not_reached(day),
)
ANSWERED = balance(
    "answered",
    _("已回复"),
    _("截至当日已回复能或不能的；以第一次回复为准。"),
    answered,
)
SILENT = balance(
    "silent",
    _("未回复"),
    _("截至当日已送达而没有回复的。"),
    lambda day: reached(day) & (Q(answered_on__isnull=True) | Q(answered_on__gt=day)),
)
CAN = balance(
    "can",
    _("能参加"),
    _("截至当日已回复能参加的。"),
    lambda day: answered(day) & Q(answer="can"),
)
CANNOT = balance(
    "cannot",
    _("不能参加"),
    _("截至当日已回复不能参加的，原因只由本支部掌握。"),
    lambda day: answered(day) & Q(answer="cannot"),
)


def responders(code: str, name: Text, *, definition: Text, records: Records) -> Figure:
    return Figure(
        code=f"mobilisation.{code}",
        name=name,
        unit=PERSON,
        kind="distinct",
        population=CALLED_BY_ORDER,
        definition=definition,
        source=RECORDS,
        owner=ORGANISATION_OFFICE,
        since=SINCE,
        records=records,
    )


RESPONDING_MEMBERS = responders(
    "responding_members",
    _("响应动员的党员"),
    definition=_("截至当日回复能参加的党员，参加几次动员都计一次；不是党员总数，也不含非党员。"),
    records=Records(
        of=CallOut,
        where=lambda start, as_of: REAL & Q(is_member=True, answer="can", answered_on__lte=as_of),
        subject="subject",
        fields=(*FIELDS, "is_member"),
    ),
)


def by_post(*posts: str) -> Records:
    """Answers of those who held one of the posts on the day of the order, at the post's place."""
    return Records(
        of=CallRole,
        where=lambda start, as_of: Q(
            call_out__mobilisation__is_exercise=False,
            call_out__answer="can",
            call_out__answered_on__lte=as_of,
            post__code__in=posts,
        ),
        subject="call_out__subject",
        fields=("post__code", "call_out__answered_on"),
    )


def role(code: str, name: Text, *posts: str) -> Figure:
    return responders(
        code,
        name,
        definition=_(
            "定名单当日任此职务、截至当日回复能参加的人，每人计一次；兼任别的职务也在内。"
        ),
        records=by_post(*posts),
    )


LEADERS = role("responding_leaders", _("响应动员的市县领导干部"), "leader")
TOWNSHIP_CADRES = role("responding_township_cadres", _("响应动员的乡镇干部"), "township_cadre")
COMMUNITY_CADRES = role(
    "responding_community_cadres", _("响应动员的村（社区）干部"), "community_cadre", "secretary"
)
FIRST_SECRETARIES = role(
    "responding_first_secretaries", _("响应动员的驻村第一书记"), "first_secretary"
)
TEAM_MEMBERS = role(
    "responding_team_members", _("转为防疫队员的驻村工作队队员"), "team_member", "team_leader"
)
GRADUATES = role("responding_graduates", _("投身抗疫的一村多名大学生学员"), "graduate")
LISTED_POSTS = (
    "leader", "township_cadre", "community_cadre", "secretary", "first_secretary", "team_member",
    "team_leader", "graduate",
)  # fmt: skip
LISTED_CODES = (
    "mobilisation.responding_leaders",
    "mobilisation.responding_township_cadres",
    "mobilisation.responding_community_cadres",
    "mobilisation.responding_first_secretaries",
    "mobilisation.responding_team_members",
    "mobilisation.responding_graduates",
)
LISTED_ROLES = Figure(
    code="mobilisation.listed_roles",
    name=_("按身份列举的响应干部"),
    unit=TIMES,
    kind="total",
    population=CALLED_BY_ORDER,
    definition=_("六种身份的响应人数之和，是人次：一人有几种身份就计几次，不能当作人数。"),
    source=RECORDS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=LISTED_CODES,
)
LISTED_PERSONS = responders(
    "listed_persons",
    _("六种身份的响应干部"),
    definition=_("截至当日回复能参加、定名单当日有六种身份之一的人，每人计一次。"),
    records=by_post(*LISTED_POSTS),
)
LISTED_TIMES = Figure(
    code="mobilisation.listed_times",
    name=_("六种身份的响应任职"),
    unit=TIMES,
    kind="count",
    population=CALLED_BY_ORDER,
    definition=_("截至当日回复能参加的人在定名单当日所任的六种职务，一人一处一职计一人次。"),
    source=RECORDS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=replace(by_post(*LISTED_POSTS), subject=None),
)
LISTED_SHARE = Figure(
    code="mobilisation.listed_share",
    name=_("列举身份的人次与响应党员之比"),
    unit="%",
    kind="ratio",
    population=_("响应动员的党员"),
    definition=_(
        "六种身份的响应任职人次除以响应党员人数，再乘以100。分子是人次，又含非党员，只作上限参考，"
        "不得说成占比。"
    ),
    source=RECORDS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("mobilisation.listed_times", "mobilisation.responding_members"),
    factor=100,
    decimals=1,
)
LETTERS = Figure(
    code="mobilisation.letters",
    name=_("致全市党员的信"),
    unit=_("封"),
    kind="count",
    timing="flow",
    population=_("不含演练的动员"),
    definition=_("期内印发并定了名单的动员信，一次动员一封；演练的不计。"),
    source=RECORDS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Mobilisation,
        where=lambda start, as_of: (
            _in_period("issued_on", start, as_of) & Q(is_exercise=False) & ~Q(state="draft")
        ),
        fields=("issued_on", "state"),
    ),
)
CAMPAIGNS = Figure(
    code="mobilisation.pledge_campaigns",
    name=_("承诺活动"),
    unit=_("项"),
    kind="count",
    timing="flow",
    population=_("有名称的承诺活动"),
    definition=_("期内开始的承诺活动，按名称计。"),
    source=RECORDS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=PledgeCampaign,
        where=lambda start, as_of: _in_period("opens_on", start, as_of),
        fields=("opens_on",),
    ),
)


def _in_period(column: str, start: date | None, as_of: date) -> Q:
    until = Q(**{f"{column}__lte": as_of})
    return until & Q(**{f"{column}__gte": start}) if start else until


PLEDGES = Figure(
    code="mobilisation.pledges",
    name=_("承诺"),
    unit=_("项"),
    kind="count",
    population=_("承诺活动中作出的承诺"),
    definition=_("截至当日作出的承诺，一人在一项活动中承诺几件事就计几项。"),
    source=RECORDS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Pledge, where=lambda start, as_of: Q(pledged_on__lte=as_of), fields=("pledged_on",)
    ),
)
KEPT_PLEDGES = Figure(
    code="mobilisation.kept_pledges",
    name=_("已践诺"),
    unit=_("项"),
    kind="distinct",
    population=_("承诺活动中作出的承诺"),
    definition=_("截至当日至少有一条有日期的践诺记录的承诺；只承诺、没有记录的不算。"),
    source=RECORDS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Deed,
        where=lambda start, as_of: Q(done_on__lte=as_of),
        subject="pledge",
        fields=("done_on",),
    ),
)
OVERDUE = Figure(
    code="mobilisation.overdue_closings",
    name=_("逾期未关闭的动员"),
    unit=_("次"),
    kind="count",
    population=_("已结束的动员，含演练"),
    definition=_("截至当日应关闭日期已过、还没有关闭的动员；个人信息未按期销毁。"),
    source=RECORDS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Mobilisation,
        where=lambda start, as_of: Q(close_by__lt=as_of) & ~_closed(as_of),
        fields=("over_on", "close_by"),
    ),
)


def _closed(day: date) -> Q:
    return Q(closing__closed_on__lte=day)


def identity(code: str, statement: Text, left: str, *right: str, **more: Any) -> Check:
    return Check(
        code=f"mobilisation.{code}",
        kind="identity",
        statement=statement,
        left=(f"mobilisation.{left}",),
        right=tuple(f"mobilisation.{each}" for each in right),
        **more,
    )


EVERYBODY_IS_SOMEWHERE = identity(
    "everybody_is_somewhere",
    _("应动员等于已送达、未能送达与待送达之和。"),
    "ordered", "reached", "unreachable", "waiting",
)  # fmt: skip
REACHED_ANSWER_OR_NOT = identity(
    "reached_answer_or_not",
    _("已送达等于已回复与未回复之和。"),
    "reached", "answered", "silent",
)  # fmt: skip
ANSWERS_ARE_TWO = identity(
    "answers_are_two",
    _("已回复等于能参加与不能参加之和。"),
    "answered", "can", "cannot",
)  # fmt: skip
ROLES_OVERLAP = identity(
    "roles_overlap",
    _("按身份列举的人次等于六种身份的人数。"),
    "listed_roles", "listed_persons",
    relation="R-27",
    flag=True,
    reason=_(
        "身份有交叉：第一书记多兼工作队队长，一人有几种身份就计几次；"
        "列举之和是人次，只能写人次，不能写人。"
    ),
)  # fmt: skip
KEPT_WERE_PLEDGED = Check(
    code="mobilisation.kept_were_pledged",
    kind="subset",
    statement=_("已践诺的不多于承诺的。"),
    left=("mobilisation.kept_pledges",),
    right=("mobilisation.pledges",),
)
GIVERS_ARE_NO_RESPONDERS = Check(
    code="mobilisation.givers_are_no_responders",
    kind="cross_source",
    relation="R-20",
    statement=_("捐款党员不多于响应动员的党员。"),
    left=("contributions.givers",),
    right=("mobilisation.responding_members",),
    flag=True,
    reason=_(
        "捐款的和响应动员的是两个不同的人群，统计口径和时间不同；各写各的数，不能相除成“占比”。"
    ),
)
