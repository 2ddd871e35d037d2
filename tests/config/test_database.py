from collections.abc import Iterator
from unittest import mock

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.postgresql import base

from sanqiao.config import checks, database
from sanqiao.config.lasting.base import DatabaseWrapper
from sanqiao.kernel import secure

URL = (
    "postgresql://sanqiao_web:p%40ss@db.city:6432/grid?sslmode=verify-full&target_session_attrs=any"
)


@pytest.fixture
def outside_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTEST_VERSION", "SANQIAO_TEST", "SANQIAO_DB_ROLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)


@pytest.fixture
def given(outside_tests: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db.city/grid")


def test_an_address_is_read_whole() -> None:
    assert database.from_url(URL) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "grid",
        "USER": "sanqiao_web",
        "PASSWORD": "p@ss",
        "HOST": "db.city",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "verify-full", "target_session_attrs": "any"},
    }


@pytest.mark.usefixtures("given")
def test_the_web_role_keeps_its_connections_and_asks_whether_they_stand() -> None:
    default = database.databases()["default"]

    assert default["ENGINE"] == "sanqiao.config.lasting"
    assert default["USER"] == "sanqiao_web"
    assert default["CONN_MAX_AGE"] == 600
    assert default["CONN_HEALTH_CHECKS"] is True
    assert default["OPTIONS"]["sslmode"] == "verify-full"


@pytest.mark.usefixtures("given")
def test_the_owner_comes_by_its_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANQIAO_DB_ROLE", "owner")
    default = database.databases()["default"]

    assert default["USER"] == "owner"
    assert "CONN_MAX_AGE" not in default


@pytest.mark.usefixtures("outside_tests")
def test_without_an_address_it_is_the_embedded_server_as_the_web_role() -> None:
    default = database.databases()["default"]

    assert default["ENGINE"] == "sanqiao.config.postgres"
    assert default["USER"] == database.WEB_ROLE == secure.WEB_ROLE
    assert default["HOST"] == str(database.embedded_server().socket_dir)


@pytest.fixture
def lasting() -> Iterator[DatabaseWrapper]:
    """A connection of our own kind to the test's database."""
    kept = DatabaseWrapper({**connection.settings_dict, "CONN_HEALTH_CHECKS": True})
    kept.connect()
    yield kept
    kept.close()


def test_an_idle_connection_is_usable_without_a_question(lasting: DatabaseWrapper) -> None:
    with mock.patch.object(base.DatabaseWrapper, "is_usable") as asked:
        assert lasting.is_usable()
    asked.assert_not_called()


def test_a_connection_that_the_server_ended_is_found_out(lasting: DatabaseWrapper) -> None:
    _end(lasting)
    assert not lasting.is_usable()


def test_after_a_lost_connection_the_next_request_gets_another(lasting: DatabaseWrapper) -> None:
    lost = _end(lasting)
    vars(lasting).update(health_check_enabled=True, health_check_done=False)
    with lasting.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        assert cursor.fetchone() != (lost,)


def _end(lost: DatabaseWrapper) -> int:
    """The process that served it."""
    pid: int = lost.connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("select set_config('role', 'none', false)")
        cursor.execute("select pg_terminate_backend(%s, 5000)", [pid])
    return pid


@pytest.mark.usefixtures("outside_tests")
def test_the_web_role_owns_nothing_and_bypasses_nothing() -> None:
    assert checks.database_role() == []


@pytest.mark.usefixtures("outside_tests")
def test_an_owner_is_refused_at_start() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set role none")
        with pytest.raises(ImproperlyConfigured, match="owns tables"):
            checks.refuse_unsafe_role()
        cursor.execute(f"set role {database.WEB_ROLE}")


def test_the_owner_migrates_and_is_not_checked() -> None:
    assert database.is_owner()
    assert checks.database_role() == []
