"""Squads with their people, deployments and logs, from lists; what is there already stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, look_up, refusing
from sanqiao.registers.areas.commands import compound_ids
from sanqiao.registers.areas.imports import NOWHERE, UNKNOWN_AREA, note_import, placed, places
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.commands import organisations_of
from sanqiao.registers.organisations.commands.units import UNKNOWN_UNIT
from sanqiao.registers.organisations.models import Unit
from sanqiao.registers.people.commands import import_appointments
from sanqiao.registers.people.commands.people import id_keys, known_people
from sanqiao.registers.people.models import Appointment, Person
from sanqiao.registers.people.rows import AppointmentRow
from sanqiao.work.squads import policies
from sanqiao.work.squads.models import CaptainRule, Deployment, LogEntry, Squad, SquadMember
from sanqiao.work.squads.reach import held_by
from sanqiao.work.squads.rows import DeploymentRow, LogRow, MemberRow, SquadRow

from .deploying import REASONS as DEPLOYMENT_REASONS
from .forming import POSTS, REASONS, Role, judged

NOBODY = Person(name="")
NO_UNIT = Unit(name="")
UNKNOWN_SQUAD = Reason("squads.unknown", "number", gettext_lazy("没有这支突击队：%(value)s"))
UNKNOWN_PERSON = Reason("people.unknown", "id_number", gettext_lazy("人员登记中没有此人"))
UNKNOWN_COMPOUND = Reason(
    "areas.unknown_compound", "compound_name", gettext_lazy("找不到小区：%(value)s")
)
NO_RULE = Reason("squads.no_rule", "formed_on", gettext_lazy("该日没有队长资格的规定"))
BREACH = Reason(
    "squads.captain_rule", "breach_reason", gettext_lazy("队长资格不符合，请写明任命原因")
)


@transaction.atomic
def import_squads(*, rows: Sequence[SquadRow], by: User) -> Imported:
    """Squads by their numbers, without captains yet. Raises RowsRefused."""
    refusals = Refusals()
    areas = placed([row.area_key for row in rows], by, refusals)
    codes = {row.credit_code for row in rows}
    known = Unit.objects.filter(credit_code__in=codes).select_related("organisation")
    units = look_up(
        [row.credit_code for row in rows], {unit.credit_code: unit for unit in known}, NO_UNIT,
        refusals, UNKNOWN_UNIT,
    )  # fmt: skip
    branches = organisations_of([row.branch_code for row in rows], refusals)
    rules = _rules(rows, refusals)
    refusals.check()
    there = set(Squad.objects.values_list("number", flat=True))
    new = [
        Squad(
            number=row.number, name=row.name, kind=row.kind, unit=unit, unit_name=unit.name,
            area_id=area.id, area_path=area.path, task=row.task, formed_on=row.formed_on,
            organisation_path=unit.organisation.path if unit.organisation else None,
            until=row.until, dissolved_on=row.dissolved_on, document=row.document,
            appraisal=row.appraisal, branch_id=branch, rule=rule,
        )
        for row, area, unit, branch, rule in zip(rows, areas, units, branches, rules, strict=True)
        if row.number not in there
    ]  # fmt: skip
    with refusing(REASONS):
        Squad.objects.bulk_create(new)
    return _imported("squads.squads_imported", len(new), len(rows), [a.path for a in areas], by)


@transaction.atomic
def import_members(*, rows: Sequence[MemberRow], by: User) -> Imported:
    """People of squads, with their appointments; captains judged by their first day.

    Raises RowsRefused.
    """
    refusals = Refusals()
    squads = _squads([row.number for row in rows], refusals)
    people = people_of([row.id_number for row in rows], refusals)
    refusals.check()
    for squad in {squad.pk: squad for squad in squads}.values():
        policies.check_leads(by, squad.area_path)
    proofs = _proofs(rows, squads, people, refusals)
    refusals.check()
    there = set(SquadMember.objects.values_list("squad_id", "person_id", "valid_from"))
    new = [
        n
        for n, (row, squad, person) in enumerate(zip(rows, squads, people, strict=True))
        if (squad.pk, person.pk, row.valid_from) not in there
    ]
    appointments = _appointments(rows, squads, people, new, by)
    with refusing(REASONS):
        SquadMember.objects.bulk_create(
            _member(rows[n], squads[n], people[n], proofs[n], appointments) for n in new
        )
    paths = [squad.area_path for squad in squads]
    return _imported("squads.members_imported", len(new), len(rows), paths, by)


@transaction.atomic
def import_deployments(*, rows: Sequence[DeploymentRow], by: User) -> Imported:
    """Raises RowsRefused."""
    refusals = Refusals()
    squads = _squads([row.number for row in rows], refusals)
    keys = [row.area_key for row in rows]
    areas = look_up(keys, places(keys), NOWHERE, refusals, UNKNOWN_AREA)
    named = [(row.area_key, row.compound_name) for row in rows if row.compound_name]
    there = compound_ids({key for key, _name in named})
    compounds = dict[tuple[str, str | None], int](there.items())
    for n, row in enumerate(rows):
        if row.compound_name and (row.area_key, row.compound_name) not in compounds:
            refusals.add(n, UNKNOWN_COMPOUND, value=row.compound_name)
    refusals.check()
    for squad in {squad.pk: squad for squad in squads}.values():
        policies.check_leads(by, squad.area_path)
    names = _area_names(keys)
    columns = ("squad_id", "area_id", "compound_id", "valid_from")
    present = set(Deployment.objects.values_list(*columns))
    new = [
        Deployment(
            squad=squad, compound_id=compounds.get((row.area_key, row.compound_name)),
            area_id=area.id, area_path=area.path, task=row.task, valid_from=row.valid_from,
            place_name=row.compound_name or names[row.area_key], valid_to=row.valid_to,
            organisation_path=squad.organisation_path,
        )
        for row, squad, area in zip(rows, squads, areas, strict=True)
    ]  # fmt: skip
    new = [d for d in new if tuple(getattr(d, name) for name in columns) not in present]
    with refusing(DEPLOYMENT_REASONS):
        Deployment.objects.bulk_create(new)
    paths = [area.path for area in areas]
    return _imported("squads.deployments_imported", len(new), len(rows), paths, by)


@transaction.atomic
def import_logs(*, rows: Sequence[LogRow], by: User) -> Imported:
    """Entries by squad, day and text. Raises RowsRefused."""
    refusals = Refusals()
    squads = _squads([row.number for row in rows], refusals)
    refusals.check()
    for squad in {squad.pk: squad for squad in squads}.values():
        policies.check_plans(by, squad)
    there = set(LogEntry.objects.values_list("squad_id", "day", "text"))
    new = [
        LogEntry(
            squad=squad, day=row.day, text=row.text, deeds=row.deeds, written_by=by,
            area_id=squad.area_id, area_path=squad.area_path,
            organisation_path=squad.organisation_path,
        )
        for row, squad in zip(rows, squads, strict=True)
        if (squad.pk, row.day, row.text) not in there
    ]  # fmt: skip
    LogEntry.objects.bulk_create(new)
    paths = [squad.area_path for squad in squads]
    return _imported("squads.logs_imported", len(new), len(rows), paths, by)


def _imported(kind: str, created: int, count: int, paths: Sequence[str], by: User) -> Imported:
    return note_import(kind, Imported(created, 0, count - created), paths, by)


def _rules(rows: Sequence[SquadRow], refusals: Refusals) -> list[CaptainRule | None]:
    """The rule in force on the day of formation; none for a company's squad."""
    known = list(CaptainRule.objects.order_by("-valid_from", "-id"))
    found: list[CaptainRule | None] = []
    for n, row in enumerate(rows):
        rule = next((rule for rule in known if _holds(rule, row.formed_on)), None)
        is_municipal = row.kind == Squad.Kind.MUNICIPAL
        if is_municipal and rule is None:
            refusals.add(n, NO_RULE)
        found.append(rule if is_municipal else None)
    return found


