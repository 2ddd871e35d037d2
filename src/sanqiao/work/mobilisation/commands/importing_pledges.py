"""Pledges that a branch gathered, with the deeds that kept them, in one sheet."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.sql import SQL, Literal

from sanqiao.kernel.fields import find_key
from sanqiao.kernel.models import User, note
from sanqiao.kernel.staging import Imported, Reason, Refusals, count_of, run, stage
from sanqiao.work.mobilisation.models import PledgeCampaign
from sanqiao.work.mobilisation.rows import PledgeRow

COLUMNS = {
    "key": "bytea", "item": "text", "words": "text", "day": "date", "done": "date",
    "what": "text", "person": "bigint", "area": "bigint", "path": "text",
}  # fmt: skip
NOT_ON_THE_LIST = Reason("mobilisation.pledge_item", "item", _("清单里没有这一项：%(value)s"))
UNKNOWN = Reason("people.unknown", "id_number", _("登记中没有此人，或不在您的管理范围内"))
TWIN = Reason("import.twin", "id_number", _("与第 %(twin)d 行重复"))
BEFORE = Reason("mobilisation.too_early", "done_on", _("践诺日期不能早于承诺日期。"))
SAYS_NOTHING = Reason("mobilisation.no_words", "what", _("请写明做了什么。"))


@transaction.atomic
def import_pledges(*, campaign: PledgeCampaign, rows: Sequence[PledgeRow], by: User) -> Imported:
    """Keep what is not kept yet, by person and item; the deeds of new ones. Raises RowsRefused."""
    refusals = Refusals()
    for n, row in enumerate(rows):
        if row.item not in campaign.items:
            refusals.add(n, NOT_ON_THE_LIST, value=row.item)
    refusals.check()
    _stage(rows, refusals, by)
    refusals.check()
    values = {"campaign": Literal(campaign.pk), "by": Literal(by.pk)}
    created = count_of(PLEDGE.format(**values))
    count_of(DEED.format(**values))
    if created:
        note("mobilisation.pledges_imported", subject=campaign, by=by, created=created)
    return Imported(created, 0, len(rows) - created)


def _stage(rows: Sequence[PledgeRow], refusals: Refusals, by: User) -> None:
    staged = stage(
        "staged_pledge", COLUMNS,
        (
            (find_key(row.id_number), row.item, row.words, row.on, row.done_on, row.what,
             None, None, None)
            for row in rows
        ),
    )  # fmt: skip
    run(FIND)
    staged.refuse(refusals, "s.person IS NULL", UNKNOWN)
    staged.refuse(refusals, "s.done < s.day", BEFORE)
    staged.refuse(refusals, "s.done IS NOT NULL AND s.what = ''", SAYS_NOTHING)
    staged.refuse_twins(refusals, "key", "item", reason=TWIN)
    for n, path in run(SQL("SELECT min(n), path FROM staged_pledge GROUP BY path")):
        if path and not by.may("mobilisation.answer", area=path):
            refusals.add(n, UNKNOWN)


FIND = SQL("""
UPDATE staged_pledge s SET person = p.id, area = coalesce(m.area_id, p.area_id),
  path = coalesce(m.area_path, p.area_path)
FROM people_person p LEFT JOIN people_membership m ON m.person_id = p.id AND m.valid_to IS NULL
WHERE p.id_number_key = s.key
""")
PLEDGE = SQL("""
INSERT INTO mobilisation_pledge
  (campaign_id, person_id, item, words, pledged_on, area_id, area_path)
SELECT {campaign}, s.person, s.item, s.words, s.day, s.area, s.path FROM staged_pledge s
ON CONFLICT (campaign_id, person_id, item) DO NOTHING
""")
DEED = SQL("""
INSERT INTO mobilisation_deed (pledge_id, done_on, what, recorded_by_id, area_id, area_path)
SELECT p.id, s.done, s.what, {by}, p.area_id, p.area_path
FROM staged_pledge s JOIN mobilisation_pledge p
  ON p.campaign_id = {campaign} AND p.person_id = s.person AND p.item = s.item
WHERE s.done IS NOT NULL AND NOT EXISTS (
  SELECT FROM mobilisation_deed d WHERE d.pledge_id = p.id AND d.done_on = s.done)
""")
