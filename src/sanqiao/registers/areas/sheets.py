"""Spreadsheets of areas, compounds and buildings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.importing import Existing, Key, Register
from sanqiao.kernel.models import User
from sanqiao.kernel.sheets.columns import (
    Choice,
    Column,
    Context,
    Date,
    Degrees,
    Flag,
    Lookup,
    Name,
    Text,
    Whole,
)
from sanqiao.kernel.sheets.sheet import Sheet

from .commands import import_areas, import_buildings, import_compounds, import_splits
from .models import Area, Building, Compound
from .names import area_names, short_name
from .places import outside_of
from .rows import AreaRow, BuildingRow, CompoundRow, SplitLine

FIRST_DAY = date(2000, 1, 1)
"""For what was there before anybody registered it."""
STRAY = _("坐标不在所写网格的边界之内")
AREA_HELP = _("名称、编码或统计用区划代码；重名时写上级，如：武当路街道三桥社区")

AREAS = Sheet(
    name="areas",
    title=_("区划"),
    key=("key",),
    columns=(
        Column("key", _("编码"), Text(max_length=30), required=True, help=_("本市自定，唯一")),
        Column(
            "official_code", _("统计用区划代码"), Text(pattern=r"\d{12}", hint=_("应为 12 位数字")),
            help=_("12 位；没有法定代码的（如功能区、网格）留空"),
        ),
        Column("name", _("名称"), Name(max_length=80), help=_("简称，留空则由全称得出")),
        Column(
            "official_name", _("全称"), Name(max_length=80),
            help=_("如：三桥社区居民委员会"), example="三桥社区居民委员会",
        ),
        Column("level", _("层级"), Choice, required=True, choices=tuple(Area.Level.choices)),
        Column("kind", _("类型"), Choice, required=True, choices=tuple(Area.Kind.choices)),
        Column(
            "parent_key", _("上级区划编码"), Text(max_length=30), aliases=("上级区划", "上级编码"),
            help=_("上级的编码，可以在同一个文件里；市一级留空"),
        ),
        Column("households", _("户数"), Whole, help=_("不知道就留空，不要填 0")),
        Column("valid_from", _("设立日期"), Date, help=_("留空为 2000-01-01")),
    ),
    notes=(_("隶属关系的变更请用“划转”，网格划分请用“划分”，都不在这里改。"),),
)  # fmt: skip
COMPOUNDS = Sheet(
    name="compounds",
    title=_("小区"),
    key=("area_key", "name"),
    columns=(
        Column(
            "area_key", _("所在区划"), Lookup("areas"), required=True, help=AREA_HELP,
            aliases=("所在网格", "社区"),
        ),
        Column("name", _("小区名称"), Name(max_length=80), required=True, aliases=("小区",)),
        Column("has_manager", _("有物业公司"), Flag, aliases=("物业",)),
        Column("has_committee", _("有业主委员会"), Flag, aliases=("业委会",)),
        Column("has_guard", _("有责任单位或门卫"), Flag, aliases=("门卫",)),
        Column("households", _("户数"), Whole),
        Column("built_year", _("建成年份"), Whole(minimum=1900, maximum=2100)),
        Column("valid_from", _("登记日期"), Date, help=_("留空为 2000-01-01")),
    ),
    notes=(_("物业公司、业主委员会、责任单位或门卫都没有的，就是“三无”小区。"),),
)  # fmt: skip
BUILDINGS = Sheet(
    name="buildings",
    title=_("楼栋"),
    key=("compound_area_key", "compound_name", "name"),
    columns=(
        Column(
            "compound_area_key", _("小区所在区划"), Lookup("areas"), required=True, help=AREA_HELP
        ),
        Column("compound_name", _("小区名称"), Name(max_length=80), required=True),
        Column("name", _("楼栋"), Name(max_length=40), required=True),
        Column("stairwells", _("单元数"), Whole(minimum=1)),
        Column("households", _("户数"), Whole),
        Column(
            "area_key", _("所在网格"), Lookup("areas"),
            help=_("留空时取坐标所在的网格，没有坐标的同小区"),
        ),
        Column("longitude", _("经度"), Degrees, help=_("度，如 110.798123；和纬度一起填")),
        Column("latitude", _("纬度"), Degrees, help=_("度，如 32.652314"), example="32.652314"),
    ),
)  # fmt: skip
SPLITS = Sheet(
    name="splits",
    title=_("网格划分"),
    key=("key",),
    columns=(
        Column("grid_key", _("网格"), Lookup("areas"), required=True, help=AREA_HELP),
        Column("key", _("小微网格编码"), Text(max_length=30), required=True),
        Column("name", _("小微网格名称"), Name(max_length=80), required=True),
        Column(
            "households", _("户数"), Whole, help=_("各小微网格之和应与网格登记的户数相等")
        ),
        Column(
            "buildings", _("楼栋"), Text(max_length=2000),
            help=_("用顿号分开，重名时写上小区名；没有写的楼栋留在原网格"),
            example="阳光花园1号楼、阳光花园2号楼",
        ),
        Column("on", _("划分日期"), Date, required=True),
        Column("document", _("依据文件"), Text(max_length=120)),
    ),
    notes=(_("一个网格的小微网格应在同一个文件里写全；已经划分的网格不再划分。"),),
)  # fmt: skip


def names_of_areas(by: User) -> Context:
    """All areas: their names are public."""
    return {"areas": area_names()}


def _areas(keys: Sequence[Key] | None) -> Existing:
    found = Area.objects.defer("boundary").select_related("parent").order_by("path")
    if keys is not None:
        found = found.filter(key__in=[key for (key,) in keys])
    names = (
        "key",
        "official_code",
        "name",
        "official_name",
        "level",
        "kind",
        "households",
        "valid_from",
    )
    return {
        (area.key,): {
            **{name: getattr(area, name) for name in names},
            "parent_key": area.parent.key if area.parent else None,
        }
        for area in found
    }


def _area_row(values: Sequence[Any]) -> AreaRow:
    key, code, name, official, level, kind, parent, households, day = values
    return AreaRow(
        key, code or None, name, official, level, kind, parent or None, households, None, day
    )


def _compounds(keys: Sequence[Key] | None) -> Existing:
    found = Compound.objects.order_by("area_path", "name")
    if keys is not None:
        found = found.filter(area__key__in={key[0] for key in keys})
    names = [column.name for column in COMPOUNDS.columns]
    columns = ["area__key" if name == "area_key" else name for name in names]
    return by_key(COMPOUNDS, found.values_list(*columns))


def _buildings(keys: Sequence[Key] | None) -> Existing:
    found = Building.objects.order_by("area_path", "name")
    if keys is not None:
        found = found.filter(compound__area__key__in={key[0] for key in keys})
    columns = (
        "compound__area__key", "compound__name", "name", "stairwells", "households", "area__key",
        "longitude", "latitude",
    )  # fmt: skip
    return by_key(BUILDINGS, found.values_list(*columns))


def _strays(rows: Sequence[BuildingRow]) -> list[tuple[int, str]]:
    """(number, words) of the rows whose point lies outside of the grid that they name."""
    drawn = [
        (n, (row.area_key, row.longitude, row.latitude))
        for n, row in enumerate(rows)
        if row.area_key and row.longitude is not None and row.latitude is not None
    ]
    out = outside_of([place for _n, place in drawn])
    return [(drawn[at][0], str(STRAY)) for at in out]


def _splits(keys: Sequence[Key] | None) -> Existing:
    """Micro-grids as their split would be written."""
    found = Area.objects.filter(level=Area.Level.MICROGRID).order_by("path")
    if keys is not None:
        found = found.filter(key__in=[key for (key,) in keys])
    stand: dict[str, list[str]] = {}
    rows = Building.objects.filter(area__in=found).order_by("compound", "pk")
    for key, compound, name in rows.values_list("area__key", "compound__name", "name"):
        stand.setdefault(key, []).append(f"{compound}{name}")
    found = found.filter(edges__valid_from=F("valid_from"))
    columns = ("edges__parent__key", "key", "name", "households", "valid_from", "edges__document")
    return {
        (key,): {
            "grid_key": grid, "key": key, "name": name, "households": households,
            "buildings": "、".join(stand.get(key, ())), "on": on, "document": document,
        }
        for grid, key, name, households, on, document in found.values_list(*columns)
    }  # fmt: skip


def by_key(sheet: Sheet, rows: Iterable[Sequence[Any]]) -> Existing:
    """From rows in the order of the sheet's columns."""
    places = [sheet.places[name] for name in sheet.key]
    names = [column.name for column in sheet.columns]
    return {
        tuple(row[place] for place in places): dict(zip(names, row, strict=True)) for row in rows
    }


SHEETS: dict[str, Register] = {
    "areas": Register(
        sheet=AREAS,
        command=import_areas,
        make=_area_row,
        context=lambda by: {},
        existing=_areas,
        defaults={
            "name": lambda row: short_name(str(row["official_name"])),
            "valid_from": FIRST_DAY,
        },
    ),
    "compounds": Register(
        sheet=COMPOUNDS,
        command=import_compounds,
        make=CompoundRow._make,
        context=names_of_areas,
        existing=_compounds,
        defaults={"households": 0, "valid_from": FIRST_DAY},
    ),
    "buildings": Register(
        sheet=BUILDINGS,
        command=import_buildings,
        make=BuildingRow._make,
        context=names_of_areas,
        existing=_buildings,
        defaults={"stairwells": 1, "households": 0},
        warn=_strays,
    ),
    "splits": Register(
        sheet=SPLITS,
        command=import_splits,
        make=SplitLine._make,
        context=names_of_areas,
        existing=_splits,
        defaults={"buildings": "", "document": ""},
    ),
}
