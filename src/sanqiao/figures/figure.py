"""What a published number is: one declaration gives its value, its rows and its wording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Literal

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

Kind = Literal[
    "count", "sum", "distinct", "reported", "place",
    "total", "difference", "ratio", "share", "mean", "multiple",
]  # fmt: skip
Measure = Literal["count", "distinct", "sum", "reported", "place"]
Combine = Literal["first", "sum", "difference", "ratio"]
Text = str | Promise
Where = Callable[[date | None, date], Q]

MEASURES: dict[Kind, Measure] = {
    "count": "count", "distinct": "distinct", "sum": "sum",
    "reported": "reported", "place": "place",
}  # fmt: skip
COMBINES: dict[Kind, Combine] = {
    "total": "sum", "difference": "difference",
    "ratio": "ratio", "share": "ratio", "mean": "ratio", "multiple": "ratio",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Records:
    """The records behind a figure. `where(start, as_of)` uses only what every engine can do.

    `area` leads to the record's own area; `subject` is what is counted once; `amount` is summed;
    `fields` are read besides and frozen with the rows; `within` are keys of areas whose subtrees
    alone count (a closed list of places, by the tree of the day).
    """

    of: type[Model]
    where: Where
    area: str = "area"
    subject: str | None = None
    amount: str | None = None
    fields: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    def rows(self, start: date | None, as_of: date) -> QuerySet[Any]:
        """Every row of the whole territory, unordered."""
        return self.of._default_manager.filter(self.where(start, as_of)).order_by()

    @cached_property
    def path(self) -> str:
        """The lookup of the path of the record's own area; rights and subtrees read it."""
        if self.area == "pk":
            return "path"
        names = {column.name for column in self.of._meta.concrete_fields}
        return "area_path" if "area_path" in names else f"{self.area}__path"


@dataclass(frozen=True, kw_only=True, eq=False)
class Figure:
    """指标: a published number: a query with a definition. Numerator and denominator are summed.

    A simple figure has `records`; a derived one names its `parts` by their codes. A changed
    definition is a second declaration of the same code with a later `since`. `base` is the day
    that a multiple compares with. A `flow` counts from `start` to the as-of day, both included;
    without a start, from the first record on.

    What was not reported has no value: a "reported" figure without rows is None, not zero; a
    "place" is an ordinal, one row's alone. `apart` are codes with which it is never added up nor
    set in a ratio. Areas are not ordered by a figure that is not `comparable`. `ranking` names
    the order of comparison tables (`<series>.<code>`) in which a place stands.
    """

    code: str
    name: Text
    unit: Text
    kind: Kind
    timing: Literal["stock", "flow"] = "stock"
    population: Text
    definition: Text
    source: Text
    owner: Text
    since: date
    records: Records | None = None
    parts: tuple[str, ...] = ()
    base: date | None = None
    factor: int = 1
    decimals: int = 0
    apart: tuple[str, ...] = ()
    comparable: bool = True
    ranking: str = ""

    @property
    def additive(self) -> bool:
        """Areas add up: the value is the sum over the children and the area's own records."""
        return self.kind in {"count", "sum", "reported"}

    @property
    def measure(self) -> Measure:
        """How the rows of a simple figure become a number."""
        return MEASURES[self.kind]

    @property
    def combine(self) -> Combine:
        """How the numbers of the parts become the value."""
        return COMBINES.get(self.kind, "first")

    def term(self, number: Any, rows: int) -> Decimal | None:
        """What so many rows come to, as a term; None where nothing was reported."""
        if self.kind == "reported" and not rows or self.kind == "place" and rows != 1:
            return None
        return Decimal(number)

    def value(self, terms: Sequence[Decimal | None]) -> Decimal | None:
        """In `unit`, rounded half up to `decimals`. None when a term is missing, or there is
        nothing to divide by."""
        given = [term for term in terms if term is not None]
        combined = COMBINATIONS[self.combine](given) if len(given) == len(terms) else None
        if combined is None:
            return None
        step = Decimal(1).scaleb(-self.decimals)
        return (combined * self.factor).quantize(step, ROUND_HALF_UP)


def _difference(terms: Sequence[Decimal]) -> Decimal:
    return terms[0] - sum(terms[1:], Decimal(0))


def _ratio(terms: Sequence[Decimal]) -> Decimal | None:
    return terms[0] / terms[1] if terms[1] else None


COMBINATIONS: dict[Combine, Callable[[Sequence[Decimal]], Decimal | None]] = {
    "first": lambda terms: terms[0],
    "sum": lambda terms: sum(terms, Decimal(0)),
    "difference": _difference,
    "ratio": _ratio,
}
