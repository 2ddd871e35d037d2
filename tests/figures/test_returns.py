"""Figures that are reported, at their edges; and what the source prints, from its own facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from sanqiao.figures import catalogue, engine
from sanqiao.figures.checks import CheckResult, run_checks
from sanqiao.figures.portable import Parquet
from sanqiao.figures.snapshot import snapshot
from sanqiao.kernel.models import User
from sanqiao.reference import returns
from sanqiao.reference.city import City
from sanqiao.reference.draw import DATA
from sanqiao.registers.areas.models import Area
from tests.make import make_area, make_grant

BULLETIN, TABLE, END = date(2020, 2, 6), date(2020, 3, 10), date(2020, 6, 30)
START = date(2020, 1, 23)


@pytest.fixture
def city() -> Area:
    """十堰市 with its ten county-level areas, and the returns of the reference city."""
    root = make_area("city", key="4203", name="十堰市")
    reference = City(0.01)
    for row in reference.territory.counties:
        make_area("county", root, key=row.key, name=row.name, kind=row.kind)
    by = make_grant(role="city_officer", area=root).user
    for part in returns.parts(reference):
        part.load(User.objects.get(pk=by.pk))
    return root


def value(code: str, area: Area, day: date) -> Decimal | None:
    return engine.value_of(catalogue.figures()[code], area, day, None).value


def test_every_figure_of_the_source_comes_out(city: Area) -> None:
    for printed in yaml.safe_load((DATA / "figures-returns.yaml").read_text("utf-8")):
        _id, expected, _exact, code, day, *_start = printed
        assert value(code, city, day) == Decimal(str(expected)), printed


@pytest.mark.parametrize(
    ("day", "confirmed", "county"),
    [
        (date(2020, 2, 5), None, None),  # nothing was reported yet
        (BULLETIN, 395, 147),
        (date(2020, 3, 9), 395, 147),  # the last number holds
        (TABLE, 672, None),  # a return without parts ends those of the one before
        (date(2021, 1, 1), 672, None),
    ],
)
def test_a_last_reported_number_holds_until_the_next_return(
    day: date, confirmed: int | None, county: int | None, city: Area
) -> None:
    found = engine.values([catalogue.figures()["returns.confirmed"]], day)["returns.confirmed"]
    assert found[city.pk].value == confirmed
    assert found[Area.objects.get(key="420302").pk].value == county
    assert value("returns.confirmed", city, day) == confirmed


def test_flows_count_the_periods_between_the_days(city: Area) -> None:
    figure = catalogue.figures()["returns.new_confirmed"]
    for first, last, expected in (
        (BULLETIN, BULLETIN, 42),
        (date(2020, 2, 7), END, None),
        (START, date(2020, 2, 5), None),
        (None, END, 42),
    ):
        assert engine.value_of(figure, city, last, first).value == expected, (first, last)


def test_who_reports_in_time_is_counted_by_the_due_day(city: Area) -> None:
    codes = ("asked", "filed", "on_time", "late", "missing", "corrections")
    figures = [catalogue.figures()[f"returns.{code}"] for code in codes]
    found = engine.values(figures, END, START)
    assert [found[f.code][city.pk].value for f in figures] == [42, 41, 40, 1, 1, 1]
    assert value("returns.completeness", city, END) == Decimal("97.6")
    # the last return of the city, of 30 June, is due on 1 July; those of June on 3 July
    july = engine.values(figures, date(2020, 7, 3), START)
    assert july["returns.asked"][city.pk].value == 53


def results(area: Area, day: date) -> dict[str, CheckResult]:
    found = run_checks(area, day, START)
    return {r.check.code: r for r in found if r.check.code.startswith("returns.")}


@pytest.mark.parametrize("day", [BULLETIN, TABLE, END])
def test_what_must_hold_holds_on_every_day_of_a_return(day: date, city: Area) -> None:
    broken = {
        code: r.note for code, r in results(city, day).items() if not r.check.flag and not r.holds
    }
    assert not broken


def test_the_parts_of_the_bulletin_make_its_total(city: Area) -> None:
    found = results(city, BULLETIN)
    for code in ("returns.split_adds_up", "returns.confirmed_by_children"):
        assert found[code].holds
        assert int(found[code].left) == int(found[code].right) == 395


@pytest.mark.parametrize(
    ("code", "relation", "left", "right"),
    [
        ("returns.cure_superlative", "R-21", "10", "1"),
        ("returns.cure_rates_of_two_days", "R-21", "98.81", "89.88"),
        ("returns.infection_superlative", "R-22", "0", "1"),
        ("returns.fatality_superlative", "R-23", "1", "2"),
        ("returns.places_are_no_amounts", "R-32", "10", "1"),
    ],
)
def test_superlatives_are_flagged_with_both_numbers_and_the_reason(
    code: str, relation: str, left: str, right: str, city: Area
) -> None:
    found = results(city, END)[code]
    assert (found.holds, found.check.flag, found.check.relation) == (False, True, relation)
    assert (found.left, found.right) == (Decimal(left), Decimal(right))
    assert str(found.check.reason) in found.note


def test_nothing_is_flagged_before_anybody_said_it(city: Area) -> None:
    flagged = {code for code, r in results(city, BULLETIN).items() if not r.holds}
    assert not flagged


def test_a_number_that_nobody_reported_is_a_gap_and_no_zero(city: Area) -> None:
    day = date(2020, 2, 5)
    for code in ("confirmed", "cure_rate", "closed_rate", "cure_rank"):
        figure = catalogue.figures()[f"returns.{code}"]
        assert (
            engine.value_of(figure, city, day) == engine.values([figure], day)[figure.code][city.pk]
        )
        assert value(figure.code, city, day) is None
    assert value("returns.asked", city, date(2019, 6, 1)) == 0


def test_a_place_of_two_rows_is_no_place(city: Area) -> None:
    """An ordinal is never added up: 10th and 1st are not 11th."""
    figure = catalogue.figures()["returns.cure_rank"]
    assert [figure.term(*each) for each in ((11, 2), (10, 1), (0, 0))] == [None, 10, None]
    assert not figure.additive


def test_both_engines_agree_on_what_is_reported(city: Area, tmp_path: Path) -> None:
    figures = [f for f in catalogue.figures().values() if f.code.startswith("returns.")]
    for day in (BULLETIN, END):
        folder = tmp_path / day.isoformat()
        snapshot(folder, day, START)
        here = engine.values(figures, day, START)
        there = engine.values(figures, day, START, source=Parquet(folder))
        for code, column in here.items():
            assert dict(column) == dict(there[code]), code


def test_rows_behind_a_number_make_it(city: Area) -> None:
    figure = catalogue.figures()["returns.confirmed"]
    rows = engine.rows_of(figure, city, BULLETIN)
    assert sum(row.amount for row in rows) == 395
    assert {row.is_part for row in rows if row.amount} == {True}


@pytest.mark.no_db
@pytest.mark.parametrize(("part", "code"), [("tables", "confirmed"), ("bulletins", "confirmed")])
def test_facts_that_do_not_add_up_are_not_loaded(
    part: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (DATA / "epidemic.yaml").read_text("utf-8")
    damaged = {"tables": ("67773", "67774"), "bulletins": ("茅箭区: 147", "茅箭区: 148")}[part]
    found = yaml.safe_load(text.replace(*damaged, 1))
    monkeypatch.setattr(yaml, "safe_load", lambda _text: found)
    with pytest.raises(returns.SumsWrong, match=code):
        returns.facts()


@pytest.mark.no_db
def test_the_odd_total_of_the_province_is_explained_not_mended() -> None:
    (table,) = returns.facts()["tables"]
    totals = table["totals"]
    assert totals["in_hospital"] != totals["confirmed"] - totals["discharged"] - totals["deaths"]
    assert "15671" in table["note"]
