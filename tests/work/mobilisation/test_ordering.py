"""From the rule to the frozen list."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, User
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.audience import Rule, preview
from sanqiao.work.mobilisation.models import Batch, CallOut, CallRole, Mobilisation
from tests.make import Town, make_appointment, make_membership, make_person, make_post

from .make import DAY, make_draft, make_ordered, make_sending, members, of, order, route


def called(mobilisation: Mobilisation) -> set[int | None]:
    rows = CallOut.objects.filter(mobilisation=mobilisation)
    return set(rows.values_list("person_id", flat=True))


def test_the_list_has_one_row_for_each_member_before_anything_is_sent(
    town: Town, city_officer: User
) -> None:
    people = members(town, 3)

    mobilisation = make_ordered(town, city_officer)

    assert called(mobilisation) == {person.pk for person in people}
    assert mobilisation.state == "ordered"
    rows = CallOut.objects.all()
    assert {(r.state, r.sent_at, r.organisation, r.area) for r in rows} == {
        ("waiting", None, town.branch, town.community)
    }
    assert Event.objects.filter(kind="mobilisation.ordered").get().data == {"people": 3}


def test_a_person_with_several_posts_is_called_once_and_keeps_every_role(
    town: Town, city_officer: User
) -> None:
    (person,) = members(town, 1)
    for code in ("secretary", "grid_head"):
        make_appointment(person=person, area=town.community, post=make_post(code))
    rule = Rule(members="all", posts=("secretary", "grid_head"))

    mobilisation = make_ordered(town, city_officer, rule=rule)

    assert called(mobilisation) == {person.pk}
    roles = CallRole.objects.values_list("post__code", flat=True)
    assert set(roles) == {"secretary", "grid_head"}


def test_who_holds_a_post_and_is_no_member_is_called_at_the_place_of_the_post(
    town: Town, city_officer: User
) -> None:
    graduate = make_person(area=town.far_grid)
    make_appointment(person=graduate, area=town.community, post=make_post("graduate"))

    mobilisation = make_ordered(town, city_officer, rule=Rule(members="", posts=("graduate",)))

    row = of(mobilisation, graduate)
    assert (row.is_member, row.organisation, row.area) == (False, None, town.community)


@pytest.mark.parametrize(
    ("dates", "is_called"),
    [
        ({"valid_to": None}, True),
        ({"valid_to": date(2020, 1, 27)}, True),
        ({"valid_to": DAY}, False),  # left that very day
        ({"valid_from": date(2020, 1, 27), "joined_on": date(2020, 1, 27), "full_on": None,
          "kind": "probationary"}, False),  # comes a day later
    ],
)  # fmt: skip
def test_membership_counts_as_of_the_day(
    town: Town, city_officer: User, dates: dict[str, date], is_called: bool
) -> None:
    members(town, 1)
    person = make_membership(organisation=town.branch, **dates).person

    mobilisation = make_ordered(town, city_officer)

    assert (person.pk in called(mobilisation)) == is_called


def test_the_rule_narrows_by_area_organisation_kind_and_age(town: Town, city_officer: User) -> None:
    (inside,) = members(town, 1)
    make_membership(organisation=town.other_branch)
    old = make_person(area=town.grid, born_on=date(1950, 1, 1))
    make_membership(organisation=town.branch, person=old)
    make_membership(organisation=town.branch, kind="probationary", full_on=None)
    rule = Rule(
        members="full", areas=(town.community.key,), organisations=(town.street_committee.code,),
        youngest=18, oldest=60,
    )  # fmt: skip

    assert called(make_ordered(town, city_officer, rule=rule)) == {inside.pk}


def test_age_is_whole_years_on_the_day(town: Town, city_officer: User) -> None:
    people = {
        born: make_membership(
            organisation=town.branch, person=make_person(area=town.grid, born_on=born)
        ).person
        for born in (date(1960, 1, 25), date(1960, 1, 26), date(1959, 1, 26), date(1959, 1, 27))
    }

    mobilisation = make_ordered(town, city_officer, rule=Rule(members="all", oldest=60))

    young = {born for born, person in people.items() if person.pk in called(mobilisation)}
    assert young == {date(1960, 1, 25), date(1960, 1, 26), date(1959, 1, 27)}


def test_nobody_outside_of_the_area_of_the_order_is_called(town: Town, clerk: User) -> None:
    (inside,) = members(town, 1)
    make_membership(organisation=town.other_branch)

    mobilisation = make_ordered(town, clerk, area=town.township)

    assert called(mobilisation) == {inside.pk}


def test_what_the_officer_cannot_see_is_not_called(
    town: Town, clerk: User, as_seen_by: Callable[[User], AbstractContextManager[None]]
) -> None:
    members(town, 2)
    with as_seen_by(clerk):
        mobilisation = make_ordered(town, clerk, area=town.township)
        assert len(called(mobilisation)) == 2


def test_somebody_without_a_phone_ends_as_unreachable_with_the_reason(
    town: Town, city_officer: User
) -> None:
    silent = make_person(area=town.grid)
    type(silent).objects.filter(pk=silent.pk).update(phone=b"", phone_key=None)
    make_membership(organisation=town.branch, person=silent)

    row = of(make_ordered(town, city_officer), silent)

    assert (row.state, row.why, row.batch, row.unreachable_on) == (
        "unreachable", "no_phone", None, DAY
    )  # fmt: skip


def test_late_joiners_are_a_second_named_wave_and_nobody_is_called_twice(
    town: Town, city_officer: User
) -> None:
    (first,) = members(town, 1)
    mobilisation = make_ordered(town, city_officer)
    late = make_membership(organisation=town.branch, valid_from=date(2020, 3, 1)).person
    make_appointment(person=first, area=town.community, post=make_post("secretary"))

    wave = commands.add_wave(
        mobilisation=mobilisation, name="三月新到", on=date(2020, 3, 2), by=city_officer
    )

    assert (wave.number, wave.name, wave.size) == (2, "三月新到", 1)
    assert of(mobilisation, late).wave == wave
    assert of(mobilisation, first).wave.number == 1
    assert [r.call_out.person for r in CallRole.objects.all()] == [first]


def test_a_second_wave_without_anybody_new_is_refused(town: Town, city_officer: User) -> None:
    members(town, 1)
    mobilisation = make_ordered(town, city_officer)

    with pytest.raises(Refused) as refusal:
        commands.add_wave(mobilisation=mobilisation, name="再来", on=DAY, by=city_officer)

    assert refusal.value.code == "mobilisation.nobody"
    assert mobilisation.waves.count() == 1


def test_batches_hold_at_most_so_many_and_everybody_who_can_be_sent_to(
    town: Town, city_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sanqiao.work.mobilisation.commands.ordering.BATCH", 2)
    members(town, 5)

    mobilisation = make_ordered(town, city_officer)

    sizes = Batch.objects.filter(mobilisation=mobilisation).order_by("number")
    assert list(sizes.values_list("number", "size")) == [(1, 2), (2, 2), (3, 1)]
    assert not CallOut.objects.filter(batch=None).exists()


def test_with_a_telephone_list_alone_nothing_is_packed(town: Town, city_officer: User) -> None:
    members(town, 1)
    make_ordered(town, city_officer, route=route("phone"))

    assert not Batch.objects.exists()


def test_a_second_mobilisation_calls_the_same_people_anew(town: Town, city_officer: User) -> None:
    (person,) = members(town, 1)
    both = [make_ordered(town, city_officer), make_ordered(town, city_officer)]

    assert [of(each, person).mobilisation for each in both] == both


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"rule": Rule(members="", posts=())}, "mobilisation.rule"),
        ({"rule": Rule(posts=("nobody",))}, "mobilisation.rule"),
        ({"rule": Rule(areas=("nowhere",))}, "mobilisation.rule"),
        ({"rule": Rule(organisations=("none",))}, "mobilisation.rule"),
        ({"route": []}, "mobilisation.route"),
        ({"route": route("sms", "sms")}, "mobilisation.route"),
        ({"route": route("phone", "sms")}, "mobilisation.route"),
        ({"route": route("pigeon")}, "mobilisation.route"),
        ({"route": route("sms", patience=-1)}, "mobilisation.route"),
    ],
)
def test_an_order_that_means_nothing_is_refused(
    town: Town, city_officer: User, given: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        make_draft(town, city_officer, **given)

    assert refusal.value.code == code


def test_a_letter_number_is_used_once(town: Town, city_officer: User) -> None:
    make_draft(town, city_officer, number="十组〔2020〕1号")

    with pytest.raises(Refused) as refusal:
        make_draft(town, city_officer, number="十组〔2020〕1号")

    assert (refusal.value.code, refusal.value.field) == ("mobilisation.number_taken", "number")


def test_who_may_not_order_there_is_refused(town: Town, clerk: User, secretary: User) -> None:
    for by, area in ((secretary, town.community), (clerk, town.other_township)):
        with pytest.raises(Refused) as refusal:
            make_draft(town, by, area=area)
        assert refusal.value.code == "mobilisation.no_right"


def test_a_frozen_list_does_not_follow_a_changed_rule(town: Town, city_officer: User) -> None:
    members(town, 1)
    mobilisation = make_ordered(town, city_officer)

    with pytest.raises(Refused) as refusal:
        commands.change_mobilisation(mobilisation=mobilisation, by=city_officer, **order())

    assert refusal.value.code == "mobilisation.state"
    assert Mobilisation.objects.get().rule == Rule(members="all").data


def test_the_preview_says_what_the_order_would_do(town: Town, city_officer: User) -> None:
    people = members(town, 3)
    model = type(people[0])
    model.objects.filter(pk=people[0].pk).update(phone=b"", phone_key=None)
    model.objects.filter(pk=people[1].pk).update(phone_key=people[2].phone_key)
    for code in ("secretary", "grid_head"):
        make_appointment(person=people[1], area=town.community, post=make_post(code, name=code))
    draft = make_draft(town, city_officer)

    found = preview(draft, DAY)

    assert found[:5] == (3, 3, 1, 2, 1)
    assert [(area.key, area.number) for area in found.areas] == [(town.county.key, 3)]
    assert {post.name: post.number for post in found.posts} == {"secretary": 1, "grid_head": 1}
    assert commands.order_mobilisation(mobilisation=draft, on=DAY, by=city_officer)
    assert CallOut.objects.count() == found.people


def test_sending_does_not_begin_before_the_list_stands(town: Town, city_officer: User) -> None:
    with pytest.raises(Refused) as refusal:
        commands.start_sending(mobilisation=make_draft(town, city_officer), by=city_officer)
    assert refusal.value.code == "mobilisation.state"

    members(town, 1)
    assert make_sending(town, city_officer).started_at is not None
