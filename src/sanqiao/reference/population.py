"""Invented people: members in the order of their organisations, then everybody else with a post.

A person follows from a serial number alone, so that any of them can be made without the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from itertools import accumulate
from random import Random
from typing import NamedTuple

from sanqiao.registers.people.rows import MembershipRow, PersonRow

from .draw import day_between, draw, words
from .grids import Grids
from .identity import id_number, phone
from .party import Host, Party

AS_OF = date(2020, 6, 30)
LAST_JOINED = date(2019, 6, 28)
"""Whoever joined later is on probation as of the city's day."""
PROBATION = date(2019, 7, 1), date(2020, 6, 20)
PROBATION_SHARE, YOUNG = 0.055, 45
MEN = 0.62
"""Share of men."""


class Profile(NamedTuple):
    """Ages on the city's day, and a list of educations in words.yaml."""

    youngest: int
    oldest: int
    education: str


VILLAGER = Profile(23, 84, "village")
TOWNSMAN = Profile(23, 82, "town")
OFFICIAL = Profile(24, 59, "office")
GRADUATE = Profile(21, 34, "office")
HELPER = Profile(24, 62, "town")
PROFILES = {"village": VILLAGER, "residents": TOWNSMAN, "compound": TOWNSMAN, "unit": OFFICIAL}


class Who(NamedTuple):
    """Somebody: enough to say the ID number, and to make the person's row."""

    serial: int
    profile: Profile
    home: str

    @property
    def id_number(self) -> str:
        return self._id_number(*_first_draws(self.chance, self.profile))

    @property
    def chance(self) -> Random:
        return draw("person", self.serial)

    @property
    def row(self) -> PersonRow:
        return self.drawn(self.chance)

    def drawn(self, chance: Random) -> PersonRow:
        """The person's row, by a fresh `self.chance` that the caller goes on drawing from."""
        is_male, born = _first_draws(chance, self.profile)
        day = date(born, chance.randint(1, 12), chance.randint(1, 28))
        return PersonRow(
            _name(chance, is_male=is_male),
            "male" if is_male else "female",
            day,
            chance.choice(words()["educations"][self.profile.education]),
            self._id_number(is_male, born),
            phone(self.serial),
            self.home,
        )

    def _id_number(self, is_male: bool, born: int) -> str:
        return id_number(self.serial, county=self.home[:6], born=born, is_male=is_male)


def _first_draws(chance: Random, profile: Profile) -> tuple[bool, int]:
    """Man or not, and the year of birth."""
    is_male = chance.random() < MEN
    return is_male, AS_OF.year - chance.randint(profile.youngest, profile.oldest)


@cache
def _surnames() -> tuple[list[str], list[int]]:
    pairs = words()["surnames"]
    weights = [int(weight) for weight in pairs[1::2]]
    return pairs[::2], list(accumulate(weights))


def _name(chance: Random, *, is_male: bool) -> str:
    surnames, weights = _surnames()
    surname = chance.choices(surnames, cum_weights=weights)[0]
    given = words()["male" if is_male else "female"]
    second = chance.choice(given) if chance.random() < 0.72 else ""
    return f"{surname}{chance.choice(given)}{second}"


@dataclass
class Roster:
    """Who is who: members by organisation and index; `take` deals each of them once."""

    grids: Grids
    party: Party
    crowd: int = 1
    newcomers: list[Who] = field(default_factory=list)
    dealt: dict[str, int] = field(default_factory=dict)

    @cached_property
    def first_serials(self) -> dict[str, int]:
        sizes = [host.members * self.crowd for host in self.party.hosts]
        starts = accumulate(sizes, initial=0)
        return {host.code: n for host, n in zip(self.party.hosts, starts, strict=False)}

    @property
    def member_count(self) -> int:
        return sum(host.members for host in self.party.hosts) * self.crowd

    def member(self, host: Host, index: int) -> Who:
        serial = self.first_serials[host.code] + index
        homes = self.homes(host.homes)
        step = serial * 7919 if host.setting == "unit" else index
        return Who(serial, PROFILES[host.setting], homes[step % len(homes)])

    def take(self, host: Host) -> Who:
        """The next member without a post yet; a newcomer when there is none left."""
        index = self.dealt.get(host.code, 0)
        self.dealt[host.code] = index + 1
        if index < host.members:
            return self.member(host, index)
        homes = self.homes(host.homes)
        return self.newcomer(homes[index % len(homes)], HELPER)

    def newcomer(self, home: str, profile: Profile) -> Who:
        """Somebody new who is not a member."""
        who = Who(self.member_count + len(self.newcomers), profile, home)
        self.newcomers.append(who)
        return who

    def homes(self, name: str) -> list[str]:
        """Areas in which people live: of a community, township, county, compound, or `urban`."""
        return self._homes[name]

    @cached_property
    def _homes(self) -> dict[str, list[str]]:
        """Of everything above the community in the order of the communities."""
        found = dict(self.grids.dwellings)
        found.update((estate.key, estate.dwellings) for estate in self.grids.estates)
        for place in self.grids.territory.places:
            for name in (place.township, place.county, *(["urban"] if place.is_urban else [])):
                found.setdefault(name, []).extend(self.grids.dwellings[place.key])
        return found

    def members_of(self, host: Host) -> Iterator[tuple[PersonRow, list[MembershipRow]]]:
        """Every member with the memberships, oldest first."""
        index = 0
        for code, size in host.branches:
            for _ in range(size * self.crowd):
                who = self.member(host, index)
                chance = who.chance
                person = who.drawn(chance)
                yield person, self._memberships(person, chance, host, code)
                index += 1

    def _memberships(
        self, person: PersonRow, chance: Random, host: Host, code: str
    ) -> list[MembershipRow]:
        born = person.born_on or AS_OF
        is_young = AS_OF.year - born.year <= YOUNG
        if is_young and chance.random() < PROBATION_SHARE:
            return _probation(person, day_between(chance, *PROBATION), host, code)
        joined = _joined(chance, born)
        start, full = max(joined, host.founded_on), _year_after(joined)
        now = MembershipRow(person.id_number, code, "full", joined, full, start, None)
        return self._with_past(now, host) if host.setting == "compound" else [now]

    def _with_past(self, now: MembershipRow, host: Host) -> list[MembershipRow]:
        """Members of a compound's new organisation came from their community's."""
        community = self.party.by_code[host.parent]
        start = max(now.joined_on, community.founded_on)
        code = community.branches[0][0]
        past = now._replace(organisation_code=code, valid_from=start, valid_to=now.valid_from)
        return [past, now] if start < now.valid_from else [now]


def _probation(person: PersonRow, joined: date, host: Host, code: str) -> list[MembershipRow]:
    """A year as a probationary member, then full."""
    full, start = _year_after(joined), max(joined, host.founded_on)
    row = MembershipRow(person.id_number, code, "probationary", joined, None, start, full)
    return [row, row._replace(kind="full", full_on=full, valid_from=full, valid_to=None)]


def _joined(chance: Random, born: date) -> date:
    """At 19 or later; a person of 21 may have joined at the last moment."""
    first = date(born.year + 19, 7, 1)
    last = min(LAST_JOINED, date(born.year + 48, 12, 28))
    day = day_between(chance, min(first, last), last)
    return day.replace(day=min(day.day, 28))


def _year_after(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, 28))
