"""Spreadsheets of returns and of comparison tables: one number a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.importing import Existing, Key, Register
from sanqiao.kernel.models import User
from sanqiao.kernel.sheets.cells import Cell, CellError, folded
from sanqiao.kernel.sheets.columns import (
    Column,
    Context,
    Date,
    Lookup,
    Name,
    Plain,
    Text,
    lookup_table,
)
from sanqiao.kernel.sheets.sheet import Sheet
from sanqiao.registers.areas.names import area_names

from .commands import import_cells, import_returns
from .models import FormLine, ReturnEntry, ReturnForm, TableCell
from .models.filings import PERIODS
from .rows import CellRow, EntryRow
from .shapes import short


@dataclass(frozen=True)
class Number(Plain):
    """A number of at most four decimals, not negative, with or without separators."""

    example: ClassVar[str] = "395"
    is_text: ClassVar[bool] = False

    def read(self, cell: Cell) -> Decimal:
        text = f"{cell:.15g}" if isinstance(cell, float) else folded(str(cell)).replace(",", "")
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise CellError("not_a_number", gettext("应为数字")) from None
        if not number.is_finite() or number < 0:
            raise CellError("not_a_number", gettext("应为数字，不能为负"))
        if number != round(number, 4):
            raise CellError("too_fine", gettext("最多四位小数"))
        return number


RETURNS = Sheet(
    name="returns",
    title=_("填报数"),
    key=("form", "period", "area_key", "part_key", "line"),
    columns=(
        Column("form", _("报表"), Lookup("forms"), required=True),
        Column(
            "period", _("期别"), Text(max_length=10), required=True, example="2020-06",
            help=_("日报如 2020-06-30，月报如 2020-06，季报如 2020-Q2，年报如 2020"),
        ),
        Column("area_key", _("填报区划"), Lookup("areas"), required=True),
        Column(
            "part_key", _("分区划"), Lookup("areas"), help=_("填报区划自身的数留空")
        ),
        Column("line", _("项目"), Lookup("lines"), required=True),
        Column("value", _("数值"), Number, required=True),
        Column("source", _("数据来源"), Text(max_length=200)),
        Column("note", _("附注"), Text(max_length=500), help=_("数字对不上而确实如此的，写明")),
        Column("why", _("更正原因"), Text(max_length=300), help=_("已报过的，更正要写明原因")),
        Column("filed_on", _("报送日期"), Date, help=_("留空为现在")),
    ),
    notes=(_("只收已布置的期次；更正是新版本，旧版本仍在。不收任何个人信息。"),),
)  # fmt: skip
TABLES = Sheet(
    name="comparison_tables",
    title=_("对照表"),
    key=("series", "on_day", "area", "line"),
    columns=(
        Column("series", _("系列"), Text(max_length=30, pattern=r"[\w-]+"), required=True),
        Column("name", _("对照表"), Name(max_length=120), required=True),
        Column("scope", _("范围"), Text(max_length=120), required=True),
        Column("form", _("口径（报表）"), Lookup("forms"), required=True),
        Column("on_day", _("数据日期"), Date, required=True),
        Column("source", _("来源"), Text(max_length=300), required=True),
        Column("area", _("地区"), Text(max_length=60), required=True),
        Column("line", _("项目"), Lookup("lines"), required=True),
        Column("value", _("数值"), Number, required=True),
        Column("note", _("附注"), Text(max_length=500)),
    ),
    notes=(_("照录已发布的表；同一系列同一天再导入，就是更正后的新版。"),),
)  # fmt: skip


def _context(by: User) -> Context:
    """Areas, forms and lines, by code and by name."""
    forms = ReturnForm.objects.order_by("code").values_list("code", "name")
    lines = FormLine.objects.order_by("code").values_list("code", "name").distinct()
    return {
        "areas": area_names(),
        "forms": lookup_table((code, name, (code,)) for code, name in forms),
        "lines": lookup_table((short(code), name, (short(code),)) for code, name in lines),
    }


def _entries(keys: Sequence[Key] | None) -> Existing:
    """Numbers of current versions, as far as they are visible."""
    rows = ReturnEntry.objects.filter(version__is_current=True).select_related(
        "version__record__round", "version__form", "version__record__area", "line", "area"
    )
    if keys is not None:
        rows = rows.filter(version__form__code__in={key[0] for key in keys})
        rows = rows.filter(version__record__area__key__in={key[2] for key in keys})
    found: dict[Key, dict[str, object]] = {}
    for entry in rows.order_by("version__valid_from", "area_path", "line__order"):
        values = _entry_values(entry)
        found[tuple(values[name] for name in RETURNS.key)] = values
    return found


def _entry_values(entry: ReturnEntry) -> dict[str, object]:
    version, form = entry.version, entry.version.form
    period = PERIODS[form.period_kind].containing(version.period_first)
    return {
        "form": form.code, "period": str(period), "area_key": version.record.area.key,
        "part_key": entry.area.key if entry.is_part else None, "line": entry.line.short,
        "value": entry.value.normalize(), "source": version.source, "note": "", "why": "",
        "filed_on": None,
    }  # fmt: skip


CELL_FACTS = (
    "row__table__series", "row__table__name", "row__table__scope",
    "row__table__edition__form__code", "row__table__valid_from", "row__table__source",
)  # fmt: skip


def _cells(keys: Sequence[Key] | None) -> Existing:
    rows = TableCell.objects.filter(row__table__is_current=True)
    if keys is not None:
        rows = rows.filter(row__table__series__in={key[0] for key in keys})
    found: dict[Key, dict[str, object]] = {}
    for *facts, area, code, value in rows.order_by("row__table", "row__order").values_list(
        *CELL_FACTS, "row__name", "column__line__code", "value"
    ):
        line = short(code)
        values = dict(zip(TABLES.places, [*facts, area, line, value.normalize(), ""], strict=True))
        found[values["series"], values["on_day"], area, line] = values
    return found


def _entry_row(values: Sequence[object]) -> EntryRow:
    given = dict(zip(RETURNS.places, values, strict=True))
    return EntryRow(**{**given, "part_key": given["part_key"] or ""})  # type: ignore[arg-type]


SHEETS: dict[str, Register] = {
    "returns": Register(
        sheet=RETURNS, command=import_returns, make=_entry_row, context=_context,
        existing=_entries,
    ),
    "comparison_tables": Register(
        sheet=TABLES, command=import_cells, make=CellRow._make, context=_context, existing=_cells
    ),
}  # fmt: skip
