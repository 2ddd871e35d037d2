"""Whose rows: one declaration on a model gives the ORM filter and the row-level security policy.

A scope is a set of tree paths. Settings of the running transaction carry it into the database:
a hull (`_lo`, `_hi`), and the list of prefixes where the hull is not exact. A missing setting
shows nothing. The two forms are proved equal row for row by a property test.

The first fence drives, the second only checks. `visible_to` gives constants, which the planner can
weigh against an index; its text comparisons are leakproof, so they go first. The policy reads each
setting once a query, `(SELECT …)`, because reading it for each row doubles a count. It stands in a
CASE, which the planner takes for one row in two: bare, it takes any scope for one in two hundred,
four joined tables for none at all, and sorts the whole city to find fifty members.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q

from .statements import ask

if TYPE_CHECKING:
    from .models import User

M = TypeVar("M", bound="Scoped")
ROOT = r"^[0-9]+[.]$"
BELOW = "~"
"""Sorts after every character of a path (digits and dots, collation C)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Subtrees by path prefix (`""` is everything), one's own person and account, and the audit."""

    areas: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    person_id: int | None = None
    user_id: int | None = None
    audit: bool = False

    @property
    def is_narrow(self) -> bool:
        """Does no grant reach a whole tree? Then the rows are few enough to be listed by id."""
        return all(path.count(".") > 1 for path in (*self.areas, *self.organisations))

    def settings(self) -> dict[str, str]:
        """Transaction settings for row-level security; an empty string shows nothing."""
        return {
            "sanqiao.areas": _many(self.areas),
            "sanqiao.area_lo": _low(self.areas),
            "sanqiao.area_hi": _high(self.areas),
            "sanqiao.organisations": _many(self.organisations),
            "sanqiao.organisation_lo": _low(self.organisations),
            "sanqiao.organisation_hi": _high(self.organisations),
            "sanqiao.person": str(self.person_id or ""),
            "sanqiao.user": str(self.user_id or ""),
            "sanqiao.audit": "on" if self.audit else "",
        }


NOTHING = Scope()
EVERYTHING = Scope(areas=("",), organisations=("",), audit=True)


def _many(paths: tuple[str, ...]) -> str:
    """An array of text; empty for a single path, whose hull is exact."""
    return "{" + ",".join(f'"{p}"' for p in paths) + "}" if len(paths) > 1 else ""


def _low(paths: tuple[str, ...]) -> str:
    """Behind a mark, because an empty path is everything and an empty setting is nothing."""
    return f"={min(paths)}" if paths else ""


def _high(paths: tuple[str, ...]) -> str:
    return max(path + BELOW for path in paths) if paths else ""


def within(column: str, paths: tuple[str, ...]) -> Q:
    """Rows whose `column` lies in one of the subtrees; no subtree, no row."""
    if "" in paths:
        return Q(**{f"{column}__gte": ""})
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{column}__gte": path, f"{column}__lt": path + BELOW})
    return condition


class Access(Protocol):
    """One way in which a row belongs to a scope."""

    def q(self, scope: Scope) -> Q: ...
    def sql(self, table: str) -> str: ...


@dataclass(frozen=True)
class ByPath:
    """The row's `column` is a path of the tree `areas` or `organisations`."""

    column: str
    tree: str

    def q(self, scope: Scope) -> Q:
        return within(self.column, getattr(scope, self.tree))

    def sql(self, table: str) -> str:
        one = self.tree.removesuffix("s")
        column = f"{table}.{self.column}"
        return (
            f"({column} >= (SELECT substr({_setting(f'{one}_lo')}, 2))"
            f" AND {column} < (SELECT {_setting(f'{one}_hi')})"
            f" AND ((SELECT {_setting(self.tree)} IS NULL)"
            f" OR {column} ^@ ANY ((SELECT {_setting(self.tree)}::text[])::text[])))"
        )


@dataclass(frozen=True)
class Above:
    """The row's `column` is a path that leads down to one of the reader's subtrees.

    What is given out for a place is for everybody who works below it.
    """

    column: str
    tree: str

    def q(self, scope: Scope) -> Q:
        paths = getattr(scope, self.tree)
        return Q(**{f"{self.column}__in": {above for path in paths for above in _leading_to(path)}})

    def sql(self, table: str) -> str:
        one = self.tree.removesuffix("s")
        single = f"ARRAY[substr({_setting(f'{one}_lo')}, 2)]"
        paths = f"unnest(COALESCE({_setting(self.tree)}::text[], {single}))"
        return f"EXISTS (SELECT 1 FROM {paths} p WHERE p ^@ {table}.{self.column})"  # noqa: S608


