"""The letter of January 2020, who answered it, what was pledged; and an exercise of the spring.

The lists are frozen by the same rule as any order; what became of each person is drawn from the
list itself. Everybody who holds a listed post answers; of the members as many as the source says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db.models import F
from django.utils import timezone

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.audience import Rule
from sanqiao.work.mobilisation.models import CallOut, CallRole, Mobilisation, PledgeCampaign
from sanqiao.work.mobilisation.rows import OutcomeRow, PledgeRow

from .city import City
from .draw import draw
from .part import Part
from .party import EPIDEMIC_LAST
from .territory import CITY

NUMBER = "示例〔2020〕3号"
ISSUED_ON, SECOND_WAVE_ON = date(2020, 1, 26), date(2020, 3, 11)
RESPONDERS = 88_936
"""The source says 88,900余."""
UNWILLING, UNREACHED = 0.36, 0.10
"""Of the members who do not come: who says so, and who could not be reached."""
POSTS = (
    "leader", "township_cadre", "secretary", "community_cadre", "first_secretary", "team_leader",
    "team_member", "graduate",
)  # fmt: skip
REASONS = ("在外地未返", "照顾家人", "已在单位值守", "个人原因", "")
LETTER = (
    "全市共产党员同志们：\n新冠肺炎疫情发生以来，防控形势严峻。请全体党员闻令而动，"
    "就地就近参加所在村（社区）的联防联控，守好楼栋和路口，做好群众的宣传、排查和服务。"
    "不能参加的同志请说明情况。\n中共十堰市委组织部（示例）"
)
Campaign = tuple[str, date, tuple[str, ...], int]
"""Name, first day, items, and how many pledges."""
CAMPAIGNS: tuple[Campaign, ...] = (
    ("防控疫情、党员先行", date(2020, 1, 27), ("卡口值守", "入户排查", "政策宣传"), 6_200),
    ("我是党员我承诺", date(2020, 2, 3), ("代购代办", "环境消杀", "心理疏导", "值班巡逻"), 4_800),
)
STILL_HELD: dict[str, Any] = {
    "call_out__person__appointments__valid_to": None,
    "call_out__person__appointments__post": F("post"),
    "call_out__person__appointments__area": F("area"),
}
KEPT = 0.72
EXERCISE_COUNTY, EXERCISE_ON = "420302", date(2020, 5, 20)
MORNING = time(8)


class Called(NamedTuple):
    """Somebody on the list: in a listed post, or out of one since; called on the day `since`."""

    id_number: str
    is_member: bool
    is_listed: bool
    has_left: bool
    since: date


@dataclass(frozen=True)
class Letter:
    """The order of January, its two waves, and what the branches reported."""

    scale: float

    def order(self, by: User) -> int:
        mobilisation = commands.draft_mobilisation(
            area=Area.objects.get(key=CITY), by=by, **_letter("致全市共产党员的一封信", NUMBER)
        )
        commands.order_mobilisation(mobilisation=mobilisation, on=ISSUED_ON, by=by)
        commands.start_sending(mobilisation=mobilisation, at=_morning(ISSUED_ON), by=by)
        commands.add_wave(
            mobilisation=mobilisation, name="春季新任和新入党", on=SECOND_WAVE_ON, by=by
        )
        return CallOut.objects.filter(mobilisation=mobilisation).count()

    def report(self, by: User) -> int:
        mobilisation = Mobilisation.objects.get(number=NUMBER)
        rows = list(outcomes(_called(mobilisation), round(RESPONDERS * min(self.scale, 1))))
        commands.import_outcomes(mobilisation=mobilisation, rows=rows, by=by)
        commands.end_mobilisation(mobilisation=mobilisation, on=EPIDEMIC_LAST, by=by)
        return len(rows)

    def pledge(self, by: User) -> int:
        mobilisation = Mobilisation.objects.get(number=NUMBER)
        counts = [self._campaign(mobilisation, each, by) for each in CAMPAIGNS]
        return sum(counts)

    def _campaign(self, mobilisation: Mobilisation, plan: Campaign, by: User) -> int:
        name, opens_on, items, size = plan
        campaign = commands.open_campaign(
            area=mobilisation.area, name=name, items=list(items), opens_on=opens_on,
            closes_on=EPIDEMIC_LAST, mobilisation=mobilisation, by=by,
        )  # fmt: skip
        rows = list(_pledges(campaign, mobilisation, round(size * min(self.scale, 1))))
        return commands.import_pledges(campaign=campaign, rows=rows, by=by).created


def parts(city: City) -> Iterator[Part]:
    """After the posts: the letter, the receipts, the pledges, and an exercise that is closed."""
    letter = Letter(city.scale)
    yield Part("mobilisation", letter.order)
    yield Part("receipts", letter.report)
    yield Part("pledges", letter.pledge)
    yield Part("exercise", partial(_exercise))


def outcomes(called: list[Called], responders: int) -> Iterator[OutcomeRow]:
    """Listed posts first, then members until there are `responders` of them who can come."""
    for n, who in enumerate(sorted(called, key=_rank)):
        chance = draw("answer", who.id_number)
        day = who.since + timedelta(days=min(int(chance.expovariate(0.4)), 20))
        if who.is_listed or who.is_member and n < responders and not who.has_left:
            yield OutcomeRow(who.id_number, "can", day)
        else:
            yield _not_coming(who, day)


def _rank(who: Called) -> tuple[bool, bool, bool]:
    """Members before others, so that they can be counted off; among them listed posts first."""
    return not who.is_member, not who.is_listed, who.has_left


def _not_coming(who: Called, day: date) -> OutcomeRow:
    chance = draw("absent", who.id_number)
    lot = chance.random()
    if lot < UNWILLING or not who.is_member:
        return OutcomeRow(who.id_number, "cannot", day, chance.choice(REASONS))
    return OutcomeRow(
        who.id_number, "unreachable" if lot < UNWILLING + UNREACHED else "silent", day
    )


def _called(mobilisation: Mobilisation) -> list[Called]:
    """Everybody on the list. A post given up since does not count as listed."""
    held = CallRole.objects.filter(call_out__mobilisation=mobilisation, post__code__in=POSTS)
    ever = set(held.values_list("call_out_id", flat=True))
    listed = set(held.filter(**STILL_HELD).values_list("call_out_id", flat=True))
    left = ever - listed
    rows = CallOut.objects.filter(mobilisation=mobilisation).values_list(
        "person__id_number", "is_member", "pk", "wave__ordered_on"
    )
    found = [
        Called(str(number), member, pk in listed, pk in left, day)
        for number, member, pk, day in rows
    ]
    return sorted(found, key=lambda who: draw("rank", who.id_number).random())


def _pledges(
    campaign: PledgeCampaign, mobilisation: Mobilisation, size: int
) -> Iterator[PledgeRow]:
    """By members who can come; most of them kept within the month."""
    willing = CallOut.objects.filter(mobilisation=mobilisation, answer="can", is_member=True)
    numbers = willing.order_by("id").values_list("person__id_number", flat=True)
    for number in draw("pledges", campaign.name).sample(list(numbers), size):
        chance = draw("pledge", campaign.name, number)
        day = campaign.opens_on + timedelta(days=chance.randint(0, 20))
        item = chance.choice(campaign.items)
        is_kept = chance.random() < KEPT
        done = day + timedelta(days=chance.randint(1, 30)) if is_kept else None
        yield PledgeRow(str(number), item, "", day, done, f"{item}半天" if done else "")


def _exercise(by: User) -> int:
    """A county rehearsed in May; it is over and closed, with its score."""
    order = _letter("防汛抢险演练", "")
    order |= {"kind": "natural", "rule": Rule(members="full", oldest=55), "issued_on": EXERCISE_ON}
    mobilisation = commands.draft_mobilisation(
        area=Area.objects.get(key=EXERCISE_COUNTY), is_exercise=True, by=by, **order
    )
    commands.order_mobilisation(mobilisation=mobilisation, on=EXERCISE_ON, by=by)
    mobilisation = commands.start_sending(
        mobilisation=mobilisation, at=_morning(EXERCISE_ON), by=by
    )
    called = _called(mobilisation)
    rows = list(outcomes(called, len(called) * 8 // 10))
    commands.import_outcomes(mobilisation=mobilisation, rows=rows, by=by)
    mobilisation = commands.end_mobilisation(mobilisation=mobilisation, on=date(2020, 5, 22), by=by)
    commands.close_mobilisation(mobilisation=mobilisation, on=date(2020, 6, 1), by=by)
    return len(rows)


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, timezone.get_current_timezone())


def _letter(title: str, number: str) -> dict[str, Any]:
    return {
        "title": title,
        "kind": "health",
        "basis": "《中华人民共和国突发事件应对法》；市疫情防控指挥部第1号令（示例）",
        "number": number,
        "letter": LETTER,
        "notice": "【十堰市委组织部】请就地参加联防联控，能否参加请点：",
        "issued_on": ISSUED_ON,
        "rule": Rule(members="all", posts=POSTS),
        "route": [{"channel": "phone", "patience_minutes": 0}],
    }
