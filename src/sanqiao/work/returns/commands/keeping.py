"""How filings become rows: one path for a clerk's single return and for thousands of an import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Min, Q
from django.utils import timezone
from psycopg.sql import SQL

from sanqiao.kernel.models import User
from sanqiao.kernel.staging import columns_of, run, stage
from sanqiao.registers.areas.models import Area
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.models import Return, ReturnEntry, ReturnRound, ReturnVersion
from sanqiao.work.returns.rows import Filing
from sanqiao.work.returns.shapes import Shape
from sanqiao.work.returns.sums import ZERO, Mismatch, part_sums

COLUMNS = (
    "version_id", "line_id", "area_id", "area_path", "value", "amount", "is_part", "has_parts"
)  # fmt: skip
INSERT = """
INSERT INTO returns_returnentry
  (version_id, line_id, area_id, area_path, value, amount, is_part, has_parts)
SELECT version_id, line_id, area_id, area_path, value, amount, is_part, has_parts
FROM staged_returnentry ORDER BY n
"""
FIRST = """
UPDATE returns_return r SET filed_on = first.filed_on, is_late = first.is_late
FROM unnest(%s::bigint[], %s::date[], %s::boolean[]) AS first (id, filed_on, is_late)
WHERE r.id = first.id
"""


class Filed(NamedTuple):
    """A filing that may be kept. `areas` are those of its parts, by key."""

    record: Return
    number: int
    filing: Filing
    mismatches: Sequence[Mismatch]
    areas: Mapping[str, Area]


def lock_series(form_id: int, area_id: int | None = None) -> None:
    """Alone with one area's returns of a form, or with all of them, until the transaction ends."""
    with connection.cursor() as cursor:
        whole = "pg_advisory_xact_lock_shared" if area_id else "pg_advisory_xact_lock"
        cursor.execute(f"SELECT {whole}(hashtext('returns'), %s::int)", [form_id])
        if area_id:
            name = f"returns:{form_id}:{area_id}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def keep(round: ReturnRound, shape: Shape, filed: Sequence[Filed], user: User) -> list[int]:
    """New versions with their entries, and the spans of the series put right; ids of versions.

    Two current versions never cover the same day, not even for a moment.
    """
    _make_room(round, filed)
    until, now = _until(round, filed), timezone.now()
    versions = ReturnVersion.objects.bulk_create(
        _version(round, each, user, now, until.get(each.record.area_id)) for each in filed
    )
    pairs = zip(versions, filed, strict=True)
    rows = (row for version, each in pairs for row in _entries(version, each, shape))
    stage("staged_returnentry", columns_of(ReturnEntry, *COLUMNS), rows)
    run(SQL(INSERT))
    _note_first(round, versions)
    return [version.pk for version in versions]


def _note_first(round: ReturnRound, versions: Sequence[ReturnVersion]) -> None:
    """When returns were filed, and whether that was late: their first versions decide."""
    first = [version for version in versions if version.number == 1]
    columns = (
        [version.record_id for version in first],
        [version.filed_on for version in first],
        [version.filed_at > round.due_at for version in first],
    )
    with connection.cursor() as cursor:
        cursor.execute(FIRST, columns)


def _make_room(round: ReturnRound, filed: Sequence[Filed]) -> None:
    """What these correct is no longer current; what they follow ends on their day."""
    current, day = ReturnVersion.objects.current(), round.period_last
    current.filter(record__in=[each.record.pk for each in filed]).update(is_current=False)
    areas = [each.record.area_id for each in filed]
    running = Q(valid_to=None) | Q(valid_to__gt=day)
    before = current.filter(running, form=round.form_id, area__in=areas, valid_from__lt=day)
    before.update(valid_to=day)


def _until(round: ReturnRound, filed: Sequence[Filed]) -> dict[int, date]:
    """{area id: the day of its next return}, where one was filed before this one."""
    later = ReturnVersion.objects.current().filter(
        form=round.form_id,
        area__in=[each.record.area_id for each in filed],
        valid_from__gt=round.period_last,
    )
    return dict(later.values_list("area_id").annotate(Min("valid_from")))


def _version(
    round: ReturnRound, filed: Filed, user: User, now: datetime, until: date | None
) -> ReturnVersion:
    record, filing = filed.record, filed.filing
    at = filing.filed_at or now
    return ReturnVersion(
        record=record, form_id=round.form_id, area_id=record.area_id, area_path=record.area_path,
        number=filed.number, source=filing.source, note=filing.note, why=filing.why,
        warnings=[each.kept() for each in filed.mismatches], filed_at=at,
        filed_on=at.astimezone(ZONE).date(), filed_by=user, recorded_at=now,
        period_first=round.period_first, valid_from=round.period_last, valid_to=until,
        is_current=True,
    )  # fmt: skip


def _entries(version: ReturnVersion, filed: Filed, shape: Shape) -> Iterator[tuple[object, ...]]:
    filing, lines, sums = filed.filing, shape.lines, part_sums(filed.filing.parts)
    for code, value in filing.values.items():
        amount = value - sums.get(code, ZERO)
        place = (version.area_id, version.area_path)
        yield (version.pk, lines[code].pk, *place, value, amount, False, code in sums)
    for (key, code), value in filing.parts.items():
        area = filed.areas[key]
        yield (version.pk, lines[code].pk, area.pk, area.path, value, value, True, False)


def totals_of(filing: Filing) -> dict[str, Decimal]:
    """The values; where only parts are given, their sum."""
    return {**part_sums(filing.parts), **filing.values}
