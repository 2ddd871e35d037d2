"""A way by act: a grant that allows the act opens what lies below it, and nobody's else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from sanqiao.kernel.acts import ByAct
from sanqiao.kernel.models import Duty, User
from sanqiao.kernel.scope import EVERYTHING, Scope
from tests.make import Town, make_grant, make_user

from .make import make_duty

CHECKED = ByAct("area_path", "areas", "duties.check")


@pytest.fixture
def duties(town: Town, grid_worker: User) -> dict[str, int]:
    places = {"here": town.grid, "there": town.other_township}
    return {
        name: make_duty(owner=grid_worker, area_path=area.path).pk for name, area in places.items()
    }


def shown(scope: Scope) -> set[int]:
    """Ids by the ORM, which are those of the policy's SQL. Asked past the policies of duties."""
    by_orm = set(Duty.objects.filter(CHECKED.q(scope)).values_list("pk", flat=True))
    table = Duty._meta.db_table
    with connection.cursor() as cursor:
        wide = {**EVERYTHING.settings(), "sanqiao.user": str(scope.user_id or "")}
        for name, value in wide.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        cursor.execute(f"SELECT id FROM {table} WHERE {CHECKED.sql(table)}")
        assert {pk for (pk,) in cursor.fetchall()} == by_orm
    return by_orm


@pytest.mark.parametrize(("role", "names"), [("township_clerk", {"here"}), ("grid_worker", set())])
def test_a_grant_opens_what_lies_below_it_where_it_allows_the_act(
    town: Town, duties: dict[str, int], role: str, names: set[str]
) -> None:
    user = make_grant(role=role, area=town.township).user
    assert shown(user.scope) == {duties[name] for name in names}


@pytest.mark.parametrize("span", [
    {"valid_to": date(2020, 1, 1)},
    {"valid_from": date(2999, 1, 1)},
])  # fmt: skip
def test_a_grant_out_of_force_opens_nothing(
    town: Town, duties: dict[str, int], span: dict[str, Any]
) -> None:
    user = make_grant(role="township_clerk", area=town.township, **span).user
    assert shown(Scope(areas=("",), user_id=user.pk)) == set()


def test_a_grant_over_another_tree_opens_nothing(town: Town, duties: dict[str, int]) -> None:
    user = make_grant(role="township_clerk", organisation=town.city_committee).user
    assert shown(Scope(areas=("",), user_id=user.pk)) == set()


def test_a_loader_sees_everything_and_somebody_as_wide_does_not(duties: dict[str, int]) -> None:
    assert shown(EVERYTHING) == set(duties.values())
    nobody = make_user(username="nobody")
    assert shown(Scope(areas=("",), user_id=nobody.pk)) == set()