@dataclass(frozen=True)
class AtRoot:
    """The row's `column` is the path of a whole territory; any grant over `tree` opens it."""

    column: str
    tree: str

    def q(self, scope: Scope) -> Q:
        return Q(**{f"{self.column}__regex": ROOT}) if getattr(scope, self.tree) else Q(pk__in=[])

    def sql(self, table: str) -> str:
        one = self.tree.removesuffix("s")
        return f"({table}.{self.column} ~ '{ROOT}' AND {_setting(f'{one}_lo')} IS NOT NULL)"


@dataclass(frozen=True)
class When:
    """A `way` that is open only while the row's `column` says `value`."""

    way: Access
    column: str
    value: str

    def q(self, scope: Scope) -> Q:
        return self.way.q(scope) & Q(**{self.column: self.value})

    def sql(self, table: str) -> str:
        return f"({table}.{self.column} = '{self.value}' AND {self.way.sql(table)})"


@dataclass(frozen=True)
class Own:
    """The row's `column` is the reader's own person."""

    column: str

    def q(self, scope: Scope) -> Q:
        return Q(**{self.column: scope.person_id}) if scope.person_id else Q(pk__in=[])

    def sql(self, table: str) -> str:
        return f"({table}.{self.column} = (SELECT {_setting('person')}::bigint))"


@dataclass(frozen=True)
class Mine:
    """The row's `column` is the reader's own account."""

    column: str

    def q(self, scope: Scope) -> Q:
        return Q(**{self.column: scope.user_id}) if scope.user_id else Q(pk__in=[])

    def sql(self, table: str) -> str:
        return f"({table}.{self.column} = (SELECT {_setting('user')}::bigint))"


@dataclass(frozen=True)
class Audited:
    """Every row, for those who audit."""

    def q(self, scope: Scope) -> Q:
        return ~Q(pk__in=[]) if scope.audit else Q(pk__in=[])

    def sql(self, table: str) -> str:
        return f"(SELECT {_setting('audit')} = 'on')"


@dataclass(frozen=True)
class Through:
    """A visible row of `model` (`app.Model`) points at this row by `column`."""

    model: str
    column: str

    def q(self, scope: Scope) -> Q:
        from django.apps import apps

        related = apps.get_model(self.model)
        rows = related._default_manager.filter(related.rows_in(scope))
        return Q(Exists(rows.filter(**{self.column: OuterRef("pk")})))

    def ids(self, scope: Scope) -> models.QuerySet[Any, Any]:
        """The ids of this table's rows, found from the other side."""
        from django.apps import apps

        related = apps.get_model(self.model)
        rows: models.QuerySet[Any, Any] = related._default_manager.filter(related.rows_in(scope))
        return rows.values_list(self.column)

    def sql(self, table: str) -> str:
        from django.apps import apps

        other = apps.get_model(self.model)._meta.db_table
        return f"EXISTS (SELECT 1 FROM {other} r WHERE r.{self.column} = {table}.id)"  # noqa: S608


@dataclass(frozen=True)
class Of:
    """The row of `model` (`app.Model`) that this row's `column` names is visible."""

    model: str
    column: str

    def q(self, scope: Scope) -> Q:
        from django.apps import apps

        related = apps.get_model(self.model)
        rows = related._default_manager.filter(related.rows_in(scope))
        return Q(Exists(rows.filter(pk=OuterRef(self.column))))

    def sql(self, table: str) -> str:
        from django.apps import apps

        other = apps.get_model(self.model)._meta.db_table
        return f"EXISTS (SELECT 1 FROM {other} r WHERE r.id = {table}.{self.column})"  # noqa: S608


def _leading_to(path: str) -> Iterator[str]:
    """`1.5.77.` → `1.`, `1.5.`, `1.5.77.`."""
    nodes = path.split(".")[:-1]
    yield from (".".join(nodes[:n]) + "." for n in range(1, len(nodes) + 1))


def _setting(name: str) -> str:
    return f"NULLIF(current_setting('sanqiao.{name}', true), '')"


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))


