"""Bulk acts: rows go by COPY into a temporary table, and from there in a few statements.

A bulk act is a command like any other: all or nothing, and what it refuses names the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString, NamedTuple, TypeVar

from django.db import IntegrityError, connection, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from psycopg import errors
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from .errors import Refused

K = TypeVar("K")
V = TypeVar("V")
Words = str | Promise
ANALYZED_ABOVE = 1000
"""Rows above which the planner is told about a staged table, by its first column alone: looking
at them all costs as much as a join."""
BINARY = frozenset({"integer", "smallint", "bigint", "boolean", "bytea", "date", "text", "varchar"})
"""Types that COPY takes in its binary form from their Python values alone: a third of the time."""
Written = Callable[[int], None]
"""Hears how many rows were just brought into a table; may raise what ends the act."""
PORTION = 20_000
"""Rows written between two words of it: half a second."""
_written: ContextVar[Written | None] = ContextVar("written", default=None)
SHOWN = 2000
"""Refused rows that one check names at most; the rest come up when these are mended."""


class Imported(NamedTuple):
    """How many rows of a bulk act were new, different, and already so."""

    created: int
    changed: int
    unchanged: int


class RowError(NamedTuple):
    """`row` counts the rows given to the command, from 0."""

    row: int
    field: str
    code: str
    message: str


class RowsRefused(Refused):
    """Some rows of a bulk act cannot be taken; nothing was. `errors` has every one found."""

    def __init__(self, found: Sequence[RowError]) -> None:
        self.errors = tuple(sorted(found))
        first = self.errors[0]
        words = _("第 %(row)d 行：%(reason)s") % {"row": first.row + 1, "reason": first.message}
        more = len({error.row for error in self.errors})
        if more > 1:
            words += _("（共 %(count)d 行有问题）") % {"count": more}
        super().__init__(first.code, words, field=first.field)


class Reason(NamedTuple):
    """Why rows are refused: stable code, the field, and the words for it."""

    code: str
    field: str
    message: Words


@dataclass
class Refusals:
    """Gathers what is wrong with rows, so that a clerk mends them all at once."""

    found: list[RowError] = field(default_factory=list)

    def add(self, row: int, reason: Reason, **words: object) -> None:
        """`words` fill the places of the message."""
        message = str(reason.message) % words if words else str(reason.message)
        self.found.append(RowError(row, reason.field, reason.code, message))

    def check(self) -> None:
        """Raises RowsRefused when anything was added."""
        if self.found:
            raise RowsRefused(self.found)


@dataclass(frozen=True)
class Stage:
    """A temporary table with `columns` and `n`, the number of the row from 0.

    `is_new`: whoever staged it has looked, and the register has none of the rows. `is_sorted`:
    `n` counts in the order in which the rows are laid down, `given` in the one they came in.
    """

    name: str
    columns: tuple[str, ...]
    count: int
    is_new: bool = False
    is_sorted: bool = False

    @property
    def table(self) -> Identifier:
        return Identifier(self.name)

    def given(self, n: int) -> int:
        """The number with which this row came."""
        query = SQL("SELECT given FROM {} WHERE n = {}")
        return int(run(query.format(self.table, n))[0][0]) if self.is_sorted else n

    def rows_where(self, condition: LiteralString | Composed) -> list[int]:
        """Numbers of the rows `s` for which the SQL holds."""
        query = SQL("SELECT n FROM {} s WHERE {} ORDER BY n LIMIT {}")
        where = SQL(condition) if isinstance(condition, str) else condition
        return [n for (n,) in run(query.format(self.table, where, Literal(SHOWN)))]

    def refuse(
        self, refusals: Refusals, condition: LiteralString | Composed, reason: Reason
    ) -> None:
        """Add the rows `s` for which the SQL holds."""
        for row in self.rows_where(condition):
            refusals.add(row, reason)

    def refuse_twins(self, refusals: Refusals, *key: str, reason: Reason) -> None:
        """Add the rows whose key has stood in an earlier row; `%(twin)d` is that row's number."""
        columns = SQL(", ").join(Identifier(column) for column in key)
        query = SQL(
            "SELECT n, first FROM (SELECT n, min(n) OVER (PARTITION BY {}) AS first FROM {}) x"
            " WHERE n > first ORDER BY n LIMIT {}"
        )
        for row, first in run(query.format(columns, self.table, Literal(SHOWN))):
            refusals.add(row, reason, twin=first + 1)


def look_up(
    keys: Iterable[K], known: Mapping[K, V], missing: V, refusals: Refusals, reason: Reason
) -> list[V]:
    """What each key stands for; `missing`, and a refusal that quotes `%(value)s`, where nothing."""
    found = []
    for row, key in enumerate(keys):
        value = known.get(key)
        if value is None:
            refusals.add(row, reason, value=key)
        found.append(missing if value is None else value)
    return found


