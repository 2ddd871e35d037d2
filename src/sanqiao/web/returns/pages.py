"""What the pages about returns show."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from sanqiao.figures import engine
from sanqiao.registers.areas.models import Area
from sanqiao.web.doors import Door, drawer, known, shown
from sanqiao.web.viewing import Viewing
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.models import (
    ComparisonTable,
    FormLine,
    Ranking,
    Return,
    ReturnEntry,
    ReturnVersion,
    Standing,
    Superlative,
    TableCell,
)
from sanqiao.work.returns.sums import Mismatch, plain

Facts = list[tuple[str, Any]]
BOARD = (
    "returns.asked", "returns.filed", "returns.on_time", "returns.late", "returns.missing",
    "returns.completeness", "returns.timeliness",
)  # fmt: skip
RANKS = {
    "hubei.cure_rate": "returns.cure_rank",
    "hubei.fatality_rate": "returns.fatality_rank",
    "hubei.infection_rate": "returns.infection_rank",
}
"""Rankings that figures publish, by their measure."""


def moment(value: Any) -> str:
    return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"


def said_facts(said: Superlative) -> Facts:
    return [
        (_("区划"), said.area.name),
        (_("排序"), said.standing.ranking.name if said.standing else ""),
        (_("所称名次"), said.claimed_place),
        (_("出处"), said.source),
        (_("说法日期"), said.on_day),
        (_("引自他文"), _("是") if said.is_quoted else _("否")),
        (_("不成立的原因"), said.reason),
    ]


def return_facts(record: Return) -> Facts:
    round = record.round
    return [
        (_("主管单位"), record.form.competent_body),
        (_("填报区划"), record.area.name),
        (_("期别"), str(round.period)),
        (_("布置时间"), moment(round.given_at)),
        (_("截止时间（各级同一时限）"), moment(round.due_at)),
        (_("给出的工作小时"), plain(round.hours)),
        (_("时限不足的理由"), round.reason),
        (_("首报日期"), record.filed_on),
    ]


def state_of(record: Return) -> tuple[str, str]:
    """(tone, word)."""
    if record.filed_on:
        return ("soon", _("迟报")) if record.is_late else ("good", _("按时已报"))
    is_over = record.round.due_at < timezone.now()
    return ("late", _("逾期未报")) if is_over else ("live", _("待报"))


class Change(NamedTuple):
    """A number that differs from the version before."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Told:
    """A version for people: what changed, and what it says about numbers that do not add up."""

    version: ReturnVersion
    changes: list[Change]
    mismatches: list[Mismatch]


def told(record: Return) -> list[Told]:
    """Versions, the latest first; two queries."""
    versions = list(record.versions.select_related("filed_by").order_by("number"))
    rows = ReturnEntry.objects.filter(version__record=record).select_related("line", "area")
    by_version: dict[int, dict[str, Decimal]] = {version.pk: {} for version in versions}
    for entry in rows.order_by("line__order", "area_path"):
        name = f"{entry.line.name} · {entry.area.name}" if entry.is_part else entry.line.name
        by_version[entry.version_id][name] = entry.value
    found = [{}, *(by_version[version.pk] for version in versions)]
    pairs = zip(versions, pairwise(found), strict=True)
    return [
        Told(version, changes(old, new) if version.number > 1 else [], read(version.warnings))
        for version, (old, new) in pairs
    ][::-1]


def changes(old: dict[str, Decimal], new: dict[str, Decimal]) -> list[Change]:
    names = dict.fromkeys((*old, *new))
    return [
        Change(name, _plain(old.get(name)), _plain(new.get(name)))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _plain(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def read(kept: list[dict[str, Any]]) -> list[Mismatch]:
    return [Mismatch.read(each) for each in kept]


class Numbers(NamedTuple):
    """The current version as a table: lines, and the parts of those that have any."""

    lines: list[tuple[FormLine, str, list[str]]]
    heads: list[FormLine]
    parts: list[tuple[str, list[str]]]


def numbers(record: Return) -> Numbers:
    """Two queries."""
    version = record.versions.current().first()
    if version is None:
        return Numbers([], [], [])
    entries = list(
        version.entries.select_related("line", "area").order_by("line__order", "area_path")
    )
    found = read(version.warnings)
    lines = [
        (e.line, plain(e.value), [m.words for m in found if m.line == e.line.short])
        for e in entries
        if not e.is_part
    ]
    heads = list({e.line_id: e.line for e in entries if e.is_part}.values())
    parts: dict[str, dict[int, str]] = {}
    for entry in entries:
        if entry.is_part:
            parts.setdefault(entry.area.name, {})[entry.line_id] = plain(entry.value)
    rows = [(name, [cells.get(line.pk, "") for line in heads]) for name, cells in parts.items()]
    return Numbers(lines, heads, rows)


def board(viewing: Viewing) -> tuple[list[Door], list[tuple[str, list[Door]]]]:
    """Doors of the area, and of each area one level down, by key: nobody is ranked."""
    figures = known(BOARD, viewing.as_of)
    columns = engine.values(figures, viewing.as_of, viewing.start)
    tree = next(iter(columns.values())).tree
    nodes = [(viewing.place.pk, viewing.place.key, viewing.place.name)]
    nodes += sorted(
        ((pk, tree.node(pk).key, tree.node(pk).name) for pk in tree.children(viewing.place.pk)),
        key=lambda node: node[1],
    )
    rows = [
        (name, [
            Door(f.code, f.name, f.unit, drawer(f.code, viewing.query_at(key)),
                 columns[f.code][pk].value, f.decimals)
            for f in figures
        ])
        for pk, key, name in nodes if pk in tree
    ]  # fmt: skip
    return (rows[0][1] if rows else []), rows[1:]


@dataclass(frozen=True)
class Ranked:
    """A ranking of a table: our place as a door, and everybody's place by row id."""

    ranking: Ranking
    places: dict[int, str]
    own: list[tuple[str, str, str]]
    excluded: list[Standing]


def ranked(table: ComparisonTable) -> list[Ranked]:
    """Two queries."""
    standings: dict[int, list[Standing]] = {}
    rows = Standing.objects.filter(ranking__table=table).select_related("row", "area")
    for standing in rows.order_by("row__order"):
        standings.setdefault(standing.ranking_id, []).append(standing)
    rankings = table.rankings.select_related("numerator__line", "denominator__line").order_by("pk")
    return [_ranked(table, ranking, standings.get(ranking.pk, [])) for ranking in rankings]


def _ranked(table: ComparisonTable, ranking: Ranking, standings: list[Standing]) -> Ranked:
    places = {s.row_id: str(s.place) if s.place else "—" for s in standings}
    own = [
        (s.row.name, str(s.place) if s.place else "—", _rank_door(table, ranking, s.area))
        for s in standings
        if s.area
    ]
    return Ranked(ranking, places, own, [s for s in standings if s.excluded])


def _rank_door(table: ComparisonTable, ranking: Ranking, area: Area) -> str:
    """Empty for a ranking that no figure publishes."""
    code = RANKS.get(f"{table.series}.{ranking.code}")
    return drawer(code, f"?area={area.key}&as_of={table.valid_from}") if code else ""


def cells(table: ComparisonTable) -> dict[int, dict[int, str]]:
    """{row id: {column id: number}}; one query."""
    found: dict[int, dict[int, str]] = {}
    rows = TableCell.objects.filter(row__table=table)
    for row, column, value in rows.values_list("row_id", "column_id", "value"):
        found.setdefault(row, {})[column] = shown(value)
    return found
