"""Where a mobilisation stands: read from the tally, so that it takes as long for ten as for a
hundred thousand people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from psycopg.sql import SQL, Literal

from sanqiao.kernel.staging import run

from .models import Mobilisation


class Equation(NamedTuple):
    """ordered = reached + unreachable + waiting; reached = answered + silent;
    answered = can + cannot."""

    waiting: int = 0
    unreachable: int = 0
    silent: int = 0
    can: int = 0
    cannot: int = 0

    @property
    def answered(self) -> int:
        return self.can + self.cannot

    @property
    def reached(self) -> int:
        return self.answered + self.silent

    @property
    def ordered(self) -> int:
        return self.reached + self.unreachable + self.waiting

    def __add__(self, other: object) -> Equation:
        """Term by term."""
        if not isinstance(other, Equation):
            return NotImplemented
        return Equation(*(a + b for a, b in zip(self, other, strict=True)))


class AreaStands(NamedTuple):
    """One area one level down; `id` is None for those called by the area itself."""

    id: int | None
    key: str
    name: str
    equation: Equation


class Hole(NamedTuple):
    """A community in which nobody who was called can come."""

    key: str
    name: str
    equation: Equation


def equation_of(mobilisation: Mobilisation, path: str = "") -> Equation:
    """Of everybody called in the subtree."""
    return _equation(run(SQL(TOTAL + " GROUP BY t.state").format(**_where(mobilisation, path))))


def by_area(mobilisation: Mobilisation, path: str) -> list[AreaStands]:
    """One level below the area with this path, by key; the area's own last."""
    depth = Literal(path.count(".") + 1)
    found: dict[tuple[int | None, str, str], list[tuple[str, int]]] = {}
    for pk, key, name, *rest in run(BY_AREA.format(depth=depth, **_where(mobilisation, path))):
        found.setdefault((pk, key, name), []).append((rest[0], rest[1]))
    return [AreaStands(*place, _equation(rows)) for place, rows in found.items()]


def holes(mobilisation: Mobilisation, path: str, limit: int = 20) -> tuple[list[Hole], int]:
    """The largest communities without anybody who can, and how many communities there are."""
    rows = run(HOLES.format(limit=Literal(limit), **_where(mobilisation, path)))
    return [Hole(key, name, Equation(*numbers)) for key, name, _n, *numbers in rows], (
        rows[0][2] if rows else 0
    )


def _where(mobilisation: Mobilisation, path: str) -> dict[str, Literal]:
    return {
        "mobilisation": Literal(mobilisation.pk), "low": Literal(path), "high": Literal(f"{path}~")
    }  # fmt: skip


def _equation(rows: Iterable[tuple[str, int]]) -> Equation:
    return Equation(**{state: int(number) for state, number in rows})


TOTAL = """
SELECT t.state, sum(t.number) FROM mobilisation_tally t JOIN areas_area a ON a.id = t.area_id
WHERE t.mobilisation_id = {mobilisation} AND a.path >= {low} AND a.path < {high}
"""
BY_AREA = SQL("""
SELECT b.id, coalesce(b.key, ''), coalesce(b.name, ''), x.state, x.number FROM (
  SELECT nullif(split_part(a.path, '.', {depth}), '')::bigint AS id, t.state,
    sum(t.number) AS number
  FROM mobilisation_tally t JOIN areas_area a ON a.id = t.area_id
  WHERE t.mobilisation_id = {mobilisation} AND a.path >= {low} AND a.path < {high}
  GROUP BY 1, 2
) x LEFT JOIN areas_area b ON b.id = x.id ORDER BY b.key NULLS LAST, x.state
""")
HOLES = SQL("""
WITH deepest AS MATERIALIZED (
  SELECT max(length(path) - length(replace(path, '.', ''))) AS depth
  FROM areas_area WHERE level = 'community'
), shallow AS MATERIALIZED (
  SELECT id, path FROM areas_area WHERE level = 'community'
    AND length(path) - length(replace(path, '.', '')) < (SELECT depth FROM deepest)
), placed AS (
  SELECT c.id, t.state, t.number
  FROM mobilisation_tally t JOIN areas_area a ON a.id = t.area_id
  JOIN areas_area c ON c.level = 'community'
    AND c.id = nullif(split_part(a.path, '.', (SELECT depth FROM deepest)), '')::bigint
  WHERE t.mobilisation_id = {mobilisation} AND a.path >= {low} AND a.path < {high}
  UNION ALL
  SELECT c.id, t.state, t.number
  FROM shallow c JOIN areas_area a ON a.path >= c.path AND a.path < c.path || '~'
  JOIN mobilisation_tally t ON t.area_id = a.id
  WHERE t.mobilisation_id = {mobilisation} AND a.path >= {low} AND a.path < {high}
)
SELECT c.key, c.name, count(*) OVER (), waiting, unreachable, silent, can, cannot FROM (
  SELECT id,
    coalesce(sum(number) FILTER (WHERE state = 'waiting'), 0) AS waiting,
    coalesce(sum(number) FILTER (WHERE state = 'unreachable'), 0) AS unreachable,
    coalesce(sum(number) FILTER (WHERE state = 'silent'), 0) AS silent,
    coalesce(sum(number) FILTER (WHERE state = 'can'), 0) AS can,
    coalesce(sum(number) FILTER (WHERE state = 'cannot'), 0) AS cannot
  FROM placed GROUP BY id
) x JOIN areas_area c ON c.id = x.id
WHERE can = 0 AND waiting + unreachable + silent + cannot > 0
ORDER BY waiting + unreachable + silent + cannot DESC, key LIMIT {limit}
""")
"""A community is found at the depth of the deepest ones, where in a usual tree all of them lie;
looking for it among all ancestors of each area takes twice as long."""
