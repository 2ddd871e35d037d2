"""A row behind a figure opens its own record, or the list at that one record, marked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Designation, GovernanceTier
from sanqiao.registers.organisations.models import WorkTeam
from sanqiao.work.mobilisation import commands
from sanqiao.work.returns.commands import quote_superlative
from sanqiao.work.returns.rows import Saying
from sanqiao.work.service.models import Exemption, MechanismDuty
from tests.make import (
    Town,
    make_appointment,
    make_membership,
    make_person,
    make_post,
    make_user,
)
from tests.work.mobilisation.make import make_sending, members, of
from tests.work.returns.make import make_form, make_table
from tests.work.service.make import make_bureau, of_unit

SignIn = Callable[[User], Client]
LINE = re.compile(r'<th scope="row"><a href="([^"]+)">')
ROW = re.compile(r"<tr(?: aria-current=\"true\")?><td class=\"s\">")
MARKED = '<tr aria-current="true">'


def doors(client: Client, figure: str, as_of: str = "") -> list[str]:
    """Where the rows of the drawer lead."""
    html = client.get(f"/figures/{figure}/?as_of={as_of}").content.decode()
    return [unescape(href) for href in LINE.findall(html)]


def opened(client: Client, href: str) -> str:
    """The page; it is a list of one marked row."""
    html = client.get(href).content.decode()
    assert html.count(MARKED) == 1 and len(ROW.findall(html)) == 1
    assert "只显示您要看的这一条记录" in html and "看全部" in html
    return html


@pytest.fixture
def pledged(town: Town, city_officer: User, secretary: User) -> None:
    """Two members pledge, each something else; the first pledge is kept."""
    people = members(town, 2)
    mobilisation = make_sending(town, city_officer)
    campaign = commands.open_campaign(
        area=town.city, name="我是党员我承诺", items=["值守", "排查"], opens_on=date(2020, 1, 27),
        mobilisation=mobilisation, by=city_officer,
    )  # fmt: skip
    kept, _other = [
        commands.pledge_by_link(
            call_out=of(mobilisation, person), campaign=campaign, item=item, words=""
        )
        for person, item in zip(people, ("值守", "排查"), strict=True)
    ]
    today = timezone.localdate()
    commands.record_deed(pledge=kept, done_on=today, what="值守半天", by=secretary)


def test_each_pledge_opens_alone(pledged: None, city_officer: User, signed_in: SignIn) -> None:
    client = signed_in(city_officer)
    first, second = [opened(client, href) for href in doors(client, "mobilisation.pledges")]

    assert ">值守</a>" in first and ">排查</a>" not in first
    assert ">排查</a>" in second and ">值守</a>" not in second


def test_a_deed_opens_the_pledge_that_it_keeps(
    pledged: None, city_officer: User, signed_in: SignIn
) -> None:
    client = signed_in(city_officer)
    (href,) = doors(client, "mobilisation.kept_pledges")

    html = opened(client, href)
    assert ">值守</a>" in html and "已践诺" in html


def test_somebody_called_opens_on_the_list_of_that_mobilisation(
    pledged: None, city_officer: User, signed_in: SignIn
) -> None:
    client = signed_in(city_officer)
    first, second = doors(client, "mobilisation.ordered")

    assert first.startswith("/mobilisations/") and "/people/" in first
    assert opened(client, first) != opened(client, second)


def test_an_exemption_opens_on_the_day_of_the_figure(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    """Over since: only the day that the link names shows it."""
    bureau = make_bureau(town)
    for person, name in ((bureau.member, "林"), (bureau.staff, "何")):
        Exemption.objects.create(
            person=person, name=name, reason="在外援建", valid_from=date(2020, 2, 1),
            valid_to=date(2020, 7, 1), given_by=make_user(), area=town.community,
            area_path=town.community.path, **of_unit(bureau.unit),
        )  # fmt: skip
    client = signed_in(city_officer)
    pages = [opened(client, href) for href in doors(client, "service.exempt", "2020-06-30")]

    assert [">林<" in html for html in pages] == [True, False]
    assert [">何<" in html for html in pages] == [False, True]


def test_a_superlative_opens_its_own_page(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    form = make_form(by=city_officer, code="daily", name="疫情日报")
    make_table(form, (("十堰市", "420300", 672, 604, 8),), by=city_officer)
    measure, text = "hubei.infection_rate", "感染率全省最低"
    saying = Saying("420300", measure, text, "某文", date(2020, 3, 18))
    quote_superlative(saying=saying, by=city_officer)
    client = signed_in(city_officer)
    (href,) = doors(client, "returns.infection_rank_printed")

    html = client.get(href).content.decode()
    assert "“感染率全省最低”" in html and "不成立" in html and "某文" in html
    assert client.get(re.findall(r'hx-get="(/history/[^"]+)"', html)[0]).status_code == 200


def test_a_campaign_opens_its_pledges(
    pledged: None, town: Town, city_officer: User, signed_in: SignIn
) -> None:
    commands.open_campaign(
        area=town.city, name="另一项", items=["送菜"], opens_on=date(2020, 2, 1), by=city_officer
    )
    client = signed_in(city_officer)
    first, second = [
        client.get(href).content.decode() for href in doors(client, "mobilisation.pledge_campaigns")
    ]

    assert ">值守</a>" in first and ">排查</a>" in first
    assert "没有符合条件的记录" in second


def test_a_role_opens_who_was_called_though_they_live_elsewhere(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    """Called at the home community, counted at the post's place."""
    post = make_post("secretary", name="书记", group="community")
    person = make_person(area=town.far_grid, name="远居")
    make_membership(person=person, organisation=town.branch)
    make_appointment(person=person, post=post, area=town.community)
    mobilisation = make_sending(town, city_officer)
    call_out = of(mobilisation, person)
    commands.answer_by_link(call_out=call_out.pk, answer="can")
    client = signed_in(city_officer)
    place = f"&area={town.community.key}"
    (href,) = doors(client, "mobilisation.responding_community_cadres", place)

    assert f"area={town.community.key}" in href and "远居" in opened(client, href)


