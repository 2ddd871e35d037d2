"""A batch on its way up: opened, handed up, counted by the receiver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db import transaction
from psycopg.sql import SQL

from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import run
from sanqiao.registers.organisations.models import Organisation
from sanqiao.work.contributions.collecting import collect_path
from sanqiao.work.contributions.models import Batch, Remittance, Verification, tier_above
from sanqiao.work.contributions.policies import (
    check_can_remit,
    check_can_verify,
    check_same_remittance,
)

Make = Callable[[], Batch]


def lock_batches(organisation_id: int) -> None:
    """Until the transaction ends, nobody else opens or hands up a batch of this organisation."""
    run(
        SQL("SELECT pg_advisory_xact_lock(hashtext('contributions.batches'), %s::bigint::int)"),
        [organisation_id % 2**31],
    )


def open_batch(organisation: Organisation, tier: str) -> Batch:
    """The organisation's open batch of the tier, locked against being handed up; else a new one."""
    lock_batches(organisation.pk)
    own = Batch.objects.filter(organisation=organisation, tier=tier)
    found = own.open().order_by("id").last()
    if found is None:
        path = collect_path(organisation.pk)
        found = Batch.of(
            organisation, tier=tier, key=_next_key(organisation, tier),
            collect_area_id=last_of(path), collect_path=path,
        )  # fmt: skip
        found.save()
    return found


def last_of(path: str) -> int:
    """The id of the node with this path."""
    return int(path.split(".")[-2])


def _next_key(organisation: Organisation, tier: str) -> str:
    """The first number that is not taken."""
    taken = Batch.objects.filter(organisation=organisation, tier=tier).values_list("key", flat=True)
    keys = set(taken)
    return next(str(n) for n in range(len(keys) + 1, 2 * len(keys) + 2) if str(n) not in keys)


@transaction.atomic
def remit_batch(
    *, batch: Batch, counted: Decimal, handed_on: date, voucher: str, by: User
) -> Remittance:
    """Hand a batch up to the superior organisation; handed up already, it is that remittance.

    Raises Refused: contributions.not_allowed, top, empty, handed_up; Difference when `counted` is
    not equal to what is entered.
    """
    lock_batches(batch.organisation_id)
    batch = Batch.objects.select_for_update(of=("self",)).select_related("organisation").get(
        pk=batch.pk
    )  # fmt: skip
    known = Remittance.objects.filter(batch=batch).first()
    if known is not None:
        check_same_remittance(known, counted, voucher)
        return known
    remittance = seal(batch, counted, handed_on, voucher, by)
    note("contributions.batch_handed_up", subject=remittance, by=by, total=str(remittance.total))
    return remittance


def seal(batch: Batch, counted: Decimal, handed_on: date, voucher: str, user: User) -> Remittance:
    """The batch is locked. Raises Refused as `remit_batch` does."""
    held = batch.content
    check_can_remit(batch, counted, held, user)
    remittance = Remittance.of(
        batch.organisation, batch=batch, to_id=batch.organisation.parent_id, total=held.total,
        entries=held.entries, handed_on=handed_on, voucher=voucher, by=user,
    )  # fmt: skip
    remittance.save()
    return remittance


@transaction.atomic
def verify_remittance(
    *, remittance: Remittance, counted: Decimal, verified_on: date, note_text: str, by: User
) -> Verification:
    """Count what was handed up. Equal, it goes into the receiver's open batch; unequal, both
    numbers are kept with the note, and it waits for another count.

    Raises Refused: contributions.not_allowed, own_batch, accepted, verified_too_early,
    difference_unsaid.
    """
    locked = Remittance.objects.select_for_update(of=("self",)).select_related("to", "organisation")
    remittance = locked.get(pk=remittance.pk)
    check_can_verify(remittance, counted, verified_on, note_text, by)
    is_equal = counted == remittance.total
    into = open_batch(remittance.to, tier_above(remittance.to)) if is_equal else None
    verification = Verification.of(
        remittance.organisation, remittance=remittance, to=remittance.to, stated=remittance.total,
        counted=counted, into=into, verified_on=verified_on, note=note_text.strip(), by=by,
    )  # fmt: skip
    verification.save()
    kind = "contributions.batch_verified" if is_equal else "contributions.batch_differs"
    note(kind, subject=verification, by=by, stated=str(remittance.total), counted=str(counted))
    return verification
