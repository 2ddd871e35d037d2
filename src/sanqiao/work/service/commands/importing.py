"""A unit's list of check-ins at once: set-based, and for people the register does not know yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy
from psycopg.sql import SQL

from sanqiao.kernel.models import User
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.staging import Imported, Reason, Refusals, Stage, Upsert, look_up, run, stage
from sanqiao.registers.areas.imports import NOWHERE, TWIN, UNKNOWN_AREA, Place, note_import, places
from sanqiao.registers.organisations.commands.units import UNKNOWN_UNIT
from sanqiao.registers.people.commands.people import (
    PEOPLE,
    Known,
    id_keys,
    known_people,
    person_values,
)
from sanqiao.registers.people.models import Person
from sanqiao.registers.people.rows import PersonRow
from sanqiao.work.service import policies
from sanqiao.work.service.models import MemberCheckIn
from sanqiao.work.service.reach import Employer, employers
from sanqiao.work.service.rows import CheckInRow

from .pairings import NOBODY
from .writing import ALREADY, REASONS

NOT_YOURS = Reason("service.not_allowed", "credit_code", gettext_lazy("这不是您联络的单位"))
ELSEWHERE = Reason(
    "service.lives_elsewhere", "area_key",
    gettext_lazy("登记的居住地不在这个社区；搬了家的请先由本人或社区办理搬迁"),
)  # fmt: skip
NO_HOME = Reason("service.no_home", "area_key", gettext_lazy("此人尚未登记，请填写居住地"))
NO_NAME = Reason("service.no_name", "name", gettext_lazy("此人尚未登记，请填写姓名"))
NO_COMMUNITY = Reason(
    "service.no_community", "area_key", gettext_lazy("居住地应在某个村（社区）之内")
)
UNKNOWN_PERSON = Reason("people.unknown", "id_number", gettext_lazy("没有此人的登记"))
EXEMPT = Reason("service.exempt", "id_number", gettext_lazy("此人已登记免报到"))
CHECK_INS = Upsert(
    MemberCheckIn,
    key=("person_id", "checked_in_on"),
    given=(),
    optional=("home", "skill", "wish"),
    first=(
        "unit_id", "unit_name", "unit_rank", "organisation_path", "name", "standing",
        "community_id", "area_id", "area_path", "end_reason", "end_note",
    ),
    reasons=REASONS,
)  # fmt: skip
LIVE = """
SELECT p.id, p.name, p.area_id, p.area_path, c.id, c.path FROM people_person p
LEFT JOIN areas_area a ON a.id = p.area_id
LEFT JOIN areas_area c ON c.level = 'community'
  AND c.id = ANY(string_to_array(rtrim(a.path, '.'), '.')::bigint[])
WHERE p.id = ANY(%s)
"""
MEMBERS = """
SELECT s.n FROM staged_slip s JOIN people_membership m ON m.person_id = s.person_id
WHERE m.valid_from <= s.checked_in_on AND (m.valid_to IS NULL OR m.valid_to > s.checked_in_on)
"""
OPEN = (
    "EXISTS (SELECT FROM service_membercheckin c WHERE c.person_id = s.person_id"
    " AND c.checked_in_on <> s.checked_in_on AND daterange(c.checked_in_on, c.ended_on)"
    " && daterange(s.checked_in_on, NULL))"
)
IS_EXEMPT = (
    "EXISTS (SELECT FROM service_exemption e WHERE e.person_id = s.person_id AND"
    " e.valid_from <= s.checked_in_on AND (e.valid_to IS NULL OR e.valid_to > s.checked_in_on))"
)


class Resident(NamedTuple):
    """Somebody, with where they live and the community around it (0 where there is none)."""

    id: int
    name: str
    area: Place
    community_id: int
    community_path: str


UNKNOWN = Resident(0, "", NOWHERE, 0, "")


@transaction.atomic
def import_check_ins(*, rows: Sequence[CheckInRow], by: User) -> Imported:
    """Slips by person and day, of the units for which `by` speaks; the communities answer them.

    Whoever is not in the register yet comes into it, where the row says that they live.
    Raises RowsRefused.
    """
    refusals = Refusals()
    with past_scope(by):
        units = _units(rows, by, refusals)
        keys = id_keys([row.id_number for row in rows], refusals)
        refusals.check()
        known = known_people(keys)
        homes = _homes(rows, refusals)
        _lock(found.id for found in known.values() if not found.is_new)
        _register(rows, keys, known, homes, refusals)
        people = residents([row.id_number for row in rows], refusals)
        _refuse_homes(people, homes, refusals)
        refusals.check()
        staged = _stage(rows, people, units)
        _refuse(staged, refusals)
        refusals.check()
        done = CHECK_INS.run(staged)
    paths = (person.community_path for person in people)
    return note_import("service.check_ins_imported", done, paths, by)


def _lock(people: Iterable[int]) -> None:
    """People before slips, as `hand_in` does, or the two wait for each other."""
    rows = Person.objects.filter(pk__in=list(people)).order_by("pk").select_for_update(of=("self",))
    list(rows.values_list("pk"))


def residents(numbers: Sequence[str], refusals: Refusals) -> list[Resident]:
    """Registered people by ID number, with their communities; two queries."""
    keys = id_keys(numbers, refusals)
    ids = {key: found.id for key, found in known_people(keys).items() if not found.is_new}
    found = {
        pk: Resident(pk, name, Place(area, path), community or 0, community_path or "")
        for pk, name, area, path, community, community_path in run(SQL(LIVE), [list(ids.values())])
    }
    return look_up([ids.get(key, 0) for key in keys], found, UNKNOWN, refusals, UNKNOWN_PERSON)


def _units(rows: Sequence[CheckInRow], by: User, refusals: Refusals) -> list[Employer]:
    """Each row's unit; rows of a unit for which `by` does not speak are refused."""
    codes = [row.credit_code for row in rows]
    units = look_up(codes, employers(codes), NOBODY, refusals, UNKNOWN_UNIT)
    speaks = {
        unit: policies.liaises(by, unit.organisation_path) or policies.pairs(by, unit.area_path)
        for unit in set(units)
    }
    for n, unit in enumerate(units):
        if unit.id and not speaks[unit]:
            refusals.add(n, NOT_YOURS)
    return units


