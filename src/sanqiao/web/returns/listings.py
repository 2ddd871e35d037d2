"""Lists of returns, of definitions and of comparison tables."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.web.addresses import address
from sanqiao.web.listing import Button, Days, Flag, Listing, Search, choice, day, link, number, text
from sanqiao.web.listing.columns import Column, Row, Value
from sanqiao.web.viewing import Viewing, in_area
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.models import ComparisonTable, Return, ReturnForm
from sanqiao.work.returns.models.filings import PERIODS

TABS = (
    (gettext_lazy("填报任务"), "returns:list"),
    (gettext_lazy("报送情况"), "returns:board"),
    (gettext_lazy("报表"), "returns:forms"),
    (gettext_lazy("对照表"), "returns:tables"),
)
STATE = ("filed_on", "is_late", "round__due_at")


def tone(row: Row) -> str:
    if row["filed_on"]:
        return "soon" if row["is_late"] else "good"
    return "late" if row["round__due_at"] < timezone.now() else "live"


def _state() -> Value:
    words = {
        "good": _("按时已报"), "soon": _("迟报"), "late": _("逾期未报"), "live": _("待报"),
    }  # fmt: skip
    return lambda row: words[tone(row)]


def _period() -> Value:
    return lambda row: str(PERIODS[row["form__period_kind"]].containing(row["round__period_first"]))


def _due() -> Value:
    return lambda row: f"{row['round__due_at'].astimezone(ZONE):%Y-%m-%d %H:%M}"


def returns(user: User, viewing: Viewing) -> QuerySet[Return]:
    return in_area(Return.objects.visible_to(user), viewing)


RETURNS = Listing(
    "returns",
    gettext_lazy("填报"),
    returns,
    (
        link(
            "form", gettext_lazy("报表"), "form__name",
            lambda row: address("returns:detail", row["pk"]),
        ),
        Column(
            "period", gettext_lazy("期别"), ("form__period_kind", "round__period_first"), _period,
            sort=("round__period_first",),
        ),
        text("area", gettext_lazy("填报区划"), "area__name", sort=("area_path",)),
        Column(
            "due", gettext_lazy("截止时间"), ("round__due_at",), _due, sort=("round__due_at",),
            css="d",
        ),
        Column("state", gettext_lazy("状态"), STATE, _state, tone=tone),
        day("filed_on", gettext_lazy("首报日期")),
        text("body", gettext_lazy("主管单位"), "form__competent_body", is_hidden=True),
    ),
    ("-round__due_at", "area_path", "id"),
    filters=(
        Search("q", gettext_lazy("报表"), ("form__name",), ("form__code",)),
        Flag("open", gettext_lazy("只看未报"), Q(filed_on=None)),
        Flag("late", gettext_lazy("只看迟报"), Q(is_late=True)),
        Days("due", gettext_lazy("截止日期"), "round__due_on"),
    ),
    sums=("returns.asked", "returns.filed", "returns.on_time", "returns.late", "returns.missing"),
    buttons=(Button(gettext_lazy("导入"), "imports:upload", "import", "import", ("returns",)),),
    tabs=TABS,
    empty=gettext_lazy("还没有布置填报；在“报表”里选一张布置。"),
)  # fmt: skip


def forms(user: User, viewing: Viewing) -> QuerySet[ReturnForm]:
    return ReturnForm.objects.visible_to(user)


FORMS = Listing(
    "return-forms",
    gettext_lazy("报表"),
    forms,
    (
        link(
            "name", gettext_lazy("报表名称"), "name",
            lambda row: address("returns:form", row["code"]), "code",
        ),
        text("body", gettext_lazy("主管单位"), "competent_body"),
        choice("level", gettext_lazy("填报层级"), Area.Level.choices),
        choice("period_kind", gettext_lazy("期别"), ReturnForm.PeriodKind.choices),
        text("basis", gettext_lazy("依据")),
        text("code", gettext_lazy("编码")),
    ),
    ("code",),
    filters=(Search("q", gettext_lazy("报表"), ("name", "competent_body"), ("code",)),),
    buttons=(Button(gettext_lazy("新建报表"), "returns:form_new", "returns.define"),),
    tabs=TABS,
    empty=gettext_lazy("还没有报表；能由登记得出的数不要填报，只能填报的才建报表。"),
)  # fmt: skip


def tables(user: User, viewing: Viewing) -> QuerySet[ComparisonTable]:
    """Those of the day and before; published, so for everybody."""
    return ComparisonTable.objects.visible_to(user).current().filter(valid_from__lte=viewing.as_of)


TABLES = Listing(
    "comparison-tables",
    gettext_lazy("对照表"),
    tables,
    (
        link(
            "name", gettext_lazy("对照表"), "name",
            lambda row: address("returns:table", row["pk"]),
        ),
        day("valid_from", gettext_lazy("数据日期")),
        text("scope", gettext_lazy("范围")),
        text("source", gettext_lazy("来源")),
        number("number", gettext_lazy("版次")),
    ),
    ("-valid_from", "series", "id"),
    filters=(Search("q", gettext_lazy("对照表"), ("name", "scope"), ("series",)),),
    buttons=(
        Button(gettext_lazy("登记对照表"), "returns:table_new", "returns.compare"),
        Button(gettext_lazy("登记名次说法"), "returns:say", "returns.compare"),
    ),
    tabs=TABS,
    empty=gettext_lazy("还没有对照表；没有对照表，就不能说“最高”“最低”。"),
)  # fmt: skip