class ScopedQuerySet(models.QuerySet[M]):
    """Every door starts at `visible_to`; out of scope is 404."""

    def visible_to(self, user: User, *, one: bool = False) -> Self:
        """`one` is for a record found by its key: no list of all that is visible is made first."""
        model = self.model
        return self.filter(model.row_in(user.scope) if one else model.rows_in(user.scope))


class Scoped(models.Model):
    """A model whose rows belong to somebody; `access` lists how (any of them is enough).

    `reading` lists further ways, which open a row for reading alone.
    """

    access: ClassVar[tuple[Access, ...]]
    reading: ClassVar[tuple[Access, ...]] = ()

    class Meta:
        abstract = True

    @classmethod
    def rows_in(cls, scope: Scope) -> Q:
        """One condition; ways that lead over other tables are walked from there when few."""
        ways = (*cls.access, *cls.reading)
        beside = [way for way in ways if isinstance(way, Through)]
        if not beside or not scope.is_narrow:
            return cls.row_in(scope)
        own = _any(way.q(scope) for way in ways if way not in beside)
        ids = cls._default_manager.filter(own).values_list("pk")
        return Q(pk__in=ids.union(*(way.ids(scope) for way in beside)))

    @classmethod
    def row_in(cls, scope: Scope) -> Q:
        """The same condition, asked row by row."""
        return _any(way.q(scope) for way in (*cls.access, *cls.reading))

    @classmethod
    def policy_sql(cls) -> str:
        return cls._policy(cls.access)

    @classmethod
    def reading_sql(cls) -> str:
        """Of the policy for reading alone; empty without such ways."""
        return cls._policy(cls.reading) if cls.reading else ""

    @classmethod
    def _policy(cls, access: Iterable[Access]) -> str:
        ways = " OR ".join(way.sql(cls._meta.db_table) for way in access)
        return f"CASE WHEN {ways} THEN true ELSE false END"


SETTINGS = (*NOTHING.settings(), "sanqiao.actor", "sanqiao.request")
"""Every setting that a transaction may carry."""
SET = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)
READ = ", ".join(
    f"coalesce(current_setting('{name}', true), '') AS s{n}" for n, name in enumerate(SETTINGS)
)
KEPT = ", ".join(
    f"set_config('{name}', coalesce(%s::text, s{n}), true)" for n, name in enumerate(SETTINGS)
)
SWAP = f"WITH before AS MATERIALIZED (SELECT {READ}) SELECT before.*, {KEPT} FROM before"  # noqa: S608
"""Set them and say what they were; None leaves one as it is."""


def apply(scope: Scope, *, actor: int | None, request: str) -> None:
    """Set scope, actor and request for the running transaction; ends with it (SET LOCAL)."""
    _set(_wanted(scope, actor, request))


@contextmanager
def acting_as(user: User, *, request: str = "", scope: Scope | None = None) -> Iterator[None]:
    """A transaction in the name of `user`, for jobs, commands of the shell and the API.

    Inside another one it is a savepoint, after which the outer scope holds again.
    """
    with applied(scope or user.scope, actor=user.pk, request=request):
        yield


@contextmanager
def applied(scope: Scope, *, actor: int | None, request: str | None) -> Iterator[None]:
    """A transaction with this scope; without a `request` it stays the outer one's. SET LOCAL
    outlives a released savepoint, so an inner one puts the outer settings back; a rolled back one
    needs no help."""
    is_inner = connection.in_atomic_block
    with transaction.atomic():
        wanted = _wanted(scope, actor, request)
        outer = _swap(wanted) if is_inner else _set(wanted)
        yield
        if is_inner and not connection.needs_rollback:
            _set(outer)


def _wanted(scope: Scope, actor: int | None, request: str | None) -> list[str | None]:
    """Values in the order of `SETTINGS`."""
    values = {**scope.settings(), "sanqiao.actor": str(actor or ""), "sanqiao.request": request}
    return [values[name] for name in SETTINGS]


def _swap(values: list[str | None]) -> list[str | None]:
    """Set these; returns those before."""
    return list(ask(SWAP, values)[0][: len(SETTINGS)])


def _set(values: list[str | None]) -> list[str | None]:
    ask(SET, values)
    return values


def path_of(parent: Any, pk: int) -> str:
    """The path of a node below `parent` (None at the root), e.g. `1.5.77.`."""
    return f"{parent.path if parent else ''}{pk}."
