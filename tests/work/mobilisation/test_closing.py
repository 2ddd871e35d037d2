"""The end: totals frozen, personal data destroyed, the record sealed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from sanqiao.kernel.chains import verify_chain
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Link, User
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.closing import digest_of
from sanqiao.work.mobilisation.counting import equation_of
from sanqiao.work.mobilisation.models import Answer, CallOut, Closing, Deed, Mobilisation, Pledge
from tests.make import Town

from .make import DAY, counted, make_sending, members, of


def answered(town: Town, by: User) -> Mobilisation:
    """Three people: one can and has pledged, one cannot and says why, one was never reached."""
    first, second, _third = members(town, 3)
    mobilisation = make_sending(town, by)
    commands.answer_by_link(call_out=of(mobilisation, first).pk, answer="can")
    commands.answer_by_link(call_out=of(mobilisation, second).pk, answer="cannot", reason="外地")
    today = timezone.localdate()
    campaign = commands.open_campaign(
        area=town.city, name="先锋承诺", items=["值守"], opens_on=today, mobilisation=mobilisation,
        by=by,
    )  # fmt: skip
    pledge = commands.pledge_by_link(
        call_out=of(mobilisation, first), campaign=campaign, item="值守", words="我住三楼"
    )
    commands.record_deed(pledge=pledge, done_on=today, what="守门半天", by=by)
    return commands.end_mobilisation(mobilisation=mobilisation, by=by)


def test_closing_freezes_totals_and_leaves_nobody_behind(town: Town, city_officer: User) -> None:
    mobilisation = answered(town, city_officer)
    before = equation_of(mobilisation)

    closing = commands.close_mobilisation(mobilisation=mobilisation, by=city_officer)

    assert closing.totals["whole"] == {
        "ordered": 3, "reached": 2, "answered": 2, "waiting": 0, "unreachable": 1, "silent": 0,
        "can": 1, "cannot": 1,
    }  # fmt: skip
    assert closing.destroyed == {"people": 3, "reasons": 1, "pledges": 1, "deeds": 1}
    assert equation_of(mobilisation) == counted(mobilisation) == before
    rows = CallOut.objects.all()
    assert {(row.person, row.subject == -row.pk) for row in rows} == {(None, True)}
    assert not Answer.objects.exclude(reason="").exists()
    assert Pledge.objects.get().words == "" and Pledge.objects.get().person is None
    assert Deed.objects.get().what == ""


def test_the_record_is_sealed_on_its_chain(town: Town, city_officer: User) -> None:
    mobilisation = answered(town, city_officer)

    closing = commands.close_mobilisation(mobilisation=mobilisation, by=city_officer)

    link = Link.objects.get(chain__name="closings")
    assert link.data["digest"] == closing.digest == digest_of(closing.totals)
    assert link.data["destroyed"] == closing.destroyed
    assert verify_chain("closings") is None


def test_only_what_is_over_is_closed_and_only_once(town: Town, city_officer: User) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    with pytest.raises(Refused) as early:
        commands.close_mobilisation(mobilisation=mobilisation, by=city_officer)
    commands.end_mobilisation(mobilisation=mobilisation, by=city_officer)
    commands.close_mobilisation(mobilisation=mobilisation, by=city_officer)
    with pytest.raises(Refused) as twice:
        commands.close_mobilisation(mobilisation=mobilisation, by=city_officer)

    assert early.value.code == twice.value.code == "mobilisation.state"
    assert Closing.objects.count() == 1


def test_who_may_order_may_not_always_close(town: Town, clerk: User) -> None:
    members(town, 1)
    mobilisation = make_sending(town, clerk, area=town.township)
    commands.end_mobilisation(mobilisation=mobilisation, by=clerk)

    with pytest.raises(Refused) as refusal:
        commands.close_mobilisation(mobilisation=mobilisation, by=clerk)

    assert refusal.value.code == "mobilisation.no_right"


def test_over_and_not_closed_in_time_is_overdue(town: Town, city_officer: User) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    commands.end_mobilisation(mobilisation=mobilisation, on=DAY, by=city_officer)
    last = DAY + timedelta(days=30)

    assert not Mobilisation.objects.overdue(last).exists()
    assert Mobilisation.objects.overdue(last + timedelta(days=1)).exists()
    commands.close_mobilisation(mobilisation=mobilisation, by=city_officer)
    assert not Mobilisation.objects.overdue(date(2030, 1, 1)).exists()


def test_an_exercise_leaves_its_score(town: Town, city_officer: User) -> None:
    people = members(town, 10)
    mobilisation = make_sending(town, city_officer, is_exercise=True)
    start = mobilisation.started_at
    assert start
    for n, person in enumerate(people[:9], 1):
        commands.answer_by_link(call_out=of(mobilisation, person).pk, answer="cannot")
        Answer.objects.filter(call_out__person=person).update(at=start + timedelta(minutes=n))

    score = commands.end_mobilisation(mobilisation=mobilisation, by=city_officer).score

    assert (score.ordered, score.answered) == (10, 9)
    assert (score.half_minutes, score.most_minutes) == (5, 9)
    assert (score.areas, score.holes) == (1, 1)


def test_an_exercise_that_half_never_answered_has_no_time(town: Town, city_officer: User) -> None:
    people = members(town, 3)
    mobilisation = make_sending(town, city_officer, is_exercise=True)
    commands.answer_by_link(call_out=of(mobilisation, people[0]).pk, answer="can")

    score = commands.end_mobilisation(mobilisation=mobilisation, by=city_officer).score

    assert (score.half_minutes, score.most_minutes, score.holes) == (None, None, 0)


def test_a_real_one_has_no_score(town: Town, city_officer: User) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)

    ended = commands.end_mobilisation(mobilisation=mobilisation, by=city_officer)

    assert not hasattr(ended, "score")
