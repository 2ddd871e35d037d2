"""Whole pages over HTTP, signed in, under scope and row-level security, beside plain Django."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import Line, Report, alternate, best
from bench._city import CLERK, OFFICER, TOWNSHIP
from bench._serving import best_pace, body, entered, floor, in_turns, sanqiao, signed_in
from sanqiao.figures.unscoped import unscoped
from sanqiao.reference.accounts import PASSWORD
from sanqiao.registers.people.models import Membership

LIST = f"/members/?area={TOWNSHIP}"
DRAWER = f"/figures/people.members/?area={TOWNSHIP}"


def run(report: Report) -> None:
    with floor("_bare") as address:
        many = best_pace(f"{address}/list/").rate
        drawer = best(lambda: body(f"{address}/list/"), 20)
    with sanqiao() as address:
        clerk = signed_in(address, CLERK, PASSWORD)
        officer = signed_in(address, OFFICER, PASSWORD)
        lists(report, address, clerk, officer, many)
        details(report, address, clerk)
        drawers(report, address, clerk, drawer)


def lists(report: Report, address: str, clerk: str, officer: str, bare: float) -> None:
    whole, url = body(address + LIST, clerk), address + LIST
    assert whole.count(b'name="row"') == 50, "50 rows"
    report.line("list page: queries", measured=queries(LIST, clerk), goal=12, unit="")
    ours, theirs = alternate(lambda: body(url, clerk), lambda: body(url, officer), 41)
    report.line("list page, one client", measured=ours, goal=100)
    report.line("list page: member / city officer", measured=ours, floor=theirs, goal=1.2)
    found = best_pace(url, clerk)
    add = report.add
    add(Line("list page, 16 clients", found.rate, 220, bare, "req/s", True, True))
    report.line("list page, 16 clients, p95", measured=found.p95, goal=110)


def details(report: Report, address: str, clerk: str) -> None:
    """Beside Django as it comes."""
    url = f"/people/{someone()}/"
    report.line("detail page: queries", measured=queries(url, clerk), goal=12, unit="")
    with floor("_stock") as stock:
        ours, theirs = in_turns((address + url, clerk), (stock + url, entered(stock, CLERK)))
    name = "detail page, 16 clients"
    report.add(Line(name, ours.rate, 600, theirs.rate, "req/s", at_least=True, is_bound=True))
    report.line(f"{name}, p95", measured=ours.p95, goal=110)


def drawers(report: Report, address: str, clerk: str, bare: float) -> None:
    report.line("evidence drawer: queries", measured=queries(DRAWER, clerk), goal=12, unit="")
    ours = best(lambda: body(address + DRAWER, clerk), 15)
    report.add(Line("evidence drawer, one client", ours, 150, bare, is_bound=True))


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