def _holds(rule: CaptainRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day < rule.valid_to)


def _squads(numbers: Sequence[str], refusals: Refusals) -> list[Squad]:
    rows = Squad.objects.filter(number__in=set(numbers)).select_related("rule", "area", "unit")
    known = {squad.number: squad for squad in rows}
    return look_up(numbers, known, Squad(), refusals, UNKNOWN_SQUAD)


def people_of(numbers: Sequence[str], refusals: Refusals) -> list[Person]:
    keys = id_keys(numbers, refusals)
    known = known_people(keys)
    people = Person.objects.in_bulk({known[key].id for key in keys if not known[key].is_new})
    found = [people.get(known[key].id) for key in keys]
    for n, person in enumerate(found):
        if person is None:
            refusals.add(n, UNKNOWN_PERSON)
    return [person or NOBODY for person in found]


def _proofs(
    rows: Sequence[MemberRow], squads: Sequence[Squad], people: Sequence[Person],
    refusals: Refusals,
) -> list[dict[str, Any]]:  # fmt: skip
    """What is kept with each captain; nothing with the others."""
    captains = {p.pk for row, p in zip(rows, people, strict=True) if row.role == Role.CAPTAIN}
    held, proofs = held_by(captains), []
    for n, (row, squad, person) in enumerate(zip(rows, squads, people, strict=True)):
        proof: dict[str, Any] = {}
        if row.role == Role.CAPTAIN:
            rule = squad.rule
            found = rule.proof(held.get(person.pk, []), row.valid_from) if rule else None
            if rule and found is None and not row.breach_reason.strip():
                refusals.add(n, BREACH)
            else:
                proof = judged(squad, found, row.breach_reason)
        proofs.append(proof)
    return proofs


