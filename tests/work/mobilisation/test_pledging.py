"""A pledge is done when a dated deed stands behind it, and not before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import RowsRefused
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.models import Pledge, PledgeCampaign
from sanqiao.work.mobilisation.rows import PledgeRow
from tests.make import Town, make_user

from .make import make_sending, members, of


def make_campaign(town: Town, by: User, **given: Any) -> PledgeCampaign:
    usual: dict[str, Any] = {
        "name": "我是党员我承诺", "items": ["值守", "排查"], "opens_on": date(2020, 1, 27)
    }  # fmt: skip
    return commands.open_campaign(area=town.city, by=by, **usual | given)


def make_pledge(town: Town, by: User) -> Pledge:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, by)
    campaign = make_campaign(town, by, mobilisation=mobilisation)
    return commands.pledge_by_link(
        call_out=of(mobilisation, person), campaign=campaign, item="值守", words="随叫随到"
    )


def test_a_pledge_is_done_only_by_a_dated_deed_of_somebody_else(
    town: Town, city_officer: User, secretary: User
) -> None:
    pledge, today = make_pledge(town, city_officer), timezone.localdate()
    assert not Pledge.objects.done(today).exists()

    deed = commands.record_deed(pledge=pledge, done_on=today, what="值守半天", by=secretary)

    assert list(Pledge.objects.done(today)) == [pledge]
    assert not Pledge.objects.done(today - timedelta(days=1)).exists()
    assert deed.recorded_by == secretary


def refusal_of(pledge: Pledge, by: User, **given: Any) -> str:
    usual: dict[str, Any] = {"done_on": timezone.localdate(), "what": "值守"}
    with pytest.raises(Refused) as refusal:
        commands.record_deed(pledge=pledge, by=by, **usual | given)
    return refusal.value.code


def test_a_deed_that_proves_nothing_is_refused(
    town: Town, city_officer: User, secretary: User, other_clerk: User
) -> None:
    pledge, today = make_pledge(town, city_officer), timezone.localdate()
    before, after = today - timedelta(days=1), today + timedelta(days=1)

    assert refusal_of(pledge, secretary, done_on=before) == "mobilisation.too_early"
    assert refusal_of(pledge, secretary, done_on=after) == "mobilisation.not_yet"
    assert refusal_of(pledge, secretary, what=" ") == "kernel.reason_missing"
    assert refusal_of(pledge, other_clerk) == "mobilisation.no_right"
    secretary.person_id = pledge.person_id
    assert refusal_of(pledge, secretary) == "mobilisation.own_deed"


def test_what_is_pledged_comes_from_the_list_and_once(town: Town, city_officer: User) -> None:
    pledge = make_pledge(town, city_officer)
    given = {"call_out": pledge.call_out, "campaign": pledge.campaign}

    for item, code in (("值守", "mobilisation.pledged"), ("唱歌", "mobilisation.pledge_item")):
        with pytest.raises(Refused) as refusal:
            commands.pledge_by_link(item=item, **given)  # type: ignore[arg-type]
        assert refusal.value.code == code


def test_a_campaign_that_is_over_takes_no_pledge(town: Town, city_officer: User) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    campaign = make_campaign(
        town, city_officer, mobilisation=mobilisation, closes_on=timezone.localdate()
    )

    with pytest.raises(Refused) as refusal:
        commands.pledge_by_link(call_out=of(mobilisation, person), campaign=campaign, item="值守")

    assert refusal.value.code == "mobilisation.campaign_over"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"items": [" "]}, "mobilisation.no_items"),
        ({"closes_on": date(2020, 1, 27)}, "mobilisation.dates"),
    ],
)
def test_a_campaign_without_sense_is_refused(
    town: Town, city_officer: User, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        make_campaign(town, city_officer, **given)

    assert refusal.value.code == code


def test_a_branchs_sheet_of_pledges_is_taken_once(town: Town, city_officer: User) -> None:
    first, second = members(town, 2)
    campaign, day = make_campaign(town, city_officer), date(2020, 2, 1)
    rows = [
        PledgeRow(str(first.id_number), "值守", "", day, day, "值守半天"),
        PledgeRow(str(second.id_number), "排查", "", day),
    ]

    done = commands.import_pledges(campaign=campaign, rows=rows, by=city_officer)
    again = commands.import_pledges(campaign=campaign, rows=rows, by=city_officer)

    assert (done, again) == ((2, 0, 0), (0, 0, 2))
    assert [pledge.person for pledge in Pledge.objects.done(day)] == [first]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"item": "唱歌"}, "mobilisation.pledge_item"),
        ({"id_number": "1"}, "people.unknown"),
        ({"done_on": date(2020, 1, 31), "what": "x"}, "mobilisation.too_early"),
        ({"done_on": date(2020, 2, 2)}, "mobilisation.no_words"),
    ],
)
def test_a_bad_row_of_the_sheet_is_named(
    town: Town, city_officer: User, change: dict[str, Any], code: str
) -> None:
    (person,) = members(town, 1)
    row = PledgeRow(str(person.id_number), "值守", "", date(2020, 2, 1))._replace(**change)

    with pytest.raises(RowsRefused) as refusal:
        commands.import_pledges(
            campaign=make_campaign(town, city_officer), rows=[row], by=city_officer
        )

    assert (refusal.value.code, refusal.value.errors[0].row) == (code, 0)


def test_a_stranger_imports_no_pledges(town: Town, city_officer: User) -> None:
    (person,) = members(town, 1)
    row = PledgeRow(str(person.id_number), "值守", "", date(2020, 2, 1))

    with pytest.raises(RowsRefused):
        commands.import_pledges(
            campaign=make_campaign(town, city_officer), rows=[row], by=make_user()
        )
