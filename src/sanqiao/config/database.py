"""Which database, and as whom: DATABASE_URL, or the embedded server under SANQIAO_HOME.

The web role owns nothing and bypasses nothing; the owner migrates. Tests are the owner.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from sanqiao.kernel.embedded import PORT, SUPERUSER, Server

WEB_ROLE = "sanqiao_web"
DATABASE = "sanqiao"
ENGINE, EMBEDDED = "sanqiao.config.lasting", "sanqiao.config.postgres"
KEPT_SECONDS = 600
LOCK = 0x5A17  # advisory: one process at a time creates the role and the database


def databases() -> dict[str, dict[str, Any]]:
    """The value of DATABASES. Starts nothing: the first connection does."""
    url = database_url()
    place = {**from_url(url), "ENGINE": ENGINE} if url else _embedded_place()
    return {"default": {**place, **_habits(place.get("OPTIONS", {}))}}


def is_test() -> bool:
    return os.environ.get("SANQIAO_TEST") == "1" or "PYTEST_VERSION" in os.environ


def is_owner() -> bool:
    """True in tests and in commands that set SANQIAO_DB_ROLE=owner before Django starts."""
    return is_test() or os.environ.get("SANQIAO_DB_ROLE", "web") == "owner"


def home() -> Path:
    """Where everything that this installation writes lies."""
    return Path(os.environ.get("SANQIAO_HOME", "var")).resolve()


def database_url() -> str | None:
    """The external database's address for our role, or None for the embedded one."""
    web = os.environ.get("DATABASE_URL")
    return os.environ.get("DATABASE_OWNER_URL", web) if is_owner() else web


def embedded_server() -> Server:
    """Tests have a server of their own that need not survive a power cut."""
    if is_test():
        options = {"fsync": "off", "full_page_writes": "off"}
        return Server(home() / "pg-test", options=options)
    return Server(home() / "pg")


@cache
def prepare_embedded() -> None:
    """Server up, role and database there; once a process, 10 ms when all exists."""
    server = embedded_server()
    server.start()
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        ensure_role(connection)
        found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
        if not found.fetchone():
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))


def ensure_role(connection: psycopg.Connection[Any]) -> None:
    """Create the web role where missing; needs CREATEROLE only then. Its password is the DBA's."""
    found = connection.execute("select 1 from pg_roles where rolname = %s", [WEB_ROLE])
    if not found.fetchone():
        rights = "create role {} login nosuperuser nobypassrls nocreatedb nocreaterole noinherit"
        connection.execute(sql.SQL(rights).format(sql.Identifier(WEB_ROLE)))


def from_url(url: str) -> dict[str, Any]:
    """Django's settings for a libpq address; sslmode and the like become OPTIONS."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", DATABASE),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
    }


def _embedded_place() -> dict[str, Any]:
    return {
        "ENGINE": EMBEDDED,
        "NAME": DATABASE,
        "USER": SUPERUSER if is_owner() else WEB_ROLE,
        "HOST": str(embedded_server().socket_dir),
        "PORT": str(PORT),
    }


def _habits(options: dict[str, Any]) -> dict[str, Any]:
    """The web role keeps its connections, one a thread.

    A request leaves nothing behind on them: its settings end with its transaction.
    """
    if is_owner():
        return {"OPTIONS": options}
    return {"CONN_MAX_AGE": KEPT_SECONDS, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
