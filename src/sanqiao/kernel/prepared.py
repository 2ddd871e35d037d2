"""Queries whose SQL is made once, and which the database plans once a connection.

Building a query takes Django longer than PostgreSQL takes to answer it. So it is built with
stand-ins for the reader's subtrees and for the values given, and whoever asks the same later gets
the same text with their own. What changes the text (how many subtrees there are and whether they
are narrow, which values are empty) makes another one; nobody's rights stay in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import ValuesIterable, get_related_populators

from .models import User
from .scope import BELOW, NOTHING, Scope
from .statements import Row, ask, ask_all

T = TypeVar("T")
Build = Callable[..., QuerySet[Any, T]]
Places = dict[Any, tuple[int, str]]
Take = Callable[[Sequence[Any]], Any]
MARK, NUMBER, LAST_DAY = "\1", 7_400_000_000_000_000_000, date.max.toordinal()
"""Stand-ins, which no register holds: a text that begins so, numbers from here, days before."""
KEPT = 1000


@dataclass(frozen=True)
class Question(Generic[T]):
    """A statement ready to be sent (none where nothing can be found), and what reads its rows."""

    text: str
    parameters: list[Any]
    read: Callable[[list[Row]], list[T]]


def question(build: Build[T], user: User | None = None, **values: Any) -> Question[T]:
    """What `build(user, **values)` finds, as instances, or as dicts where it ends in `.values()`.

    `build` reads of the user only the scope, and compares the values as they are; texts, numbers,
    days and tuples of them become parameters. Raises ValueError for one that it doesn't compare.
    """
    given = {**_parts(user), **values}
    kinds = tuple((name, _kind(value)) for name, value in given.items())
    plan = _plan(build, user is not None, kinds)
    flat = list(_flat(given.values()))
    return Question(plan.sql, [take(flat) for take in plan.takes], plan.read)


def how_many(build: Build[Any], user: User | None = None, **values: Any) -> Question[int]:
    """The number of those, alone in a list."""
    found = question(build, user, **values)
    text = found.text and f"SELECT count(*) FROM ({found.text}) found"  # noqa: S608 (Django's own)
    return Question(text, found.parameters, lambda rows: [int(rows[0][0])])


def numbers(*questions: Question[int]) -> list[int]:
    """Of `how_many` each, by one statement."""
    asked = [one for one in questions if one.text]
    text = "SELECT " + ", ".join(f"({one.text})" for one in asked)
    found = iter(
        ask(text, [value for one in asked for value in one.parameters])[0] if asked else ()
    )
    return [int(next(found)) if one.text else 0 for one in questions]


def answers(*questions: Question[Any]) -> list[list[Any]]:
    """To each; they travel together, which saves the way there and back of all but one."""
    sent = [(one.text, one.parameters) for one in questions if one.text]
    found = iter(ask_all(sent))
    return [one.read(next(found)) if one.text else [] for one in questions]


def fetch(build: Build[T], user: User | None = None, **values: Any) -> list[T]:
    """The answer to one question."""
    return answers(question(build, user, **values))[0]


def first(build: Build[T], user: User | None = None, **values: Any) -> T | None:
    """The first that `fetch` finds, or None."""
    return next(iter(fetch(build, user, **values)), None)


def _parts(user: User | None) -> dict[str, Any]:
    scope = user.scope if user else NOTHING
    return {name: getattr(scope, name) for name in Scope.__slots__}


def _kind(value: Any) -> Any:
    """What of a value can change the text: of a path, whether it is narrow; all of what gets no
    stand-in."""
    if isinstance(value, tuple):
        return tuple(map(_kind, value))
    if type(value) is str and value:
        return MARK + "." * min(value.count("."), 2)
    return type(value) if type(value) in {int, date} else value


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        else:
            yield value


def _stand_in(kind: Any, numbers: Iterator[int]) -> Any:
    if isinstance(kind, tuple):
        return tuple(_stand_in(one, numbers) for one in kind)
    number = next(numbers)
    if kind is int:
        return NUMBER + number
    if kind is date:
        return date.fromordinal(LAST_DAY - number)
    if isinstance(kind, str) and kind:
        return f"{MARK}{number}{kind.removeprefix(MARK)}"
    return kind


@dataclass(frozen=True)
class Plan:
    """The text (none where nothing can be found), its parameters out of the flat values, and what
    makes records of rows."""

    sql: str
    takes: Sequence[Take] = ()
    read: Callable[[list[Row]], list[Any]] = list


@lru_cache(maxsize=KEPT)
def _plan(build: Build[Any], has_user: bool, kinds: tuple[tuple[str, Any], ...]) -> Plan:
    numbers = itertools.count()
    marks = {name: _stand_in(kind, numbers) for name, kind in kinds}
    places = _places(_flat(marks.values()))
    scope = Scope(**{name: marks.pop(name) for name in Scope.__slots__})
    rows = build(*[_reader(scope)] * has_user, **marks)
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return Plan("")
    if _is_bent(marks, parameters, places):
        raise ValueError(f"{build!r} does not compare all its values as they are")
    return Plan(sql, [_take(one, places) for one in parameters], _reading(rows, compiler))


def _is_bent(marks: dict[str, Any], parameters: Sequence[Any], places: Places) -> bool:
    """Is a value left out, or a stand-in changed past recognition?"""
    used = {places[one][0] for one in parameters if _stands(one) and one in places}
    wanted = {places[mark][0] for mark in _flat(marks.values()) if _stands(mark)}
    return bool(wanted - used) or any(_stands(one) and one not in places for one in parameters)


def _stands(parameter: Any) -> bool:
    if isinstance(parameter, str):
        return MARK in parameter
    if isinstance(parameter, date):
        return parameter.year == date.max.year
    return isinstance(parameter, int) and parameter >= NUMBER


def _reader(scope: Scope) -> User:
    user = User()
    user.scope = scope
    return user


def _places(marks: Iterable[Any]) -> Places:
    """Where the value of a stand-in lies, and what the query put behind it."""
    found: Places = {}
    for number, mark in enumerate(marks):
        if _stands(mark):
            found[mark] = number, ""
        if isinstance(mark, str):
            found[mark + BELOW] = number, BELOW
    return found


def _take(parameter: Any, places: Places) -> Take:
    """A number keeps the width that its column has."""
    if not _stands(parameter):
        return lambda flat: parameter
    number, end = places[parameter]
    if end:
        return lambda flat: flat[number] + end
    if isinstance(parameter, int):
        width = type(parameter)
        return lambda flat: width(flat[number])
    return lambda flat: flat[number]


def _reading(rows: QuerySet[Any, Any], compiler: Any) -> Callable[[list[Row]], list[Any]]:
    """As Django reads rows, but without keeping hold of a connection."""
    columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
    converters = list(compiler.get_converters(columns).items())
    make = _dicts(rows) if rows._iterable_class is ValuesIterable else _instances(rows, compiler)

    def read(found: list[Row]) -> list[Any]:
        return [make(_converted(row, converters) if converters else row) for row in found]

    return read


def _converted(row: Row, converters: list[tuple[int, Any]]) -> Row:
    values = list(row)
    for place, (steps, expression) in converters:
        for step in steps:
            values[place] = step(values[place], expression, connection)
    return values


def _dicts(rows: QuerySet[Any, Any]) -> Callable[[Row], dict[str, Any]]:
    names = list(rows.query.selected or rows.query.values_select)
    return lambda row: dict(zip(names, row, strict=True))


def _instances(rows: QuerySet[Any, Any], compiler: Any) -> Callable[[Row], Any]:
    kind, fields = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [column.target.attname for column, _sql, _alias in compiler.select[start:end]]
    beside = get_related_populators(compiler.klass_info, compiler.select, rows.db)  # type: ignore[call-arg]

    def make(row: Row) -> Any:
        record = kind.from_db(rows.db, names, row[start:end])
        for populator in beside:
            populator.populate(row, record)
        return record

    return make
