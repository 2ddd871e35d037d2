"""Where squads are sent, and what they did there."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.areas.models import Area, Compound
from sanqiao.work.squads import policies
from sanqiao.work.squads.models import Deployment, LogEntry, Squad

from .forming import locked

THERE = Reason("squads.there_already", "area", gettext_lazy("这支突击队已经派驻在那里，日期重叠"))
REASONS = {
    "deployment_compound_once": THERE,
    "deployment_area_once": THERE,
    "deployment_dates": Reason("squads.too_early", "on", gettext_lazy("止日应晚于起日")),
}


@transaction.atomic
def deploy_squad(
    *, squad: Squad, area: Area, compound: Compound | None = None, on: date, task: str = "",
    by: User,
) -> Deployment:  # fmt: skip
    """派驻: to a compound, or without one to a grid or community.

    Raises Refused: squads.not_allowed, dissolved, too_early, too_wide, there_already.
    """
    squad = locked(squad)
    policies.check_leads(by, squad.area_path)
    policies.check_stands(squad, on)
    policies.check_sent_to(area)
    area = compound.area if compound else area
    with refusing(REASONS):
        deployment = Deployment.objects.create(
            squad=squad, compound=compound, area=area, area_path=area.path,
            place_name=compound.name if compound else area.name, task=task, valid_from=on,
            organisation_path=squad.organisation_path,
        )  # fmt: skip
    note("squads.squad_deployed", subject=squad, by=by, place=deployment.place_name, on=str(on))
    return deployment


@transaction.atomic
def end_deployment(*, deployment: Deployment, on: date, by: User) -> Deployment:
    """Raises Refused: squads.not_allowed, ended, too_early."""
    squad = locked(deployment.squad)
    deployment = Deployment.objects.select_for_update().get(pk=deployment.pk)
    policies.check_leads(by, squad.area_path)
    policies.check_open(deployment, on)
    deployment.valid_to = on
    deployment.save(update_fields=["valid_to"])
    note("squads.deployment_ended", subject=squad, by=by, place=deployment.place_name, on=str(on))
    return deployment


@transaction.atomic
def write_log(
    *, squad: Squad, deployment: Deployment | None = None, day: date, text: str, deeds: int = 0,
    by: User,
) -> LogEntry:  # fmt: skip
    """An entry of a day with the things done. Raises Refused: squads.not_allowed, too_early, …"""
    policies.check_plans(by, deployment or squad)
    policies.check_stands(squad, day, field="day")
    entry = _append(deployment or squad, day, policies.check_says(text), deeds, by)
    note("squads.log_written", subject=squad, by=by, day=str(day), deeds=deeds)
    return entry


@transaction.atomic
def correct_log(*, entry: LogEntry, text: str, deeds: int, by: User) -> LogEntry:
    """A new entry that takes the place of one; the old one stays to be read.

    Raises Refused: squads.not_allowed, corrected, words_missing.
    """
    entry = LogEntry.objects.select_related("squad", "deployment").get(pk=entry.pk)
    policies.check_plans(by, entry)
    locked(entry.squad)
    policies.check_corrects(entry)
    text = policies.check_says(text)
    at = entry.deployment or entry.squad
    after = _append(at, entry.day, text, deeds, by, corrects=entry)
    note("squads.log_corrected", subject=entry.squad, by=by, day=str(entry.day), deeds=deeds)
    return after


def _append(
    at: Deployment | Squad, day: date, text: str, deeds: int, by: User,
    corrects: LogEntry | None = None,
) -> LogEntry:  # fmt: skip
    deployment = at if isinstance(at, Deployment) else None
    return LogEntry.objects.create(
        squad_id=deployment.squad_id if deployment else at.pk, deployment=deployment, day=day,
        text=text, deeds=deeds, corrects=corrects, written_by=by, area_id=at.area_id,
        area_path=at.area_path, organisation_path=at.organisation_path,
    )  # fmt: skip
