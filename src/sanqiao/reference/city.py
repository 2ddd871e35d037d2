"""The reference city as rows for the bulk commands: deterministic, made part by part when asked.

Areas down to the community are real; everything below, and everybody, is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sanqiao.registers.organisations.rows import UnitRow
from sanqiao.registers.people.rows import MembershipRow, PersonRow

from .employers import UNITS_SINCE, Employers
from .estates import Estates, Marks
from .grids import Grids
from .party import Host, Party
from .population import Roster
from .service import Service
from .sizes import Sizes
from .territory import Territory


@dataclass(frozen=True)
class City:
    """Below scale 1 everything shrinks together; above it each organisation has more members."""

    scale: float = 1.0

    @cached_property
    def sizes(self) -> Sizes:
        return Sizes().at(self.scale)

    @cached_property
    def territory(self) -> Territory:
        return Territory(self.sizes)

    @cached_property
    def grids(self) -> Grids:
        return Grids(self.territory, self.sizes)

    @cached_property
    def estates(self) -> Estates:
        return Estates(self.grids, self.sizes)

    @cached_property
    def marks(self) -> Marks:
        return Marks(self.territory, self.sizes)

    @cached_property
    def employers(self) -> Employers:
        return Employers(self.territory, self.sizes)

    @cached_property
    def party(self) -> Party:
        return Party(self.grids, self.employers, self.marks, self.sizes)

    @cached_property
    def roster(self) -> Roster:
        return Roster(self.grids, self.party, crowd=max(1, round(self.scale)))

    @cached_property
    def service(self) -> Service:
        return Service(self.party, self.roster, self.sizes)

    @cached_property
    def units(self) -> list[UnitRow]:
        return [
            UnitRow(e.credit_code, e.name, e.kind, e.rank, e.area_key, e.code, UNITS_SINCE)
            for e in self.employers.all
        ]

    def members(self, hosts: list[Host]) -> tuple[list[PersonRow], list[MembershipRow]]:
        """Everybody who belongs to these organisations, and how."""
        people, memberships = [], []
        for host in hosts:
            for person, rows in self.roster.members_of(host):
                people.append(person)
                memberships += rows
        return people, memberships

    def batches(self, size: int) -> list[list[Host]]:
        """The organisations with members, in runs of about `size` people."""
        count = max(1, round(self.roster.member_count / size))
        runs: list[list[Host]] = [[] for _ in range(count)]
        before = 0
        for host in self.party.hosts:
            runs[before * count // self.roster.member_count].append(host)
            before += host.members * self.roster.crowd
        return [run for run in runs if run]

    @property
    def others(self) -> list[PersonRow]:
        """People with a post who are not members, once all posts are dealt."""
        self.service.households  # noqa: B018
        return [who.row for who in self.roster.newcomers]
