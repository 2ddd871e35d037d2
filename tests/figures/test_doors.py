from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from sanqiao.figures import cli, snapshot
from sanqiao.figures.policies import may_see
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from tests.make import Town, make_grant, make_membership, make_user

pytestmark = pytest.mark.django_db


def test_the_command_line_gives_every_figure_as_json(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    make_membership(area=town.community)
    given = ["--area", "420302", "--as-of", "2020-06-30", "--format", "json"]
    assert cli.main(given) == 0

    rows = {row["code"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["people.members"]["value"], rows["people.members"]["area"]) == ("1", "420302")
    assert rows["areas.microgrids_per_grid"]["value"] == "0.00"
    assert rows["people.stewards_per_microgrid"]["value"] is None


def test_the_command_line_gives_one_figure_as_a_table(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["areas.counties", "--as-of", "2020-06-30"]) == 0
    assert "县级区域" in capsys.readouterr().out


@pytest.mark.parametrize("given", [["--area", "none"], ["areas.nonsense"]])
def test_the_command_line_refuses_what_is_not_there(town: Town, given: list[str]) -> None:
    assert cli.main([*given, "--as-of", "2020-06-30"]) == 1


def test_a_snapshot_is_written_by_command(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert snapshot.main(["--as-of", "2020-06-30", "--out", str(tmp_path)]) == 0
    manifest = json.loads((tmp_path / "snapshot.json").read_text("utf-8"))
    assert manifest["as_of"] == "2020-06-30"
    assert "areas_area.parquet" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_is_one_state_of_the_database(tmp_path: Path) -> None:
    assert snapshot.main(["--as-of", "2020-06-30", "--out", str(tmp_path)]) == 0


def test_the_catalogue_is_written_by_command(tmp_path: Path) -> None:
    call_command("figures_doc", out=tmp_path / "figures.md", stdout=StringIO())
    assert "areas.microgrids" in (tmp_path / "figures.md").read_text("utf-8")


def test_figures_open_below_and_above_a_grant(town: Town, clerk: User) -> None:
    seen = (town.city, town.county, town.township, town.grid)
    assert all(may_see(clerk, area) for area in seen)
    assert not any(may_see(clerk, area) for area in (town.other_township, town.far_grid))


def test_who_has_an_organisation_alone_sees_the_city(town: Town) -> None:
    user = make_grant(role="unit_liaison", organisation=town.branch, user=make_user()).user
    assert [may_see(user, area) for area in (town.city, town.county)] == [True, False]


def test_who_has_no_right_to_figures_sees_none(town: Town, auditor: User) -> None:
    assert not any(may_see(auditor, area) for area in Area.objects.all())


def test_the_command_line_asks_for_today_by_itself(town: Town) -> None:
    assert cli.figure_rows(town.city, date(2020, 6, 30), None, ["areas.counties"])[0]["rows"] == 1
