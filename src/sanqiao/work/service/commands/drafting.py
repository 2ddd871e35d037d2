"""Reports drafted from the records, for everybody at once; nobody types what is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from psycopg.sql import SQL, Identifier

from sanqiao.kernel.models import User, note
from sanqiao.kernel.periods import Year
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.scope import within
from sanqiao.kernel.staging import Imported, Stage, columns_of, count_of, stage
from sanqiao.registers.areas.models import Area
from sanqiao.work.service import facts, policies
from sanqiao.work.service.halves import Half
from sanqiao.work.service.models import (
    MechanismDuty,
    MemberCheckIn,
    MemberReport,
    Pairing,
    UnitReport,
)
from sanqiao.work.service.models.parts import OfUnit

SHARED = (
    "unit_id", "unit_name", "unit_rank", "organisation_path", "area_id", "area_path",
    "period_first", "period_last", "due_on", "facts",
)  # fmt: skip
OF_MEMBER = ("person_id", "check_in_id", "community_id", "name", *SHARED)
OF_UNIT = ("pairing_id", *SHARED)
CREATE = (
    "INSERT INTO {table} ({columns}, remark) SELECT {columns}, '' FROM {staged} s"
    " WHERE NOT EXISTS (SELECT FROM {table} t WHERE {same}) ORDER BY n"
)
REFRESH = (
    "UPDATE {table} t SET facts = s.facts, area_id = s.area_id, area_path = s.area_path"
    " FROM {staged} s WHERE {same} AND t.confirmed_on IS NULL"
    " AND (t.facts, t.area_id) IS DISTINCT FROM (s.facts, s.area_id)"
)
Report = MemberReport | UnitReport


@transaction.atomic
def draft_member_reports(*, half: Half, area: Area, by: User) -> Imported:
    """A draft for everybody placed in `area` at the end of the half; later ones refresh drafts.

    What is confirmed stays as it is. Raises Refused: service.not_allowed.
    """
    policies.check_drafts(by, area)
    with past_scope(by):
        rows = _placed(half, area)
        said = facts.of_members(rows, half.first, half.last)
        due = _due(area, MechanismDuty.Party.MEMBER, half.last)
        values = (
            (row.person_id, row.pk, row.community_id, row.name, *_shared(row, half, due, said))
            for row in rows
        )
        done = _keep(MemberReport, OF_MEMBER, ("person_id", "period_first"), values)
    return _noted("service.member_reports_drafted", done, area, str(half), by)


@transaction.atomic
def draft_unit_reports(*, year: Year, area: Area, by: User) -> Imported:
    """A draft for every pairing in `area` that was agreed in the year.

    Raises Refused: service.not_allowed.
    """
    policies.check_drafts(by, area)
    with past_scope(by):
        rows = list(_agreed(year, area))
        said = facts.of_units(rows, year.first, year.last)
        due = _due(area, MechanismDuty.Party.UNIT, year.last)
        values = ((row.pk, *_shared(row, year, due, said)) for row in rows)
        done = _keep(UnitReport, OF_UNIT, ("pairing_id", "period_first"), values)
    return _noted("service.unit_reports_drafted", done, area, str(year), by)


def _placed(half: Half, area: Area) -> list[MemberCheckIn]:
    """Slips accepted by the last day and still good that day, below `area`."""
    rows = MemberCheckIn.objects.placed_on(half.last).filter(within("area_path", (area.path,)))
    return list(
        rows.select_related("area", "community", "team").defer("area__boundary").order_by("id")
    )


def _agreed(year: Year, area: Area) -> QuerySet[Pairing]:
    rows = Pairing.objects.filter(within("area_path", (area.path,)), valid_from__lte=year.last)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=year.first))
    signed = {"unit_signed_on__lte": year.last, "community_signed_on__lte": year.last}
    return rows.filter(**signed).order_by("id")


def _due(area: Area, party: str, last: date) -> date:
    """The nearest rule above the area that held on the last day; without one, that day itself."""
    rules = MechanismDuty.objects.on(last).filter(
        area__in=[*area.ancestor_ids, area.pk], kind=MechanismDuty.Kind.REPORT, party=party
    )
    rule = rules.order_by("-area__path", "order").first()
    return last + timedelta(days=rule.days_after if rule else 0)


def _shared(
    row: OfUnit, period: Half | Year, due: date, said: Mapping[int, Sequence[Any]]
) -> tuple[object, ...]:
    """In the order of `SHARED`."""
    return (
        row.unit_id, row.unit_name, row.unit_rank, row.organisation_path, row.area_id,
        row.area_path, period.first, period.last, due,
        json.dumps(said[row.pk], ensure_ascii=False),
    )  # fmt: skip


def _keep(
    model: type[Report], columns: Sequence[str], key: Sequence[str],
    values: Iterator[tuple[object, ...]],
) -> Imported:  # fmt: skip
    staged = stage(f"staged_{model._meta.model_name}", columns_of(model, *columns), values)
    changed = count_of(_statement(REFRESH, model, columns, key, staged))
    created = count_of(_statement(CREATE, model, columns, key, staged))
    return Imported(created, changed, staged.count - created - changed)


def _statement(
    text: Any, model: type[Report], columns: Sequence[str], key: Sequence[str], staged: Stage
) -> Any:
    same = SQL(" AND ").join(SQL("t.{0} = s.{0}").format(Identifier(name)) for name in key)
    return SQL(text).format(
        table=Identifier(model._meta.db_table), staged=staged.table, same=same,
        columns=SQL(", ").join(map(Identifier, columns)),
    )  # fmt: skip


def _noted(kind: str, done: Imported, area: Area, period: str, by: User) -> Imported:
    if done.created or done.changed:
        note(kind, subject=area, by=by, period=period, **done._asdict())
    return done
