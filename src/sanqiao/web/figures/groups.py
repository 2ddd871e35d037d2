"""Figures in the order in which people look for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanqiao.figures import catalogue
from sanqiao.figures.figure import Figure
from sanqiao.web.doors import drawer
from sanqiao.web.viewing import Viewing

NAMES: dict[str, str | Promise] = {
    "areas": _("区划网格"),
    "organisations": _("党组织与单位"),
    "people": _("党员与任职"),
    "tiers": _("四级架构"),
    "mobilisation": _("动员"),
    "service": _("双报到"),
    "contributions": _("捐款捐物"),
    "returns": _("填报"),
}
OF_LEVEL: dict[str, Sequence[str]] = {
    "city": (
        "areas.counties",
        "areas.townships",
        "areas.communities",
        "organisations.organisations",
        "people.members",
    ),
    "county": (
        "areas.townships",
        "areas.communities",
        "areas.urban_grids",
        "organisations.organisations",
        "people.members",
    ),
    "township": (
        "areas.communities",
        "areas.urban_grids",
        "areas.compounds",
        "organisations.organisations",
        "people.members",
    ),
    "community": (
        "areas.urban_grids",
        "areas.microgrids",
        "areas.compounds",
        "organisations.organisations",
        "people.members",
    ),
    "grid": ("areas.microgrids", "areas.compounds", "people.stewards"),
    "microgrid": ("people.stewards",),
}


def of_level(level: str) -> Sequence[str]:
    return OF_LEVEL.get(level, ())


def groups(viewing: Viewing) -> list[tuple[str | Promise, list[tuple[Figure, str]]]]:
    """(name of the domain, its figures with their drawers)."""
    found: dict[str, list[tuple[Figure, str]]] = {}
    query = viewing.figure_query
    for code, figure in catalogue.figures_on(viewing.as_of).items():
        found.setdefault(code.split(".")[0], []).append((figure, drawer(code, query)))
    return [(NAMES.get(domain, domain), each) for domain, each in found.items()]
