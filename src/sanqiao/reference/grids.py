"""Grids, micro-grids, and the compounds with their buildings that stand in them.

Two different cuts of an urban community: urban grids, split into micro-grids; and compound grids,
one a compound. A building stands in a micro-grid and belongs to a compound.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from sanqiao.registers.areas.rows import AreaRow, BuildingRow, SplitRow

from .draw import cut, draw, spread, words
from .layout import (
    Cell,
    around,
    boundary,
    cell_boundary,
    cells,
    county_boundary,
    ground,
    outlines,
    parts,
    stands,
    wudangshan,
)
from .sizes import Sizes
from .territory import DEVELOPMENT_ZONE, WUDANGSHAN, Place, Territory, county_of

GRIDS_SINCE = date(2016, 1, 1)
SPLIT_ON = date(2020, 2, 15)
RURAL_GRID = 320
"""Households that a rural grid takes in at most, by custom."""


class Estate(NamedTuple):
    """A compound; `key` is that of its grid."""

    place: Place
    key: str
    name: str
    buildings: list[BuildingRow]

    @property
    def households(self) -> int:
        return sum(building.households for building in self.buildings)

    @property
    def dwellings(self) -> list[str]:
        """Micro-grids in which its buildings stand."""
        return [str(building.area_key) for building in self.buildings]


class House(NamedTuple):
    """A building before it belongs to a compound."""

    microgrid: str
    households: int
    point: tuple[float, float]


@dataclass(frozen=True)
class Grids:
    territory: Territory
    sizes: Sizes

    @cached_property
    def counts(self) -> dict[str, int]:
        """{urban community: urban grids}."""
        urban = self.territory.urban
        weights = [draw("grids", place.key).uniform(0.6, 1.6) for place in urban]
        least = min(2, self.sizes.urban_grids // len(urban))
        shares = spread(self.sizes.urban_grids, weights, least=least)
        return {place.key: share for place, share in zip(urban, shares, strict=True)}

    @cached_property
    def cells(self) -> dict[str, list[Cell]]:
        """{urban community: a cell for each of its urban grids}."""
        found: dict[str, list[Cell]] = {}
        taken: set[Cell] = set()
        for county in (DEVELOPMENT_ZONE, "420302", "420303"):
            own = [place.key for place in self.territory.urban if place.county == county]
            sizes = [self.counts[key] for key in own]
            run = cells(county, sum(sizes), taken)
            found.update(zip(own, map(list, cut(run, sizes)), strict=True))
        return found

    @cached_property
    def microgrids(self) -> list[SplitRow]:
        """Parts of the urban grids, in their order; households by which all else is counted."""
        grids = [
            (place, n) for place in self.territory.urban for n in range(self.counts[place.key])
        ]
        weights = [draw("microgrids", place.key, n).uniform(0.4, 1.6) for place, n in grids]
        least = min(4, self.sizes.microgrids // len(grids))
        shares = spread(self.sizes.microgrids, weights, least=least)
        return [
            row
            for (place, n), share in zip(grids, shares, strict=True)
            for row in self._split(place, n, share)
        ]

    def _split(self, place: Place, n: int, share: int) -> list[SplitRow]:
        chance, grid = draw("split", place.key, n), grid_key(place, n)
        shapes = parts(self.cells[place.key][n], share)
        return [
            SplitRow(
                grid,
                f"{grid}-{m:02}",
                f"{place.name}{n + 1}-{m}小微网格",
                chance.randint(36, 78),
                shape,
            )
            for m, shape in enumerate(shapes, 1)
        ]

    @cached_property
    def by_community(self) -> dict[str, list[SplitRow]]:
        """{urban community: its micro-grids}."""
        found: dict[str, list[SplitRow]] = {place.key: [] for place in self.territory.urban}
        for row in self.microgrids:
            found[row.grid_key.split("-")[0]].append(row)
        return found

    @cached_property
    def urban_grids(self) -> list[AreaRow]:
        households: dict[str, int] = {}
        for row in self.microgrids:
            households[row.grid_key] = households.get(row.grid_key, 0) + known(row)
        return [
            _urban_grid(place, n, households[grid_key(place, n)], cell)
            for place in self.territory.urban
            for n, cell in enumerate(self.cells[place.key])
        ]

    @cached_property
    def rural_grids(self) -> list[AreaRow]:
        return [row for place in self.territory.villages for row in _rural_grids(place)]

    @cached_property
    def estates(self) -> list[Estate]:
        """`sizes.compound_grids` compounds over the urban communities, each with a building."""
        urban = self.territory.urban
        weights = [len(self.by_community[place.key]) for place in urban]
        shares = spread(self.sizes.compound_grids, weights, least=1)
        return [
            estate
            for place, share in zip(urban, shares, strict=True)
            for estate in _estates(place, share, self.by_community[place.key])
        ]

    @cached_property
    def compound_grids(self) -> list[AreaRow]:
        return [_compound_grid(estate) for estate in self.estates]

    @cached_property
    def buildings(self) -> list[BuildingRow]:
        return [building for estate in self.estates for building in estate.buildings]

    @cached_property
    def rows(self) -> list[AreaRow]:
        """Everything above the micro-grids, which come by the split."""
        tree = [self._outlined(row) for row in self.territory.rows]
        return [*tree, *self.urban_grids, *self.compound_grids, *self.rural_grids]

    def _outlined(self, row: AreaRow) -> AreaRow:
        """Counties and urban communities on the map; the latter are the union of their cells."""
        if row.level == "county":
            return row._replace(boundary=self.county_boundaries[row.key])
        if row.key in self.cells:
            households = sum(known(part) for part in self.by_community[row.key])
            shape = boundary(ground(self.cells[row.key]))
            return row._replace(boundary=shape, households=households)
        return row

    @cached_property
    def county_boundaries(self) -> dict[str, dict[str, Any]]:
        """Ten that do not overlap: functional areas are cut out of the counties around them."""
        zone = around(self._cells_of(DEVELOPMENT_ZONE), self._cells_of("420302"))
        cut_out = {"420302": zone, "420381": wudangshan()}
        found = {code: county_boundary(code, without=cut_out.get(code)) for code in outlines()}
        return {**found, DEVELOPMENT_ZONE: boundary(zone), WUDANGSHAN: boundary(wudangshan())}

    def _cells_of(self, county: str) -> list[Cell]:
        return [cell for key, own in self.cells.items() if county_of(key) == county for cell in own]

    @cached_property
    def dwellings(self) -> dict[str, list[str]]:
        """{community: keys of the smallest areas in which people live}."""
        found = {place.key: [place.key] for place in self.territory.places}
        for row in self.rural_grids:
            found[str(row.parent_key)].append(row.key)
        urban = {key: [row.key for row in rows] for key, rows in self.by_community.items()}
        rural = {key: keys[1:] or keys for key, keys in found.items()}
        return {**rural, **urban}


def known(row: SplitRow) -> int:
    """Households; here nobody leaves them out."""
    return row.households or 0


def grid_key(place: Place, n: int) -> str:
    return f"{place.key}-G{n + 1:02}"


def _urban_grid(place: Place, n: int, households: int, cell: Cell) -> AreaRow:
    key, name = grid_key(place, n), f"{place.name}第{n + 1}网格"
    kind = "urban_grid"
    shape = cell_boundary(cell)
    return AreaRow(key, None, name, "", "grid", kind, place.key, households, shape, GRIDS_SINCE)


def _rural_grids(place: Place) -> list[AreaRow]:
    count = -(-place.households // RURAL_GRID)
    shares = spread(place.households, [1] * count)
    return [
        AreaRow(
            f"{place.key}-R{n}",
            None,
            f"{place.name}第{n}网格",
            "",
            "grid",
            "rural_grid",
            place.key,
            share,
            None,
            GRIDS_SINCE,
        )
        for n, share in enumerate(shares, 1)
    ]


def _compound_grid(estate: Estate) -> AreaRow:
    return AreaRow(
        estate.key,
        None,
        f"{estate.name}小区网格".replace("小区小区", "小区"),
        "",
        "grid",
        "compound_grid",
        estate.place.key,
        estate.households,
        None,
        GRIDS_SINCE,
    )


def _estates(place: Place, count: int, microgrids: list[SplitRow]) -> list[Estate]:
    houses = [house for row in microgrids for house in _houses(row, count / len(microgrids))]
    chance = draw("estates", place.key)
    names = chance.sample(
        [(w, s) for w in words()["estate_words"] for s in words()["estate_suffixes"]], count
    )
    runs = cut(houses, spread(len(houses), [chance.uniform(0.5, 2) for _ in names], least=1))
    return [
        _estate(place, n, word + suffix, run)
        for n, ((word, suffix), run) in enumerate(zip(names, runs, strict=True), 1)
    ]


def _houses(row: SplitRow, compounds: float) -> list[House]:
    """At least as many buildings as compounds."""
    count = draw("houses", row.key).choice((1, 1, 2, 2, 3)) + int(compounds)
    shares = spread(known(row), [1] * count)
    points = stands(row.boundary or {}, count)
    return [House(row.key, share, point) for share, point in zip(shares, points, strict=True)]


def _estate(place: Place, n: int, name: str, run: Any) -> Estate:
    key = f"{place.key}-X{n:03}"
    buildings = [
        BuildingRow(
            key,
            name,
            f"{b}号楼",
            1 + house.households // 16,
            house.households,
            house.microgrid,
            *house.point,
        )
        for b, house in enumerate(run, 1)
    ]
    return Estate(place, key, name, buildings)
