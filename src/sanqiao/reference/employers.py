"""Units: municipal and county offices, township governments, enterprises, village collectives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import cycle
from typing import NamedTuple

from .draw import draw, spread, words
from .identity import credit_code
from .sizes import Sizes
from .territory import CITY, FUNCTIONAL, Place, Territory

NUMERALS = [*"一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六")]
CODES = {CITY: "420300", "4203KF": "420302", "4203WD": "420381"}
"""Codes under which units without a county code of their own are registered."""
UNITS_SINCE = date(2016, 6, 1)
"""Since the unified credit codes came into use."""


class Employer(NamedTuple):
    """A unit; `code` is the code of its Party organisation, None when it has none."""

    credit_code: str
    name: str
    kind: str
    rank: str
    area_key: str
    county: str
    code: str | None


@dataclass(frozen=True)
class Employers:
    territory: Territory
    sizes: Sizes

    @cached_property
    def municipal(self) -> list[Employer]:
        """Offices first, then institutions and the city's own companies."""
        homes = cycle(place.key for place in self.territory.urban)
        names = _municipal_names()[: self.sizes.municipal_units]
        return _numbered(
            Employer("", name, kind, "municipal", next(homes), CITY, f"DM{n:04}")
            for n, (name, kind) in enumerate(names, 1)
        )

    @cached_property
    def county(self) -> list[Employer]:
        """The same offices in every county, fewer in the functional areas."""
        counties = [row.key for row in self.territory.counties]
        functional = {key for key, *_ in FUNCTIONAL.values()}
        weights = [0.4 if key in functional else 1 for key in counties]
        total = max(self.sizes.county_units, len(counties))
        shares = spread(total, weights, least=1)
        pairs = zip(counties, shares, strict=True)
        return _numbered(unit for county, share in pairs for unit in self._county(county, share))

    def _county(self, county: str, share: int) -> Iterator[Employer]:
        homes = cycle(_seats(self.territory, county))
        short = self.territory.county_names[county]
        for n, (name, kind) in zip(range(1, share + 1), _offices(), strict=False):
            home, code = next(homes).key, f"DC{county}{n:03}"
            yield Employer("", short + name, kind, "county", home, county, code)

    @cached_property
    def townships(self) -> list[Employer]:
        """The offices of the townships' governments."""
        rows = [row for row in self.territory.rows if row.level == "township"]
        names = {"subdistrict": "办事处", "other_township": "管理委员会"}
        return _numbered(
            Employer(
                "",
                row.name + names.get(row.kind, "人民政府"),
                "office",
                "township",
                row.key,
                str(row.parent_key),
                f"DG{row.key}",
            )
            for row in rows
        )

    @cached_property
    def enterprises(self) -> list[Employer]:
        """Private companies in residents' communities."""
        residents = [place for place in self.territory.places if place.kind == "residents"]
        chance, pool = draw("enterprises"), words()
        names = [f"十堰{w}{t}有限公司" for t in pool["trades"] for w in pool["trade_words"]]
        chosen = chance.sample(names, self.sizes.enterprises)
        homes = cycle(chance.sample(residents, len(residents)))
        pairs = ((n, name, next(homes)) for n, name in enumerate(chosen, 1))
        return _numbered(
            Employer("", name, "enterprise", "other", home.key, home.county, f"DE{n:04}")
            for n, name, home in pairs
        )

    @cached_property
    def collectives(self) -> list[Employer]:
        """Village collective economic organisations, whose codes begin with N."""
        return _numbered(
            Employer(
                "",
                f"{place.name}股份经济合作社",
                "collective",
                "other",
                place.key,
                place.county,
                None,
            )
            for place in self.territory.villages
        )

    @cached_property
    def all(self) -> list[Employer]:
        with_branches = self.municipal + self.county + self.townships + self.enterprises
        return with_branches + self.collectives


def _numbered(units: Iterable[Employer]) -> list[Employer]:
    """With credit codes; a series of organisation codes for each rank."""
    series = {"municipal": 1, "county": 2, "township": 3, "other": 4}
    return [
        unit._replace(
            credit_code=credit_code(
                series[unit.rank] * 100_000 + n,
                kind=unit.kind,
                county=CODES.get(unit.county, unit.county),
            )
        )
        for n, unit in enumerate(units, 1)
    ]


def _seats(territory: Territory, county: str) -> list[Place]:
    """Where a county's offices stand: its residents' communities, or any where it has none."""
    own = [place for place in territory.places if place.county == county]
    return [place for place in own if place.kind == "residents"][:12] or own


def _offices() -> list[tuple[str, str]]:
    return [(name, "office") for name in words()["offices"]]


def _municipal_names() -> list[tuple[str, str]]:
    """180 names with their kinds: offices, institutions, the city's own companies."""
    institutions = [f"第{n}中学" for n in NUMERALS] + [f"第{n}人民医院" for n in NUMERALS[:6]]
    names = [(f"市{name}", kind) for name, kind in _offices()]
    names += [(f"市{name}", "institution") for name in words()["institutions"] + institutions]
    names += [
        (f"{word}{trade}集团有限公司", "enterprise")
        for word in words()["trade_words"][:3]
        for trade in words()["trades"]
    ]
    return [(f"十堰{name}", kind) for name, kind in names]
