"""People, memberships and appointments: bulk and one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.fields import find_key
from sanqiao.kernel.models import User
from sanqiao.kernel.versions import ChangedMeanwhile, version_of
from sanqiao.registers.people.commands import (
    admit_member,
    appoint,
    change_person,
    confirm_full,
    create_person,
    end_appointment,
    end_membership,
    transfer_membership,
)
from sanqiao.registers.people.models import Appointment, Membership, Person
from tests.make import (
    Town,
    make_appointment,
    make_membership,
    make_person,
    make_post,
)
from tests.refusals import code_of
from tests.registers.make import (
    person_row,
)

# --- one by one -----------------------------------------------------------------------------------


def person_facts(n: int = 1, **given: Any) -> dict[str, Any]:
    found = {**person_row(n, "")._asdict(), **given}
    found.pop("area_key")
    return found


def test_a_person_is_registered_once(town: Town, clerk: User) -> None:
    person = create_person(area=town.grid, by=clerk, **person_facts())

    assert Person.objects.get(pk=person.pk).id_number == person_facts()["id_number"]
    assert (
        code_of(create_person, area=town.grid, by=clerk, **person_facts(name="另一人"))
        == "people.id_number_taken"
    )


def test_only_within_the_grant(town: Town, other_clerk: User) -> None:
    assert (
        code_of(create_person, area=town.grid, by=other_clerk, **person_facts())
        == "people.not_allowed"
    )


def test_nobody_is_moved_to_where_the_actor_may_not_reach(town: Town, clerk: User) -> None:
    person = create_person(area=town.grid, by=clerk, **person_facts())
    given: Any = {"person": person, "known_version": version_of(person), "by": clerk}

    with pytest.raises(Refused) as refusal:
        change_person(area=town.far_grid, **given, **person_facts())
    assert (refusal.value.code, refusal.value.field) == ("people.not_allowed", "area")
    assert change_person(area=town.other_grid, **given, **person_facts()).area == town.other_grid


def test_who_has_left_the_branch_is_changed_by_it_no_more(town: Town, clerk: User) -> None:
    person = make_person(area=town.far_grid)
    make_membership(person=person, organisation=town.branch, valid_to=date(2020, 1, 1))
    given = person_facts(area=person.area, known_version=version_of(person))
    assert code_of(change_person, person=person, by=clerk, **given) == "people.not_allowed"


def test_who_lives_elsewhere_is_changed_through_the_membership_and_stays(
    town: Town, clerk: User
) -> None:
    person = make_person(area=town.far_grid)
    make_membership(person=person, organisation=town.branch)
    given: Any = {"person": person, "known_version": version_of(person), "by": clerk}

    assert change_person(area=town.far_grid, **given, **person_facts()).name == "王小1"


def test_two_editors_of_one_person(
    town: Town, clerk: User, secretary: User, as_seen_by: Any
) -> None:
    person = create_person(area=town.grid, by=clerk, **person_facts())
    opened = version_of(person)
    with as_seen_by(secretary):
        change_person(
            person=person, area=town.grid, known_version=opened, by=secretary,
            **person_facts(education="研究生"),
        )  # fmt: skip

    with pytest.raises(ChangedMeanwhile) as refusal:
        change_person(
            person=person, area=town.grid, known_version=opened, by=clerk,
            **person_facts(phone="13900000000"),
        )  # fmt: skip
    assert [(d.field, d.before, d.now) for d in refusal.value.differences] == [
        ("education", "大学", "研究生")
    ]
    assert refusal.value.by == str(secretary)

    change_person(
        person=person, area=town.grid, known_version=version_of(person), by=clerk,
        **person_facts(phone="13900000000"),
    )  # fmt: skip
    assert Person.objects.get(pk=person.pk).phone_key == find_key("13900000000")


def test_a_phone_changed_by_another_is_told_without_its_digits(
    town: Town, clerk: User, secretary: User
) -> None:
    person = create_person(area=town.grid, by=clerk, **person_facts())
    given: Any = {"person": person, "area": town.grid, "known_version": version_of(person)}
    change_person(**given, by=secretary, **person_facts(phone="13900000000"))

    with pytest.raises(ChangedMeanwhile) as refusal:
        change_person(**given, by=clerk, **person_facts(gender="male"))
    assert refusal.value.differences == [("phone", "手机号", "", "")]
    assert "13900000000" not in refusal.value.message


def test_a_transfer_ends_one_membership_and_begins_another(
    town: Town, county_officer: User
) -> None:
    before = make_membership(organisation=town.branch)
    day = date(2020, 3, 1)

    after = transfer_membership(membership=before, to=town.other_branch, on=day, by=county_officer)

    before.refresh_from_db()
    assert (before.valid_to, after.valid_from, after.valid_to) == (day, day, None)
    assert (after.joined_on, after.area_id) == (before.joined_on, town.other_community.pk)
    assert Membership.objects.on(date(2020, 2, 29)).get() == before
    assert Membership.objects.on(day).get() == after


def test_transfers_that_make_no_sense_are_refused(
    town: Town, clerk: User, county_officer: User
) -> None:
    membership = make_membership(organisation=town.branch)
    day = date(2020, 3, 1)

    def code(**given: Any) -> str:
        usual: dict[str, Any] = {
            "membership": membership, "to": town.other_branch, "on": day, "by": county_officer
        }  # fmt: skip
        return code_of(transfer_membership, **usual | given)

    assert code(to=town.branch) == "people.same_organisation"
    assert code(on=membership.valid_from) == "people.transfer_too_early"
    assert code(by=clerk) == "people.not_allowed"  # the other township is not the clerk's
    town.other_branch.dissolved_on = date(2020, 1, 1)
    assert code() == "people.organisation_dissolved"
    end_membership(membership=membership, on=day, reason="去世", by=county_officer)
    assert code() == "people.membership_ended"


def test_probation_lasts_a_year(town: Town, clerk: User) -> None:
    person = make_person(area=town.grid)
    membership = admit_member(
        person=person, organisation=town.branch, kind="probationary",
        joined_on=date(2019, 6, 30), full_on=None, valid_from=date(2019, 6, 30), by=clerk,
    )  # fmt: skip

    early: dict[str, Any] = {"membership": membership, "on": date(2020, 6, 29), "by": clerk}
    assert code_of(confirm_full, **early) == "people.confirmed_too_early"
    confirmed = confirm_full(membership=membership, on=date(2020, 6, 30), by=clerk)
    assert (confirmed.kind, confirmed.full_on) == ("full", date(2020, 6, 30))
    again: dict[str, Any] = {"membership": membership, "on": date(2020, 7, 30), "by": clerk}
    assert code_of(confirm_full, **again) == "people.not_probationary"


def test_a_full_member_has_a_date(town: Town, clerk: User) -> None:
    assert (
        code_of(
            admit_member, person=make_person(area=town.grid), organisation=town.branch, kind="full",
            joined_on=date(2019, 6, 30), full_on=None, valid_from=date(2019, 6, 30), by=clerk,
        )
        == "people.no_full_date"
    )  # fmt: skip


def test_ending_a_membership_says_why(town: Town, clerk: User) -> None:
    membership = make_membership(organisation=town.branch)

    given: dict[str, Any] = {"membership": membership, "on": date(2020, 1, 1), "by": clerk}
    assert code_of(end_membership, reason=" ", **given) == "people.no_reason"


def test_appointing_and_ending(town: Town, clerk: User, other_clerk: User) -> None:
    post = make_post("secretary", name="书记", group="community", single_holder=True)
    given: dict[str, Any] = {
        "post": post, "area": town.community, "organisation": town.branch, "unit": None,
        "rank": "", "title": "", "valid_from": date(2019, 1, 1), "document": "",
    }  # fmt: skip
    first, second = make_person(area=town.grid), make_person(area=town.grid)

    appointment = appoint(person=first, by=clerk, **given)
    assert code_of(appoint, person=second, by=clerk, **given) == "people.post_held"
    assert code_of(appoint, person=first, by=clerk, **given) in {
        "people.double_appointment", "people.post_held",
    }  # fmt: skip
    ending: dict[str, Any] = {"appointment": appointment, "on": date(2020, 1, 1), "document": ""}
    assert code_of(end_appointment, by=other_clerk, **ending) == "people.not_allowed"
    end_appointment(by=clerk, **ending)
    assert code_of(end_appointment, by=clerk, **ending) == "people.appointment_ended"
    appoint(person=second, by=clerk, **given | {"valid_from": date(2020, 1, 1)})
    assert Appointment.objects.on(date(2020, 1, 1)).get().person == second


def test_an_appointment_does_not_end_before_it_began(town: Town, clerk: User) -> None:
    appointment = make_appointment(area=town.grid)

    given: dict[str, Any] = {"appointment": appointment, "on": date(2018, 1, 1), "document": ""}
    assert code_of(end_appointment, by=clerk, **given) == "import.dates"
