"""A city's check-ins as lists, beside a bare INSERT of as many rows; and the queue's page."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from bench import Report, _once
from bench._city import OFFICER
from bench._serving import sanqiao, signed_in
from bench.pages import queries
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.reference.accounts import PASSWORD
from sanqiao.reference.check_ins import CheckIns, parts
from sanqiao.reference.city import City
from sanqiao.registers.areas.models import Area
from sanqiao.work.service import commands
from sanqiao.work.service.halves import Half
from sanqiao.work.service.models import MemberCheckIn
from sanqiao.work.service.rows import CheckInRow

DAY = date(2020, 7, 1)
BARE = """
INSERT INTO service_membercheckin (person_id, unit_id, unit_name, unit_rank, organisation_path,
  community_id, area_id, area_path, name, standing, checked_in_on, home, skill, wish, end_reason,
  end_note)
SELECT person_id, unit_id, unit_name, unit_rank, organisation_path, community_id, community_id,
  (SELECT path FROM areas_area a WHERE a.id = community_id), name, standing, checked_in_on, home,
  skill, wish, '', '' FROM kept
"""


def run(report: Report) -> None:
    by = User.objects.get(username=OFFICER)
    rows = _loaded(by)
    with acting_as(by, scope=EVERYTHING):
        _empty()
        ours = _once(lambda: commands.import_check_ins(rows=rows, by=by))
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE kept ON COMMIT DROP AS TABLE service_membercheckin")
        _empty()
        floor = _once(_bare)
        transaction.set_rollback(True)
    name = f"{len(rows):,} check-ins of a list, read past scope, with history"
    report.line(name, measured=ours, floor=floor, goal=3)
    city = Area.objects.get(parent=None)
    half = Half(2020, 1)
    with acting_as(by, scope=EVERYTHING):
        drafts = _once(lambda: commands.draft_member_reports(half=half, area=city, by=by))
    report.line("half-year reports of the city, drafted again", measured=drafts, goal=5000)
    pages = {"pairings": "/service/", "roster": "/service/check-ins/", "queue": "/service/queue/"}
    with sanqiao() as address:
        cookie = signed_in(address, OFFICER, PASSWORD)
        for page, url in pages.items():
            asked = queries(url, cookie)
            report.line(f"service, {page}: queries", measured=asked, goal=12, unit="")


def _loaded(by: User) -> list[CheckInRow]:
    """The city's rows; loads the part of this domain when it is missing."""
    city = City()
    with acting_as(by, scope=EVERYTHING):
        if not MemberCheckIn.objects.exists():
            for part in parts(city):
                part.load(by)
    return CheckIns(city).check_ins


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM service_memberreport")
        cursor.execute("DELETE FROM service_membercheckin")


def _bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE)
