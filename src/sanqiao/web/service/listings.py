"""Lists of pairings, communities without one, check-ins, exemptions, reports."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.kernel.scope import within
from sanqiao.registers.areas.models import Area, in_force
from sanqiao.registers.organisations.models import Unit
from sanqiao.web.addresses import address
from sanqiao.web.listing import (
    Button,
    Choice,
    Column,
    Days,
    Flag,
    Listing,
    Search,
    area,
    choice,
    day,
    flag,
    link,
    number,
    text,
)
from sanqiao.web.listing.columns import Row, Value
from sanqiao.web.viewing import Viewing, in_area
from sanqiao.work.service.models import (
    Exemption,
    MechanismDuty,
    MemberCheckIn,
    MemberReport,
    Pairing,
    UnitReport,
)

SIGNED = Q(unit_signed_on__isnull=False, community_signed_on__isnull=False)
RANK = Choice("rank", _("隶属"), field="unit_rank", choices=Unit.Rank.choices)
UNIT = Search("unit", _("单位"), ("unit_name",), hint=_("单位名称"))
PAIRING_TABS = ((_("包联"), "service:pairings"), (_("尚无包联的社区"), "service:holes"))
SLIP_TABS = ((_("报到名册"), "service:check_ins"), (_("免报到"), "service:exemptions"))
REPORT_TABS = (
    (_("个人半年报告"), "service:member_reports"),
    (_("单位年度报告"), "service:unit_reports"),
    (_("制度事项"), "service:mechanism"),
)


def community() -> Column:
    return area(_("社区"), "community", sort=("community__name",))


# --- pairings -----------------------------------------------------------------------------------


def pairings(user: User, viewing: Viewing) -> QuerySet[Pairing]:
    """In force on the day, and those that are still being drafted."""
    rows = in_area(Pairing.objects.visible_to(user), viewing)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gt=viewing.as_of))


def _bind_state() -> Value:
    agreed, drafted = _now("生效"), _now("待签字")
    return lambda row: agreed if row["unit_signed_on"] and row["community_signed_on"] else drafted


def _state_tone(row: Row) -> str:
    return "good" if row["unit_signed_on"] and row["community_signed_on"] else "soon"


PAIRINGS = Listing(
    "pairings",
    _("单位包联社区"),
    pairings,
    (
        link(
            "unit", _("单位"), "unit_name",
            lambda row: address("service:pairing", row["pk"]),
        ),
        area(_("包联社区")),
        flag("is_lead", _("牵头")),
        Column(
            "state", _("状态"), ("unit_signed_on", "community_signed_on"), _bind_state,
            tone=_state_tone,
        ),
        day("checked_in_on", _("单位报到"), "check_in__checked_in_on"),
        day("accepted_on", _("社区接收"), "check_in__accepted_on"),
        text("document", _("协议文号"), is_hidden=True),
        choice("rank", _("隶属"), Unit.Rank.choices, "unit_rank", is_hidden=True),
        day("valid_from", _("起"), is_hidden=True),
    ),
    ("area_path", "id"),
    (
        UNIT,
        RANK,
        Flag("unsigned", _("待签字"), ~SIGNED),
        Flag("absent", _("单位尚未报到"), SIGNED & Q(check_in__accepted_on=None)),
    ),
    ("service.paired_units", "service.paired_communities", "service.units_in"),
    (
        Button(_("拟定包联"), "service:pairing_new", "service.pair"),
        Button(_("导入"), "imports:upload", "import", "import", ("pairings",)),
    ),
    _("还没有包联；可以“拟定包联”，或用“导入”登记已签的协议。"),
    PAIRING_TABS,
)  # fmt: skip


def holes(user: User, viewing: Viewing) -> QuerySet[Area]:
    """Villages and communities with which no unit has an agreement on the day."""
    agreed = Pairing.objects.on(viewing.as_of).filter(area=OuterRef("pk"))
    places = Area.objects.on(viewing.as_of).filter(
        within("path", (viewing.place.path,)), level=Area.Level.COMMUNITY
    )
    return places.filter(~Exists(agreed))


HOLES = Listing(
    "pairing_holes",
    _("尚无包联的社区"),
    holes,
    (
        link("name", _("村（社区）"), "name", lambda row: f"/areas/{row['key']}/", "key"),
        choice("kind", _("类型"), Area.Kind.choices),
        text("parent", _("乡镇（街道）"), "parent__name"),
    ),
    ("path",),
    (
        Choice(
            "kind", _("类型"),
            choices=[c for c in Area.Kind.choices if c[0] in {"village", "residents"}],
        ),
    ),
    ("service.paired_communities",),
    empty=_("这里的村和社区都有单位包联。"),
    tabs=PAIRING_TABS,
)  # fmt: skip

# --- check-ins ----------------------------------------------------------------------------------


def check_ins(user: User, viewing: Viewing) -> QuerySet[MemberCheckIn]:
    rows = MemberCheckIn.objects.visible_to(user).open_on(viewing.as_of)
    return in_area(rows, viewing)


def _bind_placed() -> Value:
    placed, waiting = _now("已编组"), _now("待接收")
    return lambda row: placed if row["accepted_on"] else waiting


def _placed_tone(row: Row) -> str:
    return "good" if row["accepted_on"] else "soon"


CHECK_INS = Listing(
    "check_ins",
    _("报到名册"),
    check_ins,
    (
        link(
            "name", _("姓名"), "name",
            lambda row: address("service:check_in", row["pk"]),
        ),
        choice("standing", _("身份"), MemberCheckIn.Standing.choices),
        text("unit", _("单位"), "unit_name"),
        community(),
        area(_("编入网格")),
        text("team", _("服务队"), "team__name"),
        Column("state", _("状态"), ("accepted_on",), _bind_placed, tone=_placed_tone),
        day("checked_in_on", _("报到日期")),
        day("accepted", _("接收日期"), "accepted_on", is_hidden=True),
        text("skill", _("特长"), is_hidden=True),
        text("wish", _("意向岗位"), is_hidden=True),
    ),
    ("area_path", "id"),
    (
        Search("q", _("姓名"), ("name",), hint=_("姓名")),
        UNIT,
        Choice("standing", _("身份"), choices=MemberCheckIn.Standing.choices),
        Flag("waiting", _("待接收"), Q(accepted_on=None)),
        Days("checked_in", _("报到日期"), field="checked_in_on"),
        RANK,
    ),
    ("service.placed", "service.waiting", "service.exempt"),
    empty=_("还没有人报到；由本人在“我的报到”报到，或由单位上传名单。"),
    tabs=SLIP_TABS,
)  # fmt: skip


def exemptions(user: User, viewing: Viewing) -> QuerySet[Exemption]:
    rows = Exemption.objects.visible_to(user).filter(in_force(viewing.as_of))
    return in_area(rows, viewing)


EXEMPTIONS = Listing(
    "exemptions",
    _("免报到"),
    exemptions,
    (
        text("name", _("姓名")),
        text("unit", _("单位"), "unit_name"),
        text("reason", _("免报到原因")),
        area(_("居住社区")),
        day("valid_from", _("起")),
        day("valid_to", _("止")),
    ),
    ("area_path", "id"),
    (Search("q", _("姓名"), ("name",), hint=_("姓名")), UNIT),
    ("service.exempt",),
    empty=_("没有免报到的人员。"),
    tabs=SLIP_TABS,
)

# --- reports ------------------------------------------------------------------------------------


def _bind_report() -> Value:
    words = {"draft": _now("待确认"), "open": _now("待社区签署意见"), "done": _now("已完成")}
    return lambda row: words[_step(row)]


def _step(row: Row) -> str:
    return "done" if row["remarked_on"] else "open" if row["confirmed_on"] else "draft"


def _report_tone(row: Row) -> str:
    return {"done": "good", "open": "live", "draft": "soon"}[_step(row)]


STATE = Column("state", _("状态"), ("confirmed_on", "remarked_on"), _bind_report, tone=_report_tone)
STATES = (
    Flag("draft", _("待确认"), Q(confirmed_on=None)),
    Flag("open", _("待社区签署意见"), Q(confirmed_on__isnull=False, remarked_on=None)),
)


def member_reports(user: User, viewing: Viewing) -> QuerySet[MemberReport]:
    rows = MemberReport.objects.visible_to(user).filter(period_first__lte=viewing.as_of)
    return in_area(rows, viewing)


MEMBER_REPORTS = Listing(
    "member_reports",
    _("个人半年报告"),
    member_reports,
    (
        link(
            "name", _("姓名"), "name",
            lambda row: address("service:report", "member", row["pk"]),
        ),
        text("unit", _("单位"), "unit_name"),
        community(),
        STATE,
        day("period_last", _("期末")),
        day("due_on", _("期限")),
        day("confirmed", _("确认日期"), "confirmed_on", is_hidden=True),
    ),
    ("-period_first", "area_path", "id"),
    (Search("q", _("姓名"), ("name",), hint=_("姓名")), UNIT, *STATES,
     Days("period", _("期末"), field="period_last")),
    ("service.member_reports", "service.member_reports_done", "service.member_report_rate"),
    (Button(_("生成半年报告"), "service:draft", "service.draft"),),
    _("还没有报告；期末由记录生成，本人只需确认。"),
    REPORT_TABS,
)  # fmt: skip


def unit_reports(user: User, viewing: Viewing) -> QuerySet[UnitReport]:
    rows = UnitReport.objects.visible_to(user).filter(period_first__lte=viewing.as_of)
    return in_area(rows, viewing)


UNIT_REPORTS = Listing(
    "unit_reports",
    _("单位年度报告"),
    unit_reports,
    (
        link(
            "unit", _("单位"), "unit_name",
            lambda row: address("service:report", "unit", row["pk"]),
        ),
        area(_("社区")),
        STATE,
        day("period_last", _("期末")),
        day("due_on", _("期限")),
    ),
    ("-period_first", "area_path", "id"),
    (UNIT, *STATES),
    ("service.unit_reports_done",),
    empty=_("还没有报告；由包联和报到的记录生成，单位只需确认。"),
    tabs=REPORT_TABS,
)  # fmt: skip

# --- what is asked ------------------------------------------------------------------------------


def mechanism(user: User, viewing: Viewing) -> QuerySet[MechanismDuty]:
    """What is asked in the area looked at: its own list, those above it, and those below."""
    rows = MechanismDuty.objects.on(viewing.as_of)
    if viewing.area is None:
        return rows
    return rows.filter(
        within("area__path", (viewing.area.path,)) | Q(area__in=viewing.area.ancestor_ids)
    )


MECHANISM = Listing(
    "mechanism",
    _("双报到、双报告事项"),
    mechanism,
    (
        text("name", _("事项")),
        choice("kind", _("类别"), MechanismDuty.Kind.choices),
        choice("party", _("责任方"), MechanismDuty.Party.choices),
        choice("cycle", _("周期"), MechanismDuty.Cycle.choices),
        number("days_after", _("期末后天数")),
        area(_("规定的区划")),
        text("document", _("依据文件")),
        day("valid_from", _("起用日期")),
        number("order", _("序号"), is_hidden=True),
    ),
    ("area__path", "order", "id"),
    (
        Choice("kind", _("类别"), choices=MechanismDuty.Kind.choices),
        Choice("party", _("责任方"), choices=MechanismDuty.Party.choices),
    ),
    empty=_("这里没有登记双报到、双报告的事项。"),
    tabs=REPORT_TABS,
)  # fmt: skip
