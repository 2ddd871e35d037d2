"""While somebody listens, rows go into their tables in portions: the same rows, in the same order."""

from __future__ import annotations

from datetime import date
from unittest.mock import Mock

import pytest

from sanqiao.kernel import staging
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import RowsRefused, heard_by
from sanqiao.registers.people.commands import import_members
from sanqiao.registers.people.commands.members import MEMBERSHIPS
from sanqiao.registers.people.models import Membership
from sanqiao.registers.people.rows import MemberRow
from tests.make import Town, make_person
from tests.registers.make import member_row

DAY = date(2019, 1, 1)


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "PORTION", 2)


def rows_of(town: Town, people: int) -> list[MemberRow]:
    """In turn of two branches: neighbours in the table are not neighbours in the file."""
    branches = town.branch.code, town.other_branch.code
    return [member_row(n, town.grid.key, branches[n % 2]) for n in range(people)]


def laid_down() -> list[str]:
    """Whose memberships, in the order in which they were laid down."""
    rows = Membership.objects.order_by("pk").values_list("person__id_number", flat=True)
    return [str(number) for number in rows]


def test_each_portion_is_heard_and_a_change_is_too(town: Town, city_officer: User) -> None:
    hear = Mock()
    with heard_by(hear):
        done = import_members(rows=rows_of(town, 5), by=city_officer)
    assert done == (5, 0, 0)
    assert [call.args[0] for call in hear.call_args_list] == [2, 2, 1, 2, 2, 1]

    hear.reset_mock()
    with heard_by(hear):
        rows = [row._replace(kind="probationary", full_on=None) for row in rows_of(town, 3)]
        assert import_members(rows=rows, by=city_officer) == (0, 3, 0)
    assert [call.args[0] for call in hear.call_args_list] == [0, 0, 2, 1, 0, 0, 2, 1]


def test_they_lie_as_they_would_without_a_listener(town: Town, city_officer: User) -> None:
    with heard_by(Mock()):
        import_members(rows=rows_of(town, 5), by=city_officer)
    rows = rows_of(town, 5)
    one, other = rows[0::2], rows[1::2]
    assert laid_down() == [row.id_number for row in (*one, *other)]


def test_the_row_that_breaks_a_constraint_is_named_by_its_place_in_the_file(town: Town) -> None:
    """In the order of branches the third of five rows is not the third."""
    homes = [town.other_branch, town.branch, town.other_branch, town.branch, town.branch]
    people = [make_person(area=town.grid) for _home in homes]
    values = [
        (
            person.pk, DAY, home.pk, "full", DAY, date(2018, 1, 1) if n == 2 else DAY, None,
            home.path, home.area_id, home.area_path,
        )
        for n, (person, home) in enumerate(zip(people, homes, strict=True))
    ]  # fmt: skip
    with heard_by(Mock()), pytest.raises(RowsRefused) as refusal:
        MEMBERSHIPS.run(MEMBERSHIPS.stage(values))
    (error,) = refusal.value.errors
    assert (error.row, error.code) == (2, "people.full_too_early")
