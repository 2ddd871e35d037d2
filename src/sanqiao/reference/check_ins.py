"""双报到 in the reference city: who paired with whom, who reported where, who is exempt.

The source's two lists of units are not the same list: of 171 units somebody reported in the
epidemic, 111 have an agreement afterwards, and nine of those are not among the 171.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import islice

from sanqiao.kernel.models import User
from sanqiao.kernel.periods import Year
from sanqiao.registers.areas.models import Area
from sanqiao.work.service import commands
from sanqiao.work.service.halves import Half
from sanqiao.work.service.rows import (
    AcceptanceRow,
    CheckInRow,
    DutyRow,
    ExemptionRow,
    PairingRow,
    PaperReportRow,
    TeamRow,
    UnitCheckInRow,
)

from .city import City
from .draw import day_between, draw
from .employers import Employer
from .grids import SPLIT_ON
from .part import Part, part_of
from .population import AS_OF, HELPER, Who
from .territory import CITY, Place

EPIDEMIC = date(2020, 1, 24)
UNITS, REPORTING, PAIRED, COMMUNITIES, VILLAGES = 180, 171, 111, 77, 7
NOT_REPORTING = 100
"""From this municipal unit on, nine sent nobody."""
MEMBERS_EACH, STAFF = 37, 904
WAITING_FROM = date(2020, 6, 12)
DOCUMENT = "示例〔2020〕17号"
HALF = Half(2020, 1)
DUTIES = (
    ("check_in", "unit", "单位到包联社区报到", "once", 0),
    ("check_in", "member", "在职党员到居住地社区报到", "once", 0),
    ("report", "unit", "单位向上级党组织报告", "year", 0),
    ("report", "member", "在职党员向所在党支部报告", "half", 15),
)
TEAMS = ("先锋服务队", "邻里互助队")
SKILLS = ("", "", "医疗", "法律", "水电维修", "心理疏导", "文艺", "写作", "驾驶")
WISHES = ("", "政策宣传", "楼栋值守", "物资配送", "环境卫生", "矛盾调解", "助老助残")
PLANS = ("楼道亮化和环境整治", "结对帮扶困难家庭", "老旧管网排查", "社区书屋", "健康义诊")
REASONS = ("派驻乡村工作队", "担任驻村第一书记", "长期病休", "驻外工作")
REMARK = "按要求报到，服从社区安排，参加了楼栋值守和服务。"


@dataclass(frozen=True)
class Slip:
    """A line of a unit's list, and what the community answered (None: not yet)."""

    unit: Employer
    who: Who
    on: date
    accepted_on: date | None

    @property
    def community(self) -> str:
        return self.who.home.split("-")[0]

    @property
    def grid(self) -> str:
        """Micro-grids came with the split; who was placed before stays in the grid."""
        early = self.accepted_on is not None and self.accepted_on < SPLIT_ON
        return self.who.home.rpartition("-")[0] if early else self.who.home


