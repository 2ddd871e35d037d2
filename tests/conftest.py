"""The database as the product meets it: made by its owner, used as the web role under row-level
security. Every test starts in scope EVERYTHING, so that makers work; `as_seen_by` narrows it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management.color import no_style
from django.db import connection
from django.test import Client, TransactionTestCase, override_settings
from hypothesis import HealthCheck, settings

from sanqiao.kernel.models import User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.kernel.secure import APPEND_ONLY, WEB_ROLE
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation

from .make import Town, make_grant, make_town, make_user

# Playwright's synchronous interface runs an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
LASTING = {"django_migrations", "django_content_type", "auth_permission"}
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"

# A database behind every example: no deadline, and one transaction around them all.
settings.register_profile(
    "sanqiao", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("sanqiao")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "no_db: this test never touches the database")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest-django makes a database only for tests that say beforehand that they want one."""
    for item in items:
        if not (item.get_closest_marker("no_db") or item.get_closest_marker("django_db")):
            item.add_marker(pytest.mark.django_db)


# --- the database -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """From here on every new connection, of any thread, is the web role's."""
    options = connection.settings_dict.setdefault("OPTIONS", {})
    before = dict(options)
    with django_db_blocker.unblock():
        connection.close()
    options["options"] = f"-c role={WEB_ROLE}"
    yield
    with django_db_blocker.unblock():
        _end_other_sessions()
        connection.close()
    options.clear()
    options.update(before)


@pytest.fixture(scope="session", autouse=True)
def _quick_and_quiet() -> Iterator[None]:
    """Passwords cost nothing; WhiteNoise finds the directory that it would warn about."""
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers):
        yield


def _end_other_sessions() -> None:
    """A thread of a test that has ended may still hold a connection."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [connection.settings_dict["NAME"]],
        )


@pytest.fixture(autouse=True)
def _everything(request: pytest.FixtureRequest, _keep_histories_flushable: None) -> None:
    """Scope EVERYTHING on the connection of the test; `@pytest.mark.no_db` stays without any."""
    if not request.node.get_closest_marker("no_db"):
        marker = request.node.get_closest_marker("django_db")
        commits = {"transactional_db", "live_server"} & set(request.fixturenames)
        commits = commits or (marker and marker.kwargs.get("transaction"))
        request.getfixturevalue("transactional_db" if commits else "db")
        _see_everything()


def _see_everything() -> None:
    """For the session: a test with its own commits has no transaction to tie it to."""
    values = {**EVERYTHING.settings(), "sanqiao.actor": "", "sanqiao.request": "test"}
    calls = ", ".join(["set_config(%s, %s, false)"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])


@pytest.fixture(scope="session")
def _keep_histories_flushable() -> Iterator[None]:
    """Tests with their own commits end in a TRUNCATE, which the owner must do past the guards."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _flush)
    yield
    patch.undo()


def _flush(self: TransactionTestCase) -> None:
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [table for table in found if table not in LASTING]
    guarded = [model._meta.db_table for model in APPEND_ONLY]
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        for statement in connection.ops.sql_flush(no_style(), tables, reset_sequences=False):
            cursor.execute(statement)
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
        cursor.execute(f"SET ROLE {WEB_ROLE}")


@pytest.fixture
def as_owner() -> Callable[[], AbstractContextManager[None]]:
    """`with as_owner():` the database's owner, past row-level security (loaders, COPY)."""
    from .make import as_owner

    return as_owner


@pytest.fixture
def as_seen_by() -> Callable[[User], AbstractContextManager[None]]:
    """`with as_seen_by(user):` the scope of that user, and theirs as the actor."""

    def narrowed(user: User) -> AbstractContextManager[None]:
        fresh = User.objects.get(pk=user.pk)
        return acting_as(fresh, request="test")

    return narrowed


# --- a small town and its people -------------------------------------------------------------


@pytest.fixture
def town() -> Town:
    """十堰市 › 茅箭区 › 武当路街道 › 三桥社区 › two grids, and 五堰街道 with a community and a grid."""
    return make_town()


@pytest.fixture
def grid(town: Town) -> Area:
    """三桥第一网格."""
    return town.grid


@pytest.fixture
def organisation(town: Town) -> Organisation:
    """三桥社区党支部, below the committees of the city, the district and the street."""
    return town.branch


@pytest.fixture
def city_officer(town: Town) -> User:
    """周, who sees the whole city."""
    return make_grant(role="city_officer", area=town.city, user=make_user(username="zhou")).user


@pytest.fixture
def county_officer(town: Town) -> User:
    """吴, of 茅箭区."""
    return make_grant(role="county_officer", area=town.county, user=make_user(username="wu")).user


@pytest.fixture
def clerk(town: Town) -> User:
    """李, clerk of 武当路街道."""
    return make_grant(role="township_clerk", area=town.township, user=make_user(username="li")).user


@pytest.fixture
def other_clerk(town: Town) -> User:
    """郑, clerk of 五堰街道."""
    user = make_user(username="zheng")
    return make_grant(role="township_clerk", area=town.other_township, user=user).user


@pytest.fixture
def secretary(town: Town) -> User:
    """陈, secretary of 三桥社区."""
    user = make_user(username="chen")
    return make_grant(role="community_secretary", area=town.community, user=user).user


@pytest.fixture
def grid_worker(town: Town) -> User:
    """林, grid worker of 三桥第一网格."""
    return make_grant(role="grid_worker", area=town.grid, user=make_user(username="lin")).user


@pytest.fixture
def security_administrator(town: Town) -> User:
    """孙, who gives grants and sees no business rows."""
    user = make_user(username="sun")
    return make_grant(role="security_administrator", area=town.city, user=user).user


@pytest.fixture
def auditor(town: Town) -> User:
    """钱, who reads the logs and sees no business rows."""
    user = make_user(username="qian")
    return make_grant(role="audit_administrator", area=town.city, user=user).user


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """`signed_in(clerk).get(…)`: a client with that user's session."""

    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


# --- the browser -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "chromium_sandbox": False,
        "args": ["--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    here = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    return {**browser_context_args, **here, "viewport": {"width": 1440, "height": 900}}
