"""Makers: each returns one saved record that is valid and dull. Say only what matters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model
from stdnum.cn.ric import calc_check_digit

from sanqiao.kernel.fields import find_key
from sanqiao.kernel.models import Grant, User
from sanqiao.kernel.scope import path_of
from sanqiao.registers.areas.models import Area, AreaEdge, Compound
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.people.models import Appointment, Membership, Person, Post

FOUNDED = date(2000, 1, 1)
PASSWORD = "Wudang-Lu-2020"
KINDS = {
    "city": "statutory",
    "county": "statutory",
    "township": "subdistrict",
    "community": "residents",
    "grid": "urban_grid",
    "microgrid": "micro",
}
number = count(1)
M = TypeVar("M", bound=Model)


@contextmanager
def as_owner() -> Iterator[None]:
    """The owner of the database on this connection: past row-level security, may COPY and TRUNCATE."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute("SET ROLE sanqiao_web")


def next_id(model: type[Model]) -> int:
    """The id that the next row of `model` takes; a path holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])


def make_user(*, password: str = "", **given: Any) -> User:
    """Without grants; `is_demo`, so that no second factor stands in the way."""
    usual = {"username": f"user{next(number)}", "is_demo": True}
    user = User(**usual | given)
    if password:
        user.set_password(password)
    user.save()
    return user


def make_grant(
    *,
    role: str,
    area: Area | None = None,
    organisation: Organisation | None = None,
    user: User | None = None,
    **given: Any,
) -> Grant:
    """`role` over the subtree of one `area` or one `organisation`, since 2000."""
    place = area or organisation
    tree = Grant.Tree.AREA if area else Grant.Tree.ORGANISATION
    path, name = (place.path, place.name) if place else ("", "全市")
    usual = {"path": path, "place": name, "tree": tree, "valid_from": FOUNDED}
    return Grant.objects.create(user=user or make_user(), role=role, **usual | given)


def make_area(level: str = "grid", parent: Area | None = None, **given: Any) -> Area:
    """An area since 2000 with its dated parent link; without `parent` a root of its own."""
    pk = next_id(Area)
    usual = {
        "key": f"A{pk}",
        "name": f"第{pk}{Area.Level(level).label}",
        "kind": KINDS[level],
        "valid_from": FOUNDED,
    }
    area = Area.objects.create(
        id=pk, level=level, parent=parent, path=path_of(parent, pk), **usual | given
    )
    if parent:
        AreaEdge.objects.create(child=area, parent=parent, valid_from=area.valid_from)
    return area


def make_compound(**given: Any) -> Compound:
    return _in_area(Compound, {"name": f"第{next(number)}小区", "valid_from": FOUNDED}, given)


def make_organisation(**given: Any) -> Organisation:
    """A branch since 2000, in an area of its own unless `area` says."""
    pk, parent = next_id(Organisation), given.pop("parent", None)
    usual = {
        "name": f"第{pk}党支部",
        "code": f"O{pk}",
        "kind": "branch",
        "setting": "residents",
        "founded_on": FOUNDED,
    }
    tree = {"id": pk, "parent": parent, "path": path_of(parent, pk)}
    return _in_area(Organisation, usual | tree, given)


def make_unit(**given: Any) -> Unit:
    """A department of the city, with a code that is no real one."""
    n = next(number)
    usual = {"name": f"第{n}局", "credit_code": f"N{n:017}", "kind": "office", "rank": "municipal"}
    return _in_area(Unit, usual | {"valid_from": FOUNDED}, given)


def make_person(*, id_number: str = "", phone: str = "", **given: Any) -> Person:
    """Somebody with an ID number that passes the check digit and is nobody's (no such day)."""
    n = next(number)
    id_number = id_number or impossible_id_number(n)
    phone = phone or f"1990000{n % 10000:04}"
    usual = {
        "name": f"张{n}",
        "gender": "male",
        "born_on": date(1980, 1, 1),
        "id_number": id_number,
        "id_number_key": find_key(id_number),
        "id_tail_key": find_key(id_number[-4:]),
        "phone": phone,
        "phone_key": find_key(phone),
        "phone_tail_key": find_key(phone[-4:]),
    }
    return _in_area(Person, usual, given)


def impossible_id_number(n: int) -> str:
    """18 characters with a right check digit and 31 February: nobody holds it."""
    body = f"420302{1950 + n // 1000 % 50}0231{n % 1000:03}"
    return body + calc_check_digit(f"{body}0")


def make_membership(**given: Any) -> Membership:
    """A full member since 2010, in the branch's area."""
    organisation = given.pop("organisation", None) or make_organisation(
        area=given.pop("area", None)
    )
    person = given.pop("person", None) or make_person(area=organisation.area)
    day = date(2010, 7, 1)
    usual = {
        "kind": "full", "joined_on": day, "full_on": day.replace(year=2011), "valid_from": day,
    }  # fmt: skip
    return Membership.objects.create(
        person=person,
        organisation=organisation,
        organisation_path=organisation.path,
        area=organisation.area,
        area_path=organisation.area_path,
        **usual | given,
    )


def make_post(code: str = "grid_worker", **given: Any) -> Post:
    usual = {"name": "网格员", "group": "grid"}
    return Post.objects.get_or_create(code=code, defaults=usual | given)[0]


def make_appointment(**given: Any) -> Appointment:
    """A grid worker since 2019, in the person's area."""
    area = given.pop("area", None) or make_area()
    person = given.pop("person", None) or make_person(area=area)
    post = given.pop("post", None) or make_post()
    usual = {"valid_from": date(2019, 1, 1), "is_single": post.single_holder}
    return _in_area(Appointment, {"person": person, "post": post, "area": area, **usual}, given)


def _in_area(model: type[M], usual: dict[str, Any], given: dict[str, Any]) -> M:
    fields = usual | given
    area = fields.pop("area", None) or make_area()
    return model._default_manager.create(area=area, area_path=area.path, **fields)


@dataclass(frozen=True)
class Town:
    """One branch of the tree down to two grids, and a second township beside it."""

    city: Area
    county: Area
    township: Area
    community: Area
    grid: Area
    other_grid: Area
    other_township: Area
    other_community: Area
    far_grid: Area
    city_committee: Organisation
    street_committee: Organisation
    branch: Organisation
    other_branch: Organisation


def make_town() -> Town:
    city = make_area("city", key="420300", name="十堰市", official_code="420300000000")
    county = make_area("county", city, key="420302", name="茅箭区")
    township = make_area("township", county, key="420302001", name="武当路街道")
    community = make_area("community", township, key="420302001001", name="三桥社区")
    other = make_area("township", county, key="420302002", name="五堰街道")
    other_community = make_area("community", other, key="420302002001", name="五堰社区")
    committee = make_organisation(name="中共十堰市委员会", kind="committee", area=city)
    street = make_organisation(
        name="武当路街道党工委", kind="committee", area=township, parent=committee
    )
    return Town(
        city=city,
        county=county,
        township=township,
        community=community,
        grid=make_area("grid", community, key="420302001001001", name="三桥第一网格"),
        other_grid=make_area("grid", community, key="420302001001002", name="三桥第二网格"),
        other_township=other,
        other_community=other_community,
        far_grid=make_area("grid", other_community, key="420302002001001", name="五堰第一网格"),
        city_committee=committee,
        street_committee=street,
        branch=make_organisation(name="三桥社区党支部", area=community, parent=street),
        other_branch=make_organisation(
            name="五堰社区党支部", area=other_community, parent=committee
        ),
    )
