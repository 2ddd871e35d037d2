"""Squads: formed with a captain and a temporary branch, staffed, and dissolved with both."""

from __future__ import annotations

from datetime import date
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.commands.duties import hand_in, open_duty, restate_duty
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Duty, User, note
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.kernel.versions import check_version
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.commands import (
    create_organisation,
    dissolve_organisation,
    rename_organisation,
)
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.people.commands import appoint, end_appointment
from sanqiao.registers.people.models import Person, Post
from sanqiao.work.squads import policies
from sanqiao.work.squads.models import CaptainRule, Shift, Squad, SquadMember
from sanqiao.work.squads.models.rules import Held
from sanqiao.work.squads.reach import held_by

from .shifts import cancel_all


class SquadFacts(TypedDict):
    number: str
    name: str
    kind: str
    formed_on: date
    until: date | None
    task: str
    document: str
    appraisal: NotRequired[str]


class Restated(TypedDict):
    """What may change of a squad that stands."""

    name: str
    until: date | None
    task: str
    document: str
    appraisal: NotRequired[str]


Role, Proof = SquadMember.Role, SquadMember.Proof
POSTS = {Role.CAPTAIN: "squad_captain", Role.DEPUTY: "squad_member", Role.MEMBER: "squad_member"}
ROLE_DATES = Reason("squads.too_early", "on", gettext_lazy("止日应晚于起日"))
REASONS = {
    "squads_squad_number_key": Reason(
        "squads.number_taken", "number", gettext_lazy("这个编号已经用过")
    ),
    "squad_until": Reason("squads.until", "until", gettext_lazy("预定解散日期应晚于组建日期")),
    "squad_dates": Reason("squads.too_early", "on", gettext_lazy("解散日期应晚于组建日期")),
    "squad_member_once": Reason(
        "squads.member_already", "person", gettext_lazy("此人已在这支突击队，日期重叠")
    ),
    "squad_one_captain": Reason("squads.captain_already", "person", gettext_lazy("该日已有队长")),
    "squad_member_dates": ROLE_DATES,
}


@transaction.atomic
def set_captain_rule(
    *, name: str, takes_heads: bool, least_rank: str, valid_from: date, document: str, by: User
) -> CaptainRule:
    """The city's rule from a day on; squads formed before keep theirs.

    Raises Refused: squads.not_allowed.
    """
    policies.check_leads(by, Area.objects.filter(parent=None).earliest("id").path)
    CaptainRule.objects.filter(valid_to=None, valid_from__lt=valid_from).update(valid_to=valid_from)
    rule = CaptainRule.objects.create(
        name=name, takes_heads=takes_heads, least_rank=least_rank, document=document,
        valid_from=valid_from,
    )  # fmt: skip
    note("squads.captain_rule_set", subject=rule, by=by)
    return rule


@transaction.atomic
def form_squad(
    *, unit: Unit, area: Area, captain: Person, branch_parent: Organisation | None = None,
    breach_reason: str = "", by: User, **facts: Unpack[SquadFacts],
) -> Squad:  # fmt: skip
    """组建: with its captain, and with a temporary branch when `branch_parent` says below whom.

    Raises Refused: squads.not_allowed, number_taken, no_rule, captain_rule, …
    """
    policies.check_leads(by, area.path)
    of, day = unit.organisation, facts["formed_on"]
    branch = _found_branch(facts, branch_parent, area, by) if branch_parent else None
    with refusing(REASONS):
        squad = Squad.objects.create(
            unit=unit, unit_name=unit.name, area=area, area_path=area.path, branch=branch,
            organisation_path=of.path if of else None, rule=_rule(facts["kind"], day), **facts,
        )  # fmt: skip
    _put(squad, captain, Role.CAPTAIN, day, by, breach_reason)
    _owe_the_end(squad, by)
    note("squads.squad_formed", subject=squad, by=by, unit=unit.name, on=str(day))
    return squad


@transaction.atomic
def change_squad(*, squad: Squad, known_version: int, by: User, **facts: Unpack[Restated]) -> Squad:
    """Another name, planned end, task or document.

    Raises Refused: squads.not_allowed, dissolved, changed_meanwhile, until, until_stays.
    """
    squad = locked(squad)
    policies.check_leads(by, squad.area_path)
    policies.check_stands(squad, squad.formed_on)
    check_version(squad, known_version)
    return restate(squad=squad, by=by, **facts)


