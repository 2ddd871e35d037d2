from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from tests.make import Town, make_grant, make_membership
from tests.work.contributions.make import make_gift

SignIn = Callable[[User], Client]
DRAWER = {"HX-Request": "true", "HX-Target": "drawer"}


def test_the_drawer_is_a_page_and_a_fragment(town: Town, clerk: User, signed_in: SignIn) -> None:
    make_membership(organisation=town.branch)
    client = signed_in(clerk)

    page = client.get("/figures/people.members/").content.decode()
    fragment = client.get("/figures/people.members/", headers=DRAWER).content.decode()

    assert "<html" in page and "<html" not in fragment
    for html in (page, fragment):
        assert (
            '<span class="value">1</span>' in html
            and "口径" in html
            and "1 条中您可查看 1 条" in html
        )


def test_each_bar_leads_one_level_deeper(town: Town, clerk: User, signed_in: SignIn) -> None:
    make_membership(organisation=town.branch)
    html = signed_in(clerk).get("/figures/people.members/?as_of=2020-06-30").content.decode()

    assert f"/figures/people.members/?area={town.community.key}&amp;as_of=2020-06-30" in html


def test_areas_are_not_ordered_by_what_they_gave(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    """Two townships, the second gave more: in the order of their codes, without bars."""
    for branch, times in ((town.branch, 1), (town.other_branch, 3)):
        secretary = make_grant(role="community_secretary", area=branch.area).user
        for _n in range(times):
            make_gift(branch, secretary)
    client = signed_in(city_officer)
    first, second = town.township.name, town.other_township.name

    given = client.get(f"/figures/contributions.cash/?area={town.county.key}").content.decode()
    make_membership(organisation=town.branch)
    for _n in range(4):
        make_membership(organisation=town.other_branch)
    members = client.get(f"/figures/people.members/?area={town.county.key}").content.decode()

    assert given.index(first) < given.index(second) and "width:" not in given
    assert members.index(second) < members.index(first) and "width:100%" in members


def test_what_nobody_reported_is_a_dash(town: Town, city_officer: User, signed_in: SignIn) -> None:
    client = signed_in(city_officer)
    here = f"?area={town.city.key}"
    pages = (
        f"/figures/returns.confirmed/{here}",
        f"/figures/band/{here}&codes=returns.confirmed",
        f"/figures/sums/{here}&codes=returns.confirmed",
    )
    for page in pages:
        html = client.get(page).content.decode()
        assert "—" in html and ">0<" not in html, page


def test_the_value_does_not_depend_on_who_looks_but_the_rows_do(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    make_membership(organisation=town.branch)
    make_membership(organisation=town.other_branch)
    html = signed_in(clerk).get(f"/figures/people.members/?area={town.county.key}").content.decode()

    assert '<span class="value">2</span>' in html and "2 条中您可查看 1 条" in html


def test_without_the_right_to_see_people_there_is_a_number_and_no_row(
    town: Town, signed_in: SignIn
) -> None:
    from tests.make import make_grant

    make_membership(organisation=town.branch)
    member = make_grant(role="member", area=town.community).user
    html = signed_in(member).get("/figures/people.members/").content.decode()

    assert '<span class="value">1</span>' in html and "1 条中您可查看 0 条" in html


def test_the_rows_page_links_to_the_records(town: Town, clerk: User, signed_in: SignIn) -> None:
    person = make_membership(organisation=town.branch).person
    html = signed_in(clerk).get("/figures/people.members/rows/").content.decode()

    assert f'href="/people/{person.pk}/"' in html


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "x"])
def test_a_page_of_rows_that_does_not_exist_is_no_error(
    number: str, town: Town, clerk: User, signed_in: SignIn
) -> None:
    answer = signed_in(clerk).get("/figures/people.members/rows/", {"page": number})
    assert answer.status_code == 200


def test_every_figure_of_the_catalogue_opens(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    from sanqiao.figures import catalogue

    client = signed_in(city_officer)
    opened = {code: client.get(f"/figures/{code}/").status_code for code in catalogue.figures()}

    assert set(opened.values()) == {200}, opened


def test_an_unknown_figure_is_not_found(clerk: User, signed_in: SignIn) -> None:
    assert signed_in(clerk).get("/figures/no.such/").status_code == 404


def test_a_door_in_a_band_carries_its_value(town: Town, clerk: User, signed_in: SignIn) -> None:
    make_membership(organisation=town.branch)
    html = signed_in(clerk).get("/figures/band/?codes=people.members,no.such").content.decode()

    assert 'class="door"' in html and ">1<small>" in html