@dataclass(frozen=True)
class CheckIns:
    city: City

    def scaled(self, count: int) -> int:
        """`count` at full size; at least one below it."""
        return max(1, round(count * min(1.0, self.city.scale)))

    @cached_property
    def units(self) -> list[Employer]:
        return self.city.employers.municipal

    @cached_property
    def reporting(self) -> list[Employer]:
        gap = self.scaled(NOT_REPORTING)
        few = len(self.units) - self.scaled(REPORTING)
        return [*self.units[:gap], *self.units[gap + few :]]

    @cached_property
    def paired(self) -> list[tuple[Employer, Place]]:
        """Units in turn over the communities; the first of each leads."""
        territory, urban = self.city.territory, {p.county for p in self.city.territory.urban}
        villages = (place for place in territory.villages if place.county in urban)
        count = self.scaled(COMMUNITIES)
        few = min(self.scaled(VILLAGES), count - 1)
        most = [*territory.urban[: count - few], *islice(villages, few)]
        return [
            (unit, most[n % len(most)]) for n, unit in enumerate(self.units[: self.scaled(PAIRED)])
        ]

    @cached_property
    def duties(self) -> list[DutyRow]:
        since, document = date(2020, 1, 1), "示例〔2019〕58号"
        return [
            DutyRow(CITY, n, kind, party, name, cycle, after, document, since, None)
            for n, (kind, party, name, cycle, after) in enumerate(DUTIES, 1)
        ]

    @cached_property
    def pairings(self) -> list[PairingRow]:
        seen: set[str] = set()
        return [self._pairing(unit, place, seen) for unit, place in self.paired]

    def _pairing(self, unit: Employer, place: Place, seen: set[str]) -> PairingRow:
        chance, leads = draw("pairing", unit.credit_code), place.key not in seen
        seen.add(place.key)
        signed = day_between(chance, date(2020, 4, 13), date(2020, 5, 22))
        both = signed + timedelta(days=chance.randrange(4))
        return PairingRow(
            unit.credit_code, place.key, leads, DOCUMENT, signed, both, both, None, ""
        )

    @cached_property
    def unit_check_ins(self) -> list[UnitCheckInRow]:
        """One in nineteen has not come yet; one in thirteen waits for the community."""
        return [
            self._visit(row, n)
            for n, row in enumerate(self.pairings)
            if n % 19 != 18
        ]  # fmt: skip

    def _visit(self, row: PairingRow, n: int) -> UnitCheckInRow:
        chance = draw("visit", row.credit_code)
        on = row.valid_from + timedelta(days=chance.randint(1, 12))
        accepted = None if n % 13 == 12 else on + timedelta(days=chance.randrange(5))
        return UnitCheckInRow(row.credit_code, row.area_key, on, chance.choice(PLANS), accepted)

    @cached_property
    def teams(self) -> list[TeamRow]:
        """One in every urban community, a second in every third."""
        return [
            TeamRow(place.key, place.name + name, date(2020, 1, 20))
            for n, place in enumerate(self.city.territory.urban)
            for name in TEAMS[: 1 + (n % 3 == 0)]
        ]

    @cached_property
    def stationed(self) -> dict[str, str]:
        """{ID number: credit code} of those whom municipal units sent to villages."""
        municipal = {unit.credit_code for unit in self.units}
        posts = {"first_secretary", "team_leader", "team_member"}
        rows = self.city.service.appointments
        return {
            row.id_number: str(row.credit_code)
            for row in rows
            if row.post_code in posts and row.credit_code in municipal and row.valid_to is None
        }

    @cached_property
    def slips(self) -> list[Slip]:
        return [*self._members(), *self._staff()]

    def _members(self) -> Iterator[Slip]:
        """Of each unit the first who are at home."""
        for unit in self.reporting:
            host = self.city.party.by_code[str(unit.code)]
            people = (self.city.roster.member(host, n) for n in range(host.members))
            at_home = (who for who in people if who.id_number not in self.stationed)
            for n, who in enumerate(islice(at_home, MEMBERS_EACH)):
                yield self._slip(unit, who, is_late=n == MEMBERS_EACH - 1)

    def _staff(self) -> Iterator[Slip]:
        """Building heads who are no members and of an age to work in one of the units."""
        self.city.service.households  # noqa: B018
        micro = {row.key for row in self.city.grids.microgrids}
        found = (
            who
            for who in self.city.roster.newcomers
            if who.home in micro and who.profile != HELPER and _is_working(who)
        )
        for n, who in enumerate(islice(found, self.scaled(STAFF))):
            yield self._slip(self.reporting[n % len(self.reporting)], who, is_late=n % 60 == 59)

    def _slip(self, unit: Employer, who: Who, *, is_late: bool) -> Slip:
        """Most in the first weeks; the late ones still wait."""
        chance = draw("slip", who.serial)
        if is_late:
            return Slip(unit, who, day_between(chance, WAITING_FROM, AS_OF), None)
        days = int(min(chance.expovariate(1 / 12), 95))
        on = EPIDEMIC + timedelta(days=days)
        return Slip(unit, who, on, on + timedelta(days=chance.randrange(4)))

    @cached_property
    def check_ins(self) -> list[CheckInRow]:
        return [_line(slip) for slip in self.slips]

    @cached_property
    def acceptances(self) -> list[AcceptanceRow]:
        teams: dict[str, list[str]] = {}
        for row in self.teams:
            teams.setdefault(row.area_key, []).append(row.name)
        return [
            AcceptanceRow(
                slip.who.id_number,
                slip.accepted_on,
                slip.grid,
                teams[slip.community][slip.who.serial % len(teams[slip.community])],
            )
            for slip in self.slips
            if slip.accepted_on
        ]

    @cached_property
    def exemptions(self) -> list[ExemptionRow]:
        """Whoever is sent to a village, and a few who are ill."""
        return [
            ExemptionRow(number, code, REASONS[0], EPIDEMIC, None)
            for number, code in self.stationed.items()
        ]

    @cached_property
    def papers(self) -> list[PaperReportRow]:
        """Two in three had confirmed by the day, half of these with the community's remark."""
        accepted = [slip for slip in self.slips if slip.accepted_on]
        return [_paper(slip) for slip in accepted if slip.who.serial % 3]


def _is_working(who: Who) -> bool:
    born = who.row.born_on
    return born is not None and 22 <= AS_OF.year - born.year <= 59


def _line(slip: Slip) -> CheckInRow:
    chance, row = draw("line", slip.who.serial), slip.who.row
    return CheckInRow(
        row.name,
        row.id_number,
        row.phone,
        slip.unit.credit_code,
        slip.who.home,
        f"{chance.randint(1, 12)}号楼{chance.randint(1, 4)}单元",
        chance.choice(SKILLS),
        chance.choice(WISHES),
        slip.on,
    )


def _paper(slip: Slip) -> PaperReportRow:
    chance = draw("paper", slip.who.serial)
    on = day_between(chance, date(2020, 6, 22), AS_OF)
    remark = REMARK if slip.who.serial % 2 == 0 else ""
    return PaperReportRow(slip.who.id_number, on, remark, on if remark else None)


def parts(city: City) -> Iterator[Part]:
    """In the order in which they need each other."""
    made = CheckIns(city)
    yield part_of("check-in duties", commands.set_duties, lambda: made.duties)
    yield part_of("pairings", commands.import_pairings, lambda: made.pairings)
    yield part_of("unit check-ins", commands.import_unit_check_ins, lambda: made.unit_check_ins)
    yield part_of("service teams", commands.import_teams, lambda: made.teams)
    yield part_of("exemptions", commands.import_exemptions, lambda: made.exemptions)
    yield part_of("check-ins", commands.import_check_ins, lambda: made.check_ins)
    yield part_of("acceptances", commands.accept_check_ins, lambda: made.acceptances)
    yield Part("half-year reports", _draft_halves)
    yield part_of(
        "reports on paper", partial(commands.file_paper_reports, half=HALF), lambda: made.papers
    )
    yield Part("unit reports", _draft_years)


def _draft_halves(by: User) -> int:
    city = Area.objects.get(key=CITY)
    return sum(commands.draft_member_reports(half=HALF, area=city, by=by))


def _draft_years(by: User) -> int:
    city = Area.objects.get(key=CITY)
    return sum(commands.draft_unit_reports(year=Year(2020), area=city, by=by))