def test_one_record_is_found_where_its_area_has_gone(
    town: Town, city_officer: User, clerk: User, signed_in: SignIn
) -> None:
    """The place of the number is no filter of the record; the reader's scope is."""
    bureau = make_bureau(town)
    row = Exemption.objects.create(
        person=bureau.member, name="林", reason="在外援建", valid_from=date(2020, 2, 1),
        given_by=make_user(), area=town.far_grid, area_path=town.far_grid.path,
        **of_unit(bureau.unit),
    )  # fmt: skip
    page = f"/service/exemptions/?area={town.community.key}&one={row.pk}"

    html = opened(signed_in(city_officer), page)
    assert "区划：" not in html.split("<caption")[1].split("</caption>")[0]
    assert "没有符合条件的记录" in signed_in(clerk).get(page).content.decode()


def test_marks_teams_tiers_and_rules_open_where_they_stand(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    since = {"valid_from": date(2016, 9, 1)}
    Designation.objects.create(
        area=town.community, kind="key_poor_village", document="某文", **since
    )
    WorkTeam.objects.create(
        area=town.community, area_path=town.community.path, unit=make_bureau(town).unit, **since
    )
    GovernanceTier.objects.create(area=town.city, order=1, name="社区大党委", **since)
    MechanismDuty.objects.create(
        area=town.city,
        order=1,
        kind="check_in",
        party="unit",
        name="单位报到",
        cycle="once",
        **since,
    )
    client = signed_in(city_officer)
    pages = {}
    for figure in (
        "areas.key_poor_villages", "organisations.work_teams", "areas.governance_tiers",
        "service.check_in_duties",
    ):  # fmt: skip
        (href,) = doors(client, figure, "2020-06-30")
        pages[figure] = client.get(href).content.decode()

    assert "重点贫困村" in pages["areas.key_poor_villages"]
    assert "驻村工作队：市财政局" in pages["organisations.work_teams"]
    assert "四级" in pages["areas.governance_tiers"]
    assert "单位报到" in pages["service.check_in_duties"]
    assert MARKED in pages["service.check_in_duties"]


def test_another_filter_opens_the_list_again(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    """The number is no part of the filters' form, and what is no number narrows nothing."""
    for name in ("周全", "何新"):
        make_membership(
            organisation=town.branch, person=make_person(area=town.community, name=name)
        )
    client = signed_in(city_officer)
    whole = client.get("/members/?one=x").content.decode()
    none = client.get("/members/?one=999999999").content.decode()

    assert "周全" in whole and "何新" in whole and MARKED not in whole
    filters = none.split('<form class="filters"')[1].split("</form>")[0]
    assert "没有符合条件的记录" in none and 'name="one"' not in filters
