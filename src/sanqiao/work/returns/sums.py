"""What does not add up in a return or a table, and who stands where. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from .rows import Numbers

ZERO = Decimal(0)


@dataclass(frozen=True)
class Identity:
    """`total` should be the sum of the terms; codes are those within the form."""

    name: str
    total: str
    terms: tuple[tuple[str, int], ...]

    def computed(self, values: Numbers) -> Decimal | None:
        """None when a number of it is not there."""
        if self.total not in values or any(code not in values for code, _sign in self.terms):
            return None
        return sum((sign * values[code] for code, sign in self.terms), ZERO)


class Mismatch(NamedTuple):
    """`stated` is what stands there, `computed` what it should be; it asks for a note."""

    kind: str
    line: str
    stated: Decimal
    computed: Decimal
    name: str = ""

    @property
    def words(self) -> str:
        numbers = {"stated": plain(self.stated), "computed": plain(self.computed)}
        return str(WORDS[self.kind]()) % {**numbers, "name": self.name}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Mismatch:
        """As `kept` wrote it."""
        stated, computed = Decimal(kept["stated"]), Decimal(kept["computed"])
        return cls(kept["kind"], kept["line"], stated, computed, kept["name"])

    def kept(self) -> dict[str, str]:
        """For the database: numbers as texts, so that none is rounded."""
        return {
            "kind": self.kind, "line": self.line, "name": self.name,
            "stated": plain(self.stated), "computed": plain(self.computed),
        }  # fmt: skip


WORDS: dict[str, Any] = {
    "identity": lambda: _("填的是 %(stated)s，按“%(name)s”应为 %(computed)s"),
    "parts": lambda: _("合计是 %(stated)s，分区划之和是 %(computed)s"),
    "falls": lambda: _("累计数 %(stated)s 小于上一期的 %(computed)s"),
}


def plain(number: Decimal) -> str:
    """Without an exponent or idle zeros: 395, 0.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def broken(identities: Iterable[Identity], values: Numbers) -> Iterator[Mismatch]:
    """Identities that do not hold, as far as their numbers are there."""
    for identity in identities:
        computed = identity.computed(values)
        if computed is not None and computed != values[identity.total]:
            stated = values[identity.total]
            yield Mismatch("identity", identity.total, stated, computed, identity.name)


def unequal(values: Numbers, sums: Numbers) -> Iterator[Mismatch]:
    """Totals that differ from the sums of their parts."""
    for code, computed in sums.items():
        if code in values and values[code] != computed:
            yield Mismatch("parts", code, values[code], computed)


def falling(codes: Iterable[str], values: Numbers, before: Numbers) -> Iterator[Mismatch]:
    """Cumulative numbers that are less than in the period before."""
    for code in codes:
        if code in values and code in before and values[code] < before[code]:
            yield Mismatch("falls", code, values[code], before[code])


def part_sums(parts: Mapping[tuple[str, str], Decimal]) -> dict[str, Decimal]:
    """{line code: sum over the areas}."""
    sums: dict[str, Decimal] = {}
    for (_area, code), value in parts.items():
        sums[code] = sums.get(code, ZERO) + value
    return sums


def placed(values: Sequence[Fraction | None], *, highest_first: bool) -> list[int | None]:
    """The place of each value among those that are not None; equal values share a place."""
    known = [value for value in values if value is not None]
    return [None if value is None else 1 + _before(value, known, highest_first) for value in values]


def _before(value: Fraction, known: Sequence[Fraction], highest_first: bool) -> int:
    return sum(other > value if highest_first else other < value for other in known)
