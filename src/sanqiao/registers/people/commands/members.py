"""Memberships in bulk, alone or with their persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, Stage, Upsert, look_up
from sanqiao.registers.areas.imports import (
    BAD_DATES,
    NOWHERE,
    TWIN,
    UNKNOWN_AREA,
    note_import,
    places,
)
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.organisations.policies import refuse_out_of_scope
from sanqiao.registers.people.models import Membership
from sanqiao.registers.people.rows import MemberRow, MembershipRow

from .people import PEOPLE, Known, are_new, id_keys, known_people, person_values, refuse_people

UNKNOWN_PERSON = Reason("people.unknown", "id_number", _("登记中没有此人，或不在您的管理范围内"))
UNKNOWN_ORGANISATION = Reason(
    "organisations.unknown", "organisation_code", _("找不到党组织：%(value)s")
)
BAD_KIND = Reason("people.kind", "kind", _("党员类别应为正式党员或预备党员"))
NO_FULL_DATE = Reason("people.no_full_date", "full_on", _("正式党员缺少转正日期"))
FULL_TOO_EARLY = Reason("people.full_too_early", "full_on", _("转正日期早于入党日期"))
OVERLAP = Reason("people.overlap", "valid_from", _("与此人另一段党员关系时间重叠，请先办理转出"))
MEMBERSHIPS = Upsert(
    Membership,
    key=("person_id", "valid_from"),
    given=("organisation_id", "kind", "joined_on"),
    optional=("full_on", "valid_to"),
    derived=("organisation_path", "area_id", "area_path"),
    along=("organisation_path",),
    reasons={
        "membership_dates": BAD_DATES,
        "membership_one_at_a_time": OVERLAP,
        "membership_full_after_joining": FULL_TOO_EARLY,
        "membership_full_has_date": NO_FULL_DATE,
    },
)
OVERLAPS: LiteralString = (
    "EXISTS (SELECT FROM people_membership m WHERE m.person_id = s.person_id"
    " AND NOT EXISTS (SELECT FROM staged_membership k"
    " WHERE k.person_id = m.person_id AND k.valid_from = m.valid_from)"
    " AND daterange(m.valid_from, m.valid_to) && daterange(s.valid_from, s.valid_to))"
)
OVERLAPS_HERE: LiteralString = (
    "EXISTS (SELECT FROM staged_membership m WHERE m.person_id = s.person_id AND m.n < s.n"
    " AND daterange(m.valid_from, m.valid_to) && daterange(s.valid_from, s.valid_to))"
)


class Home(NamedTuple):
    """What a membership copies from its organisation."""

    id: int
    path: str
    area_id: int
    area_path: str


NO_HOME = Home(0, "", 0, "")


@transaction.atomic
def import_memberships(*, rows: Sequence[MembershipRow], by: User) -> Imported:
    """Create and change memberships by person and first day. Raises RowsRefused."""
    refusals = Refusals()
    keys = id_keys([row.id_number for row in rows], refusals)
    known = known_people(keys)
    for n, key in enumerate(keys):
        if known[key].is_new:
            refusals.add(n, UNKNOWN_PERSON)
    homes = _homes(rows, by, refusals)
    refusals.check()
    staged = _stage_memberships(rows, keys, known, homes)
    _refuse_memberships(staged, refusals)
    refusals.check()
    paths = (home.area_path for home in homes)
    return note_import("people.memberships_imported", MEMBERSHIPS.run(staged), paths, by)


@transaction.atomic
def import_members(*, rows: Sequence[MemberRow], by: User) -> Imported:
    """Create and change persons and their memberships, a pair a row; `created` counts new
    memberships. Members may live outside of `by`'s scope, their organisations not.

    Memberships go first: a person who lives elsewhere is seen through the membership.
    """
    refusals = Refusals()
    keys = id_keys([row.id_number for row in rows], refusals)
    refuse_people(rows, keys, refusals)
    area_keys = [row.area_key for row in rows]
    areas = look_up(area_keys, places(area_keys), NOWHERE, refusals, UNKNOWN_AREA)
    memberships = [row.membership for row in rows]
    homes = _homes(memberships, by, refusals)
    refusals.check()

    known = known_people(keys, areas)
    staged = _stage_memberships(memberships, keys, known, homes)
    _refuse_memberships(staged, refusals)
    refusals.check()
    with ThreadPoolExecutor(1) as pool:  # encrypts while the database works
        values = pool.submit(person_values, [row.person for row in rows], keys, areas, known)
        done = MEMBERSHIPS.run(staged)
        persons = PEOPLE.run(PEOPLE.stage(values.result(), are_new=are_new(known)))
    changed = min(done.changed + persons.changed, len(rows) - done.created)
    done = Imported(done.created, changed, len(rows) - done.created - changed)
    paths = (home.area_path for home in homes)
    return note_import("people.members_imported", done, paths, by)


def _homes(rows: Sequence[MembershipRow], by: User, refusals: Refusals) -> list[Home]:
    """Each row's organisation, visible and within what `by` may import into."""
    codes = [row.organisation_code for row in rows]
    found = Organisation.objects.filter(code__in=set(codes))
    columns = found.values_list("code", "id", "path", "area_id", "area_path")
    known = {code: Home(pk, path, area, place) for code, pk, path, area, place in columns}
    homes = look_up(codes, known, NO_HOME, refusals, UNKNOWN_ORGANISATION)
    paths = ((home.area_path, home.path) for home in homes)
    refuse_out_of_scope(by, paths, refusals, field="organisation_code")
    return homes


def _stage_memberships(
    rows: Sequence[MembershipRow],
    keys: Sequence[bytes],
    known: Mapping[bytes, Known],
    homes: Sequence[Home],
) -> Stage:
    values = (
        (
            known[key].id, row.valid_from, home.id, row.kind, row.joined_on, row.full_on,
            row.valid_to, home.path, home.area_id, home.area_path,
        )
        for row, key, home in zip(rows, keys, homes, strict=True)
    )  # fmt: skip
    return MEMBERSHIPS.stage(values, are_new=are_new(known))


def _refuse_memberships(staged: Stage, refusals: Refusals) -> None:
    """What no row may have, found for all rows at once. New persons, each in one row, have no
    other membership that it could meet."""
    if not staged.is_new:
        MEMBERSHIPS.adopt(staged)
        staged.refuse_twins(refusals, *MEMBERSHIPS.key, reason=TWIN._replace(field="id_number"))
        staged.refuse(refusals, OVERLAPS, OVERLAP)
        staged.refuse(refusals, OVERLAPS_HERE, OVERLAP)
    staged.refuse(refusals, "s.kind NOT IN ('full', 'probationary')", BAD_KIND)
    staged.refuse(refusals, "s.valid_to <= s.valid_from", BAD_DATES)
    staged.refuse(refusals, "s.full_on < s.joined_on", FULL_TOO_EARLY)
    staged.refuse(refusals, "s.kind = 'full' AND s.full_on IS NULL", NO_FULL_DATE)
