from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from sanqiao.config import checks, database
from sanqiao.kernel import scope, secure

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
def test_the_web_role_has_a_pool_that_forgets() -> None:
    default = database.databases()["default"]

    assert default["USER"] == "sanqiao_web"
    assert default["CONN_MAX_AGE"] == 0
    assert default["CONN_HEALTH_CHECKS"] is True
    assert default["OPTIONS"]["sslmode"] == "verify-full"
    assert default["OPTIONS"]["pool"]["reset"] is database.clear_settings


@pytest.mark.usefixtures("given")
def test_the_owner_comes_by_its_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANQIAO_DB_ROLE", "owner")
    default = database.databases()["default"]

    assert default["USER"] == "owner"
    assert "pool" not in default["OPTIONS"]


@pytest.mark.usefixtures("outside_tests")
def test_without_an_address_it_is_the_embedded_server_as_the_web_role() -> None:
    default = database.databases()["default"]

    assert default["ENGINE"] == "sanqiao.config.postgres"
    assert default["USER"] == database.WEB_ROLE == secure.WEB_ROLE
    assert default["HOST"] == str(database.embedded_server().socket_dir)


def test_a_connection_goes_back_to_the_pool_empty_and_idle() -> None:
    settings_of_a_request = {
        **scope.EVERYTHING.settings(),
        "sanqiao.actor": "",
        "sanqiao.request": "",
    }
    with psycopg.connect(**_parameters()) as other:
        for name in settings_of_a_request:
            other.execute("select set_config(%s, 'x', false)", [name])
        database.clear_settings(other)

        assert other.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        for name in settings_of_a_request:
            assert other.execute("select current_setting(%s)", [name]).fetchone() == ("",)


def _parameters() -> dict[str, Any]:
    place = settings.DATABASES["default"]
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {name: place[key] for name, key in names.items() if place.get(key)}
    return {**given, "dbname": connection.settings_dict["NAME"]}


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
