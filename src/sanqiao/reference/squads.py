"""突击队 in the reference city: sixty of municipal units, and a company's that moves patients.

The source's 120 members are those of the city proper; the squads sent to the counties have others.
Three-no compounds come first, and far from all of them are covered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from typing import NamedTuple

from sanqiao.kernel.models import User
from sanqiao.work.squads import commands
from sanqiao.work.squads.rows import (
    ClaimRow,
    DeploymentRow,
    GateRow,
    LogRow,
    MemberRow,
    ShiftRow,
    SquadRow,
)

from .city import City
from .draw import day_between, draw
from .employers import Employer
from .grids import Estate
from .part import Part, part_of
from .population import Who
from .posts import COUNTY_DEPUTY
from .service import SQUAD_SINCE, SQUAD_UNTIL
from .territory import Place

RULE, RULE_SINCE, DOCUMENT = "突击队队长资格（2020）", date(2020, 1, 20), "示例〔2020〕5号"
TASK = "指导健全小区网格，协助封闭管理和值守"
MOST_PLACES = 6
FIRST_SHIFT, DAYS, GATE_DAYS = date(2020, 2, 10), 14, 7
OPENED = date(2020, 4, 8)
MORNING, EVENING = (time(8), time(16)), (time(16), time(0))
COMPANY_PEOPLE = 8
DEEDS = (
    "逐户登记住户和返乡人员，张贴防控告知",
    "为独居老人代购药品和蔬菜",
    "协助设立卡口，测温登记",
    "消杀楼道和公共区域",
    "组建楼栋微信群，公布值守电话",
    "调解封闭期间的邻里纠纷",
)
APPRAISAL = "住户反映值守认真、有求必应（入户走访记录）。"


class Sent(NamedTuple):
    """A squad with its number and the compounds to which it goes, three-no ones first."""

    number: str
    unit: Employer
    place: Place
    estates: list[Estate]


@dataclass(frozen=True)
class Squads:
    city: City

    @cached_property
    def sent(self) -> list[Sent]:
        return [
            Sent(f"TJ2020{n:02}", unit, place, self._estates(place))
            for n, (unit, place) in enumerate(self.city.service.squads, 1)
        ]

    def _estates(self, place: Place) -> list[Estate]:
        own = self.by_place.get(place.key, [])
        three_no = self.city.estates.three_no
        first = sorted(own, key=lambda estate: (estate.key not in three_no, estate.key))
        count = sum(estate.key in three_no for estate in own)
        return first[: max(2, min(count, MOST_PLACES))]

    @cached_property
    def by_place(self) -> dict[str, list[Estate]]:
        found: dict[str, list[Estate]] = {}
        for estate in self.city.grids.estates:
            found.setdefault(estate.place.key, []).append(estate)
        return found

    @cached_property
    def company(self) -> Employer:
        return self.city.employers.enterprises[0]

    @cached_property
    def squads(self) -> list[SquadRow]:
        municipal = [self._squad(n, sent) for n, sent in enumerate(self.sent, 1)]
        company = SquadRow(
            "QY202001", f"{self.company.name}发热病人转运突击队", "company",
            self.company.credit_code, self.company.area_key, date(2020, 2, 1), date(2020, 4, 30),
            date(2020, 4, 30), "转运发热病人", "", None, "",
        )  # fmt: skip
        return [*municipal, company]

    def _squad(self, n: int, sent: Sent) -> SquadRow:
        return SquadRow(
            sent.number, f"{sent.unit.name}突击队", "municipal", sent.unit.credit_code,
            sent.place.key, SQUAD_SINCE, SQUAD_UNTIL, SQUAD_UNTIL, TASK, DOCUMENT,
            f"D{sent.place.key}-T{n:02}", APPRAISAL if n % 3 == 0 else "",
        )  # fmt: skip

    @cached_property
    def members(self) -> list[MemberRow]:
        """As they were appointed; the company's own people besides."""
        numbers = {(s.unit.credit_code, s.place.key): s.number for s in self.sent}
        roles = {"squad_captain": "captain", "squad_member": "member"}
        rows = [
            MemberRow(
                numbers[str(a.credit_code), a.area_key], a.id_number, roles[a.post_code],
                a.valid_from, a.valid_to, "",
            )
            for a in self.city.service.appointments
            if a.post_code in roles
        ]  # fmt: skip
        return [*rows, *self._company_people()]

    def _company_people(self) -> Iterator[MemberRow]:
        host = self.city.party.by_code[str(self.company.code)]
        count = min(COMPANY_PEOPLE, host.members)
        people: list[Who] = [self.city.roster.member(host, n) for n in range(count)]
        for n, who in enumerate(people):
            role = "member" if n else "captain"
            yield MemberRow(
                "QY202001", who.id_number, role, date(2020, 2, 1), date(2020, 4, 30), ""
            )

    @cached_property
    def deployments(self) -> list[DeploymentRow]:
        """The first until the end, the others until the units were opened again."""
        rows = [row for sent in self.sent for row in self._deployments(sent)]
        task, area = "转运发热病人到定点医院", self.company.area_key
        first, last = date(2020, 2, 1), date(2020, 4, 30)
        return [*rows, DeploymentRow("QY202001", area, None, task, first, last)]

    def _deployments(self, sent: Sent) -> Iterator[DeploymentRow]:
        if not sent.estates:
            yield DeploymentRow(sent.number, sent.place.key, None, TASK, SQUAD_SINCE, SQUAD_UNTIL)
        for n, estate in enumerate(sent.estates):
            chance = draw("deployment", sent.number, n)
            since = day_between(chance, SQUAD_SINCE, date(2020, 2, 6))
            until = OPENED if n else SQUAD_UNTIL
            yield DeploymentRow(sent.number, estate.key, estate.name, TASK, since, until)

    @cached_property
    def gates(self) -> list[GateRow]:
        return [
            GateRow(unit.area_key, unit.name, n, f"{n}号门" if unit.gates > 1 else "大门")
            for unit in self.city.estates.closed_units
            for n in range(1, unit.gates + 1)
        ]

    @cached_property
    def at_deployments(self) -> list[ClaimRow]:
        """Two shifts a day where a squad of the city proper stands, taken by its members."""
        people = self._people
        return [
            row
            for sent in self.sent
            if sent.estates and people.get(sent.number)
            for n in range(DAYS)
            for row in self._day(sent, n, people[sent.number])
        ]

    def _day(self, sent: Sent, n: int, people: list[str]) -> Iterator[ClaimRow]:
        estate, day = sent.estates[0], FIRST_SHIFT + timedelta(days=n)
        for k, (begins, ends) in enumerate((MORNING, EVENING)):
            shift = ShiftRow(
                estate.key, sent.number, estate.name, None, day, begins, ends, capacity=2
            )
            for who in dict.fromkeys(people[(2 * n + 2 * k + m) % len(people)] for m in (0, 1)):
                yield ClaimRow(shift, who)

    @cached_property
    def _people(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in self.members:
            if row.role == "member":
                found.setdefault(row.number, []).append(row.id_number)
        return found

    @cached_property
    def at_gates(self) -> list[ClaimRow]:
        """One shift a day at a gate of each of two compounds, taken by stewards who live there."""
        last = FIRST_SHIFT + timedelta(days=DAYS)
        rows = []
        for sent in self.sent:
            stewards = self._stewards.get(sent.place.key, [])
            for k, estate in enumerate(sent.estates[:2] if len(stewards) > 1 else []):
                for n in range(GATE_DAYS):
                    day = last - timedelta(days=n + 1)
                    name = f"{estate.name}封闭管理单元"
                    shift = ShiftRow(estate.key, None, name, 1, day, *MORNING, capacity=3)
                    rows.append(ClaimRow(shift, stewards[(2 * n + k) % len(stewards)]))
        return rows

    @cached_property
    def _stewards(self) -> dict[str, list[str]]:
        """{community: its building heads, each once}."""
        found: dict[str, dict[str, None]] = {}
        for row in self.city.service.appointments:
            if row.post_code == "building_head":
                found.setdefault(row.area_key.split("-")[0], {})[row.id_number] = None
        return {key: list(people) for key, people in found.items()}

    @property
    def claims(self) -> list[ClaimRow]:
        return self.at_deployments + self.at_gates

    @property
    def shifts(self) -> list[ShiftRow]:
        return list(dict.fromkeys(claim.shift for claim in self.claims))

    @cached_property
    def logs(self) -> list[LogRow]:
        rows = []
        for sent in self.sent:
            chance = draw("squad log", sent.number)
            for n, text in enumerate(DEEDS):
                first = SQUAD_SINCE + timedelta(days=7 * n)
                day = day_between(chance, first, first + timedelta(days=6))
                rows.append(LogRow(sent.number, day, text, chance.randint(1, 9)))
        return rows


def parts(city: City) -> Iterator[Part]:
    squads = Squads(city)
    yield Part("captain rule", _rule)
    yield part_of("squads", commands.import_squads, lambda: squads.squads)
    yield part_of("squad members", commands.import_members, lambda: squads.members)
    yield part_of("squad deployments", commands.import_deployments, lambda: squads.deployments)
    yield part_of("gates", commands.import_gates, lambda: squads.gates)
    yield part_of("shifts", commands.import_shifts, lambda: squads.shifts)
    yield part_of("shift claims", commands.import_claims, lambda: squads.claims)
    yield part_of("squad logs", commands.import_logs, lambda: squads.logs)


def _rule(by: User) -> int:
    commands.set_captain_rule(
        name=RULE, takes_heads=True, least_rank=COUNTY_DEPUTY, valid_from=RULE_SINCE,
        document=DOCUMENT, by=by,
    )  # fmt: skip
    return 1
