"""Who holds which post: every population of the source, with its overlaps, as of 2020-06-30.

First secretaries mostly lead the work team of their village; community cadres head grids; captains
of task forces are heads of municipal units; some building heads are volunteers as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import cycle
from random import Random
from typing import Any

from sanqiao.registers.organisations.rows import WorkTeamRow
from sanqiao.registers.people.rows import AppointmentRow, HouseholdRow

from .draw import day_between, draw, spread
from .employers import Employer
from .grids import SPLIT_ON, grid_key
from .party import Host, Party
from .population import GRADUATE, HELPER, TOWNSMAN, VILLAGER, Roster, Who
from .posts import (
    BUREAU_DEPUTY,
    CITY_LEADERS,
    COMMUNITY_TITLES,
    COUNTY_DEPUTY,
    COUNTY_HEAD,
    COUNTY_LEADERS,
    SECTION_HEAD,
    TOWNSHIP_TITLES,
    township_rank,
)
from .sizes import Sizes
from .territory import CITY, Place

TEAM_SINCE = date(2018, 4, 2)
TEAM_DOCUMENT = "示例〔2018〕6号"
SQUAD_SINCE, SQUAD_UNTIL = date(2020, 1, 28), date(2020, 9, 30)
SPRING = date(2020, 3, 10)
NOT_LEADING = 14
"""One first secretary in so many leaves the work team to somebody else."""
BOTH = 40
"""One building head in so many is a volunteer as well."""
VACANT = 0.045
"""Share of the micro-grids in which nobody is building head."""
CITY_SHARE = 5
"""One village in so many has its team from a municipal unit."""


def appointment(who: Who, post: str, area: str, since: date, **more: Any) -> AppointmentRow:
    """Still held, unless `valid_to` is among `more`."""
    usual: dict[str, Any] = dict.fromkeys(("credit_code", "organisation_code", "valid_to"))
    usual |= {"rank": "", "title": "", "document": ""} | more
    return AppointmentRow(
        id_number=who.id_number, post_code=post, area_key=area, valid_from=since, **usual
    )


def _manned(microgrids: list[str]) -> dict[str, str]:
    """{micro-grid: where its building head serves}: itself, or the one before when it is vacant."""
    manned, before = {}, microgrids[0]
    for key in microgrids:
        is_vacant = draw("vacant", key).random() < VACANT
        before = manned[key] = before if is_vacant else key
    return manned


@dataclass(frozen=True)
class Service:
    party: Party
    roster: Roster
    sizes: Sizes

    @cached_property
    def appointments(self) -> list[AppointmentRow]:
        """In an order that decides who gets which post; read once."""
        parts = (
            self._units(),
            self._squads(),
            self._leaders(),
            self._townships(),
            self._communities(),
            self._grid_heads(),
            self._grid_workers(),
            self._auxiliaries(),
            self._building_heads(),
            self._volunteers(),
            self._village_support(),
            self._graduates(),
            self._squad_members(self.sizes.county_squad_members, is_urban=False),
        )
        return [row for part in parts for row in part]

    # Units, and the task forces that they send.

    @cached_property
    def heads(self) -> dict[str, Who]:
        """{credit code: the unit's head}; the first member of its organisation."""
        units = self.party.employers.municipal + self.party.employers.county
        return {unit.credit_code: self.roster.take(self._host(unit)) for unit in units}

    def _host(self, unit: Employer) -> Host:
        return self.party.by_code[str(unit.code)]

    def _units(self) -> Iterator[AppointmentRow]:
        for unit in self.party.employers.municipal + self.party.employers.county:
            chance = draw("head", unit.credit_code)
            since = day_between(chance, date(2016, 6, 1), date(2019, 12, 20))
            rank = COUNTY_HEAD if unit.rank == "municipal" else SECTION_HEAD
            at = {"credit_code": unit.credit_code}
            yield appointment(
                self.heads[unit.credit_code], "unit_head", unit.area_key, since, rank=rank, **at
            )
            liaison = self.roster.take(self._host(unit))
            yield appointment(liaison, "unit_liaison", unit.area_key, date(2019, 6, 3), **at)

    @cached_property
    def squads(self) -> list[tuple[Employer, Place]]:
        """The municipal unit that forms each task force, and where it serves."""
        return list(zip(cycle(self.party.employers.municipal), self.party.squad_places))

    def _squads(self) -> Iterator[AppointmentRow]:
        """Captains, and the members of the city proper."""
        for unit, place in self.squads:
            head, at = self.heads[unit.credit_code], {"credit_code": unit.credit_code}
            yield self._in_squad(head, "squad_captain", place, rank=COUNTY_HEAD, **at)
        yield from self._squad_members(self.sizes.squad_members, is_urban=True)

    def _squad_members(self, count: int, *, is_urban: bool) -> Iterator[AppointmentRow]:
        own = [(unit, place) for unit, place in self.squads if place.is_urban == is_urban]
        for n in range(count if own else 0):
            unit, place = own[n % len(own)]
            who = self.roster.take(self._host(unit))
            yield self._in_squad(who, "squad_member", place, credit_code=unit.credit_code)

    def _in_squad(self, who: Who, post: str, place: Place, **more: Any) -> AppointmentRow:
        until = SQUAD_UNTIL
        return appointment(who, post, place.key, SQUAD_SINCE, valid_to=until, **more)

    # Cadres of the city, the counties, the townships and the communities.

    @cached_property
    def municipal(self) -> Iterator[tuple[Employer, Host]]:
        """Round and round the municipal units."""
        return cycle([(unit, self._host(unit)) for unit in self.party.employers.municipal])

    @cached_property
    def by_county(self) -> dict[str, Iterator[tuple[Employer, Host]]]:
        units: dict[str, list[tuple[Employer, Host]]] = {}
        for unit in self.party.employers.county:
            units.setdefault(unit.county, []).append((unit, self._host(unit)))
        return {county: cycle(pairs) for county, pairs in units.items()}

    def _leaders(self) -> Iterator[AppointmentRow]:
        for n in range(self.sizes.city_leaders):
            title, rank = CITY_LEADERS[n % len(CITY_LEADERS)], BUREAU_DEPUTY
            yield self._leader(next(self.municipal), CITY, title, rank)
        counties = list(self.by_county)
        rest = max(0, self.sizes.leaders - self.sizes.city_leaders)
        for county, share in zip(counties, spread(rest, [1] * len(counties)), strict=True):
            for n in range(share):
                title = COUNTY_LEADERS[n % len(COUNTY_LEADERS)]
                rank = COUNTY_HEAD if n < 4 else COUNTY_DEPUTY
                yield self._leader(next(self.by_county[county]), county, title, rank)

    def _leader(
        self, at: tuple[Employer, Host], area: str, title: str, rank: str
    ) -> AppointmentRow:
        who = self.roster.take(at[1])
        since = day_between(draw("leader", who.serial), date(2016, 12, 20), date(2020, 1, 10))
        return appointment(who, "leader", area, since, title=title, rank=rank)

    def _townships(self) -> Iterator[AppointmentRow]:
        """All but two of a township's cadres are members."""
        for host in self.party.township_offices:
            count, homes = host.members - 2, self.roster.homes(host.homes)
            for n in range(count):
                is_member = n < count - 2
                home = homes[n % len(homes)]
                who = self.roster.take(host) if is_member else self.roster.newcomer(home, HELPER)
                since = day_between(draw("cadre", who.serial), date(2016, 11, 1), SPRING)
                title = TOWNSHIP_TITLES[n] if n < len(TOWNSHIP_TITLES) else "干部"
                rank = township_rank(n)
                yield appointment(
                    who, "township_cadre", host.area_key, since, title=title, rank=rank
                )

    def _communities(self) -> Iterator[AppointmentRow]:
        for n, place in enumerate(self.party.territory.places):
            cadres = self.cadres[place.key]
            since = day_between(draw("elected", place.key), date(2018, 10, 8), date(2018, 12, 28))
            yield from self._secretary(place, cadres[0], since, has_past=n % 6 == 0)
            for who, title in zip(cadres[1:], COMMUNITY_TITLES, strict=False):
                yield appointment(who, "community_cadre", place.key, since, title=title)

    def _secretary(
        self, place: Place, who: Who, since: date, *, has_past: bool
    ) -> Iterator[AppointmentRow]:
        code = self.party.of_place(place).code
        if has_past:
            before = self.roster.take(self.party.of_place(place))
            first = day_between(draw("before", place.key), date(2012, 2, 1), date(2015, 12, 1))
            yield appointment(
                before, "secretary", place.key, first, organisation_code=code, valid_to=since
            )
        yield appointment(who, "secretary", place.key, since, organisation_code=code)

    @cached_property
    def cadres(self) -> dict[str, list[Who]]:
        """{community: its secretary and cadres}; the secretary first, the last one no member."""
        places = self.party.territory.places
        base, more = divmod(self.sizes.community_cadres, len(places))
        large = sorted(places, key=lambda place: -self.party.of_place(place).members)[:more]
        counts = {place.key: base for place in places} | {place.key: base + 1 for place in large}
        return {place.key: self._cadres(place, counts[place.key]) for place in places}

    def _cadres(self, place: Place, count: int) -> list[Who]:
        host = self.party.of_place(place)
        members = [self.roster.take(host) for _ in range(count - 1)]
        profile = VILLAGER if place.kind == "village" else TOWNSMAN
        home = self.roster.homes(place.key)[0]
        return [*members, self.roster.newcomer(home, profile._replace(oldest=60))]

    # Grids: heads, workers, auxiliaries, building heads, volunteers.

    def _grid_heads(self) -> Iterator[AppointmentRow]:
        """A community's cadres in turn."""
        for place in self.party.territory.urban:
            cadres = self.cadres[place.key]
            for n in range(self.party.grids.counts[place.key]):
                who, since = cadres[n % len(cadres)], date(2019, 1, 10)
                yield appointment(who, "grid_head", grid_key(place, n), since)

    def _grid_workers(self) -> Iterator[AppointmentRow]:
        """One a grid: two in five a member in the city proper, all members in villages."""
        for n, grid in enumerate(self.party.grids.urban_grids):
            home = f"{grid.key}-01"
            member = self.party.by_code[f"D{grid.parent_key}"]
            who = self.roster.take(member) if n % 5 < 2 else self.roster.newcomer(home, HELPER)
            yield self._grid_worker(who, grid.key)
        for grid in self.party.grids.rural_grids:
            who = self.roster.take(self.party.by_code[f"D{grid.parent_key}"])
            yield self._grid_worker(who, grid.key)

    def _grid_worker(self, who: Who, grid: str) -> AppointmentRow:
        since = day_between(draw("worker", grid), date(2016, 3, 1), date(2019, 12, 1))
        return appointment(who, "grid_worker", grid, since)

    def _auxiliaries(self) -> Iterator[AppointmentRow]:
        """As many as bring the front line of the city proper to its number."""
        urban = self.party.territory.urban
        others = sum(len(self.cadres[place.key]) for place in urban) + self.sizes.urban_grids
        places = cycle(urban)
        for n in range(max(1, self.sizes.front_line - others)):
            place = next(places)
            homes = self.roster.homes(place.key)
            who = self.roster.newcomer(homes[n % len(homes)], HELPER)
            since = date(2018, 9, 1) if n % 3 else date(2020, 1, 24)
            yield appointment(who, "auxiliary", place.key, since, title="协警")

    def _building_heads(self) -> Iterator[AppointmentRow]:
        """One from every micro-grid; a third of them members, some volunteers too. Here and there
        the post is vacant, and who lives there looks after a building next door."""
        for place in self.party.territory.urban:
            microgrids = sorted(row.key for row in self.party.grids.by_community[place.key])
            host = self.party.of_place(place)
            members = [self.roster.take(host) for _ in range(len(microgrids) // 3)]
            found = {who.home: who for who in members}
            manned = _manned(microgrids)
            for n, key in enumerate(microgrids):
                who = found.get(key) or self.roster.newcomer(key, TOWNSMAN)
                yield self._steward(who, "building_head", manned[key])
                if n % BOTH == 0:
                    yield self._steward(who, "volunteer", key)

    def _steward(self, who: Who, post: str, area: str) -> AppointmentRow:
        since = day_between(draw(post, who.serial), SPLIT_ON, date(2020, 3, 5))
        return appointment(who, post, area, since)

    def _volunteers(self) -> Iterator[AppointmentRow]:
        """Members of municipal units, where they live."""
        for _ in range(self.sizes.stewards - self.sizes.microgrids):
            who = self.roster.take(next(self.municipal)[1])
            yield self._steward(who, "volunteer", who.home)

    # Villages: first secretaries, work teams, graduates.

    @cached_property
    def stationed(self) -> list[Place]:
        """Places with a work team: poor and weak ones first, then other villages."""
        marks, others = self.party.marks, [p for p in self.party.territory.places if not p.is_urban]
        others.sort(key=lambda place: (place.kind != "village", draw("team", place.key).random()))
        ranked = dict.fromkeys(place.key for place in [*marks.poor, *marks.weak, *others])
        places = {place.key: place for place in others}
        return [places[key] for key in ranked][: self.sizes.work_teams]

    @cached_property
    def senders(self) -> list[tuple[Employer, Host]]:
        """The unit behind each work team."""
        return [
            next(self.municipal if n % CITY_SHARE == 0 else self.by_county[place.county])
            for n, place in enumerate(self.stationed)
        ]

    @cached_property
    def work_teams(self) -> list[WorkTeamRow]:
        self.appointments  # noqa: B018
        return [
            WorkTeamRow(place.key, unit.credit_code, TEAM_SINCE, None)
            for place, (unit, _) in zip(self.stationed, self.senders, strict=True)
        ]

    def _village_support(self) -> Iterator[AppointmentRow]:
        members = max(0, self.sizes.team_members - len(self.stationed))
        for n, (place, sender) in enumerate(zip(self.stationed, self.senders, strict=True)):
            chance = draw("support", place.key)
            since = day_between(chance, TEAM_SINCE, SPRING)
            who = self.roster.take(sender[1])
            leads = not self._has_first_secretary(n) or n % NOT_LEADING > 0
            if self._has_first_secretary(n):
                yield from self._first_secretary(place, sender, who, chance, has_past=n % 9 == 0)
            leader = who if leads else self.roster.take(sender[1])
            yield self._supporter(leader, "team_leader", place, sender, since)
            if n < members:
                yield self._supporter(
                    self.roster.take(sender[1]), "team_member", place, sender, since
                )

    def _has_first_secretary(self, n: int) -> bool:
        return n < self.sizes.first_secretaries

    def _first_secretary(
        self,
        place: Place,
        sender: tuple[Employer, Host],
        who: Who,
        chance: Random,
        *,
        has_past: bool,
    ) -> Iterator[AppointmentRow]:
        since = day_between(chance, TEAM_SINCE, SPRING)
        if has_past:
            before = self.roster.take(sender[1])
            row = self._supporter(before, "first_secretary", place, sender, date(2015, 10, 8))
            yield row._replace(valid_to=since, document="示例〔2015〕31号")
        yield self._supporter(who, "first_secretary", place, sender, since)

    def _supporter(
        self, who: Who, post: str, place: Place, sender: tuple[Employer, Host], since: date
    ) -> AppointmentRow:
        code, document = sender[0].credit_code, TEAM_DOCUMENT
        return appointment(who, post, place.key, since, credit_code=code, document=document)

    def _graduates(self) -> Iterator[AppointmentRow]:
        """Students of the scheme: half of them members of their village."""
        villages = self.party.territory.villages
        for n in range(self.sizes.graduates):
            place = villages[n * 2 % len(villages)]
            home = self.roster.homes(place.key)[0]
            host = self.party.of_place(place)
            who = self.roster.take(host) if n % 2 else self.roster.newcomer(home, GRADUATE)
            yield appointment(who, "graduate", place.key, date(2018, 9, 3))

    @cached_property
    def households(self) -> list[HouseholdRow]:
        """党员中心户 of the city proper; dealt after the posts, so by members without one."""
        self.appointments  # noqa: B018
        places, urban = cycle(self.party.territory.urban), len(self.party.territory.urban)
        rows = []
        for n in range(self.sizes.member_households):
            place = next(places)
            who, chance = self.roster.take(self.party.of_place(place)), draw("home", n)
            since = day_between(chance, SPLIT_ON, date(2020, 5, 30))
            name = f"{place.name}第{n // urban + 1}党员中心户"
            row = HouseholdRow(who.id_number, name, who.home, chance.randint(1, 4), since, None)
            rows.append(row)
        return rows
