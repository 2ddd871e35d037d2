"""From a file to a bulk command: what it would do, then all of it or nothing.

The preview is the command itself, run and rolled back: what it shows is what would happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from .errors import Refused
from .models import User
from .sheets.cells import folded
from .sheets.columns import Ambiguous, Choice, Column, Context, Lookup, LookupTable
from .sheets.exporting import shown
from .sheets.plan import Plan, plan
from .sheets.reading import Reading, RefusedRow, Row, collector_paused, read_rows
from .sheets.sheet import Sheet
from .sheets.writing import refused_file, template
from .staging import Imported, RowError, RowsRefused, heard_by

Key = tuple[object, ...]
Values = dict[str, object]
Existing = Mapping[Key, Values]
BLANK = (None, "")
Tell = Callable[[int, int, str], None]
"""Hears of how many rows how many are done, and what is being done; may raise what ends it all."""


@dataclass(frozen=True)
class Register:
    """A register as spreadsheets see it.

    `command` takes `rows` and `by`; `make` makes one of its rows from the values of the sheet's
    columns. `context` gives the look-up tables. `existing` gives what the register holds, as far
    as visible, of the keys (None: everything). `defaults` fill blanks of new rows, either a value
    or a function of the row's values; a blank in a row that exists leaves what is there. `act` is
    what somebody must be allowed to import it. `warn` says what is odd about rows that were taken,
    by their number from 0. A row comes into so many `tables`.
    """

    sheet: Sheet
    command: Callable[..., Imported]
    make: Callable[[Sequence[Any]], Any]
    context: Callable[[User], Context]
    existing: Callable[[Sequence[Key] | None], Existing]
    defaults: Mapping[str, object] = field(default_factory=dict)
    act: str = "import"
    warn: Callable[[Sequence[Any]], Sequence[tuple[int, str]]] = lambda rows: ()
    tables: int = 1

    @property
    def name(self) -> str:
        return self.sheet.name


@dataclass
class Preview:
    """What an import would do, or, with `done`, what it did. Rows are those of the sheet."""

    register: Register
    plan: Plan
    reading: Reading
    done: Imported | None = None

    @property
    def create(self) -> list[Row]:
        return self.plan.create

    @property
    def change(self) -> list[tuple[Row, dict[str, tuple[object, object]]]]:
        return self.plan.change

    @property
    def unchanged(self) -> int:
        return self.plan.unchanged

    @property
    def refused(self) -> list[RefusedRow]:
        return self.plan.refused

    @property
    def problems(self) -> list[str]:
        return self.reading.problems

    @property
    def warnings(self) -> list[str]:
        """What the file has and nobody read; it stands in nobody's way."""
        return self.reading.warnings

    @property
    def is_good(self) -> bool:
        """Nothing stands in the way of committing it all."""
        return not self.problems and not self.refused

    def refused_file(self) -> bytes:
        """The refused rows as xlsx, with the reasons, to be mended and read again."""
        return refused_file(self.register.sheet, replace(self.reading, refused=self.refused))


def import_template(register: Register, by: User) -> bytes:
    """An empty xlsx with drop-downs, notes and an example."""
    return template(register.sheet, register.context(by))


def _to_nobody(done: int, total: int, doing: str) -> None:
    pass


@collector_paused()
def import_file(
    *,
    register: Register,
    content: bytes,
    filename: str,
    by: User,
    dry_run: bool,
    tell: Tell = _to_nobody,
) -> Preview:
    """Read, compare, and unless `dry_run` commit, all in one transaction.

    With a refused row, or a problem of the file, nothing is kept. Raises Refused when `by` may
    not import at all.
    """
    if not by.may(register.act):
        raise Refused("import.not_allowed", _("您没有导入的权限"))
    tell(0, 0, _("正在读取文件"))
    context = cache(partial(register.context, by))
    reading = read_rows(content, filename, register.sheet, context)
    if reading.problems:
        return Preview(register, Plan(refused=reading.refused), reading)
    existing = register.existing(_keys(register.sheet, reading.rows))
    reading.rows = _filled(register, reading, existing)
    found = plan(register.sheet, reading, existing)
    preview = Preview(register, found, reading)
    with heard_by(_Steps(register, len(reading.rows), tell)):
        _run(preview, context(), by, keep=not dry_run and preview.is_good)
    return preview


