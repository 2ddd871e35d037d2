"""Reports confirmed by those whose they are, with the community's remark after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy
from psycopg.sql import SQL

from sanqiao.kernel.models import User, note
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.staging import Imported, Reason, Refusals, count_of, look_up, stage
from sanqiao.registers.areas.imports import TWIN, note_import
from sanqiao.registers.people.commands.people import id_keys, known_people
from sanqiao.work.service import policies
from sanqiao.work.service.halves import Half
from sanqiao.work.service.models import MemberReport, UnitReport
from sanqiao.work.service.rows import PaperReportRow

R = TypeVar("R", MemberReport, UnitReport)
NO_REPORT = Reason("service.no_report", "id_number", gettext_lazy("没有为此人生成这一期的报告"))
NOT_YOURS = Reason("service.not_allowed", "id_number", gettext_lazy("此人不在您的社区"))
EARLY = Reason(
    "service.too_early", "remarked_on", gettext_lazy("社区意见不能早于本人确认，且应写明内容")
)
COLUMNS = {
    "report_id": "bigint", "confirmed_on": "date", "remark": "text", "remarked_on": "date",
    "by_id": "integer",
}  # fmt: skip
FILE = """
UPDATE service_memberreport r SET confirmed_on = s.confirmed_on, remark = s.remark,
  remarked_on = s.remarked_on, remarked_by_id = CASE WHEN s.remarked_on IS NOT NULL THEN s.by_id END
FROM staged_paper s WHERE r.id = s.report_id AND r.remarked_on IS NULL
  AND (r.confirmed_on IS NULL OR s.remarked_on IS NOT NULL)
"""


@transaction.atomic
def confirm_report(*, report: R, on: date, by: User) -> R:
    """Nothing is typed: what the records say is right. Raises Refused: service.not_allowed, …"""
    report = _locked(report)
    policies.check_confirms(report, by)
    report.confirmed_on, report.confirmed_by = on, by
    report.save(update_fields=["confirmed_on", "confirmed_by"])
    note(f"service.{report._meta.model_name}_confirmed", subject=report, by=by, on=str(on))
    return report


@transaction.atomic
def remark_report(*, report: R, remark: str, on: date, by: User) -> R:
    """The community's word; with it the report is done.

    Raises Refused: service.not_allowed, own_report, not_confirmed, remarked, reason_missing.
    """
    report = _locked(report)
    policies.check_remarks(report, by)
    report.remark = policies.check_says_why(remark, field="remark")
    report.remarked_on, report.remarked_by = on, by
    report.save(update_fields=["remark", "remarked_on", "remarked_by"])
    note(f"service.{report._meta.model_name}_remarked", subject=report, by=by, on=str(on))
    return report


@transaction.atomic
def file_paper_reports(*, half: Half, rows: Sequence[PaperReportRow], by: User) -> Imported:
    """Reports that the community holds on paper, by ID number. Raises RowsRefused."""
    refusals = Refusals()
    with past_scope(by):
        keys = id_keys([row.id_number for row in rows], refusals)
        known = known_people(keys)
        reports = look_up([known[key].id for key in keys], _of(half), NONE, refusals, NO_REPORT)
        allowed = {path: policies.accepts(by, path) for path in {r[1] for r in reports}}
        for n, (pk, path) in enumerate(reports):
            if pk and not allowed[path]:
                refusals.add(n, NOT_YOURS)
        refusals.check()
        staged = stage("staged_paper", COLUMNS, (
            (pk, row.confirmed_on, row.remark, row.remarked_on, by.pk)
            for row, (pk, _path) in zip(rows, reports, strict=True)
        ))  # fmt: skip
        staged.refuse_twins(refusals, "report_id", reason=TWIN._replace(field="id_number"))
        staged.refuse(
            refusals,
            "s.remarked_on < s.confirmed_on OR (s.remarked_on IS NULL) <> (s.remark = '')",
            EARLY,
        )
        refusals.check()
        changed = count_of(SQL(FILE))
    done = Imported(0, changed, len(rows) - changed)
    return note_import("service.paper_reports_filed", done, (path for _pk, path in reports), by)


NONE = (0, "")


def _of(half: Half) -> dict[int, tuple[int, str]]:
    """{person id: (report id, area path)} of the half."""
    rows = MemberReport.objects.filter(period_first=half.first)
    found = rows.values_list("person_id", "id", "area_path")
    return {person: (pk, path) for person, pk, path in found}


def _locked(report: R) -> R:
    found: R = type(report)._default_manager.select_for_update().get(pk=report.pk)
    return found
