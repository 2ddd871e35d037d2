"""四级架构: which micro-grids have a grid group, a committee or household, members and heads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check, Cover
from sanqiao.figures.figure import Figure, Records, Text
from sanqiao.registers.areas.models import Area, AreaEdge, Building, in_force
from sanqiao.registers.organisations.models import Organisation, OwnersCommittee
from sanqiao.registers.people.models import Appointment, MemberHousehold, Membership
from sanqiao.work.service.models import MemberCheckIn

from .areas import GRIDS_OFFICE, LEVEL_FIELDS, ORGANISATION_OFFICE, PIECE, SINCE
from .grids import CUT_BY_COMPOUNDS, CUT_FINE, microgrids
from .organisations import GRASSROOTS, founded

TIERS_LEDGER = _("网格台账；党组织、业主委员会、党员中心户、报到和任职登记")
ESTATES = _("设在小区的党组织")
REGISTER = _("党组织登记")
Having = Callable[[date], Q]


def founded_through(relation: str, day: date) -> Q:
    return in_force(day, start=f"{relation}__founded_on", end=f"{relation}__dissolved_on")


def has_group(day: date) -> Q:
    """Of its own, or of the grid of which it is a part on the day."""
    groups = Organisation.objects.filter(founded(day), kind=Organisation.Kind.GRID_GROUP)
    above = AreaEdge.objects.filter(
        in_force(day),
        founded_through("parent__organisations", day),
        parent__organisations__kind=Organisation.Kind.GRID_GROUP,
    )
    return Q(pk__in=above.values("child")) | Q(pk__in=groups.values("area"))


def has_committee(day: date) -> Q:
    """An owners' committee of a compound that has a building here, or is registered here."""
    led = Building.objects.filter(founded_through("compound__committees", day))
    own = OwnersCommittee.objects.filter(founded(day))
    return Q(pk__in=led.values("area")) | Q(pk__in=own.values("area"))


def has_household(day: date) -> Q:
    return Q(pk__in=MemberHousehold.objects.filter(in_force(day)).values("area"))


def has_committee_or_household(day: date) -> Q:
    return has_committee(day) | has_household(day)


def has_members(day: date) -> Q:
    """Members who act here: placed here after they checked in, anchoring a household, or with a
    post of the grids."""
    placed = MemberCheckIn.objects.filter(
        in_force(day, start="checked_in_on", end="ended_on"),
        standing=MemberCheckIn.Standing.MEMBER, accepted_on__lte=day,
    )  # fmt: skip
    members = Membership.objects.filter(in_force(day)).values("person")
    posts = Appointment.objects.filter(in_force(day), post__group="grid", person__in=members)
    return Q(pk__in=placed.values("area")) | Q(pk__in=posts.values("area")) | has_household(day)


def has_heads(day: date) -> Q:
    heads = Appointment.objects.filter(in_force(day), post__code="building_head")
    return Q(pk__in=heads.values("area"))


class Tier(NamedTuple):
    """One of the four; `code` ends the codes of its figures."""

    code: str
    name: Text
    having: Having
    rule: Text


TIERS = (
    Tier(
        "group", _("网格党小组"), has_group,
        _("本网格或所属城区网格在当日设有网格党小组"),
    ),
    Tier(
        "committee_or_household", _("业主委员会或党员中心户"), has_committee_or_household,
        _("当日有业主委员会的小区在此有楼栋（楼栋按最近登记），或者当日有挂牌的党员中心户"),
    ),
    Tier(
        "members", _("党员"), has_members,
        _("当日有编入的报到党员、党员中心户，或者由党员担任的网格职务；只是居住在此的不计"),
    ),
    Tier("heads", _("楼栋长"), has_heads, _("当日有在任的楼栋长")),
)  # fmt: skip


def has_all(day: date) -> Q:
    condition = Q()
    for tier in TIERS:
        condition &= tier.having(day)
    return condition


def of_microgrids(having: Having) -> Records:
    return Records(
        of=Area,
        where=lambda start, as_of: (
            in_force(as_of) & Q(level=Area.Level.MICROGRID) & Q(having(as_of))
        ),
        area="pk",
        fields=LEVEL_FIELDS,
    )


def without(having: Having) -> Having:
    return lambda day: ~having(day)


def counted(code: str, name: Text, definition: Text, having: Having) -> Figure:
    """Micro-grids of which something is true on the day."""
    return Figure(
        code=f"tiers.{code}",
        name=name,
        unit=PIECE,
        kind="count",
        population=CUT_FINE,
        definition=definition,
        source=TIERS_LEDGER,
        owner=GRIDS_OFFICE,
        since=SINCE,
        records=of_microgrids(having),
    )


def cover(code: str, name: Text, definition: Text) -> Figure:
    """The share of all micro-grids."""
    return Figure(
        code=f"tiers.{code}_cover",
        name=name,
        unit="%",
        kind="share",
        population=CUT_FINE,
        definition=definition,
        source=TIERS_LEDGER,
        owner=GRIDS_OFFICE,
        since=SINCE,
        parts=(f"tiers.{code}", "areas.microgrids"),
        factor=100,
        decimals=1,
    )


