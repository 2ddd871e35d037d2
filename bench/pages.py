"""Whole pages over HTTP, signed in, under scope and row-level security, beside bare Django."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import Line, Report, alternate, best
from bench._city import CLERK, OFFICER, TOWNSHIP
from bench._serving import bare, best_pace, body, sanqiao, signed_in
from sanqiao.figures.unscoped import unscoped
from sanqiao.reference.accounts import PASSWORD
from sanqiao.registers.people.models import Membership

LIST = f"/members/?area={TOWNSHIP}"
DRAWER = f"/figures/people.members/?area={TOWNSHIP}"


def run(report: Report) -> None:
    with bare() as address:
        pages = {name: best_pace(f"{address}/{name}/").rate for name in ("list", "detail", "still")}
        drawer = best(lambda: body(f"{address}/list/"), 20)
    with sanqiao() as address:
        clerk = signed_in(address, CLERK, PASSWORD)
        officer = signed_in(address, OFFICER, PASSWORD)
        lists(report, address, clerk, officer, pages["list"])
        details(report, address, clerk, pages["detail"])
        drawers(report, address, clerk, drawer)


def lists(report: Report, address: str, clerk: str, officer: str, floor: float) -> None:
    whole, url = body(address + LIST, clerk), address + LIST
    assert whole.count(b'name="row"') == 50, "50 rows"
    report.line("list page: queries", measured=queries(LIST, clerk), goal=12, unit="")
    ours, theirs = alternate(lambda: body(url, clerk), lambda: body(url, officer), 41)
    report.line("list page, one client", measured=ours, goal=100)
    report.line("list page: member / city officer", measured=ours, floor=theirs, goal=1.2)
    found = best_pace(url, clerk)
    add = report.add
    add(Line("list page, 16 clients", found.rate, 220, floor, "req/s", True, True))
    report.line("list page, 16 clients, p95", measured=found.p95, goal=110)


def details(report: Report, address: str, clerk: str, floor: float) -> None:
    url = f"/people/{someone()}/"
    report.line("detail page: queries", measured=queries(url, clerk), goal=12, unit="")
    found = best_pace(address + url, clerk)
    report.add(Line("detail page, 16 clients", found.rate, 600, floor, "req/s", True, True))
    report.line("detail page, 16 clients, p95", measured=found.p95, goal=110)


def drawers(report: Report, address: str, clerk: str, floor: float) -> None:
    report.line("evidence drawer: queries", measured=queries(DRAWER, clerk), goal=12, unit="")
    ours = best(lambda: body(address + DRAWER, clerk), 15)
    report.add(Line("evidence drawer, one client", ours, 150, floor, is_bound=True))


def queries(url: str, cookie: str) -> int:
    """How many statements the page takes once it is warm, the begin and end of its work aside."""
    client = Client()
    client.cookies.load(cookie)
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200, url
    return sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in captured)


def someone() -> int:
    """An ordinary member of the township."""
    with unscoped():
        found = Membership.objects.filter(area__key__startswith=TOWNSHIP, valid_to=None)
        return found.earliest("id").person_id
