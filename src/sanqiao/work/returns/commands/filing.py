"""One return, from its page."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.registers.areas.models import Area
from sanqiao.work.returns import policies
from sanqiao.work.returns.models import Return, ReturnVersion
from sanqiao.work.returns.rows import Filing
from sanqiao.work.returns.shapes import OnFile, before, on_file, shape_of

from .keeping import Filed, keep, lock_series, totals_of


@transaction.atomic
def file_return(*, record: Return, filing: Filing, known: int, by: User) -> ReturnVersion:
    """File a return, or file it again to correct it; `known` is the version that was looked at.

    Raises Refused: returns.not_allowed, changed_meanwhile, unknown_line, negative, no_parts,
    missing_line, part_outside, unknown_area, why_missing, note_missing, nothing_new.
    """
    policies.check_may(by, "returns.file", [record.area])
    lock_series(record.form_id, record.area_id)
    record = Return.objects.select_related("area", "round__edition__form").get(pk=record.pk)
    shape = shape_of(record.round.edition)
    now = on_file([record.pk]).get(record.pk, OnFile())
    policies.check_version(known, now.number)
    filing = filing._replace(values=totals_of(filing))
    policies.check_lines(shape.lines, filing)
    areas = areas_by_key(key for key, _code in filing.parts)
    policies.check_parts(record, areas.values())
    check_new(now, filing)
    policies.check_correction(now.number, filing.why)
    earlier = before(record.round, [record.area_id]).get(record.area_id, {})
    mismatches = shape.mismatches(filing.values, filing.parts, earlier)
    policies.check_said(mismatches, filing.note)
    filed = Filed(record, now.number + 1, filing, mismatches, areas)
    (pk,) = keep(record.round, shape, [filed], by)
    note("returns.return_filed", subject=record, by=by, number=filed.number)
    return ReturnVersion.objects.get(pk=pk)


def check_new(now: OnFile, filing: Filing) -> None:
    """Raises Refused: returns.nothing_new."""
    same = now.number and now.says(filing.values, filing.parts)
    if same and (now.note, now.source) == (filing.note, filing.source):
        raise Refused("returns.nothing_new", _("与现行版本相同，没有可更正的"))


def areas_by_key(keys: Iterable[str]) -> dict[str, Area]:
    """Raises Refused: returns.unknown_area."""
    wanted = set(keys)
    found = {area.key: area for area in Area.objects.filter(key__in=wanted).defer("boundary")}
    if len(found) < len(wanted):
        words = _("找不到区划：%(keys)s") % {"keys": "、".join(sorted(wanted - set(found)))}
        raise Refused("returns.unknown_area", words)
    return found