class _Steps:
    """How far an import is: to read a row takes about as long as to bring it into a table."""

    def __init__(self, register: Register, rows: int, tell: Tell) -> None:
        self.rows, self.steps, self.tell = rows, 1 + register.tables, tell
        self.taken = 0
        self(rows)

    def __call__(self, rows: int) -> None:
        self.taken += rows
        done = min(self.taken // self.steps, self.rows)
        self.tell(done, self.rows, _("正在逐行处理"))


def export_rows(register: Register, by: User) -> tuple[list[str], Iterable[list[object]]]:
    """Head and rows of everything visible, in the form that `import_file` reads again."""
    columns = register.sheet.columns
    context = register.context(by)
    labels = [_labels(column, context) for column in columns]
    everything = register.existing(None).values()
    rows = (
        [shown_as.get(row.get(column.name), row.get(column.name))
         for column, shown_as in zip(columns, labels, strict=True)]
        for row in everything
    )  # fmt: skip
    return [str(column.title) for column in columns], rows


def _keys(sheet: Sheet, rows: Iterable[Row]) -> list[Key]:
    places = [sheet.places[name] for name in sheet.key]
    return [tuple(row.values[place] for place in places) for row in rows]


def _filled(register: Register, reading: Reading, existing: Existing) -> list[Row]:
    """Blanks become what is there, or the default of a new row."""
    names = [column.name for column in register.sheet.columns]
    defaults = [
        (place, register.defaults[name])
        for place, name in enumerate(names)
        if name in register.defaults
    ]
    absent = {place for place, name in enumerate(names) if name not in reading.given}
    filled = []
    for row, key in zip(reading.rows, _keys(register.sheet, reading.rows), strict=True):
        old = existing.get(key)
        if old is not None:
            row = Row(row.number, _kept(row.values, names, absent, old))
        if any(row.values[place] in BLANK for place, _default in defaults):
            row = Row(row.number, _with_defaults(row.values, names, defaults))
        filled.append(row)
    return filled


def _kept(
    values: Sequence[object], names: Sequence[str], absent: set[int], old: Values
) -> tuple[object, ...]:
    """With what is there in the places of blanks, and of columns that the file does not have."""
    full = list(values)
    for place, value in enumerate(values):
        if value is None or value == "" or place in absent:
            full[place] = old.get(names[place], value)
    return tuple(full)


def _with_defaults(
    values: Sequence[object], names: Sequence[str], defaults: Sequence[tuple[int, object]]
) -> tuple[object, ...]:
    full = list(values)
    for place, default in defaults:
        if full[place] in BLANK:
            named = dict(zip(names, full, strict=True))
            full[place] = default(named) if callable(default) else default
    return tuple(full)


def _run(preview: Preview, context: Context, by: User, *, keep: bool) -> None:
    """The command over the rows that could be read; undone unless `keep`, or when it refuses.
    Where every row is as the register has it, nothing is asked of it."""
    register, rows, found = preview.register, preview.reading.rows, preview.plan
    if not found.create and not found.change:
        preview.done = Imported(0, 0, found.unchanged) if keep and rows else None
        return
    try:
        with transaction.atomic():
            made = [register.make(row.values) for row in rows]
            done = register.command(rows=made, by=by)
            odd = register.warn(made)
            preview.reading.warnings += [_at_row(rows[at].number, words) for at, words in odd]
            if keep:
                preview.done = done
            else:
                transaction.set_rollback(True)
    except RowsRefused as refusal:
        _refuse(preview, refusal.errors, context)
    except Refused as refusal:
        preview.reading.problems.append(refusal.message)


def _at_row(number: int, words: str) -> str:
    return _("第 %(row)d 行：%(reason)s") % {"row": number, "reason": words}


def _refuse(preview: Preview, errors: Sequence[RowError], context: Context) -> None:
    """Rows that the command refused leave the plan and join those that could not be read."""
    sheet, rows = preview.register.sheet, preview.reading.rows
    by_row: dict[int, dict[str, str]] = {}
    for error in errors:
        column = error.field if error.field in sheet.places else sheet.columns[0].name
        by_row.setdefault(error.row, {}).setdefault(column, error.message)
    numbers = {rows[at].number for at in by_row}
    labels = [_labels(column, context) for column in sheet.columns]
    refused = [
        RefusedRow(rows[at].number, _typed(rows[at], labels), found) for at, found in by_row.items()
    ]
    before = preview.plan
    create = [row for row in before.create if row.number not in numbers]
    change = [pair for pair in before.change if pair[0].number not in numbers]
    gone = len(before.create) - len(create) + len(before.change) - len(change)
    preview.plan = Plan(
        create=create,
        change=change,
        unchanged=before.unchanged - (len(numbers) - gone),
        refused=sorted([*before.refused, *refused], key=lambda row: row.number),
    )


def _typed(row: Row, labels: Sequence[Mapping[object, str]]) -> tuple[str, ...]:
    """The row's values as a person would write them."""
    texts = []
    for value, names in zip(row.values, labels, strict=True):
        words = shown(names.get(value, value))
        texts.append(words.isoformat() if isinstance(words, date) else str(words))
    return tuple(texts)


def _labels(column: Column, context: Context) -> Mapping[object, str]:
    """Value → words, for columns whose values are not words already."""
    if isinstance(column.of, Choice):
        choices = column.choices() if callable(column.choices) else column.choices
        return {value: str(label) for value, label in choices}
    if isinstance(column.of, Lookup):
        table = context.get(column.of.source or column.name, {})
        names = table.labels if isinstance(table, LookupTable) else ()
        found = ((table[folded(name)], name) for name in names)
        return {key: name for key, name in found if not isinstance(key, Ambiguous)}
    return {}
