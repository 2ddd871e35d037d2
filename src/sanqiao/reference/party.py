"""The Party's own tree: territorial committees, and hosts, which have members.

A host takes the form that its number of members asks for (党章、基层组织选举规则): a branch to 50,
a general branch to 100, a committee above, with branches of 50 at most below them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

from sanqiao.registers.organisations.rows import OrganisationRow

from .draw import day_between, draw, spread
from .employers import Employer, Employers
from .estates import Marks
from .grids import SPLIT_ON, Estate, Grids, grid_key
from .sizes import Sizes
from .territory import CITY, Place, Territory

ROOT, CITY_OFFICES = "D4203", "D4203-JG"
BRANCH_LIMIT, GENERAL_LIMIT = 50, 100
BRANCH_AIM = 42
GROUPS_FROM = 36
EPIDEMIC_FIRST, EPIDEMIC_LAST = date(2020, 1, 23), date(2020, 6, 30)
LATE_GROUPS = 0.04
LATE = date(2020, 7, 6), date(2020, 10, 30)
FORMS = {"branch": "党支部", "general_branch": "党总支", "committee": "党委"}
ORDINALS = "一二三四五六七八九"


class Host(NamedTuple):
    """An organisation with members, directly or in its branches; `homes` is where they live."""

    code: str
    name: str
    setting: str
    parent: str
    area_key: str
    members: int
    homes: str
    founded_on: date

    @property
    def kind(self) -> str:
        if self.members <= BRANCH_LIMIT:
            return "branch"
        return "general_branch" if self.members <= GENERAL_LIMIT else "committee"

    @property
    def branches(self) -> list[tuple[str, int]]:
        """Codes and members of what its members belong to: itself, or its branches."""
        if self.kind == "branch" or self.setting == "compound":
            return [(self.code, self.members)]
        count = -(-self.members // BRANCH_AIM)
        sizes = spread(self.members, [1] * count)
        return [(f"{self.code}-{n:02}", size) for n, size in enumerate(sizes, 1)]


@dataclass(frozen=True)
class Party:
    grids: Grids
    employers: Employers
    marks: Marks
    sizes: Sizes

    @property
    def territory(self) -> Territory:
        return self.grids.territory

    @cached_property
    def hosts(self) -> list[Host]:
        """Everything with members; together `sizes.members`."""
        fixed = [*self.compounds, *self.township_offices]
        weighed = [*self._communities(), *self._offices()]
        rest = self.sizes.members - sum(host.members for host in fixed)
        shares = spread(rest, [host.members for host in weighed], least=10)
        grown = [host._replace(members=n) for host, n in zip(weighed, shares, strict=True)]
        return [*grown, *fixed]

    @cached_property
    def by_code(self) -> dict[str, Host]:
        return {host.code: host for host in self.hosts}

    def of_place(self, place: Place) -> Host:
        return self.by_code[f"D{place.key}"]

    def _communities(self) -> Iterator[Host]:
        """With weights instead of members."""
        for place in self.territory.places:
            chance = draw("host", place.key)
            weight = {"village": 36, "residents": 130}.get(place.kind, 20)
            size = int(weight * chance.uniform(0.6, 1.5) * (1.4 if place.is_urban else 1))
            setting = "village" if place.kind == "village" else "residents"
            code, parent, key = f"D{place.key}", f"D{place.township}", place.key
            founded = day_between(chance, date(1986, 1, 1), date(2012, 12, 31))
            yield Host(code, place.name, setting, parent, key, size, key, founded)

    def _offices(self) -> Iterator[Host]:
        """With weights instead of members."""
        for unit in self.employers.municipal:
            yield _office(unit, CITY_OFFICES, 75)
        for unit in self.employers.county:
            yield _office(unit, f"D{unit.county}-JG", 24)
        for unit in self.employers.enterprises:
            yield _office(unit, f"D{unit.area_key[:9]}", 16)

    @cached_property
    def township_offices(self) -> list[Host]:
        """Members for nearly all of the township's cadres, and a few more."""
        units = self.employers.townships
        weights = [draw("cadres", unit.area_key).uniform(0.7, 1.3) for unit in units]
        least = min(6, self.sizes.township_cadres // len(units))
        shares = spread(self.sizes.township_cadres, weights, least=least)
        return [
            _office(unit, f"D{unit.area_key}", share + 2)._replace(members=share + 2)
            for unit, share in zip(units, shares, strict=True)
        ]

    @cached_property
    def estates(self) -> list[Estate]:
        """The largest first."""
        return sorted(self.grids.estates, key=lambda estate: -estate.households)

    @cached_property
    def compounds(self) -> list[Host]:
        """小区党组织: founded in the epidemic, in the largest compounds; a few general branches."""
        chosen = self.estates[: self.sizes.compound_organisations]
        return [_compound(n, estate) for n, estate in enumerate(chosen)]

    @cached_property
    def rows(self) -> list[OrganisationRow]:
        """Parents first."""
        return [
            *self._committees(),
            *(row for host in self.hosts for row in _host_rows(host, self._above(host.parent))),
            *self._grid_groups(),
            *self._temporary(),
            *self._functional(),
            *self._estate_functional(),
        ]

    def _committees(self) -> Iterator[OrganisationRow]:
        """Of the city, the counties with their offices' work committees, and the townships."""
        yield _committee(ROOT, "中共十堰市委员会", None, CITY)
        yield _committee(CITY_OFFICES, "中共十堰市直属机关工作委员会", ROOT, CITY)
        for row in self.territory.rows:
            own, parent = f"D{row.key}", f"D{row.parent_key}"
            if row.level == "county":
                works = "工作" if row.kind == "functional" else ""
                yield _committee(own, f"中共{row.name}{works}委员会", parent, row.key)
                yield _committee(f"{own}-JG", f"中共{row.name}直属机关工作委员会", own, row.key)
            if row.level == "township":
                works = "工作" if row.kind in {"subdistrict", "other_township"} else ""
                yield _committee(own, f"中共{row.name}{works}委员会", parent, row.key)

    def _above(self, code: str) -> str:
        """In a branch stand only groups: what else would, stands beside it."""
        host = self.by_code.get(code)
        return host.parent if host and host.kind == "branch" else code

    def _grid_groups(self) -> Iterator[OrganisationRow]:
        """网格党小组: the first of the four tiers, one an urban grid; some only after the epidemic,
        when three members had been found."""
        for place in self.territory.urban:
            for n in range(self.grids.counts[place.key]):
                key, name = grid_key(place, n), f"{place.name}第{n + 1}网格党小组"
                row = _lesser(f"D{key}", name, "grid_group", "grid", f"D{place.key}", key)
                chance = draw("late-group", key)
                is_late = chance.random() < LATE_GROUPS
                yield row._replace(founded_on=day_between(chance, *LATE)) if is_late else row

    def _temporary(self) -> Iterator[OrganisationRow]:
        """A task force's branch in the community that it serves; dissolved after the epidemic."""
        for n, place in enumerate(self.squad_places, 1):
            row = _lesser(
                f"D{place.key}-T{n:02}",
                f"{place.name}突击队临时党支部",
                "temporary_branch",
                "residents",
                self._above(f"D{place.key}"),
                place.key,
            )
            yield row._replace(founded_on=date(2020, 1, 28), dissolved_on=date(2020, 9, 30))

    @cached_property
    def squad_places(self) -> list[Place]:
        """Where each task force serves: some in the city proper, the others in the counties."""
        own, others = self.territory.urban, self._seats
        urban = min(self.sizes.urban_squads, self.sizes.squads)
        chosen = draw("squads").sample(own, len(own))
        first = [chosen[n % len(chosen)] for n in range(urban)]
        return first + [others[n % len(others)] for n in range(self.sizes.squads - urban)]

    @cached_property
    def _seats(self) -> list[Place]:
        """Residents' communities outside the city proper, a county after the other."""
        by_county: dict[str, list[Place]] = {}
        for place in self.territory.places:
            if place.kind == "residents" and not place.is_urban:
                by_county.setdefault(place.county, []).append(place)
        turns = zip_longest(*by_county.values())
        return [place for turn in turns for place in turn if place] or self.territory.villages

    def _functional(self) -> Iterator[OrganisationRow]:
        counties = self.territory.counties
        for n in range(self.sizes.functional_branches):
            county = counties[n % len(counties)]
            trade = ("流动党员", "产业链", "志愿服务")[n // len(counties) % 3]
            parent, name = f"D{county.key}", f"{county.name}{trade}功能型党支部"
            code = f"D{county.key}-F{n:02}"
            yield _lesser(code, name, "functional_branch", "territory", parent, county.key)

    def _estate_functional(self) -> Iterator[OrganisationRow]:
        """小区功能型党支部: of members who checked in and whose relation stays with their unit."""
        first = self.sizes.compound_organisations
        for estate in self.estates[first : first + self.sizes.estate_functional_branches]:
            parent = self._above(f"D{estate.place.key}")
            code, name = f"D{estate.key}-F", f"{estate.name}小区功能型党支部"
            row = _lesser(
                code, name.replace("小区小区", "小区"), "functional_branch", "compound", parent,
                estate.key,
            )  # fmt: skip
            founded = day_between(draw("estate-branch", estate.key), SPLIT_ON, EPIDEMIC_LAST)
            yield row._replace(founded_on=founded)


def _committee(code: str, name: str, parent: str | None, area: str) -> OrganisationRow:
    founded, elected = date(1985, 7, 1), date(2016, 11, 18)
    return OrganisationRow(
        code, name, "committee", "territory", parent, area, founded, None, elected, 5, ""
    )


def _lesser(
    code: str, name: str, kind: str, setting: str, parent: str, area: str
) -> OrganisationRow:
    """What has no election of its own."""
    chance = draw("lesser", code)
    last = date(2020, 5, 30) if kind == "grid_group" else date(2019, 12, 30)
    founded = day_between(chance, SPLIT_ON if kind == "grid_group" else date(2016, 3, 1), last)
    return OrganisationRow(code, name, kind, setting, parent, area, founded, None, None, 3, "")


def _office(unit: Employer, parent: str, weight: int) -> Host:
    chance = draw("host", unit.code)
    size = int(weight * chance.uniform(0.7, 1.4))
    founded = day_between(chance, date(1986, 1, 1), date(2012, 12, 31))
    homes = "urban" if unit.rank == "municipal" else unit.county
    if unit.rank == "township":
        homes = unit.area_key
    name = f"{unit.name}机关" if unit.kind == "office" and unit.rank != "township" else unit.name
    return Host(str(unit.code), name, "unit", parent, unit.area_key, size, homes, founded)


def _compound(n: int, estate: Estate) -> Host:
    chance = draw("compound-branch", estate.key)
    founded = day_between(chance, EPIDEMIC_FIRST, EPIDEMIC_LAST)
    members = chance.randint(51, 64) if n % 12 == 0 else chance.randint(6, 24)
    parent, code = f"D{estate.place.key}", f"D{estate.key}"
    name = estate.name if estate.name.endswith("小区") else f"{estate.name}小区"
    return Host(code, name, "compound", parent, estate.key, members, estate.key, founded)


def _host_rows(host: Host, parent: str) -> Iterator[OrganisationRow]:
    """The organisation itself, its branches, and the groups of large village branches."""
    chance = draw("elected", host.code)
    elected, term = _elected(host, chance.random())
    document = f"示例〔{elected.year}〕{chance.randint(1, 90)}号"
    row = OrganisationRow(
        host.code,
        host.name + FORMS[host.kind],
        host.kind,
        host.setting,
        parent,
        host.area_key,
        host.founded_on,
        None,
        elected,
        term,
        document,
    )
    yield row
    own = [part for part in host.branches if part[0] != host.code]
    for n, (code, _) in enumerate(own):
        name = f"{host.name}第{ordinal(n + 1)}党支部"
        yield row._replace(code=code, name=name, kind="branch", parent_code=host.code)
    if host.setting == "village" and not own and host.members > GROUPS_FROM:
        yield from _groups(host)


def _groups(host: Host) -> Iterator[OrganisationRow]:
    for n in (1, 2):
        name, code = f"{host.name}第{ordinal(n)}党小组", f"{host.code}-Z{n}"
        yield _lesser(code, name, "group", host.setting, host.code, host.area_key)


def _elected(host: Host, chance: float) -> tuple[date, int]:
    """Villages and communities in the autumn of 2018 for five years, others for three."""
    if host.setting == "compound":
        return host.founded_on, 3
    choice = draw("election", host.code)
    if host.setting in {"village", "residents"}:
        return day_between(choice, date(2018, 9, 1), date(2018, 12, 20)), 5
    if chance < 0.03:
        return day_between(choice, date(2016, 9, 1), date(2017, 5, 30)), 3
    return day_between(choice, date(2017, 8, 1), date(2020, 5, 20)), 3


def ordinal(number: int) -> str:
    """一 to 九十九."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{ORDINALS[tens - 1]}十"
    return head + (ORDINALS[ones - 1] if ones else "")
