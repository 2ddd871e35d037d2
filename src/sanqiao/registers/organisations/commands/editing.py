"""One organisation or unit at a time, from its page."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.sql import SQL, Identifier

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Grant, User, note
from sanqiao.kernel.scope import path_of
from sanqiao.kernel.staging import Reason, refusing, run
from sanqiao.kernel.versions import check_version
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.organisations.policies import (
    check_can_close,
    check_can_dissolve,
    check_may,
    check_may_in,
    check_open,
    check_parent,
)
from sanqiao.registers.spelling import spelled
from sanqiao.registers.trees import new_ids

from .organisations import ORGANISATIONS, term_end
from .units import UNITS

REASONS = {
    **ORGANISATIONS.reasons,
    "organisations_organisation_code_key": Reason(
        "organisations.code_taken", "code", gettext_lazy("编码已被使用")
    ),
}


class OrganisationFacts(TypedDict):
    name: str
    kind: str
    setting: str
    founded_on: date
    elected_on: date | None
    term_years: int
    document: str


class UnitFacts(TypedDict):
    name: str
    credit_code: str
    kind: str
    rank: str
    valid_from: date


@transaction.atomic
def create_organisation(
    *,
    code: str,
    parent: Organisation | None,
    area: Area,
    by: User,
    **facts: Unpack[OrganisationFacts],
) -> Organisation:
    """Found an organisation below `parent`.

    Raises Refused: organisations.not_allowed, bad_parent, dissolved, code_taken, term, dates.
    """
    _check_place(by, area, parent)
    check_parent(parent.kind if parent else None, facts["kind"])
    if parent:
        check_open(parent, facts["founded_on"])
    (pk,) = new_ids("organisations_organisation", 1)
    organisation = Organisation(
        id=pk, code=code, parent=parent, path=path_of(parent, pk), area=area, **facts
    )
    _save(organisation)
    note("organisations.organisation_founded", subject=organisation, by=by)
    return organisation


@transaction.atomic
def change_organisation(
    *,
    organisation: Organisation,
    area: Area,
    known_version: int,
    by: User,
    **facts: Unpack[OrganisationFacts],
) -> Organisation:
    """Correct what is registered, also after an election; memberships follow its area.

    Raises Refused: organisations.not_allowed, changed_meanwhile, bad_parent, term, dates.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    check_may(by, "organisations.change", organisation)
    _check_place(by, area, organisation.parent)
    check_version(organisation, known_version)
    above = organisation.parent
    check_parent(above.kind if above else None, facts["kind"])

    for name, value in facts.items():
        setattr(organisation, name, value)
    organisation.area = area
    _save(organisation)
    note("organisations.organisation_changed", subject=organisation, by=by)
    return organisation


@transaction.atomic
def rename_organisation(*, organisation: Organisation, name: str, by: User) -> Organisation:
    """Another name and nothing else. Raises Refused: organisations.not_allowed."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    check_may(by, "organisations.change", organisation)
    organisation.name = name
    _save(organisation)
    note("organisations.organisation_renamed", subject=organisation, by=by)
    return organisation


@transaction.atomic
def move_organisation(*, organisation: Organisation, to: Organisation, by: User) -> Organisation:
    """Put an organisation, with all below it, under another one.

    Raises Refused: organisations.not_allowed, into_itself, bad_parent.
    """
    both = Organisation.objects.select_for_update().in_bulk(sorted({organisation.pk, to.pk}))
    organisation, to = both[organisation.pk], both[to.pk]
    check_may(by, "organisations.change", organisation)
    check_may(by, "organisations.change", to)
    check_parent(to.kind, organisation.kind)
    if to.path.startswith(organisation.path):
        raise Refused("organisations.into_itself", _("不能调整到自身或其下级"), field="to")

    old, new = organisation.path, path_of(to, organisation.pk)
    Organisation.objects.filter(pk=organisation.pk).update(parent=to)
    _replace_prefix(Organisation._meta.db_table, old, new)
    _replace_prefix(Grant._meta.db_table, old, new, tree=Grant.Tree.ORGANISATION)
    organisation.refresh_from_db()
    note("organisations.organisation_moved", subject=organisation, by=by, to=to.name)
    return organisation


@transaction.atomic
def dissolve_organisation(
    *, organisation: Organisation, on: date, document: str, by: User
) -> Organisation:
    """End an organisation that has neither members nor organisations below.

    Raises Refused: organisations.not_allowed, dissolved, has_members, has_children, dates.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    check_may(by, "organisations.change", organisation)
    check_open(organisation, on)
    check_can_dissolve(
        organisation,
        members=organisation.memberships.on(on).count(),
        below=Organisation.objects.on(on).filter(parent=organisation).count(),
    )
    organisation.dissolved_on = on
    organisation.document = document or organisation.document
    with refusing(REASONS):
        organisation.save(update_fields=["dissolved_on", "document"])
    note("organisations.organisation_dissolved", subject=organisation, by=by, on=str(on))
    return organisation


