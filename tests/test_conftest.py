from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection

from sanqiao.kernel.models import User
from sanqiao.registers.people.models import Membership
from tests.make import Town, make_appointment, make_membership, make_unit

SeenBy = Callable[[User], AbstractContextManager[None]]


def test_tests_run_as_the_web_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("sanqiao_web",)


def test_a_clerk_sees_the_members_of_the_township_and_no_others(
    town: Town, clerk: User, other_clerk: User, as_seen_by: SeenBy
) -> None:
    here, there = make_membership(organisation=town.branch), make_membership(area=town.far_grid)
    make_appointment(), make_unit()
    assert set(Membership.objects.all()) == {here, there}
    with as_seen_by(clerk):
        assert list(Membership.objects.all()) == [here]
    with as_seen_by(other_clerk):
        assert list(Membership.objects.all()) == [there]


@pytest.mark.django_db(transaction=True)
def test_with_own_commits_too(town: Town, clerk: User, as_seen_by: SeenBy) -> None:
    here = make_membership(organisation=town.branch)
    make_membership(area=town.far_grid)
    with as_seen_by(clerk):
        assert list(Membership.objects.all()) == [here]
