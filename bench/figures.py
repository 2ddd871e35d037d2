"""All register figures for all areas as of a day, beside hand-written SQL for the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from bench import Report, alternate, best
from sanqiao.figures import catalogue, engine
from sanqiao.figures.freeze import freeze
from sanqiao.figures.unscoped import unscoped
from sanqiao.registers.areas.models import Area

START, DAY, BASE = date(2020, 1, 23), date(2020, 6, 30), date(2019, 12, 31)
REGISTERS = ("areas.", "organisations.", "people.")
HELD = "{0}.valid_from <= %(day)s AND ({0}.valid_to IS NULL OR {0}.valid_to > %(day)s)"
STOOD = "{0}.founded_on <= %(day)s AND ({0}.dissolved_on IS NULL OR {0}.dissolved_on > %(day)s)"

TREE = f"""
CREATE TEMP TABLE above ON COMMIT DROP AS
WITH RECURSIVE up(area, ancestor) AS (
  SELECT id, id FROM areas_area a WHERE parent_id IS NULL OR EXISTS (
    SELECT 1 FROM areas_areaedge e WHERE e.child_id = a.id AND {HELD.format("e")})
  UNION ALL
  SELECT up.area, e.parent_id FROM up
  JOIN areas_areaedge e ON e.child_id = up.ancestor AND {HELD.format("e")})
SELECT * FROM up
"""
ROLL = """
SELECT above.ancestor, {sums} FROM above JOIN (
  SELECT {area} AS area, {counts} FROM {table} WHERE {where} GROUP BY {area}) own USING (area)
GROUP BY above.ancestor
"""
ONCE = """
SELECT ancestor, {counts} FROM (
  SELECT DISTINCT above.ancestor, {which} AS which, {subject} AS subject
  FROM {table} JOIN above ON above.area = t.area_id WHERE {where}) s
GROUP BY ancestor
"""
POSTS = (
    "'leader'", "'township_cadre'", "'community_cadre', 'secretary'", "'first_secretary'",
    "'team_member', 'team_leader'", "'graduate'", "'building_head', 'volunteer'", "'squad_member'",
)  # fmt: skip
FRONT = "'community_cadre', 'secretary', 'grid_worker', 'grid_head', 'auxiliary'"


def rolled(table: str, where: str, *columns: str, area: str = "t.area_id") -> str:
    names = [f"c{n}" for n in range(len(columns))]
    counts = ", ".join(f"{column} AS {name}" for column, name in zip(columns, names, strict=True))
    sums = ", ".join(f"sum({name})" for name in names)
    return ROLL.format(sums=sums, area=area, counts=counts, table=table, where=where)


def once(table: str, where: str, which: str, subject: str, kinds: int) -> str:
    counts = ", ".join(f"count(*) FILTER (WHERE which = {n})" for n in range(kinds))
    return ONCE.format(counts=counts, which=which, subject=subject, table=table, where=where)


def having(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


def statements() -> list[str]:
    """By hand: a statement a table, sums and distinct subjects up the day's tree in SQL."""
    held, stood = HELD.format("t"), STOOD.format("t")
    posts = " ".join(f"WHEN p.code IN ({codes}) THEN {n}" for n, codes in enumerate(POSTS))
    appointments = "people_appointment t JOIN people_post p ON p.id = t.post_id"
    urban = "t.area_id IN (SELECT area FROM above JOIN areas_area u ON u.id = ancestor"
    urban += " WHERE u.key IN ('420302', '420303', '4203KF'))"
    urban += " AND a.kind IN ('residents', 'urban_grid', 'compound_grid', 'micro')"
    return [
        rolled(
            "areas_area t", held,
            having("level = 'county'"),
            having("level = 'county' AND kind = 'statutory'"),
            having("level = 'township' AND official_code IS NOT NULL"),
            having("level = 'community' AND official_code IS NOT NULL"),
            having("level = 'grid' AND kind = 'urban_grid'"),
            having("level = 'grid' AND kind = 'compound_grid'"),
            having("level = 'microgrid'"),
            "sum(households) FILTER (WHERE level = 'grid' AND kind = 'urban_grid')",
            "sum(households) FILTER (WHERE level = 'microgrid')",
            area="t.id",
        ),
        once("areas_designation t", held, "CASE kind WHEN 'key_poor_village' THEN 0 ELSE 1 END",
             "t.area_id", 2),
        once("areas_designation t", "kind = 'key_poor_village' AND valid_to <= %(day)s", "0",
             "t.area_id", 1),
        once("areas_designation t", "kind = 'key_poor_village' AND valid_from <= %(day)s", "0",
             "t.area_id", 1),
        once("areas_governancetier t", held, "0", 't."order"', 1),
        rolled("areas_compound t", held, "count(*)",
               having("NOT has_manager AND NOT has_committee AND NOT has_guard")),
        rolled("areas_closedunit t",
               "closed_on <= %(day)s AND (opened_on IS NULL OR opened_on > %(day)s)", "count(*)"),
        rolled("organisations_organisation t", stood,
               having("kind IN ('committee', 'general_branch', 'branch')"),
               having("kind = 'branch'"), having("term_ends_on < %(day)s")),
        rolled("organisations_organisation t",
               "setting = 'compound' AND kind IN ('branch', 'general_branch')"
               " AND founded_on BETWEEN %(start)s AND %(day)s", "count(*)"),
        rolled("organisations_unit t", held, "count(*)"),
        rolled("organisations_workteam t", held, "count(*)"),
        rolled("organisations_ownerscommittee t", stood, "count(*)", "sum(seats)",
               "sum(party_seats)"),
        rolled("people_membership t", held, "count(*)", having("full_on <= %(day)s"),
               having("full_on IS NULL OR full_on > %(day)s")),
        rolled("people_membership t", held.replace("%(day)s", "%(base)s"), "count(*)"),
        once(appointments, f"{held} AND p.code IN ({', '.join(POSTS)})", f"CASE {posts} END",
             "t.person_id", len(POSTS)),
        once(f"{appointments} JOIN areas_area a ON a.id = t.area_id",
             f"{held} AND p.code IN ({FRONT}) AND {urban}", "0", "t.person_id", 1),
    ]  # fmt: skip


