"""`sanqiao report build|publish` and `sanqiao verify FILE`."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from .models import WorkReport

    M = TypeVar("M", bound=Model)


def main(args: list[str]) -> int:
    """`report build --out DIR` writes a draft's documents; `report publish NUMBER` seals it."""
    from django.conf import settings

    parser = argparse.ArgumentParser(prog="sanqiao report", description=main.__doc__)
    parser.add_argument("act", choices=["build", "publish"])
    parser.add_argument("number", nargs="?", default="")
    parser.add_argument("--text", type=Path, help="narrative file; default: the reference report")
    parser.add_argument("--title", default="")
    parser.add_argument("--area", default="", help="key of the area; default: the city")
    parser.add_argument("--start", type=date.fromisoformat)
    parser.add_argument("--as-of", type=date.fromisoformat)
    parser.add_argument("--as", dest="user", default="city", help="username")
    parser.add_argument("--out", type=Path, default=settings.OUT)
    given = parser.parse_args(args)
    return (build if given.act == "build" else publish)(given)


def build(given: argparse.Namespace) -> int:
    """Documents of a draft, unsealed, with its rows frozen beside them."""
    from sanqiao.kernel.models import User
    from sanqiao.kernel.scope import acting_as

    from .commands import write_documents
    from .compose import compose

    with acting_as(_found(User.objects.filter(username=given.user), "user", given.user)):
        report = _report(given)
        write_documents(compose(report, folder=given.out / "report.evidence"), given.out)
    _say(f"{report} → {given.out}/report.docx .pdf .html")
    return 0


def publish(given: argparse.Namespace) -> int:
    from sanqiao.kernel.models import User
    from sanqiao.kernel.scope import acting_as

    from .commands import publish_report
    from .models import WorkReport

    user = _found(User.objects.filter(username=given.user), "user", given.user)
    with acting_as(user):
        report = _found(WorkReport.objects.filter(number=given.number), "report", given.number)
        publication = publish_report(report=report, by=user)
        _say(f"{publication} → {publication.file('docx')}")
    return 0


def _report(given: argparse.Namespace) -> WorkReport:
    from sanqiao.registers.areas.models import Area

    from .models import WorkReport
    from .reference import AS_OF, START, reference_text

    if given.number:
        return _found(WorkReport.objects.filter(number=given.number), "report", given.number)
    city = Area.objects.filter(key=given.area) if given.area else Area.objects.filter(parent=None)
    return WorkReport(
        area=_found(city, "area", given.area),
        title=given.title or "工作综述",
        text=given.text.read_text("utf-8") if given.text else reference_text(),
        start=given.start or START,
        as_of=given.as_of or AS_OF,
    )


def _found(rows: QuerySet[M], what: str, name: str) -> M:
    """The first; ends with a sentence when there is none."""
    row = rows.first()
    if row is None:
        sys.exit(f"There is no {what} {name!r}.")
    return row


def verify(args: list[str]) -> int:
    """Proves a document from the rows frozen beside it; needs neither server nor database."""
    from .documents.verify import verify as check

    parser = argparse.ArgumentParser(prog="sanqiao verify", description=verify.__doc__)
    parser.add_argument("file", type=Path, help="a .docx or .html, its evidence folder beside it")
    file = parser.parse_args(args).file
    if file.suffix not in {".docx", ".html"}:
        parser.error(f"{file.name}: only .docx and .html carry their evidence")
    findings = check(file)
    wrong = [finding for finding in findings if finding.kind != "ok"]
    for finding in wrong:
        _say(
            f"✗ {finding.name or finding.key}: {finding.kind}  {finding.expected} → {finding.found}"
        )
    _say(f"{len(findings) - len(wrong)} / {len(findings)} ✓")
    return 1 if wrong else 0


def _say(text: str) -> None:
    print(text)  # noqa: T201