@transaction.atomic
def create_unit(
    *, area: Area, organisation: Organisation | None, by: User, **facts: Unpack[UnitFacts]
) -> Unit:
    """Raises Refused: organisations.not_allowed, credit_code_taken."""
    check_may_in(by, "organisations.change", area_path=area.path, name=area.name)
    unit = Unit(area=area, organisation=organisation, **facts)
    _save_unit(unit)
    note("organisations.unit_created", subject=unit, by=by)
    return unit


@transaction.atomic
def change_unit(
    *,
    unit: Unit,
    area: Area,
    organisation: Organisation | None,
    known_version: int,
    by: User,
    **facts: Unpack[UnitFacts],
) -> Unit:
    """Raises Refused: organisations.not_allowed, changed_meanwhile, credit_code_taken."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    for place in (unit.area, area):
        check_may_in(by, "organisations.change", area_path=place.path, name=place.name)
    check_version(unit, known_version)

    for name, value in facts.items():
        setattr(unit, name, value)
    unit.area, unit.organisation = area, organisation
    _save_unit(unit)
    note("organisations.unit_changed", subject=unit, by=by)
    return unit


@transaction.atomic
def close_unit(*, unit: Unit, on: date, by: User) -> Unit:
    """Raises Refused: organisations.not_allowed, unit_closed, import.dates."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    check_may_in(by, "organisations.change", area_path=unit.area_path, name=unit.name)
    check_can_close(unit, on=on)
    unit.valid_to = on
    with refusing(UNITS.reasons):
        unit.save(update_fields=["valid_to"])
    note("organisations.unit_closed", subject=unit, by=by, on=str(on))
    return unit


def _check_place(by: User, area: Area, parent: Organisation | None) -> None:
    """By the area, or by the organisation above."""
    above = parent.path if parent else None
    if not by.may("organisations.change", area=area.path, organisation=above):
        words = _("您无权在“%(name)s”办理此事") % {"name": area.name}
        raise Refused("organisations.not_allowed", words, field="area")


def _save(organisation: Organisation) -> None:
    organisation.place()
    organisation.term_ends_on = term_end(organisation.elected_on, organisation.term_years)
    organisation.pinyin, organisation.initials = spelled(organisation.name)
    with refusing(REASONS):
        organisation.save()


def _save_unit(unit: Unit) -> None:
    unit.place()
    unit.pinyin, unit.initials = spelled(unit.name)
    with refusing(UNITS.reasons):
        unit.save()


def _replace_prefix(table: str, old: str, new: str, *, tree: str = "") -> None:
    query = SQL("UPDATE {} SET path = %s || substr(path, %s) WHERE path >= %s AND path < %s{}")
    only = SQL(" AND tree = %s" if tree else "")
    params = [new, len(old) + 1, old, f"{old}~", *([tree] if tree else [])]
    run(query.format(Identifier(table), only), params)
