"""Who may give which rights, and what one person never holds together."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sanqiao.kernel.chains import verify_chain
from sanqiao.kernel.commands import create_admin, create_user, end_grant, give_grant
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, Grant, Link, User
from sanqiao.kernel.roles import ROLES, SEPARATED_ROLES, STAFF_ROLES
from sanqiao.kernel.scope import acting_as
from tests.make import Town, make_grant, make_user

START = date(2020, 1, 1)


def give(user: User, role: str, by: User, *, start: date = START, end: date | None = None) -> Grant:
    with acting_as(by):
        return give_grant(
            user=user, role=role, tree="areas", path="1.", place="十堰市",
            valid_from=start, valid_to=end, by=by,
        )  # fmt: skip


def refusal(*args: object, **kwargs: object) -> str:
    with pytest.raises(Refused) as refused:
        give(*args, **kwargs)  # type: ignore[arg-type]
    return refused.value.code


def test_a_grant_is_recorded_as_event_and_link(security_administrator: User) -> None:
    grant = give(make_user(username="new"), "grid_worker", security_administrator)
    assert (grant.given_by, grant.place) == (security_administrator, "十堰市")
    event, link = Event.objects.get(), Link.objects.get()
    assert event.kind == link.kind == "kernel.grant_given"
    assert link.data == {
        "user": "new", "role": "grid_worker", "tree": "areas", "path": "1.",
        "from": "2020-01-01", "to": "",
    }  # fmt: skip
    assert link.by == "sun"
    assert verify_chain("grants") is None


def test_only_the_security_administrator_gives(
    city_officer: User, auditor: User, security_administrator: User
) -> None:
    assert refusal(make_user(), "grid_worker", city_officer) == "kernel.no_right"
    assert refusal(make_user(), "grid_worker", auditor) == "kernel.no_right"
    assert give(make_user(), "grid_worker", security_administrator)


def test_never_to_oneself(security_administrator: User) -> None:
    by = security_administrator
    assert refusal(by, "city_officer", by) == "kernel.to_oneself"
    with pytest.raises(Refused) as refused:
        end_grant(grant=by.grants.get(), on=timezone.localdate(), by=by)
    assert refused.value.code == "kernel.to_oneself"


def test_an_unknown_role_is_refused(security_administrator: User) -> None:
    assert refusal(make_user(), "emperor", security_administrator) == "kernel.unknown_role"


@pytest.mark.parametrize("role", sorted(SEPARATED_ROLES))
@pytest.mark.parametrize("other", sorted(ROLES))
def test_three_administrators_are_three_people_without_business(
    role: str, other: str, security_administrator: User
) -> None:
    user = make_user()
    give(user, other, security_administrator)
    if role == other:
        assert give(user, role, security_administrator)
    else:
        assert refusal(user, role, security_administrator) == "kernel.separated_roles"
        with pytest.raises(IntegrityError, match="grant_separated_roles"), transaction.atomic():
            make_grant(user=user, role=role)


def test_roles_that_do_not_meet_in_time_may_follow_each_other(
    security_administrator: User,
) -> None:
    user, turn = make_user(), date(2022, 1, 1)
    give(user, "city_officer", security_administrator, end=turn)
    early = refusal(
        user, "audit_administrator", security_administrator, start=turn - timedelta(days=1)
    )
    assert early == "kernel.separated_roles"
    assert give(user, "audit_administrator", security_administrator, start=turn)


def test_business_roles_may_meet(security_administrator: User) -> None:
    user = make_user()
    give(user, "community_secretary", security_administrator)
    assert give(user, "member", security_administrator)


def test_an_ended_grant_gives_nothing_from_that_day(
    town: Town, clerk: User, security_administrator: User
) -> None:
    today = timezone.localdate()
    end_grant(grant=clerk.grants.get(), on=today, by=security_administrator)
    assert not User.objects.get(pk=clerk.pk).may("people.view", area=town.grid.path)
    assert Link.objects.get().data["to"] == str(today)
    with pytest.raises(Refused) as refused:
        end_grant(grant=clerk.grants.get(), on=today, by=security_administrator)
    assert refused.value.code == "kernel.grant_over"


def test_a_grant_does_not_end_before_it_starts(clerk: User, security_administrator: User) -> None:
    grant = clerk.grants.get()
    with pytest.raises(Refused) as refused:
        end_grant(grant=grant, on=grant.valid_from, by=security_administrator)
    assert refused.value.code == "kernel.ends_before_start"


def test_a_right_reaches_over_its_subtree_and_no_further(town: Town, clerk: User) -> None:
    assert clerk.may("people.change", area=town.grid.path)
    assert not clerk.may("people.change", area=town.far_grid.path)
    assert not clerk.may("people.change", organisation=town.branch.path)
    assert not clerk.may("grants.give")
    assert clerk.may("people.change")


def test_administrators_see_no_business(security_administrator: User, auditor: User) -> None:
    for user in (security_administrator, auditor):
        assert (user.scope.areas, user.scope.organisations) == ((), ())
    assert auditor.scope.audit
    assert not security_administrator.scope.audit


def test_the_first_administrator_comes_from_the_shell() -> None:
    user = create_admin(username="root1", password="Wudang-Lu-2020")
    assert [grant.role for grant in user.grants_today] == ["security_administrator"]
    assert user.may("grants.give") and not user.may("people.view")
    assert Link.objects.get().kind == "kernel.admin_created"
    with pytest.raises(Refused) as refused:
        create_admin(username="root2", password="Wudang-Lu-2020", role="city_officer")
    assert refused.value.code == "kernel.unknown_role"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"username": "SUN"}, "kernel.username_taken"),
        ({"password": "short"}, "kernel.weak_password"),
        ({"password": "1234567890123"}, "kernel.weak_password"),
        ({"password": "password123"}, "kernel.weak_password"),
    ],
)
def test_accounts_need_a_name_of_their_own_and_a_good_password(
    given: dict[str, str], code: str, security_administrator: User
) -> None:
    usual = {"username": "new", "display_name": "新", "password": "Wudang-Lu-2020"}
    with pytest.raises(Refused) as refused:
        create_user(**usual | given, by=security_administrator)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_only_who_manages_users_makes_accounts(city_officer: User) -> None:
    with pytest.raises(Refused) as refused:
        create_user(username="n", display_name="n", password="Wudang-Lu-2020", by=city_officer)
    assert refused.value.code == "kernel.no_right"


def test_every_role_but_the_member_is_staff() -> None:
    assert set(ROLES) - STAFF_ROLES == {"member"}
