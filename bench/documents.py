"""A work report of 100 bound figures: composed and written, each time from the records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import islice, product
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import Report, best
from bench._city import OFFICER
from sanqiao.figures import catalogue
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import acting_as
from sanqiao.registers.areas.models import Area
from sanqiao.reports.compose import compose
from sanqiao.reports.documents.docx import write_docx
from sanqiao.reports.documents.html import write_html
from sanqiao.reports.documents.model import Report as Document
from sanqiao.reports.documents.pdf import write_pdf
from sanqiao.reports.models import WorkReport

COUNT = 100
START, AS_OF = date(2020, 1, 23), date(2020, 6, 30)
REGISTERS = ("areas.", "organisations.", "people.")
Write = Callable[[Document, Path], None]
GOALS: tuple[tuple[str, Write, float], ...] = (
    ("screen", write_html, 1000),
    ("docx", write_docx, 3000),
    ("pdf", write_pdf, 5000),
)


def run(report: Report) -> None:
    with acting_as(User.objects.get(username=OFFICER)), TemporaryDirectory() as folder:
        draft = of_hundred()
        assert len(compose(draft).numbers) == COUNT
        for name, write, goal in GOALS:
            place = Path(folder) / f"report.{name}"
            ms = best(lambda w=write, p=place: w(compose(draft), p), 3)  # type: ignore[misc]
            report.line(f"report of {COUNT} figures: {name}", measured=ms, goal=goal)


def of_hundred() -> WorkReport:
    """Not saved. Twenty paragraphs of five numbers, of the city and its counties."""
    codes = [code for code in catalogue.figures_on(AS_OF) if code.startswith(REGISTERS)]
    keys = Area.objects.filter(level__in=("city", "county")).order_by("id").values_list("key")
    bound = islice(product((key for (key,) in keys), codes), COUNT)
    words = [f"指标为{{{{{code} @{key}}}}}" for key, code in bound]
    paragraphs = ["，".join(words[n : n + 5]) + "。" for n in range(0, COUNT, 5)]
    city = Area.objects.get(level="city")
    return WorkReport(
        area=city, area_path=city.path, title="一百项指标", text="\n".join(paragraphs),
        start=START, as_of=AS_OF, organ="测速", number="测速〔2020〕1号", sign="测速",
    )  # fmt: skip