WITH_GROUP = counted(
    "with_group", _("有网格党小组的小微网格"),
    _("截至当日，本网格或所属城区网格设有网格党小组的小微网格。"), has_group,
)  # fmt: skip
WITH_COMMITTEE = counted(
    "with_committee", _("有业主委员会的小微网格"),
    _("截至当日，有业主委员会的小区在此有楼栋的小微网格；楼栋按最近登记。"), has_committee,
)  # fmt: skip
WITH_HOUSEHOLD = counted(
    "with_household", _("有党员中心户的小微网格"),
    _("截至当日有挂牌的党员中心户的小微网格。"), has_household,
)  # fmt: skip
WITH_COMMITTEE_OR_HOUSEHOLD = counted(
    "with_committee_or_household", _("有业主委员会或党员中心户的小微网格"),
    _("截至当日业主委员会、党员中心户至少有一个的小微网格；两者都有的计一次。"),
    has_committee_or_household,
)  # fmt: skip
WITH_MEMBERS = counted(
    "with_members", _("有党员发挥作用的小微网格"),
    _(
        "截至当日有编入的报到党员、党员中心户或者由党员担任的网格职务的小微网格；"
        "只是居住在此、没有编入的党员不计。"
    ),
    has_members,
)  # fmt: skip
WITH_HEADS = counted(
    "with_heads", _("有楼栋长的小微网格"),
    _("截至当日至少有一名在任楼栋长的小微网格；只有志愿者的不计。"), has_heads,
)  # fmt: skip
COMPLETE = counted(
    "complete", _("四级齐全的小微网格"),
    _("截至当日网格党小组、业主委员会或党员中心户、党员、楼栋长都有的小微网格。"), has_all,
)  # fmt: skip
WITHOUT_GROUP = counted(
    "without_group", _("没有网格党小组的小微网格"),
    _("截至当日，本网格和所属城区网格都没有网格党小组的小微网格。"), without(has_group),
)  # fmt: skip
WITHOUT_COMMITTEE_OR_HOUSEHOLD = counted(
    "without_committee_or_household", _("没有业主委员会和党员中心户的小微网格"),
    _("截至当日业主委员会、党员中心户都没有的小微网格。"), without(has_committee_or_household),
)  # fmt: skip
WITHOUT_MEMBERS = counted(
    "without_members", _("没有党员发挥作用的小微网格"),
    _("截至当日没有编入的报到党员、党员中心户，也没有由党员担任的网格职务的小微网格。"),
    without(has_members),
)  # fmt: skip
WITHOUT_HEADS = counted(
    "without_heads", _("没有楼栋长的小微网格"),
    _("截至当日没有在任楼栋长的小微网格，不论有没有志愿者。"), without(has_heads),
)  # fmt: skip
INCOMPLETE = counted(
    "incomplete", _("四级不齐的小微网格"),
    _("截至当日四级中至少缺一级的小微网格。"), without(has_all),
)  # fmt: skip

GROUP_COVER = cover(
    "with_group", _("网格党小组覆盖率"), _("有网格党小组的小微网格除以小微网格，乘以一百。")
)
COMMITTEE_OR_HOUSEHOLD_COVER = cover(
    "with_committee_or_household", _("业主委员会和党员中心户覆盖率"),
    _("有业主委员会或党员中心户的小微网格除以小微网格，乘以一百。"),
)  # fmt: skip
MEMBERS_COVER = cover(
    "with_members", _("党员发挥作用覆盖率"),
    _("有党员发挥作用的小微网格除以小微网格，乘以一百。"),
)  # fmt: skip
HEADS_COVER = cover(
    "with_heads", _("楼栋长覆盖率"), _("有楼栋长的小微网格除以小微网格，乘以一百。")
)
COMPLETE_COVER = cover("complete", _("四级齐全率"), _("四级齐全的小微网格除以小微网格，乘以一百。"))


def on_estates(*kinds: str) -> Records:
    return Records(
        of=Organisation,
        where=lambda start, as_of: founded(as_of) & Q(setting="compound", kind__in=kinds),
        fields=("setting", "kind", "founded_on", "dissolved_on"),
    )


