"""What can only be reported: the epidemic's published totals, and a monthly return of the counties.

The facts of data/epidemic.yaml are of the health authorities; their sums are checked here before
anything is kept. The monthly return on isolation beds is made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, NamedTuple

import yaml

from sanqiao.kernel.commands import publish_known_years
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.work.returns import commands
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.models import ReturnForm
from sanqiao.work.returns.rows import (
    Asking,
    Clock,
    EditionSpec,
    EntryRow,
    FormSpec,
    IdentitySpec,
    LineSpec,
    RankingSpec,
    Saying,
    TableLine,
    TableSpec,
)

from .city import City
from .draw import DATA, draw
from .part import Part
from .territory import CITY, WUDANGSHAN

SINCE = date(2020, 1, 20)
ARTICLE = "《高扬主旋律 为民践初心》"
PRINTED_ON = date(2020, 6, 30)
"""The article has no date; its figures are those of the reference day."""
EPIDEMIC = FormSpec(
    "epidemic", "新冠肺炎疫情日报", "市卫生健康委员会", "传染病防治法第三十八条", "city", "day"
)
EPIDEMIC_EDITION = EditionSpec(
    SINCE, "示例〔2020〕1号",
    Clock(1, due_in_workdays=False, due_time=time(18), counts_every_hour=True),
    (
        LineSpec("new_confirmed", "新增确诊", "例", "flow", by_area=True, required=False),
        LineSpec("new_discharged", "新增出院", "例", "flow", by_area=True, required=False),
        LineSpec("confirmed", "累计确诊", "例", "cumulative", by_area=True),
        LineSpec("discharged", "累计出院", "例", "cumulative", by_area=True),
        LineSpec("in_hospital", "在院治疗", "例", "stock"),
        LineSpec("severe", "其中：重症", "例", "stock", required=False),
        LineSpec("critical", "其中：危重症", "例", "stock", required=False),
        LineSpec("deaths", "累计病亡", "例", "cumulative"),
    ),
    (
        IdentitySpec(
            "在院治疗 = 累计确诊 − 累计出院 − 累计病亡",
            "in_hospital", ("confirmed",), ("discharged", "deaths"),
        ),
    ),
)  # fmt: skip
BEDS = FormSpec(
    "isolation", "集中隔离点月报（示例）", "市卫生健康委员会", "示例〔2020〕7号", "county", "month"
)
BEDS_EDITION = EditionSpec(
    SINCE, "示例〔2020〕7号", Clock(3, due_time=time(17), hours_at_least=14),
    (
        LineSpec("sites", "集中隔离点", "个", "stock"),
        LineSpec("beds", "隔离床位", "张", "stock"),
        LineSpec("used", "在用床位", "张", "stock"),
        LineSpec("spare", "空余床位", "张", "stock"),
    ),
    (IdentitySpec("空余床位 = 隔离床位 − 在用床位", "spare", ("beds",), ("used",)),),
)  # fmt: skip
MONTHS = ("2020-02", "2020-03", "2020-04", "2020-05")
LAST_MONTH = "2020-06"
"""Asked for, and not yet due on the reference day."""
HURRIED, LATE, MISSING, CORRECTED, ODD = "2020-05", "420324", WUDANGSHAN, "420304", "420381"
"""A month with a short time; counties that are late, silent, mend a number, or explain one."""


class Bulletin(NamedTuple):
    period: str
    source: str
    filed_on: date
    note: str
    blocks: Mapping[str, Mapping[str, int]]


class SumsWrong(Exception):
    """The facts do not add up as their sources say they do."""


def facts() -> dict[str, Any]:
    """data/epidemic.yaml. Raises SumsWrong, but not for what its notes explain."""
    found: dict[str, Any] = yaml.safe_load((DATA / "epidemic.yaml").read_text("utf-8"))
    for table in found["tables"]:
        _check_columns(table)
    for bulletin in bulletins(found):
        _check_blocks(bulletin)
    return found


def bulletins(found: Mapping[str, Any]) -> list[Bulletin]:
    return [
        Bulletin(
            str(each["period"]),
            each["source"],
            each["filed_on"],
            each.get("note", ""),
            each["blocks"],
        )
        for each in found["bulletins"]
    ]


def _check_columns(table: Mapping[str, Any]) -> None:
    for n, code in enumerate(table["columns"], 1):
        total = sum(row[n] for row in table["rows"])
        if total != table["totals"][code]:
            raise SumsWrong(f"{table['on_day']} {code}: {total} is not {table['totals'][code]}")


def _check_blocks(bulletin: Bulletin) -> None:
    for code, block in bulletin.blocks.items():
        parts = sum(value for name, value in block.items() if name != "total")
        if len(block) > 1 and parts != block["total"]:
            raise SumsWrong(f"{bulletin.period} {code}: {parts} is not {block['total']}")
    total = {code: block["total"] for code, block in bulletin.blocks.items()}
    if total["in_hospital"] != total["confirmed"] - total["discharged"] - total["deaths"]:
        raise SumsWrong(f"{bulletin.period}: in hospital")


@dataclass(frozen=True)
class Returns:
    """`counties` are keys by every name that a bulletin uses."""

    city: City

    @cached_property
    def facts(self) -> dict[str, Any]:
        return facts()

    @cached_property
    def counties(self) -> dict[str, str]:
        rows = self.city.territory.counties
        return {name: row.key for row in rows for name in (row.name, row.official_name)}

    @cached_property
    def keys(self) -> list[str]:
        return sorted(row.key for row in self.city.territory.counties)

    def epidemic(self) -> Iterator[EntryRow]:
        for bulletin in bulletins(self.facts):
            for code, block in bulletin.blocks.items():
                for name, value in block.items():
                    part = "" if name == "total" else self.counties[name]
                    yield EntryRow(
                        "epidemic", bulletin.period, CITY, part, code, Decimal(value),
                        bulletin.source, bulletin.note, "", bulletin.filed_on,
                    )  # fmt: skip

    def beds(self) -> Iterator[EntryRow]:
        """Each month of each county but one; numbers drawn."""
        for month in MONTHS:
            for key in self.keys:
                if (key, month) != (MISSING, "2020-04"):
                    yield from self._month(key, month)

    def _month(self, key: str, month: str) -> Iterator[EntryRow]:
        chance = draw("isolation", key, month)
        sites = chance.randint(2, 9)
        beds = sites * chance.randint(20, 60)
        used = beds * chance.randint(5, 40) // 100
        numbers = {"sites": sites, "beds": beds, "used": used, "spare": beds - used}
        note = ""
        if key == ODD and month == "2020-03":
            numbers["spare"] -= 6
            note = "6张床位月末停用待修，未计入空余"
        for code, value in numbers.items():
            yield EntryRow(
                "isolation", month, key, "", code, Decimal(value), "县级卫生健康部门（示例）",
                note, "", _filed_on(key, month),
            )  # fmt: skip

    def correction(self) -> Iterator[EntryRow]:
        """One county counts its sites again."""
        (row,) = (r for r in self._month(CORRECTED, "2020-03") if r.line == "sites")
        why, day = "漏计1个4月初启用的隔离点，经核对应计入3月", date(2020, 4, 10)
        yield row._replace(value=row.value + 1, why=why, filed_on=day)


def _filed_on(key: str, month: str) -> date:
    """A day after the month; in April one county is late, in June all are in a hurry."""
    year, number = map(int, month.split("-"))
    day = 1 if month == HURRIED else 2
    return date(year, number + 1, 9 if (key, month) == (LATE, "2020-03") else day)


def parts(city: City) -> Iterator[Part]:
    """Forms, epidemic returns, the province's table with its superlatives, the monthly returns."""
    returns = Returns(city)
    yield Part("return forms", _define)
    yield Part("epidemic returns", partial(_epidemic, returns))
    yield Part("comparison tables", partial(_compare, returns))
    yield Part("county returns", partial(_beds, returns))


