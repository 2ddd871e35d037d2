"""What the database's guards cost: history triggers and row-level security."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from bench import Report, alternate
from bench._city import CLERK, TOWNSHIP
from sanqiao.config import database
from sanqiao.kernel.models import User

UPDATE = "UPDATE people_membership SET full_on = full_on + 1 WHERE full_on IS NOT NULL"
LIST = """
SELECT m.id, p.name, o.name FROM (
  SELECT * FROM people_membership WHERE area_path >= {low} AND area_path < {high}
  ORDER BY area_path, id LIMIT 50) m
JOIN people_person p ON p.id = m.person_id
JOIN organisations_organisation o ON o.id = m.organisation_id
"""
COUNT = "SELECT count(*) FROM people_membership WHERE area_path >= {low} AND area_path < {high}"


def run(report: Report) -> None:
    changed(report)
    for name, query in (("list of a township", LIST), ("count of a township", COUNT)):
        with as_member(CLERK) as scoped, as_owner() as free:
            low = free.execute("SELECT path FROM areas_area WHERE key = %s", [TOWNSHIP])
            (path,) = low.fetchone() or ("",)
            text = sql.SQL(query).format(low=path, high=f"{path}~")
            ours, floor = alternate(often(scoped, text), often(free, text), 15)
        report.line(f"row-level security: {name}, 20 times", measured=ours, floor=floor, goal=3)


def changed(report: Report) -> None:
    """Every membership once, rolled back; the floor has the history's triggers off."""
    with as_owner() as connection:

        def update() -> None:
            with connection.transaction(force_rollback=True):
                connection.execute(UPDATE)

        def bare() -> None:
            with connection.transaction(force_rollback=True):
                connection.execute("ALTER TABLE people_membership DISABLE TRIGGER USER")
                connection.execute(UPDATE)

        ours, floor = alternate(update, bare, 3)
    name = "history of 120,000 changed rows"
    report.line(name, measured=ours, floor=floor, goal=3)


def often(connection: psycopg.Connection[Any], query: sql.Composed) -> Callable[[], None]:
    def work() -> None:
        for _n in range(20):
            connection.execute(query, prepare=False).fetchall()

    return work


@contextmanager
def as_owner() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.embedded_server().dsn(database.DATABASE)) as connection:
        yield connection
        connection.rollback()


@contextmanager
def as_member(username: str) -> Iterator[psycopg.Connection[Any]]:
    """The web role in a transaction that carries this user's scope."""
    settings = User.objects.get(username=username).scope.settings()
    dsn = database.embedded_server().dsn(database.DATABASE, database.WEB_ROLE)
    with psycopg.connect(dsn) as connection:
        for name, value in settings.items():
            connection.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield connection
        connection.rollback()
