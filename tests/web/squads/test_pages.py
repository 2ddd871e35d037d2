"""Pages of squads, shifts and closed units: who sees them, what they say, what the buttons do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import ClosedUnit
from sanqiao.work.squads import commands
from sanqiao.work.squads.models import Claim, Shift, Squad, SwapOffer
from tests.make import Town, make_compound, make_person, make_unit
from tests.work.squads.make import (
    FEBRUARY,
    MARCH,
    Team,
    as_person,
    make_claim,
    make_closed,
    make_gate,
    make_head,
    make_shift,
    make_team,
)

SignedIn = Callable[[User], Client]
ON = "?as_of=2020-06-30"


@pytest.fixture
def team(town: Town, city_officer: User) -> Team:
    return make_team(town, city_officer)


def body(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_list_names_squads_with_their_captains_and_proof(
    town: Town, team: Team, clerk: User, other_clerk: User, signed_in: SignedIn
) -> None:
    html = body(signed_in(clerk), f"/squads/{ON}")

    assert team.squad.name in html and team.captain.name in html
    assert "市直单位主要负责人" in html
    assert team.squad.name not in body(signed_in(other_clerk), f"/squads/{ON}")


def test_the_page_of_a_squad_shows_proof_members_places_and_log(
    town: Town, team: Team, clerk: User, signed_in: SignedIn
) -> None:
    commands.write_log(squad=team.squad, day=FEBRUARY, text="送菜到户", deeds=3, by=team.officer)
    html = body(signed_in(clerk), f"/squads/{team.squad.pk}/{ON}")

    for words in (team.captain.name, team.members[0].name, team.compound.name, "送菜到户"):
        assert words in html
    assert f"{team.unit.name} 单位主要负责人" in html
    assert "解散" not in html.split("</header>")[1]  # a clerk writes the log and dissolves nothing


def test_a_breach_stays_shown(
    town: Town, team: Team, city_officer: User, signed_in: SignedIn
) -> None:
    person = make_person(area=town.grid)
    commands.name_captain(
        squad=team.squad, person=person, on=MARCH, breach_reason="负责人隔离", by=city_officer
    )
    make_head(make_unit(area=town.community), person, valid_from=MARCH + timedelta(days=1))

    html = body(signed_in(city_officer), f"/squads/{team.squad.pk}/{ON}")
    assert "任命当日不符合资格" in html and "负责人隔离" in html


def test_an_officer_forms_a_squad_by_name_and_last_digits(
    town: Town, team: Team, city_officer: User, signed_in: SignedIn
) -> None:
    given = {
        "number": "TJ900", "name": "新突击队", "kind": "municipal", "unit": team.unit.credit_code,
        "area": town.grid.key, "captain": team.captain.name, "formed_on": "2020-03-02",
        "until": "", "task": "", "document": "", "branch_parent": "", "breach_reason": "",
    }  # fmt: skip
    client = signed_in(city_officer)
    response = client.post("/squads/new/", given)

    squad = Squad.objects.get(number="TJ900")
    assert response.headers["Location"] == f"/squads/{squad.pk}/"
    stranger = make_person(area=town.grid, name="无职")
    tail = str(stranger.id_number)[-4:]
    again = {**given, "number": "TJ901", "captain": f"无职 {tail}"}
    html = client.post("/squads/new/", again).content.decode()
    assert "确需任命的，请写明原因" in html
    assert client.post("/squads/new/", {**again, "captain": "查无此人"}).status_code == 200
    assert not Squad.objects.filter(number="TJ901").exists()


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("log", {"day": "2020-03-02", "text": "消杀", "deeds": "1"}),
        ("deploy", {"area": "420302001001002", "compound": "", "task": "", "on": "2020-03-02"}),
        ("appraise", {"text": "有求必应"}),
        ("edit", {"name": "守护突击队", "until": "2020-12-31", "known_version": "9999999"}),
        ("dissolve", {"on": "2020-03-02", "document": ""}),
    ],
)
def test_each_act_of_an_officer_goes_through(
    team: Team, city_officer: User, signed_in: SignedIn, act: str, given: dict[str, str]
) -> None:
    client, address = signed_in(city_officer), f"/squads/{team.squad.pk}/{act}/"
    assert client.get(address).status_code == 200
    assert client.post(address, given).status_code == 302


def test_members_leave_and_deployments_end_by_their_buttons(
    team: Team, city_officer: User, signed_in: SignedIn
) -> None:
    client = signed_in(city_officer)
    member = team.squad.members.get(person=team.members[0])
    for address in (
        f"/squads/members/{member.pk}/end/",
        f"/squads/deployments/{team.deployment.pk}/end/",
    ):
        assert client.get(address).status_code == 200
        assert client.post(address, {"on": "2020-03-02"}).status_code == 302
    team.deployment.refresh_from_db()
    assert team.deployment.valid_to == MARCH


def test_the_form_of_a_squad_holds_what_stands_and_tells_what_changed_meanwhile(
    team: Team, city_officer: User, clerk: User, signed_in: SignedIn
) -> None:
    client, address = signed_in(city_officer), f"/squads/{team.squad.pk}/edit/"
    assert f'href="{address}"' in body(client, f"/squads/{team.squad.pk}/{ON}")
    html = body(client, address)
    assert team.squad.name in html and 'value="2020-09-30"' in html

    old = {"name": "守护突击队", "until": "2020-12-31", "known_version": "0"}
    html = client.post(address, old).content.decode()
    assert "守护突击队" in html and "您填的内容仍在" in html
    assert signed_in(clerk).get(address).status_code == 404


def test_a_clerk_may_not_lead_and_others_do_not_see(
    team: Team, clerk: User, other_clerk: User, signed_in: SignedIn
) -> None:
    assert signed_in(clerk).get(f"/squads/{team.squad.pk}/dissolve/").status_code == 404
    assert signed_in(clerk).get("/squads/new/").status_code == 403
    assert signed_in(other_clerk).get(f"/squads/{team.squad.pk}/").status_code == 404


def test_uncovered_three_no_compounds_are_listed(
    town: Town, team: Team, clerk: User, signed_in: SignedIn
) -> None:
    make_compound(area=town.other_grid, name="无人小区")
    make_compound(area=town.other_grid, name="有门卫小区", has_guard=True)
    html = body(signed_in(clerk), f"/squads/uncovered/{ON}")

    assert "无人小区" in html
    assert "有门卫小区" not in html and team.compound.name not in html


def test_shifts_are_planned_listed_and_filled_by_the_community(
    town: Town, team: Team, secretary: User, signed_in: SignedIn
) -> None:
    client, day = signed_in(secretary), str(timezone.localdate())
    given = {"first": day, "last": day, "begins": "08:00", "ends": "16:00", "capacity": "1"}
    address = f"/squads/plan/deployment/{team.deployment.pk}/"
    assert client.get(address).status_code == 200
    assert client.post(address, given).status_code == 302
    shift = Shift.objects.get()
    assert "0 / 1" in body(client, f"/squads/shifts/?as_of={day}")

    neighbour = make_person(area=town.grid, name="阿姨")
    entered = client.post(f"/squads/shifts/{shift.pk}/enter/", {"person": "阿姨"})
    assert "本社区居民值守" in entered.content.decode()
    commands.claim_shift(shift=shift, person=team.members[0], by=team.officer)
    html = body(client, f"/squads/shifts/{shift.pk}/")
    assert team.members[0].name in html and neighbour.name not in html
    claim = Claim.objects.get()
    reason = {"reason": "生病"}
    assert client.post(f"/squads/claims/{claim.pk}/cancel/", reason).status_code == 302
    assert client.post(f"/squads/shifts/{shift.pk}/cancel/", reason).status_code == 302
    assert not Shift.objects.standing().exists()


def test_a_member_claims_gives_up_and_swaps_on_the_phone(
    town: Town, team: Team, signed_in: SignedIn
) -> None:
    first, second = team.members
    shifts = [make_shift(team.deployment, capacity=1, day=day(n)) for n in (1, 2)]
    me, other = as_person(first, town), as_person(second, town)
    client = signed_in(me)
    assert "认领" in body(client, "/squads/mine/")
    assert client.post(f"/squads/mine/claim/{shifts[0].pk}/").status_code == 302
    mine, theirs = Claim.objects.get(person=first), make_claim(shifts[1], second)

    page = body(client, f"/squads/mine/swap/{mine.pk}/")
    assert second.name in page
    client.post(f"/squads/mine/swap/{mine.pk}/", {"theirs": theirs.pk})
    offer = SwapOffer.objects.get()
    assert "等对方同意" in body(client, "/squads/mine/")
    client.post(f"/squads/mine/swaps/{offer.pk}/agree/")
    assert SwapOffer.objects.get().state == "open"  # nobody agrees for the other

    client = signed_in(other)
    assert first.name in body(client, "/squads/mine/")
    client.post(f"/squads/mine/swaps/{offer.pk}/agree/")
    mine.refresh_from_db()
    assert mine.person == second
    client.post(f"/squads/mine/give-up/{mine.pk}/")
    assert Claim.objects.standing().count() == 1


def test_others_shifts_and_claims_are_not_there(
    town: Town, team: Team, signed_in: SignedIn
) -> None:
    shift = make_shift(team.deployment)
    theirs = make_claim(shift, team.members[0])
    stranger = as_person(make_person(area=town.far_grid), town)
    client = signed_in(stranger)

    assert client.post(f"/squads/mine/claim/{shift.pk}/").status_code == 404
    assert client.post(f"/squads/mine/give-up/{theirs.pk}/").status_code == 404
    assert client.get(f"/squads/mine/swap/{theirs.pk}/").status_code == 404
    assert team.members[0].name not in body(client, "/squads/mine/")


def test_a_swap_is_there_for_the_two_alone(town: Town, team: Team, signed_in: SignedIn) -> None:
    claims = [
        make_claim(make_shift(team.deployment, day=day(n)), person)
        for n, person in enumerate(team.members, 1)
    ]
    asker = as_person(team.members[0], town)
    offer = commands.offer_swap(mine=claims[0], theirs=claims[1], by=asker)
    client = signed_in(team.officer)
    for answer in ("agree", "decline", "withdraw"):
        assert client.post(f"/squads/mine/swaps/{offer.pk}/{answer}/").status_code == 404
    assert SwapOffer.objects.get().state == "open"


def test_an_officer_has_only_the_own_claims_there(
    town: Town, team: Team, signed_in: SignedIn
) -> None:
    """Whom the page of the squad lets cancel any."""
    theirs = make_claim(make_shift(team.deployment), team.members[0])
    User.objects.filter(pk=team.officer.pk).update(person_id=make_person(area=town.grid).pk)
    client = signed_in(User.objects.get(pk=team.officer.pk))
    assert f"/squads/mine/give-up/{theirs.pk}/" not in body(client, "/squads/mine/")
    assert client.post(f"/squads/mine/give-up/{theirs.pk}/").status_code == 404
    assert client.get(f"/squads/mine/swap/{theirs.pk}/").status_code == 404
    assert Claim.objects.standing().filter(pk=theirs.pk).exists()


def test_a_user_without_a_person_has_no_shifts(clerk: User, signed_in: SignedIn) -> None:
    assert "没有对应的人员登记" in body(signed_in(clerk), "/squads/mine/")


def test_a_unit_is_closed_named_planned_and_opened(
    town: Town, secretary: User, signed_in: SignedIn
) -> None:
    client = signed_in(secretary)
    given = {
        "area": town.grid.key, "name": "三桥小区", "kind": "courtyard", "names": "东门\n西门",
        "closed_on": "2020-02-03",
    }  # fmt: skip
    assert "一个卡口管住的范围" in body(client, "/squads/closed/new/")
    assert client.post("/squads/closed/new/", given | {"kind": "city"}).status_code == 200
    assert not ClosedUnit.objects.exists()
    client.post("/squads/closed/new/", given)
    unit = ClosedUnit.objects.get()
    assert [gate.name for gate in unit.named_gates.order_by("number")] == ["东门", "西门"]
    html = body(client, f"/squads/closed/{unit.pk}/?as_of=2020-02-10")
    assert "东门" in html and "当日没有班次" in html and "院落" in html
    listed = "/squads/closed/?as_of=2020-02-10"
    assert "三桥小区" in body(client, f"{listed}&kind=courtyard")
    assert "三桥小区" not in body(client, f"{listed}&kind=building")
    parts = client.get(f"{listed}&export=csv").streaming_content  # type: ignore[attr-defined]
    export = b"".join(parts).decode()
    assert "单元类型" in export and "院落" in export
    ClosedUnit.objects.update(kind="building")
    history = body(client, f"/history/areas.ClosedUnit/{unit.pk}/")
    assert "单元类型" in history and "楼栋" in history

    client.post(f"/squads/closed/{unit.pk}/gates/", {"names": "东大门\n西门"})
    assert "东大门" in body(client, f"/squads/closed/{unit.pk}/")
    client.post(f"/squads/closed/{unit.pk}/open/", {"on": "2020-04-08"})
    assert "已解封" in body(client, f"/squads/closed/{unit.pk}/")
    assert "封闭中" in body(client, f"/squads/closed/{unit.pk}/?as_of=2020-02-10")


def test_history_of_squads_shifts_and_units_is_shown(
    town: Town, team: Team, clerk: User, signed_in: SignedIn
) -> None:
    shift = make_shift(make_gate(make_closed(town.grid)))
    client = signed_in(clerk)
    for label, pk in (
        ("squads.Squad", team.squad.pk),
        ("squads.Shift", shift.pk),
        ("areas.ClosedUnit", ClosedUnit.objects.get().pk),
    ):
        assert "登记" in body(client, f"/history/{label}/{pk}/")


def day(n: int) -> Any:
    return timezone.localdate() + timedelta(days=n)
