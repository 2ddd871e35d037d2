"""附件 数字依据: a row for each bound number, the checks, and how to prove the document."""

from django.utils.translation import gettext as _

from .layout import Cell, Door, Grid, anchors_of, spoken
from .manifest import evidence_digest
from .model import Evidence, Number, Report

SHOWN = 12


def evidence_grid(report: Report) -> Grid:
    """Number, definition, area and days, value, rows and digests: one row an evidence."""
    return Grid(
        style="annextable",
        head=(_("序号"), _("指标与口径"), _("区域与日期"), _("数值"), _("行数与摘要")),
        rows=tuple(_row(n, e) for n, e in enumerate(report.evidence, 1)),
        widths=(11, 63, 30, 22, 30),
        numeric=frozenset({3}),
        anchors=tuple(anchors_of(report).values()),
    )


def checks_grid(report: Report) -> Grid:
    """Each check of the report and whether it holds; a flagged one with its note."""
    rows = []
    for n, check in enumerate(report.checks, 1):
        verdict = _("成立") if check.holds else _("存疑")
        note = f"\n{check.note}" if check.note else ""
        statement = f"{check.name}\n{check.statement}"
        rows.append(((str(n),), (statement,), (check.kind,), (verdict + note,)))
    return Grid(
        style="annextable",
        head=(_("序号"), _("核对内容"), _("种类"), _("结果")),
        rows=tuple(rows),
        widths=(11, 79, 22, 44),
        numeric=frozenset(),
    )


def proof_lines(report: Report) -> list[str]:
    """Digest of the evidence, head of the chain, and the command that proves the file offline."""
    lines = [_("依据摘要（SHA-256）：%(digest)s") % {"digest": evidence_digest(report)}]
    if report.chain_head:
        lines.append(_("签核链链首：%(head)s") % {"head": report.chain_head})
    lines.append(_("本文件连同同名的 .evidence 文件夹，可用 sanqiao verify 离线核验。"))
    return lines


def _row(n: int, e: Evidence) -> tuple[Cell, ...]:
    period = spoken(e.as_of) if e.start is None else f"{spoken(e.start)}\n—{spoken(e.as_of)}"
    measured = "\n".join(f"{term.rows:,}\n{term.digest[:SHOWN]}" for term in e.terms)
    value = Number(key=e.key, text=e.printed)
    unit = () if e.style == "percent" else (f" {e.unit}",)
    return (
        (str(n),),
        (Door(text=e.name, url=e.url), f"\n{_definition(e)}"),
        (f"{e.area_name}\n{e.area_code}\n{period}",),
        (value, *unit),
        (measured,),
    )


def _definition(e: Evidence) -> str:
    values = {"definition": e.definition, "since": spoken(e.since)}
    values |= {"source": e.source, "owner": e.owner, "figure": e.figure}
    return (
        _(
            "口径：%(definition)s（%(since)s起）\n来源：%(source)s；主管：%(owner)s；代码：%(figure)s"
        )
        % values
    )
