"""What is unsafe is named, and an installation without fault passes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError, connection
from psycopg.errors import InsufficientPrivilege

from sanqiao.kernel.commands import append_link, create_admin
from sanqiao.kernel.models import User
from sanqiao.kernel.roles import SEPARATED_ROLES
from sanqiao.kernel.security_check import findings, main
from tests.make import PASSWORD, as_owner, make_area, make_grant, make_user


@pytest.fixture(autouse=True)
def _safe(settings: Any) -> None:
    """Three administrators with a second factor, a shared cache, no demo accounts."""
    from allauth.mfa.models import Authenticator

    shared = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "x"}
    settings.CACHES = {"default": shared}
    for role in sorted(SEPARATED_ROLES):
        user = create_admin(username=role, password=PASSWORD, role=role)
        Authenticator.objects.create(user=user, type="totp", data={})


def faults() -> dict[str, str]:
    return {finding.name: finding.fault for finding in findings() if finding.fault}


def test_a_safe_installation_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert faults() == {}
    assert main([]) == 0
    assert capsys.readouterr().out.count("ok") == len(findings())


def test_staff_without_a_second_factor_are_named() -> None:
    make_grant(role="grid_worker", area=make_area(), user=make_user(username="lin", is_demo=False))
    make_grant(role="member", area=make_area(), user=make_user(username="he", is_demo=False))
    assert faults() == {"second factor": "staff without a second factor: lin"}


def test_demo_accounts_and_superusers_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    make_user(username="demo")
    make_user(username="root", is_superuser=True, is_demo=False)
    make_user(username="gone", is_active=False)
    assert faults() == {"accounts": "demo accounts can sign in: demo; superusers: root"}
    assert main([]) == 1
    assert "!!  accounts" in capsys.readouterr().out


def test_a_missing_administrator_is_named() -> None:
    User.objects.filter(username="audit_administrator").update(is_active=False)
    assert faults() == {"three administrators": "nobody is audit_administrator"}


@pytest.mark.parametrize(
    ("statement", "name", "part"),
    [
        ("ALTER TABLE kernel_look DISABLE TRIGGER append_only", "append-only", "kernel_look"),
        ("DROP TRIGGER history_update ON people_person", "history", "people_person"),
        (
            "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
            "row-level security",
            "people_person",
        ),
        ("GRANT UPDATE ON kernel_chain TO sanqiao_web", "rights of the web role", "kernel_chain"),
        ("ALTER TABLE people_post OWNER TO sanqiao_web", "rights of the web role", "owns tables"),
        ("ALTER ROLE sanqiao_web BYPASSRLS", "rights of the web role", "bypasses"),
    ],
)
def test_a_guard_taken_away_is_named(statement: str, name: str, part: str) -> None:
    try:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement)
    except ProgrammingError as refusal:  # an owner that is no superuser cannot do it at all
        assert isinstance(refusal.__cause__, InsufficientPrivilege)
    else:
        assert part in faults()[name]


def test_a_broken_chain_is_named() -> None:
    user = make_user(is_demo=False)
    append_link(chain="sign_offs", kind="k", subject=user, by=user)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE kernel_link SET by = 'x' WHERE kind = 'k'")
        cursor.execute("SET session_replication_role = origin")
    assert faults() == {"hash chains": "chain sign_offs breaks at link 1 (digest)"}


def test_weak_settings_are_named(settings: Any) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = []
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.KEEP_LOG_DAYS = 30
    assert set(faults()) == {"password policy", "lock-out", "retention of logs"}
