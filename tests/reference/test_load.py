"""A hundredth of the city, through the commands; loading again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Change, Event, User
from sanqiao.reference import demo, load
from sanqiao.reference.accounts import account_names, loader, open_accounts
from sanqiao.reference.city import City
from sanqiao.reference.expected import compare
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation, Unit, WorkTeam
from sanqiao.registers.people import commands as people_commands
from sanqiao.registers.people.models import Appointment, Membership, Person

pytestmark = pytest.mark.django_db
SCALE = 0.01
COUNTED: tuple[type[models.Model], ...] = (
    Area, Organisation, Unit, WorkTeam, Person, Membership, Appointment, Change, Event,
)  # fmt: skip


def load_small(report: Callable[[str], None] = lambda line: None) -> User:
    by = loader()
    load.load_city(SCALE, by, report)
    return by


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in COUNTED}


def test_the_small_city_is_all_there() -> None:
    load_small()
    city = City(SCALE)

    assert Area.objects.filter(level="county").count() == 10
    assert Area.objects.count() == len(city.grids.rows) + len(city.grids.microgrids)
    assert Organisation.objects.count() == len(city.party.rows)
    assert Membership.objects.filter(valid_to=None).count() == city.sizes.members
    assert Appointment.objects.count() == len(city.service.appointments)
    assert Person.objects.count() == city.sizes.members + len(city.others)


def test_loading_twice_changes_nothing() -> None:
    load_small()
    before, lines = counts(), list[str]()

    load_small(lines.append)

    assert counts() == before
    assert lines == []


def test_every_part_loaded_again_leaves_the_registers_as_they_are() -> None:
    by = load_small()
    before = counts()

    for part in load.parts_of_registers(City(SCALE)):
        part.load(by)

    assert counts() == before


def test_an_interrupted_load_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(people_commands, "import_appointments", fail)
        with pytest.raises(KeyboardInterrupt):
            load_small()
    lines: list[str] = []
    load_small(lines.append)

    names = [part.name for part in load.parts_of(City(SCALE))]
    loaded = [line.split("]")[1].split("  ")[0].strip() for line in lines]
    assert loaded == names[names.index("appointments") :]
    assert Appointment.objects.count() == len(City(SCALE).service.appointments)


def test_another_scale_on_top_is_refused() -> None:
    by = load_small()

    with pytest.raises(Refused) as refusal:
        load.load_city(0.02, by, print)

    assert refusal.value.code == "reference.other_scale"


def test_progress_is_reported_a_line_a_part() -> None:
    lines: list[str] = []
    load_small(lines.append)

    assert len(lines) == len(load.parts_of(City(SCALE)))
    assert all("rows" in line for line in lines)


def test_figures_are_answered_also_of_a_small_city() -> None:
    load_small()
    answers = {each.expected.id: each for each in compare()}

    assert answers["F124"].agrees
    assert answers["F020"].agrees
    assert answers["F022"].value == City(SCALE).sizes.urban_grids
    assert not answers["F023"].agrees


def test_there_is_a_demo_account_for_each_role_and_a_member_who_is_one() -> None:
    load_small()
    open_accounts()
    open_accounts()

    assert len(account_names()) == len({role for _, role, _ in account_names()}) == 11
    member = User.objects.get(username="member")
    assert member.person_id and Membership.objects.filter(person=member.person_id).exists()
    assert all(user.is_demo for user in User.objects.all())
    assert not any(user.needs_second_factor for user in User.objects.all())


def test_the_demo_of_a_small_city_shows_figures_and_accounts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert demo.main(["--scale", "0.01"]) == 0

    shown = capsys.readouterr().out
    assert "[ 1/" in shown
    assert "F124  县级区域" in shown
    assert "supervisor" in shown


def test_the_demo_fails_when_a_figure_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "load_city", lambda scale, by, report: load_small())
    monkeypatch.setattr(demo, "_write_report", lambda by: None)

    assert demo.main([]) == 1
