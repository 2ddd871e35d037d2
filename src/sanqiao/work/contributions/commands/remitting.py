"""Batches of a whole tier, handed up and counted as the papers say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL, Composed, Identifier

from sanqiao.kernel.acts import sees_everything
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, Stage, count_of, run, stage
from sanqiao.registers.areas.imports import TWIN, note_import
from sanqiao.registers.organisations.models import Organisation
from sanqiao.work.contributions.models import tier_above
from sanqiao.work.contributions.rows import RemittanceRow

from .homes import NO_HOME, UNKNOWN_ORGANISATION, Home, homes_where
from .importing import Batches, batches_of

UNKNOWN_BATCH = Reason("contributions.unknown_batch", "batch_key", _("没有这一批：%(value)s"))
NOT_ALLOWED = Reason("contributions.not_allowed", "organisation_code", _("您不经办该批次的上缴"))
TOP = Reason("contributions.top", "organisation_code", _("已是最高一级，不再上缴"))
DIFFERS = Reason(
    "contributions.difference", "total", _("上缴 %(stated)s 元，登记 %(entries)d 笔共 %(held)s 元")
)
HANDED_UP = Reason("contributions.handed_up", "batch_key", _("这一批已经上缴，金额或凭证不同"))
UNSAID = Reason("contributions.difference_unsaid", "note", _("核收金额不同的，应写明情况"))
COLUMNS = {
    "batch_id": "bigint", "organisation_id": "bigint", "organisation_path": "text",
    "area_id": "bigint", "area_path": "text", "to_id": "bigint", "entries": "integer",
    "total": "numeric", "handed_on": "date", "voucher": "text",
}  # fmt: skip
COUNTS = {
    "batch_id": "bigint", "counted": "numeric", "into_id": "bigint", "verified_on": "date",
    "note": "text",
}  # fmt: skip
NEW = "NOT EXISTS (SELECT FROM contributions_remittance r WHERE r.batch_id = s.batch_id)"
SAME_AGAIN = (
    "NOT EXISTS (SELECT FROM contributions_verification v WHERE v.remittance_id = r.id"
    " AND (v.counted, v.verified_on) = (s.counted, s.verified_on))"
)


class Sender(NamedTuple):
    """An organisation, and its superior."""

    home: Home
    to: Organisation | None


class Held(NamedTuple):
    id: int
    entries: int
    total: Decimal


@transaction.atomic
def import_remittances(*, rows: Sequence[RemittanceRow], by: User) -> Imported:
    """Hand up batches of one tier and count them; a batch handed up in the same words stays.

    The tiers below come first. Raises RowsRefused, with both numbers where they differ.
    """
    refusals = Refusals()
    senders = _senders(rows, by, refusals)
    refusals.check()
    held = _held(rows, senders, refusals)
    _refuse_values(rows, held, refusals)
    refusals.check()
    staged = stage("staged_remittance", COLUMNS, map(_values, rows, senders, held))
    staged.refuse_twins(refusals, "batch_id", reason=TWIN._replace(field="batch_key"))
    staged.refuse(refusals, _handed_up(), HANDED_UP)
    refusals.check()
    created = _hand_up(staged)
    _count(rows, senders, held)
    done = Imported(created, 0, len(rows) - created)
    paths = (sender.home.area_path for sender in senders)
    return note_import("contributions.remittances_imported", done, paths, by)


def _senders(rows: Sequence[RemittanceRow], by: User, refusals: Refusals) -> list[Sender]:
    codes = {row.organisation_code for row in rows}
    homes = homes_where(code__in=codes)
    found = Organisation.objects.filter(code__in=codes).select_related("parent")
    known = {o.code: Sender(homes[o.code], o.parent) for o in found}
    is_loader, senders = sees_everything(), []
    for n, row in enumerate(rows):
        sender = known.get(row.organisation_code, Sender(NO_HOME, None))
        senders.append(sender)
        if not sender.home.id:
            refusals.add(n, UNKNOWN_ORGANISATION, value=row.organisation_code)
        elif sender.to is None:
            refusals.add(n, TOP)
        elif not is_loader and not _may(by, sender.to):
            refusals.add(n, NOT_ALLOWED)
    return senders


def _may(by: User, to: Organisation) -> bool:
    """Whoever counts for the receiver may enter both papers."""
    return by.may("contributions.pass", area=to.area_path, organisation=to.path)


def _held(
    rows: Sequence[RemittanceRow], senders: Sequence[Sender], refusals: Refusals
) -> list[Held]:
    """Each row's batch with what it holds; refused where it is not there."""
    columns = {"organisation_id": "bigint", "tier": "text", "key": "text"}
    asked = ((s.home.id, r.tier, r.batch_key) for r, s in zip(rows, senders, strict=True))
    staged = stage("staged_asked", columns, asked)
    query = SQL(
        "SELECT s.n, b.id, c.entries, c.total FROM {} s JOIN contributions_batch b"
        " ON (b.organisation_id, b.tier, b.key) = (s.organisation_id, s.tier, s.key)"
        " CROSS JOIN LATERAL contributions_content(b.id) c"
    )
    found = {n: Held(*rest) for n, *rest in run(query.format(staged.table))}
    for n, row in enumerate(rows):
        if n not in found:
            refusals.add(n, UNKNOWN_BATCH, value=row.batch_key)
    return [found.get(n, Held(0, 0, Decimal(0))) for n in range(len(rows))]


