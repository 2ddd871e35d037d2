"""网格: urban grids, compound grids and micro-grids: three cuts that are never added."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check, Cover
from sanqiao.figures.figure import Figure, Records
from sanqiao.registers.areas.models import Area, AreaEdge, in_force

from .areas import GRIDS_OFFICE, PIECE, SINCE, standing

GRID_LEDGER = _("网格台账；网格划分批复文件")
PER_PIECE, HOUSEHOLD = _("个/个"), _("户")


def counted(**cut: str) -> Q:
    """Grids of a cut whose households somebody has reported."""
    return Q(households__isnull=False, **cut)


CUT_BY_COMPOUNDS, CUT_FINE = _("按小区划分的网格"), _("由城区网格细分的小微网格")


URBAN_GRIDS = Figure(
    code="areas.urban_grids",
    name=_("城区网格"),
    unit=PIECE,
    kind="count",
    population=_("城区社区划分的网格"),
    definition=_("截至当日存在的城区网格；细分为小微网格后仍计一个。"),
    source=GRID_LEDGER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=standing(level="grid", kind="urban_grid"),
)
COMPOUND_GRIDS = Figure(
    code="areas.compound_grids",
    name=_("小区网格"),
    unit=PIECE,
    kind="count",
    population=CUT_BY_COMPOUNDS,
    definition=_("截至当日存在的小区网格。与城区网格是两种划分，不相加。"),
    source=GRID_LEDGER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=standing(level="grid", kind="compound_grid"),
)
MICROGRIDS = Figure(
    code="areas.microgrids",
    name=_("小微网格"),
    unit=PIECE,
    kind="count",
    population=CUT_FINE,
    definition=_("截至当日存在的小微网格。"),
    source=GRID_LEDGER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=standing(level="microgrid"),
)
GRID_HOUSEHOLDS = Figure(
    code="areas.grid_households",
    name=_("城区网格户数"),
    unit=HOUSEHOLD,
    kind="reported",
    population=_("截至当日存在的城区网格"),
    definition=_("城区网格登记的户数之和；户数由网格填报，没有登记户数的网格不在其中。"),
    source=GRID_LEDGER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(
        of=Area,
        where=lambda start, as_of: in_force(as_of) & counted(level="grid", kind="urban_grid"),
        area="pk",
        amount="households",
        fields=("level", "kind", "valid_from", "valid_to"),
    ),
)
MICROGRID_HOUSEHOLDS = Figure(
    code="areas.microgrid_households",
    name=_("小微网格户数"),
    unit=HOUSEHOLD,
    kind="reported",
    population=_("截至当日存在的小微网格"),
    definition=_("小微网格登记的户数之和；户数由网格填报，没有登记户数的不在其中。"),
    source=GRID_LEDGER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(
        of=Area,
        where=lambda start, as_of: in_force(as_of) & counted(level="microgrid"),
        area="pk",
        amount="households",
        fields=("level", "valid_from", "valid_to"),
    ),
)
MICROGRIDS_PER_GRID = Figure(
    code="areas.microgrids_per_grid",
    name=_("每个城区网格的小微网格数"),
    unit=PER_PIECE,
    kind="ratio",
    population=_("城区网格"),
    definition=_("小微网格数除以城区网格数。"),
    source=GRID_LEDGER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    parts=("areas.microgrids", "areas.urban_grids"),
    decimals=2,
)
COMPOUND_GRIDS_PER_GRID = Figure(
    code="areas.compound_grids_per_grid",
    name=_("每个城区网格的小区网格数"),
    unit=PER_PIECE,
    kind="ratio",
    population=_("城区网格"),
    definition=_("小区网格数除以城区网格数；两种划分之比，不表示隶属。"),
    source=GRID_LEDGER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    parts=("areas.compound_grids", "areas.urban_grids"),
    decimals=2,
)
MICROGRIDS_PER_COMPOUND_GRID = Figure(
    code="areas.microgrids_per_compound_grid",
    name=_("每个小区网格的小微网格数"),
    unit=PER_PIECE,
    kind="ratio",
    population=_("小区网格"),
    definition=_("小微网格数除以小区网格数；两种划分之比，不表示隶属。"),
    source=GRID_LEDGER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    parts=("areas.microgrids", "areas.compound_grids"),
    decimals=2,
)


def microgrids(day: date) -> QuerySet[Area]:
    return Area.objects.filter(in_force(day), level="microgrid")


def grids_of_households(day: date) -> QuerySet[Area]:
    """The cuts whose households are added up."""
    urban = Q(level="grid", kind="urban_grid")
    return Area.objects.filter(in_force(day), urban | Q(level="microgrid"))


def uncounted(day: date) -> QuerySet[Area]:
    return grids_of_households(day).filter(households=None)


def without_urban_grid(day: date) -> QuerySet[Area]:
    """Micro-grids whose parent on the day is no urban grid."""
    parent = AreaEdge.objects.filter(
        in_force(day), child=OuterRef("pk"), parent__level="grid", parent__kind="urban_grid"
    )
    return microgrids(day).filter(~Exists(parent))


ONE_TREE = Check(
    code="areas.three_cuts_in_order",
    kind="order",
    relation="R-03",
    statement=_("城区网格少于小区网格，小区网格少于小微网格。"),
    left=("areas.urban_grids", "areas.compound_grids", "areas.microgrids"),
    reason=_("小区网格与城区网格是两种划分，只有小微网格由城区网格细分；三个数不能相加。"),
)
MICROGRIDS_HAVE_GRID = Check(
    code="areas.microgrids_have_grid",
    kind="cover",
    relation="R-04",
    statement=_("每个小微网格在当日都隶属一个城区网格。"),
    cover=Cover(all=microgrids, missing=without_urban_grid, area="pk"),
)
HOUSEHOLDS_ADD_UP = Check(
    code="areas.households_add_up",
    kind="subset",
    statement=_("小微网格户数之和不超过城区网格户数。"),
    left=("areas.microgrid_households",),
    right=("areas.grid_households",),
)
HOUSEHOLDS_REPORTED = Check(
    code="areas.households_reported",
    kind="cover",
    statement=_("每个城区网格和小微网格都登记了户数。"),
    reason=_("没有登记的不计入户数之和，这个和就不是全部。"),
    cover=Cover(all=grids_of_households, missing=uncounted, area="pk"),
)
