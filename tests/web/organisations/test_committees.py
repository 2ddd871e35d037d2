from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sanqiao.kernel.models import Event, User
from sanqiao.kernel.versions import version_of
from sanqiao.registers.areas.models import Compound
from sanqiao.registers.organisations.models import OwnersCommittee
from tests.make import Town, make_compound

SignIn = Callable[[User], Client]
MAY = {"founded_on": "2020-05-01", "seats": "7", "party_seats": "4"}


@pytest.fixture
def compound(town: Town) -> Compound:
    return make_compound(area=town.community, name="阳光花园")


def sent(client: Client, page: str, given: dict[str, Any]) -> str:
    return client.post(page, given, follow=True).content.decode()


def test_a_committee_is_founded_changed_and_dissolved(
    town: Town, compound: Compound, clerk: User, signed_in: SignIn
) -> None:
    client, page = signed_in(clerk), f"/compounds/{compound.pk}/"
    new = f"/committees/new/{compound.pk}/"
    assert new in client.get(page).content.decode()

    html = sent(client, new, MAY)
    assert "委员 7 人，党员 4 人" in html and new not in html
    committee = OwnersCommittee.objects.get()
    assert Compound.objects.get().has_committee
    assert (committee.area, committee.area_path) == (town.community, town.community.path)

    given = {**MAY, "seats": "9", "known_version": version_of(committee)}
    assert "委员 9 人" in sent(client, f"/committees/{committee.pk}/edit/", given)
    assert "已解散" in sent(client, f"/committees/{committee.pk}/dissolve/", {"on": "2020-06-01"})
    committee.refresh_from_db()
    assert committee.dissolved_on == date(2020, 6, 1)
    assert not Compound.objects.get().has_committee
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert "organisations.committee_dissolved" in kinds
    assert new in client.get(page).content.decode()  # another may follow


@pytest.mark.parametrize(
    ("given", "words"),
    [({"party_seats": "8"}, "党员委员数应在 0 与委员数之间"), ({"seats": "0"}, "errorlist")],
)
def test_seats_are_counted(
    compound: Compound, clerk: User, signed_in: SignIn, given: dict[str, str], words: str
) -> None:
    html = sent(signed_in(clerk), f"/committees/new/{compound.pk}/", {**MAY, **given})

    assert words in html and not OwnersCommittee.objects.exists()


def test_a_compound_has_one_committee_at_a_time(
    compound: Compound, clerk: User, signed_in: SignIn
) -> None:
    client, new = signed_in(clerk), f"/committees/new/{compound.pk}/"
    sent(client, new, MAY)

    assert "该小区已有现任业主委员会" in sent(client, new, MAY)
    assert OwnersCommittee.objects.count() == 1


def test_a_committee_that_has_ended_is_not_dissolved_again_nor_before_it_was_founded(
    compound: Compound, clerk: User, signed_in: SignIn
) -> None:
    client = signed_in(clerk)
    sent(client, f"/committees/new/{compound.pk}/", MAY)
    page = f"/committees/{OwnersCommittee.objects.get().pk}/dissolve/"

    assert "errorlist" in sent(client, page, {"on": "2020-04-01"})
    sent(client, page, {"on": "2020-06-01"})
    assert "该业主委员会已解散" in sent(client, page, {"on": "2020-06-02"})


def test_a_compound_off_the_register_elects_nobody(
    compound: Compound, clerk: User, signed_in: SignIn
) -> None:
    Compound.objects.filter(pk=compound.pk).update(valid_to=date(2020, 1, 1))
    html = sent(signed_in(clerk), f"/committees/new/{compound.pk}/", MAY)

    assert "注销" in html and not OwnersCommittee.objects.exists()


def test_another_clerk_finds_neither_compound_nor_committee(
    compound: Compound, clerk: User, other_clerk: User, client: Client
) -> None:
    client.force_login(clerk)
    sent(client, f"/committees/new/{compound.pk}/", MAY)
    pk = OwnersCommittee.objects.get().pk
    assert "阳光花园" in client.get("/committees/?as_of=2020-06-30").content.decode()
    assert client.get(f"/committees/{pk}/", follow=True).status_code == 200
    client.force_login(other_clerk)

    for page in (f"new/{compound.pk}", pk, f"{pk}/edit", f"{pk}/dissolve"):
        assert client.get(f"/committees/{page}/").status_code == 404
    assert "阳光花园" not in client.get("/committees/?as_of=2020-06-30").content.decode()