def _appointments(
    rows: Sequence[MemberRow], squads: Sequence[Squad], people: Sequence[Person],
    new: Sequence[int], by: User,
) -> dict[tuple[int, str, int, date], int]:  # fmt: skip
    """{(person, post, area, first day): id}; those that the register lacks are made."""
    wanted = [
        AppointmentRow(
            rows[n].id_number, POSTS[Role(rows[n].role)], squads[n].area.key,
            squads[n].unit.credit_code, None, "", "", rows[n].valid_from, rows[n].valid_to, "",
        )
        for n in new
        if squads[n].is_municipal
    ]  # fmt: skip
    if not wanted:
        return {}
    import_appointments(rows=wanted, by=by)
    found = Appointment.objects.filter(
        post__code__in=set(POSTS.values()), person__in=[people[n].pk for n in new]
    )
    columns = ("person_id", "post__code", "area_id", "valid_from", "pk")
    rows_found = found.values_list(*columns)
    return {(person, post, area, since): pk for person, post, area, since, pk in rows_found}


def _member(
    row: MemberRow, squad: Squad, person: Person, proof: dict[str, Any],
    appointments: dict[tuple[int, str, int, date], int],
) -> SquadMember:  # fmt: skip
    key = (person.pk, POSTS[Role(row.role)], squad.area_id, row.valid_from)
    return SquadMember(
        squad=squad, person=person, name=person.name, role=row.role, valid_from=row.valid_from,
        valid_to=row.valid_to, area_id=squad.area_id, area_path=squad.area_path,
        organisation_path=squad.organisation_path,
        appointment_id=appointments[key] if squad.is_municipal else None, **proof,
    )  # fmt: skip


def _area_names(keys: Sequence[str]) -> dict[str, str]:
    return dict(Area.objects.filter(key__in=set(keys)).values_list("key", "name"))
