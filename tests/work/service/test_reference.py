"""A hundredth of the reference city: its people, its units; again changes nothing."""

from __future__ import annotations

import pytest

from sanqiao.kernel.models import Change, Event
from sanqiao.reference import load
from sanqiao.reference.accounts import loader
from sanqiao.reference.check_ins import CheckIns, parts
from sanqiao.reference.city import City
from sanqiao.registers.people.models import Membership, Person
from sanqiao.work.service.models import (
    Exemption,
    MechanismDuty,
    MemberCheckIn,
    MemberReport,
    Pairing,
    ServiceTeam,
    UnitCheckIn,
    UnitReport,
)

SCALE = 0.01
MODELS = (
    MechanismDuty, Pairing, UnitCheckIn, ServiceTeam, Exemption, MemberCheckIn, MemberReport,
    UnitReport, Person, Change, Event,
)  # fmt: skip


def test_the_small_city_checks_in_and_again_changes_nothing() -> None:
    by = loader()
    load.load_city(SCALE, by, lambda line: None)
    people = Person.objects.count()
    for part in parts(City(SCALE)):
        part.load(by)
    before = [model._default_manager.count() for model in MODELS]

    assert all(before) and Person.objects.count() == people, "nobody was invented for it"
    for slip in MemberCheckIn.objects.select_related("person", "community"):
        assert slip.person.area_path.startswith(slip.community.path)
    members = set(Membership.objects.filter(valid_to=None).values_list("person", flat=True))
    for slip in MemberCheckIn.objects.all():
        assert (slip.standing == "member") == (slip.person_id in members)

    for part in parts(City(SCALE)):
        part.load(by)
    assert [model._default_manager.count() for model in MODELS] == before


@pytest.mark.no_db
def test_the_two_lists_of_units_overlap_but_are_not_one() -> None:
    """R-25: 171 and 111, and nine that are paired sent nobody: 60 is no list of names."""
    made = CheckIns(City(1.0))
    reporting = {unit.credit_code for unit in made.reporting}
    paired = {row.credit_code for row in made.pairings}

    assert (len(reporting), len(paired)) == (171, 111)
    assert len(reporting - paired) == 69 and len(paired - reporting) == 9
    assert len({row.area_key for row in made.pairings}) == 77
    assert sum(row.is_lead for row in made.pairings) == 77
