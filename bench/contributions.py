"""The gifts of a city in one import beside a bare COPY of them; its pages."""

from __future__ import annotations

from django.db import connection, transaction

from bench import Line, Report, _once, best
from bench._city import CLERK, OFFICER
from bench._serving import body, sanqiao, signed_in
from bench.pages import queries
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.reference.accounts import PASSWORD
from sanqiao.reference.city import City
from sanqiao.reference.contributions import Contributions
from sanqiao.work.contributions.commands import import_contributions
from sanqiao.work.contributions.rows import ContributionRow

PAGES = {
    "board": "/contributions/?as_of=2020-06-30",
    "batches": "/contributions/batches/",
    "public page": "/contributions/public/?as_of=2020-06-30",
}


def run(report: Report) -> None:
    rows = renamed()
    imports(report, rows)
    with sanqiao() as address:
        officer = signed_in(address, OFFICER, PASSWORD)
        for name, url in PAGES.items():
            measured = best(lambda url=url: body(address + url, officer), 10)  # type: ignore[misc]
            report.line(f"contributions: {name}", measured=measured, goal=150)
            report.line(
                f"contributions: {name}, queries", measured=queries(url, officer), goal=12, unit=""
            )
        clerk = signed_in(address, CLERK, PASSWORD)
        entries = best(lambda: body(f"{address}/contributions/entries/", clerk), 10)
        report.line("contributions: entries of a township", measured=entries, goal=100)


def renamed() -> list[ContributionRow]:
    """The gifts of the reference city with receipts and batches of their own."""
    rows = Contributions(City()).rows
    return [row._replace(receipt=f"X{row.receipt}", batch_key=f"X{row.batch_key}") for row in rows]


def imports(report: Report, rows: list[ContributionRow]) -> None:
    """Undone afterwards: the ledger keeps everything. Checks that wait for the commit are run."""
    by = User.objects.get(username=OFFICER)
    with acting_as(by, scope=EVERYTHING):
        floor = _once(lambda: bare(rows))
        measured = _once(lambda: imported(rows, by))
        transaction.set_rollback(True)
    name = f"contributions: {len(rows):,} entries imported, beside COPY"
    report.add(Line(name, measured, 10_000, floor, is_bound=True))


def imported(rows: list[ContributionRow], by: User) -> None:
    assert import_contributions(rows=rows, by=by).created == len(rows)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def bare(rows: list[ContributionRow]) -> None:
    columns = ", ".join(f"c{n} text" for n in range(len(rows[0])))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bare ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
