"""The source's figures beside ours: which of them agree, and how many rows stand behind each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import yaml

from sanqiao.figures import catalogue, engine
from sanqiao.registers.areas.models import Area

from .draw import DATA
from .territory import CITY


@dataclass(frozen=True)
class Expected:
    """A figure of the source. `printed` keeps the decimals in which it was printed."""

    id: str
    printed: Decimal
    qualifier: str
    code: str
    as_of: date
    start: date | None = None

    def agrees(self, value: Decimal | None) -> bool:
        """`exact` is equal when rounded to the printed decimals; else no less than printed."""
        if value is None:
            return False
        rounded = value.quantize(self.printed, ROUND_HALF_UP)
        return rounded == self.printed if self.qualifier == "exact" else rounded >= self.printed


@dataclass(frozen=True)
class Compared:
    """What we answer; `value` is None when the figure is undefined."""

    expected: Expected
    name: str
    value: Decimal | None
    rows: int

    @property
    def agrees(self) -> bool:
        return self.expected.agrees(self.value)


def expected_figures() -> list[Expected]:
    """Those of data/figures*.yaml, by their ids."""
    files = [file for file in DATA.iterdir() if file.name.startswith("figures")]
    lines = [line for file in files for line in yaml.safe_load(file.read_text("utf-8"))]
    expected = (Expected(id_, Decimal(str(value)), *rest) for id_, value, *rest in lines)
    return sorted(expected, key=lambda each: each.id)


def compare() -> list[Compared]:
    """Every figure of the source, asked of the whole city; a query a table and period."""
    city, answers = Area.objects.get(key=CITY), []
    expected = expected_figures()
    for period in dict.fromkeys((e.as_of, e.start) for e in expected):
        known = catalogue.figures_on(period[0])
        wanted = [e for e in expected if (e.as_of, e.start) == period]
        columns = engine.values([known[e.code] for e in wanted], *period)
        for each in wanted:
            value = columns[each.code][city.pk]
            answers.append(Compared(each, str(known[each.code].name), value.value, value.rows))
    return sorted(answers, key=lambda compared: compared.expected.id)