def run(statement: Composable, params: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
    """The rows of a query; none for a statement that returns nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def count_of(statement: Composable, params: Sequence[object] | None = None) -> int:
    """How many rows the statement touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)  # type: ignore[arg-type]
        return int(cursor.rowcount)


def stage(name: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> Stage:
    """COPY `rows` into a temporary table that ends with the transaction.

    `columns` are names and SQL types; a name that was staged before is replaced.
    """
    table, names = Identifier(name), [Identifier(column) for column in columns]
    types = [SQL(kind) for kind in columns.values()]
    defined = SQL(", ").join(
        SQL("{} {}").format(column, kind) for column, kind in zip(names, types, strict=True)
    )
    run(SQL("DROP TABLE IF EXISTS pg_temp.{}").format(table))
    run(SQL("CREATE TEMP TABLE {} (n integer, {}) ON COMMIT DROP").format(table, defined))
    count = _copy(table, ("integer", *columns.values()), rows)
    if count > ANALYZED_ABOVE:
        run(SQL("ANALYZE {} ({})").format(table, names[0]))
    return Stage(name, tuple(columns), count)


def _copy(table: Identifier, kinds: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """How many `rows` went there, each behind its number."""
    names = [kind.partition("(")[0] for kind in kinds]
    is_binary = BINARY.issuperset(names)
    how = SQL("COPY {} FROM STDIN" + (" (FORMAT BINARY)" if is_binary else "")).format(table)
    count = 0
    with connection.cursor() as cursor, cursor.copy(how) as copy:
        if is_binary:
            copy.set_types(names)
        for count, row in enumerate(rows, 1):
            copy.write_row((count - 1, *row))
    return count


def columns_of(model: type[models.Model], *names: str) -> dict[str, str]:
    """SQL types of the columns of `model`, for `stage`."""
    fields = {f.column: f for f in model._meta.concrete_fields}
    return {name: str(fields[name].rel_db_type(connection)) for name in names}


@dataclass(frozen=True)
class Upsert:
    """How staged rows become rows of `model`.

    `key` identifies a row. `given` and `optional` are compared and written; `derived` and `kept`
    are written along; `first` only when a row is new. None in an `optional` or `kept` one leaves
    what is there. New rows are laid down in the order of `along`, neighbours side by side.
    `reasons` say what a broken constraint means.
    """

    model: type[models.Model]
    key: tuple[str, ...]
    given: tuple[str, ...]
    optional: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    reasons: Mapping[str, Reason] = field(default_factory=dict)

    @property
    def table(self) -> Identifier:
        return Identifier(self.model._meta.db_table)

    @property
    def compared(self) -> tuple[str, ...]:
        return self.given + self.optional

    @property
    def written(self) -> tuple[str, ...]:
        """The columns of the staged rows, in this order."""
        return self.key + self.compared + self.derived + self.kept + self.first

    def stage(self, rows: Iterable[Sequence[object]], *, are_new: bool = False) -> Stage:
        """`rows` have the columns `written`."""
        name = f"staged_{self.model._meta.model_name}"
        staged = stage(name, columns_of(self.model, *self.written), rows)
        return replace(staged, is_new=are_new)

    def run(self, staged: Stage) -> Imported:
        """Change what differs, then create what is new. Raises RowsRefused."""
        changed = 0 if staged.is_new else self.change(staged)
        created = self.create(staged)
        return Imported(created, changed, staged.count - created - changed)

    def adopt(self, staged: Stage) -> None:
        """Put what is there into the blanks of optional columns, so that checks see the result."""
        if not self.optional or staged.is_new:
            return
        filled = [
            SQL("{0} = coalesce(s.{0}, t.{0})").format(Identifier(column))
            for column in self.optional
        ]
        blank = [
            SQL("s.{0} IS NULL AND t.{0} IS NOT NULL").format(Identifier(column))
            for column in self.optional
        ]
        query = SQL("UPDATE {} s SET {} FROM {} t WHERE {} AND ({})")
        parts = (SQL(", ").join(filled), self.table, self.same_key(), SQL(" OR ").join(blank))
        run(query.format(staged.table, *parts))

    def change(self, staged: Stage) -> int:
        if not self.compared:
            return 0
        assigned = [
            SQL("{} = {}").format(Identifier(column), self.new_value(column))
            for column in self.compared + self.derived + self.kept
        ]
        query = SQL("UPDATE {} t SET {} FROM {} s WHERE s.n BETWEEN %s AND %s AND {} AND {}")
        parts = (SQL(", ").join(assigned), staged.table, self.same_key(), self.differs())
        return self.attempt(query.format(self.table, *parts), staged, counts=False)

    def create(self, staged: Stage) -> int:
        if _written.get() and self.along and staged.count > PORTION:
            staged = self.sorted(staged)
        columns = SQL(", ").join(Identifier(column) for column in self.written)
        values = SQL(", ").join(self.first_value(column) for column in self.written)
        query = SQL(
            "INSERT INTO {} ({}) SELECT {} FROM {} s WHERE s.n BETWEEN %s AND %s{} ORDER BY {}"
        )
        old = SQL(" AND NOT EXISTS (SELECT FROM {} t WHERE {})").format(self.table, self.same_key())
        order = SQL(", ").join(SQL("s.{}").format(Identifier(c)) for c in (*self.along, "n"))
        parts = (columns, values, staged.table, SQL("") if staged.is_new else old, order)
        return self.attempt(query.format(self.table, *parts), staged)

    def sorted(self, staged: Stage) -> Stage:
        """The same rows `along`: portions of them are neighbours, as all of them would be."""
        name = Identifier(f"{staged.name}_sorted")
        columns = SQL(", ").join(map(Identifier, staged.columns))
        order = SQL(", ").join(map(Identifier, (*self.along, "n")))
        query = SQL(
            "CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT"
            " (row_number() OVER (ORDER BY {}) - 1)::integer AS n, n AS given, {} FROM {}"
        )
        run(SQL("DROP TABLE IF EXISTS pg_temp.{}").format(name))
        run(query.format(name, order, columns, staged.table))
        return replace(staged, name=f"{staged.name}_sorted", is_sorted=True)

    def attempt(self, statement: Composed, staged: Stage, *, counts: bool = True) -> int:
        """Run it over all rows; when a constraint says no, find a row that breaks it."""
        try:
            return _in_portions(statement, staged, counts=counts)
        except IntegrityError as error:
            reason = self.reasons.get(constraint_of(error))
            if reason is None:
                raise
            refusals = Refusals()
            refusals.add(staged.given(_culprit(statement, staged.count)), reason)
            raise RowsRefused(refusals.found) from error

    def same_key(self) -> Composed:
        return SQL(" AND ").join(
            SQL("t.{0} = s.{0}").format(Identifier(column)) for column in self.key
        )

    def differs(self) -> Composed:
        old = SQL(", ").join(SQL("t.{}").format(Identifier(c)) for c in self.compared)
        new = SQL(", ").join(self.new_value(column) for column in self.compared)
        return SQL("({}) IS DISTINCT FROM ({})").format(old, new)

    def new_value(self, column: str) -> Composed:
        if column in self.optional + self.kept:
            return SQL("coalesce(s.{0}, t.{0})").format(Identifier(column))
        return SQL("s.{}").format(Identifier(column))

    def first_value(self, column: str) -> Composed:
        if column not in self.optional + self.kept:
            return SQL("s.{}").format(Identifier(column))
        usual = {f.column: f for f in self.model._meta.concrete_fields}[column].get_default()
        return SQL("coalesce(s.{}, {})").format(Identifier(column), Literal(usual))


@contextmanager
def heard_by(written: Written) -> Iterator[None]:
    """It hears of each table that a bulk act within has filled."""
    before = _written.set(written)
    try:
        yield
    finally:
        _written.reset(before)


@contextmanager
def refusing(reasons: Mapping[str, Reason]) -> Iterator[None]:
    """What a constraint says no to, in words: raises Refused instead of IntegrityError."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        reason = reasons.get(constraint_of(error))
        if reason is None:
            raise
        raise Refused(reason.code, str(reason.message), field=reason.field) from error


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that was broken; empty when the driver has none."""
    cause = error.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, errors.Error) else ""


def _in_portions(statement: Composed, staged: Stage, *, counts: bool) -> int:
    """Of all rows; in one go when nobody listens."""
    written = _written.get()
    if written is None:
        return _kept(statement, 0, staged.count)
    touched = 0
    for low in range(0, staged.count, PORTION):
        high = min(low + PORTION, staged.count)
        touched += _kept(statement, low, high)
        written(high - low if counts else 0)
    return touched


def _kept(statement: Composed, low: int, high: int) -> int:
    """Run it over the rows `[low, high)`; undone when a constraint is broken."""
    with transaction.atomic():
        return count_of(statement, [low, high - 1])


def _culprit(statement: Composed, count: int) -> int:
    """The first row with which the statement fails: halves that succeed are kept, so that the
    search costs little more than one run."""
    low, high = 0, count
    while high - low > 1:
        middle = (low + high) // 2
        try:
            _kept(statement, low, middle)
            low = middle
        except IntegrityError:
            high = middle
    return low
