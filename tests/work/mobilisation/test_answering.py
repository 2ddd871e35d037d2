"""One answer stands; every other one is history."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Change, Event, Look, User
from sanqiao.kernel.scope import Scope, acting_as, applied
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.audience import Rule
from sanqiao.work.mobilisation.models import Answer, CallOut
from tests.make import (
    Town,
    make_appointment,
    make_grant,
    make_membership,
    make_person,
    make_post,
    make_user,
)

from .make import make_ordered, make_sending, members, of

SeenBy = Callable[[User], AbstractContextManager[None]]


def test_the_own_answer_by_link_needs_no_account_and_reaches(
    town: Town, city_officer: User
) -> None:
    (person,) = members(town, 1)
    row = of(make_sending(town, city_officer), person)

    with applied(Scope(person_id=person.pk), actor=None, request="answer"):
        assert commands.answer_by_link(call_out=row.pk, answer="cannot", reason="在外地")

    row.refresh_from_db()
    assert (row.state, row.reached_on) == ("cannot", row.answered_on)
    answer = Answer.objects.get()
    assert (answer.reason, answer.via, answer.stands, answer.by) == ("在外地", "link", True, None)


def test_the_link_opens_nobody_elses_row(town: Town, city_officer: User) -> None:
    person, other = members(town, 2)
    row = of(make_sending(town, city_officer), person)

    with (
        applied(Scope(person_id=other.pk), actor=None, request="answer"),
        pytest.raises(Refused) as refusal,
    ):
        commands.answer_by_link(call_out=row.pk, answer="can")

    assert refusal.value.code == "mobilisation.not_open"
    assert not Answer.objects.exists()


def test_the_first_answer_stands_and_later_ones_are_history(
    town: Town, city_officer: User, secretary: User
) -> None:
    (person,) = members(town, 1)
    row = of(make_sending(town, city_officer), person)

    assert commands.answer_by_link(call_out=row.pk, answer="can")
    assert not commands.answer_by_phone(call_out=row, answer="cannot", by=secretary)
    assert not commands.answer_by_link(call_out=row.pk, answer="cannot")

    row.refresh_from_db()
    assert row.state == "can"
    kept = Answer.objects.order_by("id").values_list("answer", "via", "stands")
    assert list(kept) == [
        ("can", "link", True), ("cannot", "phone", False), ("cannot", "link", False)
    ]  # fmt: skip


def test_an_event_says_that_and_how_but_never_who_or_why(
    town: Town, city_officer: User, secretary: User
) -> None:
    (person,) = members(town, 1)
    row = of(make_sending(town, city_officer), person)

    commands.answer_by_link(call_out=row.pk, answer="cannot", reason="家里有事")
    commands.answer_by_phone(call_out=row, answer="can", by=secretary)

    events = Event.objects.filter(kind="mobilisation.answered").order_by("id")
    assert [(e.by, e.by_id, e.area_path) for e in events] == [
        ("本人", None, row.area_path), (str(secretary), secretary.pk, row.area_path)
    ]  # fmt: skip
    told = "".join(f"{e.subject_name}{e.data}" for e in Event.objects.all())
    assert "家里有事" not in told and person.name not in told


def test_histories_never_hold_the_person_or_the_reason(town: Town, city_officer: User) -> None:
    (person,) = members(town, 1)
    row = of(make_sending(town, city_officer), person)

    commands.answer_by_link(call_out=row.pk, answer="cannot", reason="家里有事")
    Answer.objects.update(reason="")

    images = Change.objects.filter(table__startswith="mobilisation_").exclude(before=None)
    assert images.filter(table="mobilisation_callout").exists()
    assert images.filter(table="mobilisation_answer").exists()
    for image in images:
        assert not {"person_id", "subject", "reason"} & set(image.before or ())


def test_answers_are_taken_only_while_it_is_open(town: Town, city_officer: User) -> None:
    (person,) = members(town, 1)
    mobilisation = make_ordered(town, city_officer)
    row = of(mobilisation, person)
    with pytest.raises(Refused) as early:
        commands.answer_by_link(call_out=row.pk, answer="can")

    commands.start_sending(mobilisation=mobilisation, by=city_officer)
    commands.end_mobilisation(mobilisation=mobilisation, by=city_officer)
    with pytest.raises(Refused) as late:
        commands.answer_by_link(call_out=row.pk, answer="can")

    assert early.value.code == late.value.code == "mobilisation.not_open"


def test_an_answer_is_can_or_cannot(town: Town, city_officer: User) -> None:
    (person,) = members(town, 1)
    row = of(make_sending(town, city_officer), person)

    with pytest.raises(Refused) as refusal:
        commands.answer_by_link(call_out=row.pk, answer="perhaps")

    assert refusal.value.code == "mobilisation.answer"


def test_the_branch_answers_for_its_own_people_and_for_nobody_else(
    town: Town, city_officer: User, secretary: User, other_clerk: User
) -> None:
    (person,) = members(town, 1)
    row = of(make_sending(town, city_officer), person)
    liaison = make_grant(role="unit_liaison", organisation=town.branch).user

    with pytest.raises(Refused) as refusal:
        commands.answer_by_phone(call_out=row, answer="can", by=other_clerk)
    assert refusal.value.code == "mobilisation.no_right"
    assert commands.answer_by_phone(call_out=row, answer="can", by=liaison)
    assert Answer.objects.get().by == liaison


def test_a_liaison_sees_the_call_outs_of_the_own_organisation_alone(
    town: Town, city_officer: User
) -> None:
    (person,) = members(town, 1)
    make_membership(organisation=town.other_branch)
    make_sending(town, city_officer)
    liaison = make_grant(role="unit_liaison", organisation=town.branch, user=make_user()).user

    with acting_as(User.objects.get(pk=liaison.pk)):
        assert [row.person_id for row in CallOut.objects.all()] == [person.pk]


def test_a_clerk_sees_the_order_from_above_only_where_somebody_is_called(
    town: Town, city_officer: User, clerk: User, other_clerk: User, as_seen_by: SeenBy
) -> None:
    from sanqiao.work.mobilisation.models import Mobilisation

    members(town, 1)
    make_sending(town, city_officer)

    for user, count in ((clerk, 1), (other_clerk, 0)):
        fresh = User.objects.get(pk=user.pk)
        assert Mobilisation.objects.visible_to(fresh).count() == count
        with as_seen_by(user):
            assert Mobilisation.objects.count() == count


def test_nobody_at_the_telephone_is_counted_and_a_wrong_number_is_unreachable(
    town: Town, city_officer: User, secretary: User
) -> None:
    (person,) = members(town, 1)
    row = of(make_sending(town, city_officer), person)

    commands.note_attempt(call_out=row, by=secretary)
    row.refresh_from_db()
    assert (row.calls, row.state) == (1, "waiting")

    commands.note_attempt(call_out=row, wrong_number=True, by=secretary)
    row.refresh_from_db()
    assert (row.calls, row.state, row.why) == (2, "unreachable", "wrong_number")
    assert commands.answer_by_link(call_out=row.pk, answer="can"), "still open to the person"


def test_who_has_answered_is_not_telephoned_any_more(
    town: Town, city_officer: User, secretary: User
) -> None:
    (person,) = members(town, 1)
    row = of(make_sending(town, city_officer), person)
    commands.answer_by_link(call_out=row.pk, answer="can")

    with pytest.raises(Refused) as refusal:
        commands.note_attempt(call_out=row, by=secretary)

    assert refusal.value.code == "mobilisation.answered"


def test_opening_the_call_list_logs_a_look_a_person_and_shows_who_has_not_answered(
    town: Town, city_officer: User, secretary: User
) -> None:
    first, second = members(town, 2)
    mobilisation = make_sending(town, city_officer)
    commands.answer_by_link(call_out=of(mobilisation, second).pk, answer="can")

    found = commands.open_call_list(
        mobilisation=mobilisation, place=town.branch, purpose="电话联系", by=secretary
    )

    assert [row.person for row in found] == [first]
    looks = Look.objects.values_list("subject", "field", "purpose")
    assert list(looks) == [(f"people.Person:{first.pk}", "phone", "电话联系")]


def test_a_call_list_wants_a_reason_and_the_right(
    town: Town, city_officer: User, secretary: User, other_clerk: User
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    cases = (
        (secretary, " ", "kernel.reason_missing"),
        (other_clerk, "看看", "mobilisation.no_right"),
    )

    for by, purpose, code in cases:
        with pytest.raises(Refused) as refusal:
            commands.open_call_list(
                mobilisation=mobilisation, place=town.branch, purpose=purpose, by=by
            )
        assert refusal.value.code == code
    assert not Look.objects.exists()


def test_those_without_a_branch_are_on_the_list_of_their_area(
    town: Town, city_officer: User, secretary: User
) -> None:
    members(town, 1)
    cadre = make_person(area=town.community)
    make_appointment(person=cadre, area=town.community, post=make_post("community_cadre"))
    rule = Rule(members="all", posts=("community_cadre",))
    mobilisation = make_sending(town, city_officer, rule=rule)

    found = commands.open_call_list(
        mobilisation=mobilisation, place=town.community, purpose="电话联系", by=secretary
    )

    assert [row.person for row in found] == [cadre]
    assert Look.objects.count() == 1
