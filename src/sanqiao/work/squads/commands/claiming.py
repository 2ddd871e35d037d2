"""Places of shifts: taken one by one under the shift's lock, given up, swapped by two who agree.

The database numbers the places and lets none beyond the capacity be taken, whatever is done here.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import BigIntegerField, Case, CharField, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.scope import within
from sanqiao.kernel.staging import Reason, refusing
from sanqiao.registers.people.models import Person
from sanqiao.work.squads import policies
from sanqiao.work.squads.models import Claim, Deployment, Shift, SquadMember, SwapOffer
from sanqiao.work.squads.reach import community_path

from .shifts import locked

State = SwapOffer.State
BUSY = Reason("squads.busy", "person", gettext_lazy("此人同一时间已在别处值守，或已在这个班次"))
ASKED = Reason("squads.asked", "theirs", gettext_lazy("已经问过，等对方答复"))
REASONS = {"claim_one_place_at_a_time": BUSY, "claim_person_once": BUSY}


@transaction.atomic
def claim_shift(*, shift: Shift, person: Person, by: User) -> Claim:
    """The first free place, if there is one and the person belongs there.

    Raises Refused: squads.full, busy, not_yours, shift_cancelled, shift_over, not_allowed.
    """
    with past_scope(by):
        shift = locked(shift)
        policies.check_claims(by, shift, person.pk, _now())
        check_belongs(shift, person)
        seat = _free_seat(shift)
        with refusing(REASONS):
            claim = Claim.objects.create(
                shift=shift, person=person, name=person.name, seat=seat, capacity=shift.capacity,
                day=shift.day, begins=shift.begins, ends=shift.ends, area_id=shift.area_id,
                area_path=shift.area_path, claimed_at=timezone.now(),
            )  # fmt: skip
        note("squads.shift_claimed", subject=shift, by=by, seat=seat)
    return claim


@transaction.atomic
def cancel_claim(*, claim: Claim, reason: str = "", by: User) -> Claim:
    """The place is free again. Raises Refused: squads.not_allowed, claim_cancelled, shift_over."""
    with past_scope(by):
        shift = locked(claim.shift)
        claim = Claim.objects.select_for_update().get(pk=claim.pk)
        policies.check_gives_up(by, claim, shift, _now())
        claim.cancelled_on, claim.cancel_reason = timezone.localdate(), reason
        claim.save(update_fields=["cancelled_on", "cancel_reason"])
        note("squads.claim_cancelled", subject=shift, by=by, seat=claim.seat)
    return claim


@transaction.atomic
def offer_swap(*, mine: Claim, theirs: Claim, by: User) -> SwapOffer:
    """Ask another for their place in exchange for one's own; both must belong at both.

    Raises Refused: squads.not_allowed, claim_cancelled, same_shift, not_yours, shift_over, asked.
    """
    with past_scope(by):
        mine, theirs = _both(mine, theirs)
        policies.check_offers(by, mine, theirs)
        _check_can_swap(mine, theirs)
        with refusing({"swap_open_once": ASKED}):
            offer = SwapOffer.objects.create(
                mine=mine, theirs=theirs, asker_id=mine.person_id, other_id=theirs.person_id,
                asked_at=timezone.now(), area_id=mine.area_id, area_path=mine.area_path,
            )  # fmt: skip
        note("squads.swap_asked", subject=mine.shift, by=by, other=theirs.shift_id)
    return offer


@transaction.atomic
def agree_to_swap(*, offer: SwapOffer, by: User) -> SwapOffer:
    """The other one agrees: the two places change hands at once, or nothing does.

    Raises Refused: squads.not_allowed, answered, claim_cancelled, swap_stale, busy, shift_over.
    """
    with past_scope(by):
        mine, theirs = _both(offer.mine, offer.theirs)
        offer = SwapOffer.objects.select_for_update().get(pk=offer.pk)
        policies.check_answers(by, offer)
        _check_still(offer, mine, theirs)
        _check_can_swap(mine, theirs)
        with refusing(REASONS):
            _exchange(mine, theirs)
        _answer(offer, State.AGREED)
        note("squads.shifts_swapped", subject=mine.shift, by=by, other=theirs.shift_id)
    return offer


@transaction.atomic
def decline_swap(*, offer: SwapOffer, by: User) -> SwapOffer:
    """Raises Refused: squads.not_allowed, answered."""
    with past_scope(by):
        offer = SwapOffer.objects.select_for_update().get(pk=offer.pk)
        policies.check_answers(by, offer)
        _answer(offer, State.DECLINED)
        note("squads.swap_declined", subject=offer, by=by)
    return offer


@transaction.atomic
def withdraw_swap(*, offer: SwapOffer, by: User) -> SwapOffer:
    """Raises Refused: squads.not_allowed, answered."""
    with past_scope(by):
        offer = SwapOffer.objects.select_for_update().get(pk=offer.pk)
        if not policies.is_own(by, offer.asker_id):
            raise Refused(policies.NOT_ALLOWED, _("只有提出人可以撤回"))
        policies.check_unanswered(offer)
        _answer(offer, State.WITHDRAWN)
        note("squads.swap_withdrawn", subject=offer, by=by)
    return offer


def check_belongs(shift: Shift, person: Person) -> None:
    """A deployment's shift is the squad's; a gate's is its community's, or a squad's sent there.

    Raises Refused: squads.not_yours.
    """
    squads = SquadMember.objects.on(shift.day).filter(person=person)
    if shift.deployment is not None:
        belongs = squads.filter(squad=shift.deployment.squad_id).exists()
    else:
        community = community_path(shift.area)
        sent = Deployment.objects.on(shift.day).filter(within("area_path", (community,)))
        belongs = (
            person.area_path.startswith(community)
            or sent.filter(squad__in=squads.values("squad")).exists()
        )
    if not belongs:
        words = _("这个班次由该队队员或本社区居民值守")
        raise Refused("squads.not_yours", words, field="person")


def _free_seat(shift: Shift) -> int:
    """The lowest number free. Raises Refused: squads.full."""
    taken = set(Claim.objects.standing().filter(shift=shift).values_list("seat", flat=True))
    free = next((n for n in range(1, shift.capacity + 1) if n not in taken), None)
    if free is None:
        words = _("%(count)d 个名额已经认领完") % {"count": shift.capacity}
        raise Refused("squads.full", words)
    return free


def _both(mine: Claim, theirs: Claim) -> tuple[Claim, Claim]:
    """Locked in the order of their ids, so that two swaps never wait for each other.

    Without joins: a row whose person changed meanwhile would fall out of a join with the old one.
    """
    rows = Claim.objects.select_for_update().filter(pk__in=(mine.pk, theirs.pk))
    found = {row.pk: row for row in rows.order_by("pk")}
    return found[mine.pk], found[theirs.pk]


def _check_still(offer: SwapOffer, mine: Claim, theirs: Claim) -> None:
    """Raises Refused: squads.claim_cancelled, squads.swap_stale."""
    if mine.cancelled_on or theirs.cancelled_on:
        raise Refused("squads.claim_cancelled", _("这个认领已经取消"))
    if (mine.person_id, theirs.person_id) != (offer.asker_id, offer.other_id):
        raise Refused("squads.swap_stale", _("其中一个班已经换给别人"))


def _check_can_swap(mine: Claim, theirs: Claim) -> None:
    """Raises Refused: squads.shift_over, squads.not_yours."""
    if min(mine.shift.span[0], theirs.shift.span[0]) <= _now():
        raise Refused("squads.shift_over", _("班次已经开始，不能再换"))
    check_belongs(theirs.shift, mine.person)
    check_belongs(mine.shift, theirs.person)


def _exchange(mine: Claim, theirs: Claim) -> None:
    """One statement: the rule of one place at a time is asked at its end."""
    other = When(pk=mine.pk, then=Value(theirs.person_id))
    name = When(pk=mine.pk, then=Value(theirs.name))
    Claim.objects.filter(pk__in=(mine.pk, theirs.pk)).update(
        person=Case(other, default=Value(mine.person_id), output_field=BigIntegerField()),
        name=Case(name, default=Value(mine.name), output_field=CharField()),
    )


def _answer(offer: SwapOffer, state: str) -> None:
    offer.state, offer.answered_at = state, timezone.now()
    offer.save(update_fields=["state", "answered_at"])


def _now() -> datetime:
    """Shifts are in the local time of the place."""
    return timezone.localtime().replace(tzinfo=None)
