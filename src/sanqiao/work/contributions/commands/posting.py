"""A whole batch in one message: entries, the sum counted, and the voucher. Posted again, it is
the same batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.registers.organisations.models import Organisation
from sanqiao.work.contributions.models import Batch, Contribution, Remittance
from sanqiao.work.contributions.policies import check_may
from sanqiao.work.contributions.rows import ContributionRow

from .batches import lock_batches, seal
from .importing import import_contributions


@transaction.atomic
def post_batch(
    *, organisation: Organisation, key: str, rows: Sequence[ContributionRow], counted: Decimal,
    handed_on: date, voucher: str, by: User,
) -> Remittance:  # fmt: skip
    """Enter a batch and hand it up. `key` is the sender's own and says which batch it is.

    Raises Refused: contributions.not_allowed, other_batch, key_reused; RowsRefused; Difference.
    """
    check_may(by, "contributions.collect", organisation)
    if any((row.organisation_code, row.batch_key) != (organisation.code, key) for row in rows):
        raise Refused("contributions.other_batch", _("有的登记不属于这一批"))
    lock_batches(organisation.pk)
    known = Remittance.objects.filter(
        batch__organisation=organisation, batch__tier=Batch.Tier.BRANCH, batch__key=key
    ).first()
    if known is not None:
        _check_same(known, rows, counted)
        return known
    import_contributions(rows=rows, by=by)
    batch = Batch.objects.select_related("organisation").get(
        organisation=organisation, tier=Batch.Tier.BRANCH, key=key
    )
    remittance = seal(batch, counted, handed_on, voucher, by)
    note("contributions.batch_posted", subject=remittance, by=by, total=str(remittance.total))
    return remittance


def _check_same(known: Remittance, rows: Sequence[ContributionRow], counted: Decimal) -> None:
    """Raises Refused: contributions.key_reused."""
    entries = Contribution.objects.filter(batch=known.batch)
    kept = set(entries.values_list("receipt", "given_on", "amount"))
    posted = {(row.receipt, row.given_on, row.amount) for row in rows}
    if kept != posted or counted != known.total:
        words = _("批次“%(key)s”已经上缴，内容不同；新的登记请用新的批次") % {
            "key": known.batch.key
        }
        raise Refused("contributions.key_reused", words, field="key")
