"""Pledges: from a list, in own words; kept only by a dated deed that somebody else writes down."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.sql import SQL

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note, reference
from sanqiao.kernel.policies import check_says_why
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.areas.models import Area
from sanqiao.work.mobilisation import policies
from sanqiao.work.mobilisation.models import CallOut, Deed, Mobilisation, Pledge, PledgeCampaign
from sanqiao.work.mobilisation.sql import ask

from .answering import HIMSELF

REASONS = {
    "pledge_once": Reason("mobilisation.pledged", "item", gettext_lazy("您已经承诺过这一项。")),
    "pledgecampaign_dates": Reason(
        "mobilisation.dates", "closes_on", gettext_lazy("截止日期应晚于开始日期。")
    ),
}


@transaction.atomic
def open_campaign(
    *,
    area: Area,
    name: str,
    items: list[str],
    opens_on: date,
    closes_on: date | None = None,
    mobilisation: Mobilisation | None = None,
    by: User,
) -> PledgeCampaign:
    """A named activity, perhaps of one mobilisation. Raises Refused: mobilisation.no_right,
    mobilisation.no_items, mobilisation.dates."""
    policies.check_orders(by, area.path)
    given: dict[str, Any] = {"name": name, "opens_on": opens_on, "closes_on": closes_on}
    items = [item.strip() for item in items if item.strip()]
    if not items:
        raise Refused("mobilisation.no_items", _("请列出承诺事项。"), field="items")
    campaign = PledgeCampaign(area=area, mobilisation=mobilisation, items=items, **given)
    campaign.place()
    with refusing(REASONS):
        campaign.save()
    note("mobilisation.campaign_opened", subject=campaign, by=by)
    return campaign


@transaction.atomic
def pledge_by_link(
    *, call_out: CallOut, campaign: PledgeCampaign, item: str, words: str = ""
) -> Pledge:
    """What somebody pledges after answering by the own link.

    Raises Refused: mobilisation.campaign_over, mobilisation.pledge_item, mobilisation.pledged.
    """
    today = timezone.localdate()
    policies.check_pledges(campaign, item, today)
    pledge = Pledge(
        campaign=campaign, call_out=call_out, person_id=call_out.person_id, item=item,
        words=words.strip()[:200], pledged_on=today, area_id=call_out.area_id,
        area_path=call_out.area_path,
    )  # fmt: skip
    with refusing(REASONS):
        pledge.save()
    _note_own("mobilisation.pledged", pledge)
    return pledge


def _note_own(kind: str, subject: Pledge) -> None:
    """An event of the person's own; who answers by a link may write one and read none."""
    values = {
        "kind": kind, "subject": reference(subject), "name": str(subject), "who": HIMSELF,
        "now": timezone.now(), "path": subject.area_path,
    }  # fmt: skip
    ask(NOTE, values)


NOTE = SQL("""
INSERT INTO kernel_event
  (kind, subject, subject_name, "by", at, area_path, organisation_path, data)
VALUES (%(kind)s, %(subject)s, %(name)s, %(who)s, %(now)s, %(path)s, '', '{}')
""")


@transaction.atomic
def record_deed(*, pledge: Pledge, done_on: date, what: str, by: User) -> Deed:
    """What was done on which day to keep a pledge, as the branch saw it.

    Raises Refused: mobilisation.no_right, mobilisation.own_deed, mobilisation.too_early,
    mobilisation.not_yet, kernel.reason_missing.
    """
    policies.check_records_deed(pledge, by)
    if done_on < pledge.pledged_on:
        raise Refused("mobilisation.too_early", _("践诺日期不能早于承诺日期。"), field="done_on")
    if done_on > timezone.localdate():
        raise Refused("mobilisation.not_yet", _("践诺日期不能晚于今天。"), field="done_on")
    what = check_says_why(what, field="what")
    deed = Deed(pledge=pledge, done_on=done_on, what=what, recorded_by=by, area=pledge.area)
    deed.place()
    deed.save()
    note("mobilisation.deed_recorded", subject=deed, by=by)
    return deed