ESTATE_COUNTED = Figure(
    code="tiers.estate_organisations_counted",
    name=_("计入党内统计的小区党组织"),
    unit=PIECE,
    kind="count",
    population=ESTATES,
    definition=_("截至当日设在小区的党委、党总支、党支部；按党员的正式组织关系设置。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=on_estates(*GRASSROOTS),
)
ESTATE_FUNCTIONAL = Figure(
    code="tiers.estate_organisations_functional",
    name=_("小区功能型党支部"),
    unit=PIECE,
    kind="count",
    population=ESTATES,
    definition=_("截至当日由报到党员组成的小区功能型党支部；党员不转组织关系，不计入党内统计。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=on_estates("functional_branch"),
)
ESTATE_ORGANISATIONS = Figure(
    code="tiers.estate_organisations",
    name=_("小区党组织（含功能型）"),
    unit=PIECE,
    kind="total",
    population=ESTATES,
    definition=_("计入党内统计的小区党组织与小区功能型党支部之和；报党内统计只用前者。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("tiers.estate_organisations_counted", "tiers.estate_organisations_functional"),
)


def with_estate_organisation(day: date) -> Q:
    own = Organisation.objects.filter(founded(day), setting="compound", kind__in=GRASSROOTS)
    return Q(pk__in=own.values("area"))


COMPOUND_GRIDS_WITH_ORGANISATION = Figure(
    code="tiers.compound_grids_with_organisation",
    name=_("有小区党组织的小区网格"),
    unit=PIECE,
    kind="count",
    population=CUT_BY_COMPOUNDS,
    definition=_("截至当日设有计入党内统计的小区党组织的小区网格，每个网格计一次。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Area,
        where=lambda start, as_of: (
            in_force(as_of)
            & Q(level="grid", kind="compound_grid")
            & with_estate_organisation(as_of)
        ),
        area="pk",
        fields=LEVEL_FIELDS,
    ),
)
COMPOUND_GRID_COVER = Figure(
    code="tiers.compound_grid_cover",
    name=_("小区党组织覆盖率"),
    unit="%",
    kind="share",
    population=CUT_BY_COMPOUNDS,
    definition=_("有小区党组织的小区网格除以小区网格，乘以一百；功能型党支部不计。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("tiers.compound_grids_with_organisation", "areas.compound_grids"),
    factor=100,
    decimals=2,
)


def without_head(day: date) -> QuerySet[Area]:
    return microgrids(day).filter(~has_heads(day))


def compound_grids(day: date) -> QuerySet[Area]:
    return Area.objects.filter(in_force(day), level="grid", kind="compound_grid")


def without_estate_organisation(day: date) -> QuerySet[Area]:
    return compound_grids(day).filter(~with_estate_organisation(day))


def functional_branches(day: date) -> QuerySet[Organisation]:
    return Organisation.objects.on(day).filter(kind="functional_branch")


def with_formal_members(day: date) -> QuerySet[Organisation]:
    """Functional branches that hold somebody's formal membership on the day."""
    held = Membership.objects.filter(in_force(day), organisation=OuterRef("pk"))
    return functional_branches(day).filter(Exists(held))


def adds_up(code: str, statement: Text, yes: str, no: str) -> Check:
    return Check(
        code=f"tiers.{code}",
        kind="identity",
        statement=statement,
        left=(f"tiers.{yes}", f"tiers.{no}"),
        right=("areas.microgrids",),
    )


GROUPS_ADD_UP = adds_up(
    "groups_add_up", _("有、没有网格党小组的小微网格之和等于小微网格。"),
    "with_group", "without_group",
)  # fmt: skip
COMMITTEES_ADD_UP = adds_up(
    "committees_add_up", _("有、没有业主委员会或党员中心户的小微网格之和等于小微网格。"),
    "with_committee_or_household", "without_committee_or_household",
)  # fmt: skip
MEMBERS_ADD_UP = adds_up(
    "members_add_up", _("有、没有党员发挥作用的小微网格之和等于小微网格。"),
    "with_members", "without_members",
)  # fmt: skip
HEADS_ADD_UP = adds_up(
    "heads_add_up", _("有、没有楼栋长的小微网格之和等于小微网格。"),
    "with_heads", "without_heads",
)  # fmt: skip
TIERS_ADD_UP = adds_up(
    "tiers_add_up", _("四级齐全与不齐的小微网格之和等于小微网格。"), "complete", "incomplete"
)
EVERY_MICROGRID_HAS_A_HEAD = Check(
    code="tiers.every_microgrid_has_a_head",
    kind="cover",
    relation="R-05",
    statement=_("每个小微网格至少有一名楼栋长。"),
    cover=Cover(all=microgrids, missing=without_head, area="pk"),
    flag=True,
    reason=_("楼栋长和志愿者的人数多于小微网格数，不等于每个网格都有人；空白点见名单。"),
)
EVERY_COMPOUND_GRID_HAS_AN_ORGANISATION = Check(
    code="tiers.every_compound_grid_has_an_organisation",
    kind="cover",
    relation="R-30",
    statement=_("每个小区网格都有小区党组织。"),
    cover=Cover(all=compound_grids, missing=without_estate_organisation, area="pk"),
    flag=True,
    reason=_("小区党组织只覆盖一部分小区网格，四级架构要靠网格党小组引领。"),
)
FUNCTIONAL_HOLD_NOBODY = Check(
    code="tiers.functional_hold_nobody",
    kind="cover",
    statement=_("功能型党支部没有转入组织关系的党员，因此不计入党内统计。"),
    cover=Cover(all=functional_branches, missing=with_formal_members),
)
