"""The catalogue of figures as a document; it cannot differ from what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import override

from . import catalogue
from .check import Check
from .figure import Figure

KINDS = {
    "count": "计数", "sum": "求和", "distinct": "去重计数", "reported": "填报求和",
    "place": "名次",
    "total": "合计", "difference": "差", "ratio": "比", "share": "占比", "mean": "平均",
    "multiple": "倍数",
}  # fmt: skip
TIMINGS = {"stock": "时点", "flow": "时期"}
HEAD = "| 编码 | 指标 | 单位 | 类型 | 口径 | 统计范围 | 来源 | 责任单位 | 起用 |"


def catalogue_text() -> str:
    """Markdown in Chinese, figures by domain, then the checks."""
    with override("zh-hans"):
        return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# " + _("指标目录")
    yield ""
    yield "<!-- sanqiao manage figures_doc -->"
    for domain, figures in groupby(_sorted(), key=lambda figure: figure.code.split(".")[0]):
        yield from ("", f"## {domain}", "", HEAD, "|---" * 9 + "|")
        yield from (_row(figure) for figure in figures)
    yield from ("", "## " + _("校验"), "", "| 编码 | 类型 | 内容 | 关系 | 性质 |", "|---" * 5 + "|")
    yield from (_check_row(check) for check in catalogue.checks())


def _sorted() -> list[Figure]:
    """By domain in the order of declaration."""
    return sorted(catalogue.declared(), key=lambda figure: figure.code.split(".")[0])


def _row(figure: Figure) -> str:
    kind = f"{KINDS[figure.kind]}，{TIMINGS[figure.timing]}"
    definition = str(figure.definition)
    if figure.parts:
        definition += f"（{'，'.join(figure.parts)}）"
    cells = (
        f"`{figure.code}`", figure.name, figure.unit, kind, definition,
        figure.population, figure.source, figure.owner, figure.since.isoformat(),
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _check_row(check: Check) -> str:
    nature = "应说明" if check.flag else "应成立"
    return f"| `{check.code}` | {check.kind} | {check.statement} | {check.relation} | {nature} |"
