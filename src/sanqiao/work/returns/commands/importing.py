"""Returns from spreadsheets, one number a row, filed all together or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, Reason, Refusals, RowError
from sanqiao.registers.areas.imports import note_import, placed
from sanqiao.registers.areas.models import Area
from sanqiao.work.returns import policies
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.models import Return, ReturnForm, ReturnRound
from sanqiao.work.returns.rows import EntryRow, Filing
from sanqiao.work.returns.shapes import OnFile, Shape, before, on_file, records_of, shape_of

from .asking import period_of
from .keeping import Filed, keep, lock_series, totals_of

UNKNOWN_FORM = Reason("returns.unknown_form", "form", _("没有这张报表：%(value)s"))
UNKNOWN_LINE = Reason("returns.unknown_line", "line", _("报表里没有这个项目：%(value)s"))
NOT_ASKED = Reason("returns.not_asked", "period", _("这一期没有布置给这个区划"))
UNKNOWN_PART = Reason("returns.unknown_area", "part_key", _("找不到区划：%(value)s"))
TWIN = Reason("import.twin", "line", _("同一个数出现了两次"))
FIELDS = {"note": "note", "why": "why"}


class Key(NamedTuple):
    """Which return a row belongs to."""

    form: str
    period: str
    area: str


@dataclass
class Bundle:
    """The rows of one return, by their places in the file."""

    rows: dict[int, EntryRow] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return min(self.rows)

    def said(self, name: str) -> str:
        return next((text for row in self.rows.values() if (text := getattr(row, name))), "")

    @property
    def filed_at(self) -> datetime | None:
        """The day on the paper, at its beginning: in time on the due day itself."""
        days = [row.filed_on for row in self.rows.values() if row.filed_on]
        return datetime.combine(min(days), time(), ZONE) if days else None


@dataclass
class Counted:
    created: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def import_returns(*, rows: Sequence[EntryRow], by: User) -> Imported:
    """File or correct returns that were asked for; numbers not in the file stay as they are.

    Raises RowsRefused; counts are of rows.
    """
    refusals = Refusals()
    places = placed([row.area_key for row in rows], by, refusals)
    refusals.check()
    bundles: dict[Key, Bundle] = {}
    for at, row in enumerate(rows):
        bundles.setdefault(Key(row.form, row.period, row.area_key), Bundle()).rows[at] = row
    counted = Counted()
    for round, group in _rounds(bundles, refusals):
        Import(round, group, by, refusals, counted).run()
    refusals.check()
    done = Imported(counted.created, counted.changed, counted.unchanged)
    return note_import("returns.returns_imported", done, (p.path for p in places), by)


def _rounds(
    bundles: dict[Key, Bundle], refusals: Refusals
) -> Iterator[tuple[ReturnRound, dict[str, Bundle]]]:
    """Rounds in the order of their periods, with their bundles by area."""
    groups: dict[ReturnRound, dict[str, Bundle]] = {}
    known: dict[tuple[str, str], ReturnRound | Refused | None] = {}
    forms = {
        form.code: form for form in ReturnForm.objects.filter(code__in={k.form for k in bundles})
    }
    for key, bundle in bundles.items():
        pair = (key.form, key.period)
        if pair not in known:
            known[pair] = _round(forms.get(key.form), key.period)
        found = known[pair]
        if isinstance(found, ReturnRound):
            groups.setdefault(found, {})[key.area] = bundle
        elif key.form not in forms:
            refusals.add(bundle.first, UNKNOWN_FORM, value=key.form)
        else:
            refusals.add(bundle.first, _reason(found))
    yield from sorted(groups.items(), key=lambda pair: pair[0].period_last)


def _round(form: ReturnForm | None, period: str) -> ReturnRound | Refused | None:
    if form is None:
        return None
    try:
        first = period_of(form, period).first
    except Refused as refusal:
        return refusal
    rows = form.rounds.select_related("form", "edition__form")
    return rows.filter(period_first=first).first()


def _reason(found: ReturnRound | Refused | None) -> Reason:
    if isinstance(found, Refused):
        return Reason(found.code, "period", found.message.replace("%", "%%"))
    return NOT_ASKED


@dataclass
class Import:
    """One round's share of a file."""

    round: ReturnRound
    bundles: dict[str, Bundle]
    by: User
    refusals: Refusals
    counted: Counted
    shape: Shape = field(init=False)
    parts: dict[str, Area] = field(init=False)
    names: dict[str, str] = field(init=False)

    def run(self) -> None:
        lock_series(self.round.form_id)
        self.shape = shape_of(self.round.edition)
        self.names = _names(self.shape)
        areas = _areas(self.bundles)
        records = records_of(self.round, (area.pk for area in areas.values()))
        now = on_file(record.pk for record in records.values())
        earlier = before(self.round, list(records))
        self.parts = _areas(self._part_keys(now))
        filed = [
            each
            for key, bundle in self.bundles.items()
            if (each := self._one(bundle, records.get(areas[key].pk), now, earlier))
        ]
        if filed and not self.refusals.found:
            keep(self.round, self.shape, filed, self.by)

    def _part_keys(self, files: dict[int, OnFile]) -> Iterator[str]:
        """Areas that the file splits into, and those that the returns were split into before."""
        for bundle in self.bundles.values():
            yield from (row.part_key for row in bundle.rows.values())
        for file in files.values():
            yield from (key for key, _code in file.parts)

    def _one(
        self,
        bundle: Bundle,
        record: Return | None,
        files: dict[int, OnFile],
        earlier: dict[int, dict[str, Decimal]],
    ) -> Filed | None:
        if record is None:
            self.refusals.add(bundle.first, NOT_ASKED)
            return None
        now = files.get(record.pk, OnFile())
        given = self._given(bundle)
        filing = self._merged(bundle, given, now)
        self._count(given, now)
        if now.number and now.says(filing.values, filing.parts):
            return None
        mismatches = self.shape.mismatches(
            filing.values, filing.parts, earlier.get(record.area_id, {})
        )
        filed = Filed(record, now.number + 1, filing, mismatches, self.parts)
        return filed if self._may(bundle, filed, now) else None

    def _given(self, bundle: Bundle) -> dict[tuple[str, str], Decimal]:
        """{(part key or "", line code): number}; unknown lines, parts and twins are refused."""
        given: dict[tuple[str, str], Decimal] = {}
        for at, row in bundle.rows.items():
            code = self.names.get(row.line)
            if code is None:
                self.refusals.add(at, UNKNOWN_LINE, value=row.line)
            elif row.part_key and row.part_key not in self.parts:
                self.refusals.add(at, UNKNOWN_PART, value=row.part_key)
            elif (row.part_key, code) in given:
                self.refusals.add(at, TWIN)
            else:
                given[row.part_key, code] = row.value
        return given

    def _merged(self, bundle: Bundle, given: dict[tuple[str, str], Decimal], now: OnFile) -> Filing:
        values = {code: value for (part, code), value in given.items() if not part}
        parts = {key: value for key, value in given.items() if key[0]}
        filing = Filing(
            values=now.values | values, parts=now.parts | parts,
            source=bundle.said("source") or now.source, note=bundle.said("note"),
            why=bundle.said("why"), filed_at=bundle.filed_at,
        )  # fmt: skip
        return filing._replace(values=totals_of(filing))

    def _count(self, given: dict[tuple[str, str], Decimal], now: OnFile) -> None:
        for (part, code), value in given.items():
            old = now.parts.get((part, code)) if part else now.values.get(code)
            if old is None:
                self.counted.created += 1
            elif old != value:
                self.counted.changed += 1
            else:
                self.counted.unchanged += 1

    def _may(self, bundle: Bundle, filed: Filed, now: OnFile) -> bool:
        """A return's fault stands at its first row."""
        try:
            policies.check_may(self.by, "returns.file", [filed.record.area])
            policies.check_lines(self.shape.lines, filed.filing)
            used = {key for key, _code in filed.filing.parts}
            policies.check_parts(
                filed.record, (self.parts[key] for key in used if key in self.parts)
            )
            policies.check_correction(now.number, filed.filing.why)
            policies.check_said(filed.mismatches, filed.filing.note)
        except Refused as refusal:
            place = FIELDS.get(refusal.field or "", "line")
            self.refusals.found.append(RowError(bundle.first, place, refusal.code, refusal.message))
            return False
        return True


def _areas(keys: Iterable[str]) -> dict[str, Area]:
    """The known ones, by key."""
    rows = Area.objects.filter(key__in=set(keys)).defer("boundary")
    return {area.key: area for area in rows}


def _names(shape: Shape) -> dict[str, str]:
    """Every way to name a line: its code, its full code, its name."""
    return {
        name: code for code, line in shape.lines.items() for name in (code, line.code, line.name)
    }
