"""People, memberships and appointments: bulk and one by one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sanqiao.kernel.fields import find_key
from sanqiao.kernel.importing import import_file
from sanqiao.kernel.models import Change, Event, User
from sanqiao.kernel.staging import Imported
from sanqiao.registers.people.commands import (
    import_appointments,
    import_member_households,
    import_members,
    import_memberships,
    import_people,
    import_posts,
    transfer_membership,
)
from sanqiao.registers.people.models import Membership, Person
from sanqiao.registers.people.rows import HouseholdRow, PostRow
from sanqiao.registers.people.sheets import SHEETS
from tests.make import (
    Town,
    impossible_id_number,
    make_membership,
    make_person,
    make_post,
)
from tests.refusals import code_of, refused
from tests.registers.make import (
    appointment_row,
    member_row,
    membership_row,
    person_row,
)

# --- bulk: persons --------------------------------------------------------------------------------


def test_persons_are_encrypted_and_found_by_their_keys(town: Town, clerk: User) -> None:
    row = person_row(1, town.community.key, name="欧阳小明")

    assert import_people(rows=[row], by=clerk) == Imported(1, 0, 0)

    person = Person.objects.get(id_number_key=find_key(row.id_number))
    assert (person.id_number, person.phone) == (row.id_number, row.phone)
    assert Person.objects.filter(phone_tail_key=find_key(row.phone[-4:])).exists()
    assert (person.pinyin, person.initials) == ("ouyangxiaoming", "oyxm")
    assert person.area_path == town.community.path


def test_unchanged_persons_are_not_rewritten(town: Town, clerk: User) -> None:
    rows = [person_row(n, town.community.key) for n in range(3)]
    import_people(rows=rows, by=clerk)
    changes = Change.objects.filter(table="people_person").count()

    assert import_people(rows=rows, by=clerk) == Imported(0, 0, 3)
    rows[1] = rows[1]._replace(phone="13900000000")
    assert import_people(rows=rows, by=clerk) == Imported(0, 1, 2)
    assert Change.objects.filter(table="people_person").count() == changes + 1
    person = Person.objects.get(id_number_key=find_key(rows[1].id_number))
    assert (person.phone, person.phone_tail_key) == ("13900000000", find_key("0000"))


def test_blank_phone_and_education_leave_what_is_there(town: Town, clerk: User) -> None:
    row = person_row(1, town.community.key)
    import_people(rows=[row], by=clerk)

    blank = row._replace(phone="", education="", born_on=None)
    assert import_people(rows=[blank], by=clerk) == Imported(0, 0, 1)


def test_bad_persons_are_named(town: Town, clerk: User) -> None:
    here = town.community.key
    rows = [
        person_row(1, here),
        person_row(2, "nowhere"),
        person_row(3, town.other_community.key),
        person_row(4, here, id_number=""),
    ]

    assert refused(import_people, rows, clerk) == [
        (1, "area_key", "areas.unknown"),
        (2, "area_key", "areas.out_of_scope"),
        (3, "id_number", "people.no_id_number"),
    ]
    rows = [person_row(1, here), person_row(1, here), person_row(5, here, gender="x")]
    assert refused(import_people, rows, clerk) == [
        (1, "id_number", "import.twin"),
        (2, "gender", "people.gender"),
    ]


def test_a_sheet_says_in_the_cell_what_is_wrong_with_a_name_or_a_birthday(
    town: Town, clerk: User
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    head = "姓名,性别,出生日期,身份证号,居住地"
    rows = (("张\u202e三", "1980-01-01"), ("李\u3000四", tomorrow), ("王\xa0五", "1980-01-01"))
    lines = [
        f"{name},男,{born},{impossible_id_number(n)},三桥社区"
        for n, (name, born) in enumerate(rows)
    ]

    def read(*kept: str) -> Any:
        content = "\n".join([head, *kept]).encode()
        return import_file(
            register=SHEETS["people"], content=content, filename="x.csv", by=clerk, dry_run=False
        )

    first, second = read(*lines).refused
    assert "看不见的字符" in first.errors["name"]
    assert "不能晚于今天" in second.errors["born_on"]
    assert read(lines[2]).done == Imported(1, 0, 0)
    assert Person.objects.get().name == "王五"


def test_a_person_out_of_sight_is_named_and_not_overwritten(
    town: Town, clerk: User, as_seen_by: Any
) -> None:
    far = make_person(area=town.other_community, id_number=impossible_id_number(700_001))

    with as_seen_by(clerk):
        fresh = User.objects.get(pk=clerk.pk)
        rows = [person_row(n, town.community.key) for n in range(4)]
        assert refused(import_people, rows, fresh) == [(1, "id_number", "people.elsewhere")]
        assert not Person.objects.exists()
    far.refresh_from_db()
    assert far.area_id == town.other_community.pk


# --- bulk: memberships ----------------------------------------------------------------------------


def test_members_come_as_person_and_membership(town: Town, clerk: User) -> None:
    rows = [member_row(n, town.grid.key, town.branch.code) for n in range(3)]

    assert import_members(rows=rows, by=clerk) == Imported(3, 0, 0)
    assert import_members(rows=rows, by=clerk) == Imported(0, 0, 3)

    membership = Membership.objects.select_related("person").earliest("id")
    assert membership.area_path == town.branch.area_path
    assert membership.organisation_path == town.branch.path
    assert membership.person.area_id == town.grid.pk
    assert Event.objects.filter(kind="people.members_imported").count() == 1


def test_bad_memberships_are_named(town: Town, clerk: User) -> None:
    here, branch = town.grid.key, town.branch.code
    early = date(2009, 1, 1)
    rows = [
        member_row(0, here, branch),
        member_row(1, here, branch, full_on=early),
        member_row(2, here, branch, full_on=None),
        member_row(3, here, branch, valid_to=early),
        member_row(4, here, branch, kind="friend"),
    ]

    assert refused(import_members, rows, clerk) == [
        (1, "full_on", "people.full_too_early"),
        (2, "full_on", "people.no_full_date"),
        (3, "valid_to", "import.dates"),
        (4, "kind", "people.kind"),
    ]
    assert not Person.objects.exists()


def test_memberships_of_one_person_do_not_overlap(town: Town, clerk: User) -> None:
    import_members(rows=[member_row(1, town.grid.key, town.branch.code)], by=clerk)
    later = membership_row(1, town.street_committee.code, valid_from=date(2015, 1, 1))

    assert refused(import_memberships, [later], clerk) == [(0, "valid_from", "people.overlap")]
    ended = membership_row(1, town.branch.code, valid_to=date(2015, 1, 1))
    assert import_memberships(rows=[ended, later], by=clerk) == Imported(1, 1, 0)


def test_the_old_file_after_a_transfer_changes_nothing(town: Town, county_officer: User) -> None:
    rows = [member_row(1, town.grid.key, town.branch.code)]
    import_members(rows=rows, by=county_officer)
    transfer_membership(
        membership=Membership.objects.get(), to=town.other_branch, on=date(2020, 3, 1),
        by=county_officer,
    )  # fmt: skip

    assert import_members(rows=rows, by=county_officer) == Imported(0, 0, 1)


def test_overlaps_inside_the_rows_are_named(town: Town, clerk: User) -> None:
    import_people(rows=[person_row(1, town.grid.key)], by=clerk)
    rows = [
        membership_row(1, town.branch.code, valid_to=date(2015, 1, 1)),
        membership_row(1, town.branch.code, valid_from=date(2014, 12, 31)),
    ]

    assert refused(import_memberships, rows, clerk) == [(1, "valid_from", "people.overlap")]


def test_the_database_refuses_two_memberships_at_a_time(town: Town) -> None:
    person = make_person(area=town.community)
    first, second = date(2010, 1, 1), date(2015, 1, 1)
    make_membership(person=person, organisation=town.branch, valid_from=first, valid_to=second)
    make_membership(
        person=person, organisation=town.branch, valid_from=second
    )  # the same day: fits

    with pytest.raises(IntegrityError), transaction.atomic():
        make_membership(
            person=person, organisation=town.branch,
            valid_from=date(2014, 12, 31), valid_to=second,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        make_membership(person=person, organisation=town.branch, valid_from=date(2019, 1, 1))


def test_an_unknown_person_has_no_membership(town: Town, clerk: User) -> None:
    assert refused(import_memberships, [membership_row(1, town.branch.code)], clerk) == [
        (0, "id_number", "people.unknown")
    ]


# --- bulk: posts and appointments -----------------------------------------------------------------


def test_the_list_of_posts_is_the_citys(town: Town, clerk: User, city_officer: User) -> None:
    rows = [PostRow("secretary", "书记", "community", True, 1)]

    assert code_of(import_posts, rows=rows, by=clerk) == "people.not_allowed"
    city = User.objects.get(pk=city_officer.pk)
    city.grants.update(path="")
    assert import_posts(rows=rows, by=User.objects.get(pk=city.pk)) == Imported(1, 0, 0)


def test_a_single_post_has_one_holder_at_a_time(town: Town, clerk: User) -> None:
    make_post("secretary", name="书记", group="community", single_holder=True)
    import_people(rows=[person_row(n, town.grid.key) for n in (1, 2)], by=clerk)
    first = appointment_row(1, "secretary", town.community.key)

    assert import_appointments(rows=[first], by=clerk).created == 1
    assert import_appointments(rows=[first], by=clerk).unchanged == 1
    second = appointment_row(2, "secretary", town.community.key, valid_from=date(2020, 1, 1))
    assert refused(import_appointments, [second], clerk) == [(0, "post_code", "people.post_held")]
    ended = first._replace(valid_to=date(2020, 1, 1))
    assert import_appointments(rows=[ended, second], by=clerk) == Imported(1, 1, 0)


def test_bad_appointments_are_named(town: Town, clerk: User) -> None:
    make_post()
    import_people(rows=[person_row(1, town.grid.key)], by=clerk)
    good = appointment_row(1, "grid_worker", town.grid.key)
    rows = [
        good,
        appointment_row(9, "grid_worker", town.grid.key),
        good._replace(post_code="king"),
        good._replace(credit_code="nobody"),
        good._replace(rank="9"),
    ]

    assert refused(import_appointments, rows, clerk) == [
        (1, "id_number", "people.unknown"),
        (2, "post_code", "people.unknown_post"),
        (3, "credit_code", "organisations.unknown_unit"),
        (4, "rank", "people.rank"),
    ]
    double = good._replace(valid_from=date(2019, 6, 1))
    assert refused(import_appointments, [good, double], clerk) == [
        (1, "valid_from", "people.double_appointment")
    ]


def test_member_households_come_and_end(town: Town, clerk: User) -> None:
    import_people(rows=[person_row(1, town.grid.key)], by=clerk)
    number = impossible_id_number(700_001)
    row = HouseholdRow(number, "王小1中心户", town.grid.key, 3, date(2019, 1, 1), None)

    assert import_member_households(rows=[row], by=clerk) == Imported(1, 0, 0)
    ended = row._replace(valid_to=date(2020, 1, 1))
    assert import_member_households(rows=[ended], by=clerk) == Imported(0, 1, 0)
