"""Posts, appointments and member households in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import LiteralString, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported, Reason, Refusals, Stage, Upsert, look_up
from sanqiao.registers.areas.imports import BAD_DATES, TWIN, note_import, placed
from sanqiao.registers.organisations.commands import organisations_of, units_of
from sanqiao.registers.people.models import Appointment, MemberHousehold, Post
from sanqiao.registers.people.rows import AppointmentRow, HouseholdRow, PostRow

from .members import UNKNOWN_PERSON
from .people import id_keys, known_people

UNKNOWN_POST = Reason("people.unknown_post", "post_code", _("没有这个职务：%(value)s"))
BAD_RANK = Reason("people.rank", "rank", _("没有这个职级"))
DOUBLE = Reason("people.double_appointment", "valid_from", _("此人在该地该职务的任期重叠"))
HELD = Reason("people.post_held", "post_code", _("该地该职务只能一人担任，任期与他人重叠"))
POSTS = Upsert(
    Post,
    key=("code",),
    given=("name", "group", "single_holder", "order"),
)
APPOINTMENTS = Upsert(
    Appointment,
    key=("person_id", "post_id", "area_id", "valid_from"),
    given=(),
    optional=("unit_id", "organisation_id", "rank", "title", "valid_to", "document"),
    derived=("area_path", "is_single"),
    reasons={
        "appointment_dates": BAD_DATES,
        "appointment_no_double": DOUBLE,
        "appointment_single_holder": HELD,
    },
)
HOUSEHOLDS = Upsert(
    MemberHousehold,
    key=("person_id", "area_id", "valid_from"),
    given=("name", "buildings"),
    optional=("valid_to",),
    derived=("area_path",),
    reasons={"member_household_dates": BAD_DATES},
)
OTHERS: LiteralString = (
    "EXISTS (SELECT FROM people_appointment a WHERE a.post_id = s.post_id"
    " AND a.area_id = s.area_id AND NOT EXISTS (SELECT FROM staged_appointment k"
    " WHERE (k.person_id, k.post_id, k.area_id, k.valid_from)"
    " = (a.person_id, a.post_id, a.area_id, a.valid_from))"
)
OTHERS_HERE: LiteralString = (
    "EXISTS (SELECT FROM staged_appointment a WHERE a.post_id = s.post_id"
    " AND a.area_id = s.area_id AND a.n < s.n"
)
SAME_TIME: LiteralString = (
    " AND daterange(a.valid_from, a.valid_to) && daterange(s.valid_from, s.valid_to))"
)
SAME_PERSON: LiteralString = " AND a.person_id = s.person_id" + SAME_TIME


class PostKey(NamedTuple):
    id: int
    is_single: bool


@transaction.atomic
def import_posts(*, rows: Sequence[PostRow], by: User) -> Imported:
    """Create and change the city's list of posts by code. Raises Refused: people.not_allowed."""
    if not by.may("import", area=""):
        raise Refused("people.not_allowed", str(_("职务目录由市级维护")))
    refusals = Refusals()
    staged = POSTS.stage(rows)
    staged.refuse_twins(refusals, "code", reason=TWIN._replace(field="code"))
    refusals.check()
    done = POSTS.run(staged)
    if done.created or done.changed:
        subject = Post.objects.filter(code=rows[0].code).get()
        note("people.posts_imported", subject=subject, by=by, **done._asdict())
    return done


@transaction.atomic
def import_appointments(*, rows: Sequence[AppointmentRow], by: User) -> Imported:
    """Create and change appointments by person, post, area and first day. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    people = _people([row.id_number for row in rows], refusals)
    posts = _posts([row.post_code for row in rows], refusals)
    units = units_of([row.credit_code for row in rows], refusals)
    organisations = organisations_of([row.organisation_code for row in rows], refusals)
    _refuse_ranks((row.rank for row in rows), refusals)
    refusals.check()
    staged = APPOINTMENTS.stage(
        (
            person, post.id, area.id, row.valid_from, unit, organisation, row.rank or None,
            row.title or None, row.valid_to, row.document or None, area.path, post.is_single,
        )
        for row, person, post, area, unit, organisation in zip(
            rows, people, posts, areas, units, organisations, strict=True
        )
    )  # fmt: skip
    _refuse_appointments(staged, refusals)
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("people.appointments_imported", APPOINTMENTS.run(staged), paths, by)


@transaction.atomic
def import_member_households(*, rows: Sequence[HouseholdRow], by: User) -> Imported:
    """Create and change member households by person, area and first day. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    people = _people([row.id_number for row in rows], refusals)
    refusals.check()
    staged = HOUSEHOLDS.stage(
        (person, area.id, row.valid_from, row.name, row.buildings, row.valid_to, area.path)
        for row, person, area in zip(rows, people, areas, strict=True)
    )
    staged.refuse_twins(refusals, *HOUSEHOLDS.key, reason=TWIN._replace(field="id_number"))
    staged.refuse(refusals, "s.valid_to <= s.valid_from", BAD_DATES)
    refusals.check()
    paths = (area.path for area in areas)
    return note_import("people.member_households_imported", HOUSEHOLDS.run(staged), paths, by)


def _people(numbers: Sequence[str], refusals: Refusals) -> list[int]:
    """Ids of visible persons by ID number."""
    keys = id_keys(numbers, refusals)
    known = known_people(keys)
    for n, key in enumerate(keys):
        if known[key].is_new:
            refusals.add(n, UNKNOWN_PERSON)
    return [known[key].id for key in keys]


def _posts(codes: Sequence[str], refusals: Refusals) -> list[PostKey]:
    columns = Post.objects.values_list("code", "id", "single_holder")
    known = {code: PostKey(pk, single) for code, pk, single in columns}
    return look_up(codes, known, PostKey(0, False), refusals, UNKNOWN_POST)


def _refuse_ranks(ranks: Iterable[str], refusals: Refusals) -> None:
    known = set(Appointment.Rank.values)
    for n, rank in enumerate(ranks):
        if rank not in known:
            refusals.add(n, BAD_RANK)


def _refuse_appointments(staged: Stage, refusals: Refusals) -> None:
    """What no row may have, found for all rows at once."""
    APPOINTMENTS.adopt(staged)
    staged.refuse_twins(refusals, *APPOINTMENTS.key, reason=TWIN._replace(field="id_number"))
    staged.refuse(refusals, "s.valid_to <= s.valid_from", BAD_DATES)
    for others in (OTHERS, OTHERS_HERE):
        staged.refuse(refusals, others + SAME_PERSON, DOUBLE)
        held = "s.is_single AND " + others + " AND a.person_id <> s.person_id" + SAME_TIME
        staged.refuse(refusals, held, HELD)