def restate(*, squad: Squad, by: User, **facts: Unpack[Restated]) -> Squad:
    """Of a locked squad; the duty to dissolve it keeps up with its name and its planned end, and
    its temporary branch with its name, unless somebody has named that otherwise.

    Raises Refused: squads.dissolved, until, until_stays.
    """
    before, duty = squad.until, _duty_of(squad)
    if (facts["name"], facts["until"]) != (squad.name, before):
        policies.check_stands(squad, squad.formed_on)
    policies.check_keeps_an_end(before, facts["until"])
    _rename_branch(squad, facts["name"], by)
    for name, value in facts.items():
        setattr(squad, name, value)
    with refusing(REASONS):
        squad.save(update_fields=list(facts))
    if before is None:
        _owe_the_end(squad, by)
    else:
        _restate_duty(squad, duty, by)
    note("squads.squad_changed", subject=squad, by=by)
    return squad


@transaction.atomic
def name_captain(
    *, squad: Squad, person: Person, on: date, breach_reason: str = "", by: User
) -> SquadMember:
    """A new captain from a day on, judged by that day; the one before ends.

    Raises Refused: squads.not_allowed, dissolved, too_early, captain_rule, member_already.
    """
    squad = locked(squad)
    policies.check_leads(by, squad.area_path)
    policies.check_stands(squad, on)
    before = squad.members.filter(role=Role.CAPTAIN, valid_to=None).first()
    if before:
        policies.check_open(before, on)
        _end(before, on, by)
    member = _put(squad, person, Role.CAPTAIN, on, by, breach_reason)
    note("squads.captain_named", subject=squad, by=by, proof=member.proof, on=str(on))
    return member


@transaction.atomic
def add_member(*, squad: Squad, person: Person, role: str, on: date, by: User) -> SquadMember:
    """A deputy or member; of a municipal squad an appointment in the register too.

    Raises Refused: squads.not_allowed, dissolved, too_early, member_already.
    """
    squad = locked(squad)
    policies.check_leads(by, squad.area_path)
    policies.check_stands(squad, on)
    member = _put(squad, person, Role(role), on, by)
    note("squads.member_added", subject=squad, by=by, role=role, on=str(on))
    return member


@transaction.atomic
def end_member(*, member: SquadMember, on: date, by: User) -> SquadMember:
    """Raises Refused: squads.not_allowed, captain_stays, ended, too_early."""
    locked(member.squad)
    member = SquadMember.objects.select_for_update().get(pk=member.pk)
    policies.check_leads(by, member.area_path)
    policies.check_not_captain(member)
    policies.check_open(member, on)
    _end(member, on, by)
    note("squads.member_left", subject=member.squad, by=by, on=str(on))
    return member


@transaction.atomic
def appraise_squad(*, squad: Squad, text: str, by: User) -> Squad:
    """群众评价 in words; no mark, no rank. Raises Refused: squads.not_allowed, words_missing."""
    squad = locked(squad)
    policies.check_plans(by, squad)
    squad.appraisal = policies.check_says(text)
    squad.save(update_fields=["appraisal"])
    note("squads.squad_appraised", subject=squad, by=by)
    return squad


@transaction.atomic
def dissolve_squad(*, squad: Squad, on: date, document: str = "", by: User) -> Squad:
    """解散: members, deployments, shifts to come and the temporary branch end with it, or nothing.

    Raises Refused: squads.not_allowed, dissolved, too_early, …
    """
    squad = locked(squad)
    policies.check_leads(by, squad.area_path)
    policies.check_stands(squad, on)
    for member in squad.members.filter(valid_to=None):
        _end(member, on, by)
    squad.deployments.filter(valid_to=None, valid_from__lt=on).update(valid_to=on)
    _cancel_shifts(squad, on)
    if squad.branch and squad.branch.dissolved_on is None:
        dissolve_organisation(organisation=squad.branch, on=on, document=document, by=by)
    squad.dissolved_on, squad.document = on, document or squad.document
    with refusing(REASONS):
        squad.save(update_fields=["dissolved_on", "document"])
    for duty in Duty.objects.filter(**_duty_of(squad), owner=by, state=Duty.State.OPEN):
        hand_in(duty=duty, text=document, by=by)
    note("squads.squad_dissolved", subject=squad, by=by, on=str(on))
    return squad


def _duty_of(squad: Squad) -> dict[str, Any]:
    """Found again by its words, which are those of the ledger in any language."""
    title = f"解散{squad.name}（{squad.number}）"
    return {"kind": "squads.dissolve", "title": title, "area_path": squad.area_path}