def _homes(rows: Sequence[CheckInRow], refusals: Refusals) -> list[Place]:
    """Where each row says that the person lives; nowhere when it says nothing."""
    known = places(row.area_key for row in rows if row.area_key)
    for n, row in enumerate(rows):
        if row.area_key and row.area_key not in known:
            refusals.add(n, UNKNOWN_AREA, value=row.area_key)
    return [known.get(row.area_key or "", NOWHERE) for row in rows]


def _register(
    rows: Sequence[CheckInRow],
    keys: Sequence[bytes],
    known: Mapping[bytes, Known],
    homes: Sequence[Place],
    refusals: Refusals,
) -> None:
    """New persons, once each; sex and birthday stand in the ID number (GB 11643-1999)."""
    new = {key: n for n, key in enumerate(keys) if known[key].is_new}
    for n in new.values():
        if not rows[n].name:
            refusals.add(n, NO_NAME)
        if not homes[n].id:
            refusals.add(n, NO_HOME)
    refusals.check()
    if new:
        picked = list(new.values())
        persons = [_person(rows[n]) for n in picked]
        values = person_values(persons, list(new), [homes[n] for n in picked], known)
        PEOPLE.run(PEOPLE.stage(values))


def _person(row: CheckInRow) -> PersonRow:
    number = row.id_number
    gender = "male" if int(number[16]) % 2 else "female"
    return PersonRow(row.name, gender, _birthday(number), "", number, row.phone, row.area_key or "")


def _birthday(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _refuse_homes(people: Sequence[Resident], homes: Sequence[Place], refusals: Refusals) -> None:
    for n, (person, home) in enumerate(zip(people, homes, strict=True)):
        if person.id and not person.community_id:
            refusals.add(n, NO_COMMUNITY)
        elif home.id and not home.path.startswith(person.community_path):
            refusals.add(n, ELSEWHERE)


def _stage(
    rows: Sequence[CheckInRow], people: Sequence[Resident], units: Sequence[Employer]
) -> Stage:
    members = _members(rows, people)
    return CHECK_INS.stage(
        (
            person.id, row.checked_in_on, row.home or None, row.skill or None, row.wish or None,
            unit.id, unit.name, unit.rank, unit.organisation_path, person.name,
            "member" if n in members else "staff", person.community_id, person.community_id,
            person.community_path, "", "",
        )
        for n, (row, person, unit) in enumerate(zip(rows, people, units, strict=True))
    )  # fmt: skip


def _members(rows: Sequence[CheckInRow], people: Sequence[Resident]) -> set[int]:
    """Numbers of the rows whose person was a Party member on the day of the slip."""
    slips = ((p.id, row.checked_in_on) for row, p in zip(rows, people, strict=True))
    stage("staged_slip", {"person_id": "bigint", "checked_in_on": "date"}, slips)
    return {n for (n,) in run(SQL(MEMBERS))}


def _refuse(staged: Stage, refusals: Refusals) -> None:
    """What no row may have, found for all rows at once."""
    CHECK_INS.adopt(staged)
    staged.refuse_twins(refusals, "person_id", reason=TWIN._replace(field="id_number"))
    staged.refuse(refusals, OPEN, ALREADY)
    staged.refuse(refusals, IS_EXEMPT, EXEMPT)
