"""Persons in bulk: found by the keyed digest of the ID number, encrypted only when new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import LiteralString, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL

from sanqiao.kernel.fields import DIGEST_BYTES, encrypt, find_key
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, Upsert, run
from sanqiao.registers.areas.imports import TWIN, Place, note_import, placed
from sanqiao.registers.people.models import Person
from sanqiao.registers.people.rows import MemberRow, PersonRow
from sanqiao.registers.spelling import spelled_name
from sanqiao.registers.trees import new_ids

ELSEWHERE = Reason("people.elsewhere", "id_number", _("该身份证号已在您的范围外登记，请先办理转接"))
BAD_GENDER = Reason("people.gender", "gender", _("性别应为男或女"))
BORN_LATER = Reason("people.born_later", "born_on", _("出生日期不能晚于今天"))
NO_ID_NUMBER = Reason("people.no_id_number", "id_number", _("缺少身份证号"))
PEOPLE = Upsert(
    Person,
    key=("id_number_key",),
    given=("name", "gender", "area_id"),
    optional=("born_on", "education", "phone_key"),
    derived=("area_path", "pinyin", "initials"),
    kept=("phone", "phone_tail_key"),
    first=("id", "id_number", "id_tail_key"),
    along=("area_path",),
    reasons={"people_person_id_number_key_key": ELSEWHERE},
)


class Known(NamedTuple):
    """A person in the register, as far as visible, or one about to be."""

    id: int
    phone_key: bytes | None
    is_new: bool


@transaction.atomic
def import_people(*, rows: Sequence[PersonRow], by: User) -> Imported:
    """Create and change persons by ID number. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    keys = id_keys([row.id_number for row in rows], refusals)
    refuse_people(rows, keys, refusals)
    refusals.check()
    known = known_people(keys, areas)
    staged = PEOPLE.stage(person_values(rows, keys, areas, known), are_new=are_new(known))
    paths = (area.path for area in areas)
    return note_import("people.people_imported", PEOPLE.run(staged), paths, by)


def id_keys(numbers: Iterable[str], refusals: Refusals) -> list[bytes]:
    """The digest by which each ID number is found; a row without one is refused."""
    keys = []
    for row, number in enumerate(numbers):
        key = find_key(number)
        if key is None:
            refusals.add(row, NO_ID_NUMBER)
        keys.append(key or b"")
    return keys


def known_people(keys: Sequence[bytes], homes: Sequence[Place] = ()) -> dict[bytes, Known]:
    """Every key with its person; ids of new persons are taken from the sequence, in the order of
    their `homes`."""
    query, params = persons_of(keys)
    columns = SQL("SELECT id_number_key, id, phone_key FROM people_person WHERE id_number_key IN ")
    found = run(SQL("{}({})").format(columns, SQL(query)), params)
    known = {bytes(key): Known(pk, phone, False) for key, pk, phone in found}
    new = [key for key in dict.fromkeys(keys) if key not in known]
    if homes:
        place = dict(zip(keys, homes, strict=True))
        new.sort(key=lambda key: place[key].path)
    for key, pk in zip(new, new_ids("people_person", len(new)), strict=True):
        known[key] = Known(pk, None, True)
    return known


def persons_of(keys: Iterable[bytes | None]) -> tuple[LiteralString, list[object]]:
    """A query for the keys, and its parameters. They go in one piece, because 89,000 parameters
    would take longer than the search."""
    found = [key for key in set(keys) if key]
    query: LiteralString = (
        "SELECT substr(%s::bytea, 1 + place * %s, %s) FROM generate_series(0, %s) place"
    )
    return query, [b"".join(found), DIGEST_BYTES, DIGEST_BYTES, len(found) - 1]


def are_new(known: Mapping[bytes, Known]) -> bool:
    return all(person.is_new for person in known.values())


def person_values(
    rows: Sequence[PersonRow],
    keys: Sequence[bytes],
    areas: Sequence[Place],
    known: Mapping[bytes, Known],
) -> list[tuple[object, ...]]:
    """Rows as `PEOPLE` stages them; what the register has already is not encrypted again."""
    tail_key = cache(find_key)
    return [
        _values(row, key, area, known[key], tail_key)
        for row, key, area in zip(rows, keys, areas, strict=True)
    ]


def _values(
    row: PersonRow,
    key: bytes,
    area: Place,
    known: Known,
    tail_key: Callable[[str], bytes | None],
) -> tuple[object, ...]:
    """In the order of `PEOPLE.written`."""
    phone_key = find_key(row.phone)
    has_new_phone = phone_key is not None and phone_key != known.phone_key
    return (
        key, row.name, row.gender, area.id, row.born_on, row.education or None, phone_key,
        area.path, *spelled_name(row.name),
        encrypt(row.phone) if has_new_phone else None,
        tail_key(row.phone[-4:]) if has_new_phone else None,
        known.id, encrypt(row.id_number) if known.is_new else None,
        tail_key(row.id_number[-4:]) if known.is_new else None,
    )  # fmt: skip


def refuse_people(
    rows: Sequence[PersonRow] | Sequence[MemberRow], keys: Sequence[bytes], refusals: Refusals
) -> None:
    """Persons that stand twice or are not born yet, and genders that do not exist."""
    genders, today = set(Person.Gender.values), timezone.localdate()
    first: dict[bytes, int] = {}
    for n, key in enumerate(keys):
        twin = first.setdefault(key, n)
        if key and twin != n:
            refusals.add(n, TWIN._replace(field="id_number"), twin=twin + 1)
        if rows[n].gender not in genders:
            refusals.add(n, BAD_GENDER)
        born_on = rows[n].born_on
        if born_on and born_on > today:
            refusals.add(n, BORN_LATER)
