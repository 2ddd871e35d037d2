"""Entries of many members at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL, Identifier

from sanqiao.kernel.fields import find_key
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, Stage, Upsert, look_up, run, stage
from sanqiao.registers.areas.imports import TWIN, note_import
from sanqiao.work.contributions.models import Batch, Contribution
from sanqiao.work.contributions.rows import ContributionRow

from .batches import last_of
from .entering import REASONS
from .homes import Home, homes_of

UNKNOWN_PERSON = Reason("people.unknown", "id_number", _("登记中没有此人，或不在您的管理范围内"))
OTHER_NAME = Reason("contributions.other_name", "name", _("姓名与身份证号登记的不一致"))
NOT_MEMBER = Reason(
    "contributions.not_member", "organisation_code", _("捐款当日此人的组织关系不在该党组织")
)
BAD_AMOUNT = Reason("contributions.amount", "amount", _("金额应大于零，最多两位小数"))
BAD_WAY = Reason("contributions.way", "way", _("方式应为现金、转账或扫码"))
NO_RECEIPT = Reason("contributions.no_receipt", "receipt", _("缺少收据号"))
ENTERED = Reason(
    "contributions.receipt_taken",
    "receipt",
    _("收据号已登记，内容不同；登记后不能修改，有误的请冲正后用新收据重新登记"),
)
CONTRIBUTIONS = Upsert(
    Contribution,
    key=("receipt",),
    given=(),
    derived=(
        "person_id", "organisation_id", "organisation_path", "area_id", "area_path", "given_on",
        "amount", "way", "collector", "batch_id", "collect_path", "reason",
    ),
    reasons=REASONS,
)  # fmt: skip
DIFFERENT: LiteralString = (
    "EXISTS (SELECT FROM contributions_contribution c WHERE c.receipt = s.receipt"
    " AND (c.person_id, c.organisation_id, c.given_on, c.amount, c.way, c.collector, c.batch_id)"
    " IS DISTINCT FROM"
    " (s.person_id, s.organisation_id, s.given_on, s.amount, s.way, s.collector, s.batch_id))"
)
NO_MEMBERSHIP: LiteralString = (
    "NOT EXISTS (SELECT FROM people_membership m WHERE m.person_id = s.person_id"
    " AND m.organisation_id = s.organisation_id AND m.valid_from <= s.given_on"
    " AND (m.valid_to IS NULL OR m.valid_to > s.given_on))"
)


class Giver(NamedTuple):
    id: int
    name: str


class BatchPlace(NamedTuple):
    id: int
    collect_path: str


Batches = dict[tuple[int, str], BatchPlace]
"""By organisation id and key."""
NOBODY = Giver(0, "")


@transaction.atomic
def import_contributions(*, rows: Sequence[ContributionRow], by: User) -> Imported:
    """Enter gifts by receipt, into batches that are opened where missing; `changed` is always 0.

    Raises RowsRefused, also for a receipt that is entered already in other words.
    """
    refusals = Refusals()
    codes = [row.organisation_code for row in rows]
    homes = homes_of(codes, "contributions.collect", by, refusals)
    givers = _givers(rows, refusals)
    _refuse_values(rows, refusals)
    refusals.check()
    batches = _batches([(home, row.batch_key) for home, row in zip(homes, rows, strict=True)])
    staged = _stage(rows, homes, givers, batches)
    _refuse(staged, refusals)
    refusals.check()
    done = CONTRIBUTIONS.run(staged)
    paths = (home.area_path for home in homes)
    return note_import("contributions.contributions_imported", done, paths, by)


def _givers(rows: Sequence[ContributionRow], refusals: Refusals) -> list[Giver]:
    """Visible persons by ID number, whose names are those of the rows."""
    keys = [find_key(row.id_number) or b"" for row in rows]
    query = SQL("SELECT id_number_key, id, name FROM people_person WHERE id_number_key = ANY(%s)")
    known = {bytes(key): Giver(*rest) for key, *rest in run(query, [list(set(keys))])}
    givers = look_up(keys, known, NOBODY, refusals, UNKNOWN_PERSON)
    for n, (row, giver) in enumerate(zip(rows, givers, strict=True)):
        if giver.id and row.name and row.name != giver.name:
            refusals.add(n, OTHER_NAME)
    return givers


def _refuse_values(rows: Sequence[ContributionRow], refusals: Refusals) -> None:
    ways = set(Contribution.Way.values)
    for n, row in enumerate(rows):
        if row.amount <= 0 or row.amount != round(row.amount, 2):
            refusals.add(n, BAD_AMOUNT)
        if row.way not in ways:
            refusals.add(n, BAD_WAY)
        if not row.receipt:
            refusals.add(n, NO_RECEIPT)


def _batches(wanted: Sequence[tuple[Home, str]]) -> Batches:
    """Of the branches, opened where missing."""
    distinct = dict.fromkeys(wanted)
    return batches_of([(home, key, Batch.Tier.BRANCH.value) for home, key in distinct], "branch")


def batches_of(wanted: Sequence[tuple[Home, str, str]], name: str) -> Batches:
    """Of the batches (home, key, tier), made where missing."""
    columns = {
        "organisation_id": "bigint", "organisation_path": "text", "area_id": "bigint",
        "area_path": "text", "collect_path": "text", "collect_area_id": "bigint", "key": "text",
        "tier": "text",
    }  # fmt: skip
    values = ((*home, last_of(home.collect_path), key, tier) for home, key, tier in wanted)
    staged = stage(f"staged_batch_{name}", columns, values)
    names = SQL(", ").join(map(Identifier, columns))
    insert = SQL(
        "INSERT INTO contributions_batch ({0}) SELECT {0} FROM {1} ORDER BY n"
        " ON CONFLICT (organisation_id, tier, key) DO NOTHING"
    )
    run(insert.format(names, staged.table))
    found = SQL(
        "SELECT b.organisation_id, b.key, b.id, b.collect_path FROM contributions_batch b JOIN {} s"
        " ON (b.organisation_id, b.tier, b.key) = (s.organisation_id, s.tier, s.key)"
    )
    rows = run(found.format(staged.table))
    return {(organisation, key): BatchPlace(*rest) for organisation, key, *rest in rows}


def _stage(
    rows: Sequence[ContributionRow],
    homes: Sequence[Home],
    givers: Sequence[Giver],
    batches: Batches,
) -> Stage:
    return CONTRIBUTIONS.stage(
        (
            row.receipt, giver.id, *home.place, row.given_on, row.amount, row.way, row.collector,
            *batches[home.id, row.batch_key], "",
        )
        for row, home, giver in zip(rows, homes, givers, strict=True)
    )  # fmt: skip


def _refuse(staged: Stage, refusals: Refusals) -> None:
    """What no row may have, found for all rows at once."""
    staged.refuse_twins(refusals, "receipt", reason=TWIN._replace(field="receipt"))
    staged.refuse(refusals, DIFFERENT, ENTERED)
    staged.refuse(refusals, NO_MEMBERSHIP, NOT_MEMBER)
