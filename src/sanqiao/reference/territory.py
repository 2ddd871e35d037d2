"""The tree of areas: real ones from the statistical list, grids invented under them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from sanqiao.registers.areas.rows import AreaRow

from .draw import DATA, draw, spread
from .sizes import Sizes

SINCE = date(2000, 1, 1)
CITY = "4203"
DEVELOPMENT_ZONE, WUDANGSHAN = "4203KF", "4203WD"
FUNCTIONAL = {
    "420302004": (DEVELOPMENT_ZONE, "十堰经开区", "十堰经济技术开发区"),
    "420381450": (WUDANGSHAN, "武当山特区", "武当山旅游经济特区"),
}
"""Township-level codes whose territory the city runs as a county (十堰市通报, 2020-02-06)."""
URBAN_COUNTIES = ("420302", "420303", DEVELOPMENT_ZONE)
ENDINGS = ("村民委员会", "居民委员会", "村委会", "居委会")


class Entry(NamedTuple):
    """A line of areas.csv."""

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True)
class Place:
    """A village or residents' community, with what lies in it."""

    key: str
    name: str
    official_name: str
    township: str
    county: str
    kind: str
    households: int

    @property
    def is_urban(self) -> bool:
        """In the city proper: where the source's grids are."""
        return self.kind == "residents" and self.county in URBAN_COUNTIES


@dataclass(frozen=True)
class Territory:
    """Areas down to the community; `sizes.communities` of them, every county among them."""

    sizes: Sizes
    entries: list[Entry] = field(default_factory=lambda: list(entries()))

    @cached_property
    def places(self) -> list[Place]:
        """Communities in the order of their codes, the same share of each county."""
        villages = sorted((e for e in self.entries if e.level == "village"), key=_by_turns)
        counties = [list(group) for _, group in groupby(villages, key=lambda e: county_of(e.code))]
        shares = spread(self.sizes.communities, [len(county) for county in counties])
        pairs = zip(counties, shares, strict=True)
        kept = (entry for county, share in pairs for entry in county[: max(1, share)])
        return [_place(entry) for entry in sorted(kept, key=lambda e: (county_of(e.code), e.code))]

    @cached_property
    def townships(self) -> list[Entry]:
        kept = {place.township for place in self.places}
        return [entry for entry in self.entries if entry.code in kept]

    @cached_property
    def counties(self) -> list[AreaRow]:
        statutory = [_statutory(e) for e in self.entries if e.level == "county"]
        return statutory + [_functional(*names) for names in FUNCTIONAL.values()]

    @cached_property
    def rows(self) -> list[AreaRow]:
        """From the city down, parents first."""
        city = AreaRow(CITY, CITY, "十堰市", "十堰市", "city", "statutory", None, None, None, SINCE)
        townships = [_township(entry) for entry in self.townships]
        return [city, *self.counties, *townships, *(_community(place) for place in self.places)]

    @cached_property
    def urban(self) -> list[Place]:
        return [place for place in self.places if place.is_urban]

    @cached_property
    def villages(self) -> list[Place]:
        return [place for place in self.places if place.kind == "village"]

    @cached_property
    def county_names(self) -> dict[str, str]:
        return {county.key: county.name for county in self.counties}


def entries() -> Iterator[Entry]:
    """The list of the National Bureau of Statistics as of 2023-06-30, 十堰 alone."""
    with (DATA / "areas.csv").open(encoding="utf-8") as lines:
        for row in csv.reader(lines):
            if row[0].startswith(CITY):
                yield Entry(*row)


def county_of(code: str) -> str:
    """The county that runs this township or community."""
    return FUNCTIONAL[code[:9]][0] if code[:9] in FUNCTIONAL else code[:6]


def short(name: str) -> str:
    """顾家岗社区居委会 → 顾家岗社区; 顾家村委会 → 顾家村; 土门村村委会 → 土门村."""
    for ending in ENDINGS:
        if name.endswith(ending):
            kind = "社区" if ending.startswith("居") else "村"
            stem = name.removesuffix(ending)
            return stem if stem.endswith(kind) else stem + kind
    return name


def _by_turns(entry: Entry) -> tuple[str, str, int, str]:
    """By county and township; in it residents' communities (001–199) and villages (200–) in turn,
    so that a small city has both in few townships."""
    turn = int(entry.code[9:]) % 200 or 200
    return county_of(entry.code), entry.code[:9], turn, entry.code


def _place(entry: Entry) -> Place:
    number = int(entry.code[9:])
    kind = "residents" if number < 200 else "village" if number < 400 else "other_community"
    low, high = (600, 1500) if kind == "residents" else (120, 620)
    return Place(
        entry.code,
        short(entry.name),
        entry.name,
        entry.parent,
        county_of(entry.code),
        kind,
        draw("households", entry.code).randint(low, high),
    )


def _statutory(entry: Entry) -> AreaRow:
    code, name = entry.code, entry.name
    return AreaRow(code, code, name, name, "county", "statutory", CITY, None, None, SINCE)


def _functional(key: str, name: str, official_name: str) -> AreaRow:
    return AreaRow(key, None, name, official_name, "county", "functional", CITY, None, None, SINCE)


def _township(entry: Entry) -> AreaRow:
    code, name = entry.code, entry.name.removeprefix("白浪开发区")
    parent, kind = county_of(code), _township_kind(code)
    return AreaRow(code, code, name, entry.name, "township", kind, parent, None, None, SINCE)


def _township_kind(code: str) -> str:
    """GB/T 10114: 001–099 subdistricts, 100–199 towns, 200–399 rural townships, then the like."""
    number = int(code[6:9])
    kinds = ((100, "subdistrict"), (200, "town"), (400, "rural_township"), (1000, "other_township"))
    return next(kind for end, kind in kinds if number < end)


def _community(place: Place) -> AreaRow:
    households = None if place.is_urban else place.households
    return AreaRow(
        place.key,
        place.key,
        place.name,
        place.official_name,
        "community",
        place.kind,
        place.township,
        households,
        None,
        SINCE,
    )
