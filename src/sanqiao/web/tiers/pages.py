"""What the page of the four tiers shows of an area: coverage of each, and by the areas below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.figures import catalogue, engine
from sanqiao.figures.catalogue.tiers import TIERS
from sanqiao.figures.figure import Text
from sanqiao.registers.areas.models import GovernanceTier, in_force
from sanqiao.web.doors import Door, drawer
from sanqiao.web.viewing import Viewing

Columns = Mapping[str, engine.Column]
CODES = tuple(tier.code for tier in TIERS)
ESTATES = (
    "tiers.estate_organisations_counted",
    "tiers.estate_organisations_functional",
    "tiers.compound_grid_cover",
)


@dataclass(frozen=True)
class Cell:
    """One tier in one area: the share as a door, and the width of its bar."""

    name: Text
    share: Door

    @property
    def percent(self) -> int:
        return round(self.share.value or 0)


@dataclass(frozen=True)
class Tier:
    """`title` is the city's own name of the tier; `gaps` the list of micro-grids without it."""

    title: Text
    rule: Text
    cell: Cell
    having: Door
    missing: Door
    gaps: str


@dataclass(frozen=True)
class Tiers:
    microgrids: Door
    complete: Cell
    incomplete: Door
    each: list[Tier]
    estates: list[Door]


@dataclass(frozen=True)
class Line:
    """An area one level down."""

    name: str
    href: str
    microgrids: Door
    cells: list[Cell]


@dataclass(frozen=True)
class Below:
    """`others` have no micro-grids."""

    lines: list[Line]
    others: int


def read(viewing: Viewing) -> Columns:
    """Every figure of the page, for the area and all below it. Two queries."""
    known = catalogue.figures_on(viewing.as_of)
    wanted = ["areas.microgrids", "tiers.complete_cover", "tiers.incomplete", *ESTATES]
    for code in CODES:
        wanted += (f"tiers.with_{code}", f"tiers.with_{code}_cover", f"tiers.without_{code}")
    figures = [known[code] for code in wanted if code in known]
    return engine.values(figures, viewing.as_of, below=viewing.place)


def tiers_of(viewing: Viewing, columns: Columns) -> Tiers | None:
    """None where there was no micro-grid, or no such figure, on the day."""
    area = viewing.place
    if not _has_microgrids(columns, area.pk):
        return None
    here = _Here(columns, area.pk, viewing.figure_query)
    names = _names(viewing)
    return Tiers(
        microgrids=here.door("areas.microgrids"),
        complete=Cell(_("四级齐全"), here.door("tiers.complete_cover")),
        incomplete=here.door("tiers.incomplete"),
        each=[
            Tier(
                title=names.get(n, tier.name),
                rule=tier.rule,
                cell=here.cell(n - 1),
                having=here.door(f"tiers.with_{tier.code}"),
                missing=here.door(f"tiers.without_{tier.code}"),
                gaps=f"{reverse('tiers:gaps')}{_and(viewing.query)}tier={tier.code}",
            )
            for n, tier in enumerate(TIERS, 1)
        ],
        estates=[here.door(code) for code in ESTATES],
    )


def lines_below(viewing: Viewing, columns: Columns) -> Below:
    """Areas one level down that have micro-grids, by key."""
    if not columns:
        return Below([], 0)
    tree = columns["areas.microgrids"].tree
    children = tree.children(viewing.place.pk)
    nodes = sorted(map(tree.node, children), key=lambda node: node.key)
    with_some = [node for node in nodes if _has_microgrids(columns, node.id)]
    lines = []
    for node in with_some:
        here = _Here(columns, node.id, viewing.query_at(node.key))
        cells = [here.cell(n) for n in range(len(TIERS))]
        cells.append(Cell(_("四级齐全"), here.door("tiers.complete_cover")))
        href = f"{reverse('tiers:structure')}{viewing.query_at(node.key)}"
        lines.append(Line(node.name, href, here.door("areas.microgrids"), cells))
    return Below(lines, len(nodes) - len(with_some))


def _has_microgrids(columns: Columns, pk: int) -> bool:
    column = columns.get("areas.microgrids")
    return column is not None and pk in column.tree and bool(column[pk].value)


@dataclass(frozen=True)
class _Here:
    """Doors of one area."""

    columns: Columns
    pk: int
    query: str

    def door(self, code: str) -> Door:
        column = self.columns[code]
        figure = column.figure
        href, value = drawer(code, self.query), column[self.pk].value
        return Door(code, figure.name, figure.unit, href, value, figure.decimals)

    def cell(self, n: int) -> Cell:
        return Cell(TIERS[n].name, self.door(f"tiers.with_{TIERS[n].code}_cover"))


def _names(viewing: Viewing) -> dict[int, str]:
    """{order: what the nearest area with its own structure calls the tier}."""
    area = viewing.place
    rows = GovernanceTier.objects.filter(
        in_force(viewing.as_of), Q(area=area) | Q(area__in=area.ancestor_ids)
    )
    return dict(rows.order_by("area__path").values_list("order", "name"))


def _and(query: str) -> str:
    return f"{query}&" if query else "?"
