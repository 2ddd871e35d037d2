"""Published tables of many areas, and the orders that they bear out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported
from sanqiao.registers.areas.models import Area
from sanqiao.work.returns import policies
from sanqiao.work.returns.models import (
    ComparisonTable,
    FormEdition,
    Ranking,
    Standing,
    TableCell,
    TableColumn,
    TableRow,
)
from sanqiao.work.returns.rows import CellRow, RankingSpec, TableLine, TableSpec
from sanqiao.work.returns.shapes import Shape, shape_of
from sanqiao.work.returns.sums import ZERO, Mismatch, broken, placed, unequal


@transaction.atomic
def register_table(*, spec: TableSpec, lines: Sequence[TableLine], by: User) -> ComparisonTable:
    """A table as it was published; one of the same series and day becomes the earlier version,
    and is ranked again as that one was.

    Raises Refused: returns.not_allowed, unknown_form, no_source, no_rows, unknown_line, twin_row,
    negative, note_missing.
    """
    if not by.may("returns.compare"):
        raise Refused("returns.not_allowed", _("您无权登记对照表"))
    shape = shape_of(_edition(spec))
    _check_table(spec, lines, shape)
    mismatches = table_mismatches(spec, lines, shape)
    policies.check_said(mismatches, spec.note)
    before = _earlier(spec)
    table = _table(spec, shape, mismatches, by)
    _rows(table, _columns(table, spec, shape), lines)
    respan(spec.series)
    note("returns.table_registered", subject=table, by=by, rows=len(lines), number=table.number)
    for ranking in before.rankings.order_by("pk") if before else ():
        rank_table(table=table, spec=_again(ranking, lines), by=by)
    return table


@transaction.atomic
def rank_table(*, table: ComparisonTable, spec: RankingSpec, by: User) -> Ranking:
    """Order the areas of a table; who is left out is said in words.

    Raises Refused: returns.not_allowed, ranking_taken, no_denominator, unknown_line, unknown_row,
    zero_denominator, exclusion_unsaid.
    """
    if not by.may("returns.compare"):
        raise Refused("returns.not_allowed", _("您无权登记对照表"))
    table = ComparisonTable.objects.select_for_update().get(pk=table.pk)
    if table.rankings.filter(code=spec.code).exists():
        raise Refused("returns.ranking_taken", _("这张表已有这个编码的排序"), field="code")
    if spec.is_rate and not spec.denominator:
        words = _("比率没有分母，不能排序；先在表里补上分母")
        raise Refused("returns.no_denominator", words, field="denominator")
    columns = {column.line.short: column for column in table.columns.select_related("line")}
    numerator, denominator = _column(columns, spec.numerator), None
    if spec.denominator:
        denominator = _column(columns, spec.denominator)
    ranking = Ranking.objects.create(
        table=table, code=spec.code, name=spec.name, numerator=numerator,
        denominator=denominator, is_rate=spec.is_rate, highest_first=spec.highest_first,
    )  # fmt: skip
    _stand(ranking, spec)
    note("returns.table_ranked", subject=table, by=by, ranking=spec.code)
    return ranking


@transaction.atomic
def import_cells(*, rows: Sequence[CellRow], by: User) -> Imported:
    """Tables from a spreadsheet, one number a row. A table as it is already is left alone.

    Raises Refused as `register_table`.
    """
    own = {area.name: area.key for area in Area.objects.filter(parent=None, valid_to=None)}
    created = changed = unchanged = 0
    for key, group in groupby(sorted(rows, key=_table_of), key=_table_of):
        cells = list(group)
        spec, lines = _gathered(cells, own)
        old = (
            ComparisonTable.objects.current().filter(series=key[0], valid_from=spec.on_day).first()
        )
        if old and cells_of(old) == {(r.area, r.line): r.value for r in cells}:
            unchanged += len(cells)
            continue
        register_table(spec=spec, lines=lines, by=by)
        created, changed = (
            (created, changed + len(cells)) if old else (created + len(cells), changed)
        )
    return Imported(created, changed, unchanged)


def cells_of(table: ComparisonTable) -> dict[tuple[str, str], Decimal]:
    """{(row's name, line code within the form): number}."""
    rows = TableCell.objects.filter(row__table=table)
    found = rows.values_list("row__name", "column__line__code", "value")
    return {(name, code.partition(".")[2]): value for name, code, value in found}


def table_mismatches(spec: TableSpec, lines: Sequence[TableLine], shape: Shape) -> list[Mismatch]:
    """Printed totals against the sums of the rows, and identities of totals and of each row."""
    rows = [_numbers(spec, line) for line in lines]
    codes = [code for code in spec.columns if any(code in row for row in rows)]
    sums = {code: sum((row.get(code, ZERO) for row in rows), ZERO) for code in codes}
    found = [*unequal(spec.totals, sums), *broken(shape.identities, {**sums, **spec.totals})]
    for line, row in zip(lines, rows, strict=True):
        named = (
            each._replace(name=f"{line.name}：{each.name}")
            for each in broken(shape.identities, row)
        )
        found += named
    return found


def _numbers(spec: TableSpec, line: TableLine) -> dict[str, Decimal]:
    pairs = zip(spec.columns, line.values, strict=True)
    return {code: value for code, value in pairs if value is not None}


def _edition(spec: TableSpec) -> FormEdition:
    editions = FormEdition.objects.on(spec.on_day).filter(form__code=spec.form)
    edition = editions.select_related("form").first()
    if edition is None:
        words = _("%(day)s 没有编码为“%(code)s”的报表")
        found = {"day": spec.on_day, "code": spec.form}
        raise Refused("returns.unknown_form", words % found, field="form")
    return edition


def _check_table(spec: TableSpec, lines: Sequence[TableLine], shape: Shape) -> None:
    if not spec.source.strip():
        raise Refused("returns.no_source", _("对照表须写明来源"), field="source")
    if not lines:
        raise Refused("returns.no_rows", _("对照表没有行"), field="rows")
    unknown = {*spec.columns, *spec.totals} - set(shape.lines)
    if unknown:
        words = _("报表里没有这个项目：%(code)s") % {"code": "、".join(sorted(unknown))}
        raise Refused("returns.unknown_line", words, field="rows")
    names = [line.name for line in lines]
    if len(set(names)) < len(names):
        raise Refused("returns.twin_row", _("同一个地区出现了两次"), field="rows")
    if any(value is not None and value < 0 for line in lines for value in line.values):
        raise Refused("returns.negative", _("填报数不能为负"), field="rows")


def _table(
    spec: TableSpec, shape: Shape, mismatches: Sequence[Mismatch], user: User
) -> ComparisonTable:
    before = _earlier(spec)
    if before:
        before.is_current = False
        before.save(update_fields=["is_current"])
    return ComparisonTable.objects.create(
        series=spec.series, name=spec.name, scope=spec.scope, edition=shape.edition,
        source=spec.source, valid_from=spec.on_day, note=spec.note,
        number=before.number + 1 if before else 1,
        warnings=[each.kept() for each in mismatches], filed_by=user,
    )  # fmt: skip


def _earlier(spec: TableSpec) -> ComparisonTable | None:
    tables = ComparisonTable.objects.current().select_for_update()
    return tables.filter(series=spec.series, valid_from=spec.on_day).first()


def _again(ranking: Ranking, lines: Sequence[TableLine]) -> RankingSpec:
    """The same ranking for a corrected table; who is no longer in it needs no words."""
    names = {line.name for line in lines}
    below = ranking.denominator
    standings = ranking.standings.exclude(excluded="").values_list("row__name", "excluded")
    return RankingSpec(
        ranking.code, ranking.name, ranking.numerator.line.short,
        below.line.short if below else None, ranking.is_rate, ranking.highest_first,
        tuple((name, why) for name, why in standings if name in names),
    )  # fmt: skip


def _columns(table: ComparisonTable, spec: TableSpec, shape: Shape) -> dict[str, TableColumn]:
    """Those of the rows, then those that have only a total."""
    codes = dict.fromkeys((*spec.columns, *spec.totals))
    made = TableColumn.objects.bulk_create(
        TableColumn(
            table=table, order=order, line=shape.lines[code], stated_total=spec.totals.get(code)
        )
        for order, code in enumerate(codes, 1)
    )
    return dict(zip(codes, made, strict=True))


def _rows(
    table: ComparisonTable, columns: dict[str, TableColumn], lines: Sequence[TableLine]
) -> None:
    wanted = {line.area_key for line in lines if line.area_key}
    areas = {area.key: area for area in Area.objects.filter(key__in=wanted).defer("boundary")}
    made = TableRow.objects.bulk_create(
        TableRow(table=table, order=n, name=line.name, area=areas.get(line.area_key or ""))
        for n, line in enumerate(lines, 1)
    )
    TableCell.objects.bulk_create(
        TableCell(row=row, column=column, value=value)
        for row, line in zip(made, lines, strict=True)
        for column, value in zip(columns.values(), line.values, strict=False)
        if value is not None
    )


def respan(series: str) -> None:
    """Each current table of a series holds until the next one."""
    tables = list(ComparisonTable.objects.current().filter(series=series).order_by("valid_from"))
    ends = [table.valid_from for table in tables[1:]]
    for table, end in zip(tables, [*ends, None], strict=True):
        if table.valid_to != end:
            table.valid_to = end
            table.save(update_fields=["valid_to"])


def _column(columns: dict[str, TableColumn], code: str) -> TableColumn:
    if code not in columns:
        words = _("对照表里没有这一列：%(code)s") % {"code": code}
        raise Refused("returns.unknown_line", words, field="numerator")
    return columns[code]


def _stand(ranking: Ranking, spec: RankingSpec) -> None:
    rows = list(ranking.table.rows.order_by("order"))
    excluded = _excluded(spec, rows)
    values = {row.pk: value for row, value in _values(ranking, rows, excluded)}
    every = placed([values[row.pk] for row in rows], highest_first=spec.highest_first)
    some = [None if row.name in excluded else values[row.pk] for row in rows]
    places = placed(some, highest_first=spec.highest_first)
    Standing.objects.bulk_create(
        Standing(
            ranking=ranking, row=row, area_id=row.area_id, place=place,
            place_of_all=of_all or len(rows), excluded=excluded.get(row.name, ""),
        )
        for row, place, of_all in zip(rows, places, every, strict=True)
    )  # fmt: skip


def _excluded(spec: RankingSpec, rows: Sequence[TableRow]) -> dict[str, str]:
    excluded = dict(spec.excluded)
    unknown = set(excluded) - {row.name for row in rows}
    if unknown:
        words = _("对照表里没有这些地区：%(names)s") % {"names": "、".join(sorted(unknown))}
        raise Refused("returns.unknown_row", words, field="excluded")
    if not all(why.strip() for why in excluded.values()):
        raise Refused("returns.exclusion_unsaid", _("不参加排序的须写明原因"), field="excluded")
    return excluded


def _values(
    ranking: Ranking, rows: Sequence[TableRow], excluded: dict[str, str]
) -> Iterator[tuple[TableRow, Fraction | None]]:
    """Exact fractions; only an excluded area may lack a number or divide by nothing."""
    cells = dict(_cells(ranking.numerator))
    below = dict(_cells(ranking.denominator)) if ranking.denominator else None
    for row in rows:
        top = cells.get(row.pk)
        bottom = Decimal(1) if below is None else below.get(row.pk)
        if top is None or not bottom:
            if row.name not in excluded:
                words = _("“%(name)s”没有数或分母为零；要么补上，要么写明不参加排序")
                raise Refused(
                    "returns.zero_denominator", words % {"name": row.name}, field="excluded"
                )
            yield row, None
        else:
            yield row, Fraction(top) / Fraction(bottom)


def _cells(column: TableColumn) -> QuerySet[TableCell, tuple[int, Decimal]]:
    return column.cells.values_list("row_id", "value")


def _table_of(row: CellRow) -> tuple[str, str]:
    return row.series, row.on_day.isoformat()


def _gathered(cells: Sequence[CellRow], own: dict[str, str]) -> tuple[TableSpec, list[TableLine]]:
    """The table that the rows describe; areas that are roots of our tree are known as such."""
    columns = tuple(dict.fromkeys(row.line for row in cells))
    numbers: dict[str, dict[str, Decimal]] = {}
    for row in cells:
        numbers.setdefault(row.area, {})[row.line] = row.value
    first = cells[0]
    spec = TableSpec(
        series=first.series, name=first.name, scope=first.scope, form=first.form,
        on_day=first.on_day, source=first.source, columns=columns,
        note=next((row.note for row in cells if row.note), ""),
    )  # fmt: skip
    lines = [
        TableLine(name, own.get(name), tuple(found.get(code) for code in columns))
        for name, found in numbers.items()
    ]
    return spec, lines
