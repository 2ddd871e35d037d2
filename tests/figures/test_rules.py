"""What the catalogue refuses to declare, each by the relation of the source that it guards."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sanqiao.figures import catalogue, rules
from sanqiao.figures.figure import Figure

pytestmark = pytest.mark.no_db
DERIVED = catalogue.figures()["contributions.mean"]
GIVERS, RESPONDERS = "contributions.givers", "mobilisation.responding_members"
CASH, GOODS = "contributions.cash", "contributions.goods_value"
UNITS, PAIRED = "service.reporting_units", "service.paired_units"
ROLES = ("people.first_secretaries", "people.team_members")


def faults(figure: Figure) -> list[str]:
    return list(rules.faults_of(figure, catalogue.figures()))


def declared(**changes: object) -> Figure:
    return replace(DERIVED, **{"code": "test.figure", **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("relation", "kind", "parts", "unit", "why"),
    [
        ("R-20", "ratio", (GIVERS, RESPONDERS), "人/人", "stands apart"),
        ("R-20", "ratio", (RESPONDERS, GIVERS), "人/人", "stands apart"),
        ("R-20", "ratio", (GIVERS, RESPONDERS), "%", "two populations"),
        ("R-20", "share", (GIVERS, "people.members"), "%", "two populations"),
        ("R-25", "share", (PAIRED, UNITS), "%", "stands apart"),
        ("R-26", "ratio", ("service.checked_in", "people.members"), "%", "stands apart"),
        ("R-27", "total", ROLES, "人", "distinct"),
        ("R-31", "total", (CASH, GOODS), "元", "units are not added"),
        ("R-31", "difference", (CASH, GOODS), "元", "units are not subtracted"),
        ("R-31", "ratio", (GOODS, CASH), "元/元", "stands apart"),
        ("R-32", "total", ("returns.cure_rank", "returns.fatality_rank"), "位", "a place"),
        ("R-32", "ratio", ("returns.cure_rank", "returns.confirmed"), "位/人", "a place"),
        ("", "total", ("people.members", "areas.counties"), "人", "units are not added"),
        ("", "ratio", ("people.members", "no.such"), "人", "unknown part"),
    ],
)
def test_numbers_without_a_meaning_together_are_not_declared(
    relation: str, kind: str, parts: tuple[str, ...], unit: str, why: str
) -> None:
    found = faults(declared(kind=kind, parts=parts, unit=unit))
    assert any(why in fault for fault in found), (relation, found)
    with pytest.raises(rules.Misdeclared, match=why):
        rules.check([*catalogue.declared(), declared(kind=kind, parts=parts, unit=unit)])


@pytest.mark.parametrize(
    ("kind", "parts", "unit"),
    [
        ("difference", (GIVERS, RESPONDERS), "人"),
        ("difference", (UNITS, PAIRED), "个"),
        ("total", ROLES, "人次"),
        ("total", ("contributions.spent_supplies", "contributions.spent_hardship"), "元"),
        ("share", ("returns.filed", "returns.asked"), "%"),
    ],
)
def test_what_means_something_is_declared(kind: str, parts: tuple[str, ...], unit: str) -> None:
    assert not faults(declared(kind=kind, parts=parts, unit=unit))


def test_a_missing_term_leaves_no_value() -> None:
    ratio = declared(kind="ratio", decimals=0)
    assert ratio.value([None, Decimal(2)]) is None
    assert ratio.value([Decimal(4), Decimal(2)]) == 2
    assert declared(kind="difference").value([Decimal(4), None]) is None
