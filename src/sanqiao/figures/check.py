"""What must hold between figures, declared beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db.models import QuerySet

from .figure import Text

CheckKind = Literal[
    "identity", "subset", "order", "monotone", "ratio_bounds", "cover", "children_sum",
    "cross_source", "claim", "apart",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Cover:
    """Every one of `all` must satisfy something; `missing` are those that don't, on a day.

    Where nothing is said, `missing` are the records of areas that were not there: an area's by
    today's paths, as they have no place in the tree of the day.
    """

    all: Callable[[date], QuerySet[Any]]
    missing: Callable[[date], QuerySet[Any]] | None = None
    area: str = "area"


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """校验: `left` and `right` are codes of figures whose values are added.

    `flag` marks what need not be wrong but must be said with both numbers; `reason` says why.
    `of_all` is asked of the whole territory alone: a part of it may well differ.
    """

    code: str
    kind: CheckKind
    statement: Text
    relation: str = ""
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    low: Decimal = Decimal(0)
    high: Decimal = Decimal("Infinity")
    cover: Cover | None = None
    flag: bool = False
    of_all: bool = False
    reason: Text = ""
