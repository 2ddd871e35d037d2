"""What is kept about compounds: flags, owners' committees, closed-management units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sanqiao.registers.areas.rows import ClosedUnitRow, CompoundRow, DesignationRow, TierRow
from sanqiao.registers.organisations.rows import CommitteeRow

from .draw import day_between, draw
from .grids import GRIDS_SINCE, Estate, Grids
from .sizes import Sizes
from .territory import CITY, Place, Territory

POOR_SINCE, POOR_UNTIL = date(2014, 12, 1), date(2020, 12, 20)
WEAK_SINCE, WEAK_UNTIL = date(2020, 5, 20), date(2021, 3, 31)
CLOSED_FIRST, CLOSED_LAST = date(2020, 1, 28), date(2020, 2, 16)
OPENED_FIRST, OPENED_LAST = date(2020, 3, 18), date(2020, 4, 8)
BLOCK, COURTYARD = 2, 3
"""Buildings that may be closed as one block, and that may stand around one yard."""
TIERS = ("网格党小组引领", "业主委员会（党员中心户）主导", "党员示范带动", "居民主动参与")
TIERS_SINCE = date(2020, 2, 15)
POOR_DOCUMENT, WEAK_DOCUMENT = "示例〔2014〕18号", "示例〔2020〕21号"


@dataclass(frozen=True)
class Estates:
    grids: Grids
    sizes: Sizes

    @cached_property
    def with_committee(self) -> list[Estate]:
        chosen = draw("owners").sample(self.grids.estates, self.sizes.owners_committees)
        return sorted(chosen, key=lambda estate: estate.key)

    @cached_property
    def three_no(self) -> set[str]:
        """Keys of compounds with neither manager, nor owners' committee, nor guard."""
        taken = {estate.key for estate in self.with_committee}
        free = [estate.key for estate in self.grids.estates if estate.key not in taken]
        return set(draw("three-no").sample(free, self.sizes.three_no_compounds))

    @cached_property
    def compounds(self) -> list[CompoundRow]:
        committees = {estate.key for estate in self.with_committee}
        return [self._compound(e, has_committee=e.key in committees) for e in self.grids.estates]

    def _compound(self, estate: Estate, *, has_committee: bool) -> CompoundRow:
        chance, is_kept = draw("compound", estate.key), estate.key not in self.three_no
        has_manager = is_kept and chance.random() < 0.55
        has_guard = is_kept and (not has_manager or chance.random() < 0.5)
        built = chance.randint(1978, 1999) if not is_kept else chance.randint(1988, 2018)
        return CompoundRow(
            estate.key,
            estate.name,
            has_manager,
            has_committee,
            has_guard,
            estate.households,
            built,
            GRIDS_SINCE,
        )

    @cached_property
    def committees(self) -> list[CommitteeRow]:
        return [_committee(estate) for estate in self.with_committee]

    @cached_property
    def closed_units(self) -> list[ClosedUnitRow]:
        return [_closed_unit(estate) for estate in self.grids.estates]


@dataclass(frozen=True)
class Marks:
    """Designations of communities, and the tiers of estate governance."""

    territory: Territory
    sizes: Sizes

    @cached_property
    def poor(self) -> list[Place]:
        villages = [p for p in self.territory.villages if p.county not in {"420302", "420303"}]
        return draw("poor").sample(villages, self.sizes.key_poor_villages)

    @cached_property
    def weak(self) -> list[Place]:
        """Villages for the most part, some of them poor too; none in the city proper."""
        others = [place for place in self.territory.places if not place.is_urban]
        return draw("weak").sample(others, self.sizes.weak_organisations)

    @cached_property
    def designations(self) -> list[DesignationRow]:
        poor = [
            DesignationRow(p.key, "key_poor_village", POOR_SINCE, POOR_UNTIL, POOR_DOCUMENT)
            for p in self.poor
        ]
        weak = [
            DesignationRow(p.key, "weak_organisation", WEAK_SINCE, WEAK_UNTIL, WEAK_DOCUMENT)
            for p in self.weak
        ]
        return poor + weak

    @property
    def tiers(self) -> list[TierRow]:
        return [TierRow(n, name, CITY, TIERS_SINCE) for n, name in enumerate(TIERS, 1)]


def _committee(estate: Estate) -> CommitteeRow:
    chance = draw("committee", estate.key)
    founded = day_between(chance, date(2016, 3, 1), date(2020, 6, 20))
    seats = chance.choice((5, 5, 7, 7, 9))
    return CommitteeRow(estate.key, estate.name, founded, None, seats, chance.randint(1, seats - 2))


def _closed_unit(estate: Estate) -> ClosedUnitRow:
    chance = draw("closed", estate.key)
    closed = day_between(chance, CLOSED_FIRST, CLOSED_LAST)
    opened = day_between(chance, OPENED_FIRST, OPENED_LAST)
    gates = chance.choice((1, 1, 1, 2, 2, 3))
    name = f"{estate.name}封闭管理单元"
    return ClosedUnitRow(estate.key, name, _closed_kind(estate), gates, closed, opened)


def _closed_kind(estate: Estate) -> str:
    """A block of two houses at most, a courtyard of a few, else the whole compound; all of them
    stand in the city proper."""
    buildings, chance = len(estate.buildings), draw("closed kind", estate.key).random()
    if buildings <= BLOCK and chance < 0.4:
        return "building"
    return "courtyard" if buildings <= COURTYARD and chance < 0.7 else "compound"
