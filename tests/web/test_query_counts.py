"""Lists ask the database the same number of questions with one row and with sixty."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sanqiao.kernel.models import User, note, note_look
from sanqiao.registers.organisations.models import OwnersCommittee
from sanqiao.registers.people.models import MemberHousehold
from sanqiao.work.mobilisation.commands import open_campaign
from sanqiao.work.mobilisation.models import Pledge, PledgeCampaign, Score
from sanqiao.work.squads.models import Squad
from tests.make import (
    FOUNDED,
    Town,
    make_appointment,
    make_area,
    make_compound,
    make_grant,
    make_membership,
    make_organisation,
    make_person,
    make_unit,
    make_user,
)
from tests.work.mobilisation.make import make_draft
from tests.work.squads.make import facts as squad_facts
from tests.work.squads.make import make_closed, make_gate, make_shift

COUNTS: dict[str, int] = json.loads((Path(__file__).parent / "query_counts.json").read_text())
MOST = 12
NESTED = 1
"""Inside the test's transaction, the scope is set back after each request."""


def more_compounds(town: Town) -> None:
    make_compound(area=town.grid)


def more_members(town: Town) -> None:
    make_membership(organisation=town.branch)


def more_appointments(town: Town) -> None:
    person = make_person(area=town.grid)
    make_appointment(area=town.grid, person=person)


def more_areas(town: Town) -> None:
    make_area("community", town.township)


def more_organisations(town: Town) -> None:
    make_organisation(area=town.community, parent=town.branch)


def more_units(town: Town) -> None:
    make_unit(area=town.township)


def more_grants(town: Town) -> None:
    make_grant(role="member", area=town.grid)


def more_events(town: Town) -> None:
    note("areas.sample", subject=town.grid, by=User.objects.first() or make_user())


def more_looks(town: Town) -> None:
    note_look(user=make_user(), subject=town.grid, field="phone", purpose="核对")


def more_mobilisations(town: Town) -> None:
    make_draft(town, User.objects.first() or make_user())


def more_pledges(town: Town) -> None:
    campaign = PledgeCampaign.objects.first() or open_campaign(
        area=town.city, name="先锋承诺", items=["值守"], opens_on=date(2020, 1, 27),
        by=User.objects.first() or make_user(),
    )  # fmt: skip
    person = make_person(area=town.community)
    pledge = Pledge(
        campaign=campaign, person=person, item="值守", pledged_on=campaign.opens_on,
        area=town.community,
    )  # fmt: skip
    pledge.place()
    pledge.save()


def more_scores(town: Town) -> None:
    by = User.objects.first() or make_user()
    drill = make_draft(town, by, is_exercise=True)
    score = Score(mobilisation=drill, area=town.city, ordered=9, answered=8, areas=3, holes=1)
    score.place()
    score.save()


def more_microgrids(town: Town) -> None:
    make_area("microgrid", town.grid)


def more_committees(town: Town) -> None:
    compound = make_compound(area=town.grid)
    OwnersCommittee.objects.create(
        compound=compound, founded_on=FOUNDED, area=town.grid, area_path=town.grid.path
    )


def more_households(town: Town) -> None:
    person = make_person(area=town.grid)
    MemberHousehold.objects.create(
        person=person, name="中心户", valid_from=FOUNDED, area=town.grid, area_path=town.grid.path
    )


def more_squads(town: Town) -> None:
    company = make_unit(area=town.community, rank="other")
    Squad.objects.create(
        unit=company, unit_name=company.name, area=town.community,
        area_path=town.community.path, **squad_facts(kind="company"),
    )  # fmt: skip


def more_shifts(town: Town) -> None:
    make_shift(make_gate(make_closed(town.grid)), day=timezone.localdate())


def more_closed(town: Town) -> None:
    make_closed(town.grid)


LISTS: dict[str, tuple[str, Callable[[Town], None]]] = {
    "/areas/": ("city_officer", more_areas),
    "/areas/all/": ("city_officer", more_areas),
    "/compounds/": ("city_officer", more_compounds),
    "/organisations/": ("city_officer", more_organisations),
    "/organisations/tree/": ("city_officer", more_organisations),
    "/tiers/": ("city_officer", more_microgrids),
    "/tiers/gaps/": ("city_officer", more_microgrids),
    "/committees/": ("city_officer", more_committees),
    "/households/": ("city_officer", more_households),
    "/units/": ("city_officer", more_units),
    "/members/": ("city_officer", more_members),
    "/appointments/": ("city_officer", more_appointments),
    "/mobilisations/": ("city_officer", more_mobilisations),
    "/mobilisations/pledges/": ("city_officer", more_pledges),
    "/mobilisations/exercises/": ("city_officer", more_scores),
    "/squads/": ("city_officer", more_squads),
    "/squads/uncovered/": ("city_officer", more_compounds),
    "/squads/shifts/": ("city_officer", more_shifts),
    "/squads/closed/": ("city_officer", more_closed),
    "/grants/": ("security_administrator", more_grants),
    "/events/": ("city_officer", more_events),
    "/looks/": ("audit_administrator", more_looks),
    "/figures/": ("city_officer", more_members),
    "/figures/people.members/": ("city_officer", more_members),
    "/": ("city_officer", more_members),
}


def asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in queries) - NESTED


@pytest.mark.parametrize("url", LISTS)
def test_a_list_asks_the_same_with_one_row_and_with_sixty(
    url: str, town: Town, client: Client
) -> None:
    role, more = LISTS[url]
    client.force_login(make_grant(role=role, area=town.city).user)
    more(town)
    with_one = asked(client, url)
    for _ in range(60):
        more(town)

    assert asked(client, url) <= with_one + 1, "one more: the count, which one page does not need"
    assert (url, with_one) == (url, COUNTS[url])


@pytest.mark.no_db
def test_no_page_asks_more_than_twelve() -> None:
    assert not [url for url, count in COUNTS.items() if count > MOST]