def by_hand() -> list[list[tuple[Any, ...]]]:
    parameters = {"start": START, "day": DAY, "base": BASE}
    with unscoped(), connection.cursor() as cursor:
        cursor.execute(TREE, parameters)
        cursor.execute("ANALYZE above")
        found = []
        for statement in statements():
            cursor.execute(statement, parameters)
            found.append(cursor.fetchall())
        return found


def run(report: Report) -> None:
    city = Area.objects.get(parent=None)
    known = catalogue.figures_on(DAY)
    figures = [figure for code, figure in known.items() if code.startswith(REGISTERS)]
    agree(engine.values(figures, DAY, START), by_hand(), city.pk)
    ours, floor = alternate(lambda: engine.values(figures, DAY, START), by_hand)
    areas = len(engine.tree_on(DAY).ids)
    name = f"{len(figures)} register figures x {areas:,} areas, as of a day"
    report.line(name, measured=ours, floor=floor, goal=1.5)
    every = best(lambda: engine.values(list(known.values()), DAY, START), 3)
    report.line(
        f"all {len(known)} figures x {areas:,} areas, as of a day", measured=every, goal=3000
    )
    members = known["people.members"]
    one = best(lambda: engine.value_of(members, city, DAY))
    report.line("one figure of the city, from its rows", measured=one, goal=100)
    trend = best(lambda: engine.trend(members, city, DAY), 3)
    report.line("its trend over 12 months", measured=trend, goal=400)
    frozen = best(lambda: freeze(members, city, DAY), 3)
    report.line("freezing its 120,000 rows", measured=frozen, goal=1000)


def agree(columns: dict[str, engine.Column], found: list[list[tuple[Any, ...]]], city: int) -> None:
    """The floor computes the same, for every area: members, stewards and micro-grids."""
    compared = (("people.members", 12, 1), ("people.stewards", 14, 7), ("areas.microgrids", 0, 7))
    for code, statement, place in compared:
        by_area = {row[0]: row[place] or 0 for row in found[statement]}
        for area, value in columns[code].items():
            assert value.value == by_area.get(area, 0), (code, area)
    assert columns["people.members"][city].value
