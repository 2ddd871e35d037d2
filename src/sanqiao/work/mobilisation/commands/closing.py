"""The closing act: totals are frozen, personal data is destroyed, a sealed record stays.

突发事件应对法 第八十五条: what was gathered for the emergency is destroyed when it ends. The
histories never held it: the models name those columns in `history_omits`.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from sanqiao.kernel.commands.chains import append_link
from sanqiao.kernel.models import User, note
from sanqiao.work.mobilisation import policies
from sanqiao.work.mobilisation.closing import digest_of, totals_of
from sanqiao.work.mobilisation.models import Answer, CallOut, Closing, Deed, Mobilisation, Pledge
from sanqiao.work.mobilisation.sql import expect_many

from .drafting import locked

CLOSINGS = "closings"
"""The chain of closings."""


@transaction.atomic
def close_mobilisation(*, mobilisation: Mobilisation, on: date | None = None, by: User) -> Closing:
    """Freeze totals, destroy who it was and what they said in their own words; into the chain.

    Raises Refused: mobilisation.no_right, mobilisation.state.
    """
    mobilisation = locked(mobilisation)
    policies.check_closes(mobilisation, by)
    totals = totals_of(mobilisation)
    closing = Closing(
        mobilisation=mobilisation,
        area=mobilisation.area,
        closed_on=on or timezone.localdate(),
        closed_by=by,
        totals=totals,
        destroyed=_destroy(mobilisation),
        digest=digest_of(totals),
    )
    closing.place()
    closing.save()
    mobilisation.state = Mobilisation.State.CLOSED
    mobilisation.save(update_fields=["state"])
    _seal(closing, by)
    return closing


def _destroy(mobilisation: Mobilisation) -> dict[str, int]:
    """How many rows lost their person, and how many texts are gone. What is counted stays."""
    expect_many()
    people = CallOut.objects.filter(mobilisation=mobilisation).exclude(person=None)
    reasons = Answer.objects.filter(call_out__mobilisation=mobilisation).exclude(reason="")
    pledges = Pledge.objects.filter(campaign__mobilisation=mobilisation)
    deeds = Deed.objects.filter(pledge__in=pledges).exclude(what="")
    return {
        "reasons": reasons.update(reason=""),
        "deeds": deeds.update(what=""),
        "pledges": pledges.exclude(person=None).update(person=None, words=""),
        "people": people.update(person=None, subject=-F("id")),
    }


def _seal(closing: Closing, by: User) -> None:
    data = {
        "mobilisation": closing.mobilisation.title,
        "whole": closing.totals["whole"],
        "destroyed": closing.destroyed,
        "digest": closing.digest,
    }
    note("mobilisation.closed", subject=closing, by=by, **data)
    append_link(chain=CLOSINGS, kind="mobilisation.closed", subject=closing, by=by, data=data)
