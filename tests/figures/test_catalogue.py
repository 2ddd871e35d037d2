from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from sanqiao.figures import catalogue
from sanqiao.figures.docs import catalogue_text
from sanqiao.figures.figure import Figure

FIGURES = catalogue.declared()
DAY = date(2020, 6, 30)
pytestmark = pytest.mark.no_db

PROMISED = [
    "areas.counties",
    "areas.statutory_counties",
    "areas.townships",
    "areas.communities",
    "areas.urban_grids",
    "areas.compound_grids",
    "areas.microgrids",
    "areas.key_poor_villages",
    "areas.poor_villages_delisted",
    "areas.weak_organisations",
    "areas.governance_tiers",
    "areas.three_no_compounds",
    "areas.compounds",
    "areas.closed_units",
    "areas.microgrids_per_grid",
    "areas.compound_grids_per_grid",
    "areas.microgrids_per_compound_grid",
    "organisations.organisations",
    "organisations.branches",
    "organisations.compound_organisations_founded",
    "organisations.compound_organisation_cover",
    "organisations.units",
    "organisations.work_teams",
    "organisations.owners_committees",
    "organisations.term_expired",
    "people.members",
    "people.full_members",
    "people.probationary_members",
    "people.leaders",
    "people.township_cadres",
    "people.community_cadres",
    "people.first_secretaries",
    "people.team_members",
    "people.graduates",
    "people.listed_roles",
    "people.stewards",
    "people.front_line",
    "people.squad_members",
    "people.stewards_per_microgrid",
    "people.front_line_per_squad_member",
    "people.first_secretaries_beyond",
]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.code)
def test_every_figure_says_what_its_reader_may_ask(figure: Figure) -> None:
    for said in (figure.name, figure.unit, figure.population, figure.definition):
        assert str(said).strip()
    assert str(figure.source).strip() and str(figure.owner).strip()
    assert figure.since <= date(2020, 1, 1)
    assert str(figure.definition).endswith("。")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.code)
def test_a_figure_has_records_or_parts_that_have_records(figure: Figure) -> None:
    parts = catalogue.parts_of(figure, DAY)
    assert bool(figure.records) != bool(figure.parts)
    assert all(part.records for part in parts)
    if figure.combine == "ratio":
        assert len(parts) == 2
    if figure.timing == "stock":
        assert all(part.timing == "stock" for part in parts)


@pytest.mark.parametrize("figure", [f for f in FIGURES if f.records], ids=lambda f: f.code)
def test_what_is_counted_fits_the_kind(figure: Figure) -> None:
    records = figure.records
    assert records is not None
    assert (figure.kind == "distinct") == bool(records.subject)
    assert (figure.measure in ("sum", "reported", "place")) == bool(records.amount)


def test_every_promised_figure_is_there() -> None:
    assert set(PROMISED) <= set(catalogue.figures_on(DAY))


def test_a_code_has_one_definition_a_day() -> None:
    twice = [key for key, n in Counter((f.code, f.since) for f in FIGURES).items() if n > 1]
    assert twice == []


def test_a_later_definition_replaces_an_earlier_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    old = FIGURES[0]
    new = replace(old, since=date(2025, 1, 1))
    monkeypatch.setattr(catalogue, "declared", lambda: (old, new))

    assert catalogue.figures_on(date(2024, 12, 31))[old.code] is old
    assert catalogue.figures_on(date(2025, 1, 1))[old.code] is new
    assert catalogue.figures_on(date(2018, 1, 1)) == {}


def test_every_promised_relation_has_a_check() -> None:
    found = {check.relation for check in catalogue.checks()}
    assert {"R-03", "R-04", "R-05", "R-15", "R-16", "R-17", "R-28", "R-30"} <= found


def test_checks_speak_of_figures_that_exist() -> None:
    known = catalogue.figures_on(DAY)
    for check in catalogue.checks():
        assert all(code in known for code in (*check.left, *check.right)), check.code
        assert bool(check.cover) != bool(check.left)
        assert not check.flag or str(check.reason)
    codes = Counter(check.code for check in catalogue.checks())
    assert set(codes.values()) == {1}


def test_the_document_is_the_catalogue() -> None:
    written = Path(__file__).parents[2] / "docs" / "figures.md"
    assert written.read_text("utf-8") == catalogue_text(), "run: sanqiao manage figures_doc"