def _refuse_values(rows: Sequence[RemittanceRow], held: Sequence[Held], refusals: Refusals) -> None:
    for n, (row, batch) in enumerate(zip(rows, held, strict=True)):
        if batch.id and row.total != batch.total:
            stated, total = f"{row.total:,.2f}", f"{batch.total:,.2f}"
            refusals.add(n, DIFFERS, stated=stated, held=total, entries=batch.entries)
        if row.counted is not None and row.counted != row.total and not row.note:
            refusals.add(n, UNSAID)


def _values(row: RemittanceRow, sender: Sender, held: Held) -> tuple[object, ...]:
    to = sender.to.pk if sender.to else None
    return (
        held.id, *sender.home.place, to, held.entries, held.total, row.handed_on, row.voucher
    )  # fmt: skip


def _handed_up() -> Composed:
    return SQL(
        "EXISTS (SELECT FROM contributions_remittance r WHERE r.batch_id = s.batch_id"
        " AND (r.total, r.voucher) IS DISTINCT FROM (s.total, s.voucher))"
    ).format()


def _hand_up(staged: Stage) -> int:
    names = SQL(", ").join(map(Identifier, COLUMNS))
    insert = SQL(
        "INSERT INTO contributions_remittance ({0}) SELECT {0} FROM {1} s WHERE {2} ORDER BY n"
    )
    return count_of(insert.format(names, staged.table, SQL(NEW)))


def _count(rows: Sequence[RemittanceRow], senders: Sequence[Sender], held: Sequence[Held]) -> None:
    """Equal counts go into the receiver's batch, which is opened where missing."""
    counted = [
        (row, sender, batch)
        for row, sender, batch in zip(rows, senders, held, strict=True)
        if row.counted is not None
    ]
    batches = _batches_above(counted)
    values = (
        (
            batch.id, row.counted, _into(batches, sender, row)
            if row.counted == batch.total else None, row.verified_on, row.note,
        )
        for row, sender, batch in counted
    )  # fmt: skip
    staged = stage("staged_count", COUNTS, values)
    insert = SQL(
        "INSERT INTO contributions_verification (remittance_id, to_id, stated, counted, into_id,"
        " verified_on, note, organisation_id, organisation_path, area_id, area_path)"
        " SELECT r.id, r.to_id, r.total, s.counted, s.into_id, s.verified_on, s.note,"
        " r.organisation_id, r.organisation_path, r.area_id, r.area_path"
        " FROM {} s JOIN contributions_remittance r ON r.batch_id = s.batch_id WHERE {} ORDER BY n"
    )
    run(insert.format(staged.table, SQL(SAME_AGAIN)))


def _batches_above(
    counted: Sequence[tuple[RemittanceRow, Sender, Held]],
) -> Batches:
    wanted = {
        (sender.to, row.into_key)
        for row, sender, batch in counted
        if sender.to is not None and row.counted == batch.total
    }
    homes = homes_where(pk__in={to.pk for to, _key in wanted})
    above = [
        (homes[to.code], key, tier_above(to))
        for to, key in sorted(wanted, key=lambda pair: (pair[0].path, pair[1]))
    ]
    return batches_of(above, "above")


def _into(batches: Batches, sender: Sender, row: RemittanceRow) -> int | None:
    found = batches.get((sender.to.pk if sender.to else 0, row.into_key))
    return found.id if found else None
