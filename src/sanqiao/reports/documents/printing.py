"""From measures to a value, from a value to its printed form."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import reduce
from operator import sub

from .model import Combine, Style

NOTHING = "—"


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half up, as the offices round: 0.125 → 0.13."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def combined(
    terms: Sequence[Decimal | None], *, combine: Combine, factor: int, decimals: int
) -> Decimal | None:
    """Measures of the terms, combined, times `factor`, rounded. None for a ratio over zero, and
    where a term is missing."""
    measures = [term for term in terms if term is not None]
    if len(measures) < len(terms):
        return None
    if combine == "ratio":
        return None if not measures[1] else rounded(measures[0] * factor / measures[1], decimals)
    if combine == "difference":
        return rounded(reduce(sub, measures) * factor, decimals)
    total = measures[0] if combine == "first" else sum(measures, Decimal(0))
    return rounded(total * factor, decimals)


def printed(value: Decimal | None, style: Style) -> str:
    """plain 1136, grouped 88,900, wan 8.89万, percent 98.81%, more 88,900余; None is a dash."""
    if value is None:
        return NOTHING
    if style == "wan":
        return f"{rounded(value / 10_000, 2).normalize():,f}万"
    if style == "more":
        return f"{_floor(value):,f}余"
    return {"plain": f"{value:f}", "grouped": f"{value:,f}", "percent": f"{value:f}%"}[style]


def _floor(value: Decimal) -> Decimal:
    """Down to three significant digits, below 1,000 to tens: 88,912 → 88,900; 331 → 330."""
    digits = value.adjusted() + 1
    step = Decimal(10) ** max(min(digits - 1, 1), digits - 3, 0)
    return (value / step).quantize(Decimal(1), rounding=ROUND_DOWN) * step
