"""The history of records of work: for who may see the domain, and of the record, that far."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.web.history.views import MODELS
from tests.make import Town, make_grant, make_membership
from tests.work.contributions.make import make_gift
from tests.work.mobilisation.make import make_ordered, members, of
from tests.work.returns.make import filed, make_form, make_return
from tests.work.service.make import make_bureau, make_pairing

SignIn = Callable[[User], Client]


def status(client: Client, record: object) -> int:
    label, pk = record._meta.label, record.pk  # type: ignore[attr-defined]
    return client.get(f"/history/{label}/{pk}/").status_code


def test_what_was_reported_has_a_history(
    town: Town, city_officer: User, clerk: User, signed_in: SignIn
) -> None:
    record = make_return(make_form(by=city_officer), town.city, by=city_officer)
    version = filed(record, by=city_officer)
    for one in (record, version, version.entries.first()):
        assert status(signed_in(city_officer), one) == 200
        assert status(signed_in(clerk), one) == 404
    member = make_grant(role="member", area=town.city).user
    assert status(signed_in(member), record) == 403


def test_a_pairing_is_seen_by_those_of_its_place(
    town: Town, city_officer: User, other_clerk: User, signed_in: SignIn
) -> None:
    pairing = make_pairing(make_bureau(town).unit, town.community)
    assert status(signed_in(city_officer), pairing) == 200
    assert status(signed_in(other_clerk), pairing) == 404


def test_a_gift_is_seen_by_who_keeps_its_book(town: Town, signed_in: SignIn) -> None:
    secretary = make_grant(role="community_secretary", area=town.community).user
    elsewhere = make_grant(role="community_secretary", area=town.other_community).user
    gift = make_gift(town.branch, secretary)
    assert status(signed_in(elsewhere), gift) == 404
    worker = make_grant(role="grid_worker", area=town.community).user
    assert status(signed_in(worker), gift) == 403


@pytest.mark.parametrize("label", ["mobilisation.CallRole", "kernel.User", "people.Secret"])
def test_other_records_have_no_page(label: str, city_officer: User, signed_in: SignIn) -> None:
    assert label not in MODELS
    assert signed_in(city_officer).get(f"/history/{label}/1/").status_code == 404


def test_a_history_does_not_show_what_it_never_holds(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    """A changed call-out names its person nowhere in the history."""
    (person,) = members(town, 1)
    call = of(make_ordered(town, city_officer), person)
    call.step = call.step + 1
    call.save(update_fields=["step"])

    html = signed_in(city_officer).get(f"/history/mobilisation.CallOut/{call.pk}/").content.decode()

    assert "修改" in html
    assert "姓名：" not in html
    make_membership()