def _define(by: User) -> int:
    """The clock of a form counts working days, so the holiday lists come first."""
    publish_known_years(by=by)
    commands.define_form(spec=EPIDEMIC, edition=EPIDEMIC_EDITION, by=by)
    commands.define_form(spec=BEDS, edition=BEDS_EDITION, by=by)
    return 2


def _epidemic(returns: Returns, by: User) -> int:
    form, city = ReturnForm.objects.get(code="epidemic"), list(Area.objects.filter(key=CITY))
    for bulletin in bulletins(returns.facts):
        given = datetime.combine(date.fromisoformat(bulletin.period), time(20), ZONE)
        commands.ask_round(form=form, areas=city, asking=Asking(bulletin.period, given), by=by)
    rows = list(returns.epidemic())
    commands.import_returns(rows=rows, by=by)
    return len(rows)


def _compare(returns: Returns, by: User) -> int:
    """The table, its rankings, and what was said of it."""
    count = 0
    for table in returns.facts["tables"]:
        lines = [_line(row) for row in table["rows"]]
        made = commands.register_table(spec=_table(table), lines=lines, by=by)
        for ranking in table["rankings"]:
            commands.rank_table(table=made, spec=_ranking(ranking), by=by)
        count += len(lines)
    for saying in returns.facts["sayings"]:
        commands.quote_superlative(saying=_saying(saying, ARTICLE), by=by)
    for saying in returns.facts["claims"]:
        commands.claim_superlative(saying=_saying(saying, "本市填报台账"), by=by)
    return count


def _line(row: list[Any]) -> TableLine:
    name, *values = row
    return TableLine(name, CITY if name == "十堰市" else None, tuple(map(Decimal, values)))


def _table(table: Mapping[str, Any]) -> TableSpec:
    totals = {code: Decimal(value) for code, value in table["totals"].items()}
    return TableSpec(
        table["series"], table["name"], table["scope"], "epidemic", table["on_day"],
        table["source"], tuple(table["columns"]), totals, table["note"],
    )  # fmt: skip


def _ranking(given: Mapping[str, Any]) -> RankingSpec:
    return RankingSpec(**{**given, "excluded": tuple(given.get("excluded", {}).items())})


def _saying(given: Mapping[str, str], source: str) -> Saying:
    return Saying(CITY, given["measure"], given["text"], source, PRINTED_ON)


def _beds(returns: Returns, by: User) -> int:
    form = ReturnForm.objects.get(code="isolation")
    counties = list(Area.objects.filter(key__in=returns.keys).defer("boundary"))
    for month in (*MONTHS, LAST_MONTH):
        commands.ask_round(form=form, areas=counties, asking=_asking(month), by=by)
    rows = list(returns.beds())
    commands.import_returns(rows=rows, by=by)
    commands.import_returns(rows=list(returns.correction()), by=by)
    return len(rows)


def _asking(month: str) -> Asking:
    """At nine on the 28th; once on the first of the next month for the same evening, and why."""
    year, number = map(int, month.split("-"))
    if month == HURRIED:
        day = date(year, number + 1, 1)
        given, due = (datetime.combine(day, time(hour), ZONE) for hour in (9, 17))
        return Asking(month, given, due, "省指挥部当日视频调度，须用当日数")
    return Asking(month, datetime.combine(date(year, number, 28), time(9), ZONE))
