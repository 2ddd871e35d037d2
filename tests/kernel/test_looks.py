"""Personal data is masked; who sees it says why, and it is written down."""

import pytest

from sanqiao.kernel.commands import unmask
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Look, User
from sanqiao.kernel.scope import acting_as
from sanqiao.registers.people.models import Person
from tests.make import Town, make_membership, make_person


@pytest.fixture
def person(town: Town) -> Person:
    return make_person(area=town.grid, phone="19900001234")


def test_the_value_comes_with_its_look(person: Person, clerk: User) -> None:
    with acting_as(clerk):
        value = unmask(record=person, field="phone", purpose=" 核实住址 ", by=clerk)
    look = Look.objects.get()
    assert value == "19900001234"
    assert (look.user, look.subject, look.field, look.purpose) == (
        clerk, f"people.Person:{person.pk}", "phone", "核实住址",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "purpose", "code"),
    [("phone", "  ", "kernel.reason_missing"), ("name", "核实", "kernel.not_masked")],
)
def test_it_wants_a_purpose_and_a_masked_field(
    field: str, purpose: str, code: str, person: Person, clerk: User
) -> None:
    with pytest.raises(Refused) as refused:
        unmask(record=person, field=field, purpose=purpose, by=clerk)
    assert refused.value.code == code
    assert not Look.objects.exists()


def test_not_beyond_ones_scope_or_role(
    person: Person, other_clerk: User, grid_worker: User
) -> None:
    for user in (other_clerk, grid_worker):
        with pytest.raises(Refused) as refused:
            unmask(record=person, field="phone", purpose="核实", by=user)
        assert refused.value.code == "kernel.no_right"
    assert not Look.objects.exists()


def test_a_member_of_ones_branch_who_lives_elsewhere_is_in_scope(
    town: Town, secretary: User
) -> None:
    person = make_person(area=town.far_grid, phone="19900004321")
    make_membership(person=person, organisation=town.branch)
    assert unmask(record=person, field="phone", purpose="通知开会", by=secretary) == "19900004321"