def _owe_the_end(squad: Squad, by: User) -> None:
    """Whoever forms a squad with a planned end owes its dissolution by that day."""
    if squad.until is not None:
        open_duty(**_duty_of(squad), owner=by, due_on=squad.until, by=by)


def _restate_duty(squad: Squad, known_as: dict[str, Any], by: User) -> None:
    assert squad.until is not None  # noqa: S101 (for the type: a planned end stays)
    title = _duty_of(squad)["title"]
    for duty in Duty.objects.filter(**known_as, state=Duty.State.OPEN):
        if (duty.title, duty.due_on) != (title, squad.until):
            restate_duty(duty=duty, title=title, due_on=squad.until, by=by)


def locked(squad: Squad) -> Squad:
    rows = Squad.objects.select_for_update(of=("self",)).select_related("branch", "rule", "area")
    return rows.get(pk=squad.pk)


def judged(squad: Squad, found: Held | None, breach_reason: str) -> dict[str, Any]:
    """What is kept with a captain. Raises Refused: squads.captain_rule."""
    if squad.rule is None:
        return {"proof": Proof.EXEMPT}
    if reason := policies.check_proven(found is not None, breach_reason):
        return {"proof": Proof.BREACH, "breach_reason": reason}
    assert found is not None  # noqa: S101 (for the type: proven)
    proof = Proof.HEAD if found.is_head and squad.rule.takes_heads else Proof.RANK
    return {
        "proof": proof, "proven_by_id": found.id, "proof_words": found.words[:200],
        "proof_rank": found.rank,
    }  # fmt: skip


def _rule(kind: str, day: date) -> CaptainRule | None:
    """The rule in force; a company's squad has none. Raises Refused: squads.no_rule."""
    if kind != Squad.Kind.MUNICIPAL:
        return None
    rule = CaptainRule.objects.on(day).order_by("-valid_from", "-id").first()
    if rule is None:
        raise Refused("squads.no_rule", _("该日没有队长资格的规定，请先登记"), field="formed_on")
    return rule


def _found_branch(facts: SquadFacts, parent: Organisation, area: Area, by: User) -> Organisation:
    return create_organisation(
        code=f"T-{facts['number']}", parent=parent, area=area, name=_branch_name(facts["name"]),
        kind=Organisation.Kind.TEMPORARY_BRANCH, setting=parent.setting,
        founded_on=facts["formed_on"], elected_on=None, term_years=1,
        document=facts["document"], by=by,
    )  # fmt: skip


def _branch_name(squad: str) -> str:
    return f"{squad}临时党支部"


def _rename_branch(squad: Squad, name: str, by: User) -> None:
    branch = squad.branch
    if branch and name != squad.name and branch.name == _branch_name(squad.name):
        rename_organisation(organisation=branch, name=_branch_name(name), by=by)


def _put(
    squad: Squad, person: Person, role: SquadMember.Role, on: date, by: User, reason: str = ""
) -> SquadMember:
    """A row of the squad, and of a municipal one an appointment."""
    proof: dict[str, Any] = {}
    if role == Role.CAPTAIN:
        proof = judged(squad, _proof(squad, person, on, by), reason)
    appointment = None
    if squad.is_municipal:
        appointment = appoint(
            person=person, post=Post.objects.get(code=POSTS[role]), area=squad.area, by=by,
            organisation=squad.branch, unit=squad.unit, rank=str(proof.get("proof_rank", "")),
            title="", valid_from=on, document=squad.document,
        )  # fmt: skip
    with refusing(REASONS):
        return SquadMember.objects.create(
            squad=squad, person=person, name=person.name, role=role, valid_from=on,
            appointment=appointment, area=squad.area, area_path=squad.area_path,
            organisation_path=squad.organisation_path, **proof,
        )  # fmt: skip


def _proof(squad: Squad, person: Person, on: date, by: User) -> Held | None:
    """What stood in the register on that day, wherever it was."""
    if squad.rule is None:
        return None
    with past_scope(by):
        return squad.rule.proof(held_by([person.pk]).get(person.pk, []), on)


def _end(member: SquadMember, on: date, by: User) -> None:
    member.valid_to = on
    with refusing(REASONS):
        member.save(update_fields=["valid_to"])
    if member.appointment and member.appointment.valid_to is None:
        end_appointment(appointment=member.appointment, on=on, document="", by=by)


def _cancel_shifts(squad: Squad, on: date) -> None:
    """What was planned from that day on, with the places taken."""
    shifts = Shift.objects.standing().filter(deployment__squad=squad, day__gte=on)
    cancel_all(shifts, on, _("突击队已解散"))
