"""A round of a form: who has to report for a period, until when."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.periods import Period, parse_period
from sanqiao.registers.areas.models import Area
from sanqiao.work.returns import policies
from sanqiao.work.returns.clock import ZONE, due_at, working_hours
from sanqiao.work.returns.models import FormEdition, Return, ReturnForm, ReturnRound
from sanqiao.work.returns.models.filings import PERIODS
from sanqiao.work.returns.rows import Asking


@transaction.atomic
def ask_round(*, form: ReturnForm, areas: Sequence[Area], asking: Asking, by: User) -> ReturnRound:
    """Ask these areas for a period's return. Asked again, areas are added under the same clock.

    Raises Refused: returns.not_allowed, no_areas, wrong_level, bad_period, no_edition, too_short,
    other_due; kernel.year_not_published.
    """
    policies.check_may(by, "returns.ask", areas)
    policies.check_areas(form, areas)
    form = ReturnForm.objects.select_for_update().get(pk=form.pk)
    period = period_of(form, asking.period)
    round = form.rounds.filter(period_first=period.first).first()
    if round is None:
        round = _round(form, period, asking, to_lower=any(area.parent_id for area in areas))
    elif asking.due_at is not None and asking.due_at != round.due_at:
        words = _("这一期的截止时间已定为 %(due)s，各级同一时限")
        due = f"{round.due_at.astimezone(ZONE):%Y-%m-%d %H:%M}"
        raise Refused("returns.other_due", words % {"due": due}, field="due_at")
    added = _add(round, areas)
    if added:
        note("returns.round_asked", subject=round, by=by, areas=added, due=round.due_at.isoformat())
    return round


def period_of(form: ReturnForm, text: str) -> Period:
    """Raises Refused: returns.bad_period."""
    try:
        period = parse_period(text)
    except ValueError:
        period = None
    if not isinstance(period, PERIODS[form.period_kind]):
        words = _("“%(text)s”不是%(kind)s的期别，应写成如 2020-06-30、2020-06、2020-Q2、2020")
        found = {"text": text, "kind": form.get_period_kind_display()}
        raise Refused("returns.bad_period", words % found, field="period")
    return period


def _round(form: ReturnForm, period: Period, asking: Asking, *, to_lower: bool) -> ReturnRound:
    edition = _edition(form, period)
    due = asking.due_at or due_at(edition, period.last)
    hours = working_hours(edition, asking.given_at, due)
    least = edition.hours_at_least if to_lower else 0
    policies.check_hours(hours, least, asking.reason)
    return ReturnRound.objects.create(
        form=form, edition=edition, period_first=period.first, period_last=period.last,
        given_at=asking.given_at, due_at=due, due_on=due.astimezone(ZONE).date(),
        hours=hours, hours_at_least=least, reason=asking.reason,
    )  # fmt: skip


def _edition(form: ReturnForm, period: Period) -> FormEdition:
    edition = form.editions.on(period.last).first()
    if edition is None:
        words = _("%(day)s 没有可用的报表版本") % {"day": period.last}
        raise Refused("returns.no_edition", words, field="period")
    return edition


def _add(round: ReturnRound, areas: Sequence[Area]) -> int:
    asked = set(round.returns.values_list("area_id", flat=True))
    new = [
        Return(form_id=round.form_id, round=round, area=area, area_path=area.path)
        for area in areas
        if area.pk not in asked
    ]
    return len(Return.objects.bulk_create(new))
