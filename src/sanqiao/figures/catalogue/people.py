"""人员: members, cadres, those who are sent to villages, those who work in the grids."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check, Cover
from sanqiao.figures.figure import Figure, Records
from sanqiao.registers.areas.models import Area, in_force
from sanqiao.registers.people.models import Appointment, Membership

from .grids import microgrids

SINCE = date(2019, 1, 1)
MEMBER_REGISTER, POST_REGISTER = _("党员登记"), _("任职登记")
ORGANISATION_OFFICE, GRIDS_OFFICE, POVERTY_OFFICE = _("市委组织部"), _("市委政法委"), _("市扶贫办")
PERSON, PER_PIECE = _("人"), _("人/个")
POST_FIELDS = ("post__code", "valid_from", "valid_to")
STEWARD_POSTS = ("building_head", "volunteer")
URBAN_COUNTIES = ("420302", "420303", "4203KF")
"""茅箭区, 张湾区, 十堰经济技术开发区: the city proper."""
URBAN_KINDS = ("residents", "urban_grid", "compound_grid", "micro")


def holding(*posts: str, within: tuple[str, ...] = ()) -> Records:
    """Persons who hold one of the posts on the day, each counted once in any area of `within`."""
    return Records(
        of=Appointment,
        where=lambda start, as_of: in_force(as_of) & Q(post__code__in=posts),
        subject="person",
        fields=POST_FIELDS,
        within=within,
    )


MEMBERS = Figure(
    code="people.members",
    name=_("党员"),
    unit=PERSON,
    kind="count",
    population=_("组织关系在本市的党员"),
    definition=_("截至当日组织关系在册的党员，含预备党员；一人同时只有一处组织关系，故不重复。"),
    source=MEMBER_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Membership,
        where=lambda start, as_of: in_force(as_of),
        fields=("valid_from", "valid_to"),
    ),
)
FULL_MEMBERS = Figure(
    code="people.full_members",
    name=_("正式党员"),
    unit=PERSON,
    kind="count",
    population=_("组织关系在本市的党员"),
    definition=_("截至当日在册、转正日期不晚于当日的党员。"),
    source=MEMBER_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Membership,
        where=lambda start, as_of: in_force(as_of) & Q(full_on__lte=as_of),
        fields=("full_on", "valid_from", "valid_to"),
    ),
)
PROBATIONARY_MEMBERS = Figure(
    code="people.probationary_members",
    name=_("预备党员"),
    unit=PERSON,
    kind="count",
    population=_("组织关系在本市的党员"),
    definition=_("截至当日在册、当日尚未转正的党员。"),
    source=MEMBER_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Membership,
        where=lambda start, as_of: (
            in_force(as_of) & (Q(full_on__isnull=True) | Q(full_on__gt=as_of))
        ),
        fields=("full_on", "valid_from", "valid_to"),
    ),
)
LEADERS = Figure(
    code="people.leaders",
    name=_("市县领导干部"),
    unit=PERSON,
    kind="distinct",
    population=_("任市县领导职务的干部"),
    definition=_("截至当日在任的市、县级领导干部，每人计一次。"),
    source=POST_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=holding("leader"),
)
TOWNSHIP_CADRES = Figure(
    code="people.township_cadres",
    name=_("乡镇干部"),
    unit=PERSON,
    kind="distinct",
    population=_("任乡镇（街道）职务的干部"),
    definition=_("截至当日在任的乡镇（街道）干部，每人计一次。"),
    source=POST_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=holding("township_cadre"),
)
COMMUNITY_CADRES = Figure(
    code="people.community_cadres",
    name=_("村（社区）干部"),
    unit=PERSON,
    kind="distinct",
    population=_("任村（社区）职务的干部"),
    definition=_("截至当日在任的村（社区）干部和党组织书记，每人计一次。"),
    source=POST_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=holding("community_cadre", "secretary"),
)
FIRST_SECRETARIES = Figure(
    code="people.first_secretaries",
    name=_("驻村第一书记"),
    unit=PERSON,
    kind="distinct",
    population=_("选派驻村的第一书记"),
    definition=_("截至当日在任的驻村第一书记，每人计一次。"),
    source=POST_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=holding("first_secretary"),
)
TEAM_MEMBERS = Figure(
    code="people.team_members",
    name=_("驻村工作队队员"),
    unit=PERSON,
    kind="distinct",
    population=_("驻村工作队的队长和队员"),
    definition=_("截至当日在任的驻村工作队队长和队员，每人计一次；兼任第一书记的也在内。"),
    source=POST_REGISTER,
    owner=POVERTY_OFFICE,
    since=SINCE,
    records=holding("team_member", "team_leader"),
)
GRADUATES = Figure(
    code="people.graduates",
    name=_("一村多名大学生学员"),
    unit=PERSON,
    kind="distinct",
    population=_("一村多名大学生计划的学员"),
    definition=_("截至当日在村的一村多名大学生计划学员，每人计一次。"),
    source=POST_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=holding("graduate"),
)
LISTED_ROLES = Figure(
    code="people.listed_roles",
    name=_("按身份列举的干部"),
    unit=_("人次"),
    kind="total",
    population=_("市县领导干部、乡镇干部、村（社区）干部、第一书记、工作队队员和大学生学员"),
    definition=_("六种身份的人数之和，是人次：一人有几种身份就计几次，不能当作人数。"),
    source=POST_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=(
        "people.leaders",
        "people.township_cadres",
        "people.community_cadres",
        "people.first_secretaries",
        "people.team_members",
        "people.graduates",
    ),
)
STEWARDS = Figure(
    code="people.stewards",
    name=_("楼栋长和志愿者"),
    unit=PERSON,
    kind="distinct",
    population=_("在网格中组织起来的楼栋长和志愿者"),
    definition=_("截至当日在任的楼栋长和志愿者，每人计一次。"),
    source=POST_REGISTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=holding(*STEWARD_POSTS),
)
FRONT_LINE = Figure(
    code="people.front_line",
    name=_("城区一线力量"),
    unit=PERSON,
    kind="distinct",
    population=_("城区社区及其网格中的社区干部、网格员和辅助力量"),
    definition=_(
        "截至当日在城区（茅箭区、张湾区、十堰经济技术开发区）的社区和城区网格任职的社区干部、"
        "党组织书记、网格长、网格员和协警等辅助力量，每人计一次。"
    ),
    source=POST_REGISTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(
        of=Appointment,
        where=lambda start, as_of: (
            in_force(as_of)
            & Q(
                area__kind__in=URBAN_KINDS,
                post__code__in=(
                    "community_cadre", "secretary", "grid_worker", "grid_head", "auxiliary",
                ),
            )
        ),
        subject="person",
        fields=(*POST_FIELDS, "area__kind"),
        within=URBAN_COUNTIES,
    ),
)  # fmt: skip
SQUAD_MEMBERS = Figure(
    code="people.squad_members",
    name=_("城区突击队队员"),
    unit=PERSON,
    kind="distinct",
    population=_("驻城区（茅箭、张湾、经开区）的突击队队员，不含队长"),
    definition=_("截至当日在城区任突击队队员的，每人计一次；队长另计，其他县（市、区）的不计。"),
    source=POST_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=holding("squad_member", within=URBAN_COUNTIES),
)
STEWARDS_PER_MICROGRID = Figure(
    code="people.stewards_per_microgrid",
    name=_("每个小微网格的楼栋长和志愿者"),
    unit=PER_PIECE,
    kind="ratio",
    population=_("小微网格"),
    definition=_("楼栋长和志愿者人数除以小微网格数；是否每个网格都有人，另行校验。"),
    source=POST_REGISTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    parts=("people.stewards", "areas.microgrids"),
    decimals=2,
)
FRONT_LINE_PER_SQUAD_MEMBER = Figure(
    code="people.front_line_per_squad_member",
    name=_("每名突击队队员对应的一线力量"),
    unit=_("人/人"),
    kind="ratio",
    population=_("突击队队员"),
    definition=_("城区一线力量人数除以突击队队员人数。"),
    source=POST_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("people.front_line", "people.squad_members"),
    decimals=1,
)
FIRST_SECRETARIES_BEYOND = Figure(
    code="people.first_secretaries_beyond",
    name=_("超出贫困村和软弱涣散村的第一书记"),
    unit=PERSON,
    kind="difference",
    population=_("选派驻村的第一书记"),
    definition=_("驻村第一书记人数减去重点贫困村数，再减去软弱涣散村（社区）党组织数。"),
    source=POST_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("people.first_secretaries", "areas.key_poor_villages", "areas.weak_organisations"),
)
MEMBERS_AGAINST_2019 = Figure(
    code="people.members_against_2019",
    name=_("党员数与2019年末之比"),
    unit=_("倍"),
    kind="multiple",
    population=_("组织关系在本市的党员"),
    definition=_("当日党员数除以2019年12月31日的党员数。"),
    source=MEMBER_REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("people.members", "people.members"),
    base=date(2019, 12, 31),
    decimals=3,
)


def without_steward(day: date) -> QuerySet[Area]:
    """Micro-grids in which nobody is building head or volunteer on the day."""
    stewards = Appointment.objects.filter(
        in_force(day), area=OuterRef("pk"), post__code__in=STEWARD_POSTS
    )
    return microgrids(day).filter(~Exists(stewards))


MEMBERS_ADD_UP = Check(
    code="people.members_add_up",
    kind="identity",
    statement=_("正式党员与预备党员之和等于党员。"),
    left=("people.full_members", "people.probationary_members"),
    right=("people.members",),
)
MEMBERS_BY_CHILDREN = Check(
    code="people.members_by_children",
    kind="children_sum",
    statement=_("下一级的党员数与本级直属党员数之和等于本级。"),
    left=("people.members",),
)
EVERY_MICROGRID_HAS_A_STEWARD = Check(
    code="people.every_microgrid_has_a_steward",
    kind="cover",
    relation="R-05",
    statement=_("每个小微网格至少有一名楼栋长或志愿者。"),
    cover=Cover(all=microgrids, missing=without_steward, area="pk"),
    flag=True,
    reason=_("人数多于小微网格数，不等于每个网格都有人；应说明空白的网格。"),
)
CADRES_PER_COMMUNITY = Check(
    code="people.cadres_per_community",
    kind="ratio_bounds",
    relation="R-17",
    statement=_("平均每个村（社区）有3至7名干部。"),
    left=("people.community_cadres",),
    right=("areas.communities",),
    low=Decimal(3),
    high=Decimal(7),
    flag=True,
    reason=_("村民委员会由三至七人组成（村民委员会组织法第六条）；超出时应说明。"),
)
FIRST_SECRETARIES_EXPLAINED = Check(
    code="people.first_secretaries_explained",
    kind="cross_source",
    relation="R-28",
    statement=_("第一书记不多于重点贫困村与软弱涣散村（社区）之和。"),
    left=("people.first_secretaries",),
    right=("areas.key_poor_villages", "areas.weak_organisations"),
    flag=True,
    reason=_("多出的第一书记派在别的村，或者两份名单有重叠；引用时应说明派驻范围。"),
)
