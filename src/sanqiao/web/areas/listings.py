"""Lists of areas and compounds."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area, Compound, in_force
from sanqiao.web.addresses import address
from sanqiao.web.listing import (
    Button,
    Choice,
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
    year,
)
from sanqiao.web.listing.columns import Row
from sanqiao.web.viewing import Viewing, in_area

TABS = ((_("下一级"), "areas:list"), (_("全部下级"), "areas:all"))


def area_href(row: Row) -> str:
    return address("areas:detail", row["key"])


def children(user: User, viewing: Viewing) -> QuerySet[Area]:
    """One level down, on the day, by today's parents."""
    return Area.objects.on(viewing.as_of).filter(parent=viewing.area)


def descendants(user: User, viewing: Viewing) -> QuerySet[Area]:
    if viewing.area is None:
        return Area.objects.none()
    below = Area.objects.on(viewing.as_of).below(viewing.area.path)
    return below.exclude(pk=viewing.area.pk)


COLUMNS = (
    link("name", _("名称"), "name", area_href, "key", sort=("pinyin", "name")),
    choice("level", _("层级"), Area.Level.choices),
    choice("kind", _("类型"), Area.Kind.choices),
    text("key", _("编码")),
    text("official_code", _("统计用区划代码"), is_hidden=True),
    text("parent", _("上级区划"), "parent__name"),
    number("households", _("户数")),
    day("valid_from", _("设立日期")),
    day("valid_to", _("撤销日期"), is_hidden=True),
)
SEARCH = Search(
    "q", _("名称"), ("name", "pinyin", "initials"), ("key", "official_code"), _("名称、拼音、编码")
)
KIND = Choice("kind", _("类型"), choices=Area.Kind.choices)
SUMS = (
    "areas.townships",
    "areas.communities",
    "areas.urban_grids",
    "areas.compound_grids",
    "areas.microgrids",
)
BUTTONS = (
    Button(_("查坐标"), "areas:where", "areas.view", "place"),
    Button(_("导入"), "imports:upload", "import", "import", ("areas",)),
)

CHILDREN = Listing(
    "areas",
    _("区划"),
    children,
    COLUMNS,
    ("path",),
    filters=(SEARCH, KIND),
    sums=SUMS,
    buttons=BUTTONS,
    tabs=TABS,
    empty=_("这一级下面没有登记区划；可以用“导入”登记。"),
    template="areas/area_list.html",
)
DESCENDANTS = Listing(
    "areas",
    _("区划"),
    descendants,
    COLUMNS,
    ("path",),
    filters=(SEARCH, Choice("level", _("层级"), choices=Area.Level.choices), KIND),
    sums=SUMS,
    buttons=BUTTONS,
    tabs=TABS,
    empty=_("下面没有登记区划；可以用“导入”登记。"),
    template="areas/area_list.html",
)


def compounds(user: User, viewing: Viewing) -> QuerySet[Compound]:
    rows = Compound.objects.visible_to(user).filter(in_force(viewing.as_of))
    return in_area(rows, viewing)


COMPOUNDS = Listing(
    "compounds",
    _("小区"),
    compounds,
    (
        link("name", _("小区名称"), "name", lambda row: address("compounds:detail", row["pk"])),
        area(_("区划")),
        flag("has_manager", _("物业公司")),
        flag("has_committee", _("业主委员会")),
        flag("has_guard", _("责任单位或门卫")),
        number("households", _("户数")),
        year("built_year", _("建成年份")),
        day("valid_from", _("登记日期"), is_hidden=True),
    ),
    ("area_path", "name", "id"),
    filters=(
        Search("q", _("名称"), ("name",)),
        Flag(
            "three_no",
            _("只看“三无”小区"),
            Q(has_manager=False, has_committee=False, has_guard=False),
        ),
    ),
    sums=("areas.compounds", "areas.three_no_compounds", "organisations.owners_committees"),
    buttons=(
        Button(_("登记小区"), "compounds:new", "areas.change"),
        Button(_("导入"), "imports:upload", "import", "import", ("compounds",)),
    ),
    empty=_("还没有登记小区；可以用“导入”登记。"),
)
