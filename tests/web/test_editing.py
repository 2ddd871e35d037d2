"""A form that its reader could not save does not open: seeing a record is not yet changing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Building
from sanqiao.registers.organisations.models import OwnersCommittee
from sanqiao.registers.people.models import MemberHousehold
from tests.make import (
    Town,
    make_appointment,
    make_compound,
    make_grant,
    make_membership,
    make_person,
    make_unit,
    make_user,
)
from tests.reports.make import make_publication, make_report
from tests.work.mobilisation.make import make_draft, make_ordered, members, officer
from tests.work.squads.make import make_closed, make_team

from .matrix import MATRIX

SignIn = Callable[[User], Client]
Made = Callable[[Town], dict[str, Any]]
DAY = date(2020, 1, 1)


def area(town: Town) -> dict[str, Any]:
    return {"key": town.community.key}


def grid(town: Town) -> dict[str, Any]:
    return {"key": town.grid.key}


def organisation(town: Town) -> dict[str, Any]:
    return {"code": town.branch.code}


def compound(town: Town) -> dict[str, Any]:
    return {"pk": make_compound(area=town.grid).pk}


def beside_compound(town: Town) -> dict[str, Any]:
    return {"compound": make_compound(area=town.grid).pk}


def building(town: Town) -> dict[str, Any]:
    of = make_compound(area=town.grid)
    row = Building.objects.create(compound=of, name="1号楼", area=of.area, area_path=of.area_path)
    return {"pk": row.pk}


def committee(town: Town) -> dict[str, Any]:
    of = make_compound(area=town.grid)
    row = OwnersCommittee.objects.create(
        compound=of, area=of.area, area_path=of.area_path, founded_on=DAY
    )
    return {"pk": row.pk}


def unit(town: Town) -> dict[str, Any]:
    return {"pk": make_unit(area=town.community).pk}


def person(town: Town) -> dict[str, Any]:
    return {"pk": make_person(area=town.grid).pk}


def membership(town: Town) -> dict[str, Any]:
    return {"pk": make_membership(organisation=town.branch).pk}


def appointment(town: Town) -> dict[str, Any]:
    return {"pk": make_appointment(area=town.grid).pk}


def household(town: Town) -> dict[str, Any]:
    row = MemberHousehold.objects.create(
        person=make_person(area=town.grid), name="中心户", valid_from=DAY,
        area=town.grid, area_path=town.grid.path,
    )  # fmt: skip
    return {"pk": row.pk}


def report(town: Town) -> dict[str, Any]:
    return {"report_id": make_report(area=town.community, made_by=make_user()).pk}


def draft(town: Town) -> dict[str, Any]:
    return {"pk": make_draft(town, officer(town)).pk}


def squad_member(town: Town) -> dict[str, Any]:
    return {"pk": make_team(town).squad.members.exclude(role="captain").earliest("pk").pk}


def deployment(town: Town) -> dict[str, Any]:
    return {"pk": make_team(town).deployment.pk}


def squad_edit(town: Town) -> dict[str, Any]:
    return {"pk": make_team(town).squad.pk, "act": "edit"}


def closed_unit(town: Town) -> dict[str, Any]:
    return {"pk": make_closed(town.grid).pk}


FORMS: dict[str, Made] = {
    "areas:edit": area,
    "areas:split": grid,
    "areas:move": area,
    "compounds:edit": compound,
    "compounds:close": compound,
    "compounds:building_new": beside_compound,
    "compounds:building_edit": building,
    "organisations:edit": organisation,
    "organisations:move": organisation,
    "organisations:dissolve": organisation,
    "committees:new": beside_compound,
    "committees:edit": committee,
    "committees:dissolve": committee,
    "units:edit": unit,
    "units:close": unit,
    "people:edit": person,
    "members:transfer": membership,
    "members:confirm": membership,
    "members:end": membership,
    "appointments:end": appointment,
    "households:close": household,
    "reports:edit": report,
    "mobilisations:edit": draft,
    "squads:act": squad_edit,
    "squads:member_end": squad_member,
    "squads:deployment_end": deployment,
    "squads:gates": closed_unit,
    "squads:open": closed_unit,
}


@pytest.fixture
def neighbour(town: Town) -> User:
    """Sees the whole city, and changes what lies in the other street alone."""
    user = make_grant(role="supervisor", area=town.city, user=make_user(username="he")).user
    make_grant(role="county_officer", area=town.other_township, user=user)
    return make_grant(role="community_secretary", area=town.other_township, user=user).user


@pytest.mark.no_db
def test_every_page_that_edits_stands_here() -> None:
    assert {name for name in MATRIX if name.endswith("edit")} - set(FORMS) == set()


@pytest.mark.parametrize("name", FORMS)
def test_a_form_opens_for_nobody_who_could_not_save_it(
    name: str, town: Town, city_officer: User, neighbour: User, signed_in: SignIn
) -> None:
    url = reverse(name, kwargs=FORMS[name](town))
    assert signed_in(city_officer).get(url).status_code == 200

    client = signed_in(neighbour)
    opened, saved = client.get(url).status_code, client.post(url, {"on": "x"}).status_code
    assert opened == saved and opened in {403, 404}


def test_the_refusal_at_the_door_has_the_words_of_the_policy(
    town: Town, neighbour: User, signed_in: SignIn
) -> None:
    html = signed_in(neighbour).get(f"/areas/{town.community.key}/edit/").content.decode()

    assert "您无权在“三桥社区”办理此事" in html


def test_what_is_no_draft_any_more_does_not_open(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    client = signed_in(city_officer)
    published = make_publication(area=town.city, made_by=city_officer).report_id
    members(town, 1)
    ordered = make_ordered(town, officer(town)).pk

    assert client.get(reverse("reports:edit", args=[published])).status_code == 403
    assert client.get(reverse("mobilisations:edit", args=[ordered])).status_code == 403
