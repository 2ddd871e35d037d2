"""Who is called: a rule over the registers, as data, and the people whom it finds on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple, Self

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from sanqiao.kernel.staging import run
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation

from .models import Mobilisation

MEMBERS = ("", "all", "full")
SKILLS: dict[str, SQL] = {}
"""Queries of (person_id, skill) on `{day}`, by the register that keeps them; a layer above, which
knows both, puts them here when the program starts."""
BELOW = "~"


@dataclass(frozen=True)
class Rule:
    """Members of a kind, or holders of posts; both only in these areas, organisations and ages,
    and with one of these skills.

    `areas` are keys and `organisations` are codes; none means no narrowing. `members` is `all`,
    `full`, or empty for nobody by mere membership.
    """

    members: str = "all"
    posts: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    youngest: int | None = None
    oldest: int | None = None

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """As it was kept with the order."""
        lists = {name: tuple(data.get(name, ())) for name in LISTS}
        return cls(
            members=data.get("members", ""), youngest=data.get("youngest"),
            oldest=data.get("oldest"), **lists,
        )  # fmt: skip

    @property
    def data(self) -> dict[str, Any]:
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}


LISTS = ("posts", "areas", "organisations", "skills")


class Counted(NamedTuple):
    """One line of a preview; `key` of an area, empty for the rest."""

    key: str
    name: str
    number: int


class Preview(NamedTuple):
    """Whom a rule finds: persons once each, and what should be known before anything leaves."""

    people: int
    members: int
    no_phone: int
    shared_phones: int
    several_roles: int
    areas: list[Counted]
    posts: list[Counted]


def called(mobilisation: Mobilisation, on: date) -> Composed:
    """A query of everybody whom the rule finds on the day and the reader may see, each once:

    person_id, has_phone, area_id, area_path, organisation_id, organisation_path, is_member.
    Somebody asked as a member and for a post is called by the branch.
    """
    rule = Rule.of(mobilisation.rule)
    own = _ranges("x", "area_path", [mobilisation.area_path])
    areas = _narrowed("x", "area_path", rule.areas, _paths(rule.areas))
    return CALLED.format(
        asked=SQL(" UNION ALL ").join(_asked(rule, on)),
        ages=_ages(rule, on),
        organisations=_organisations(rule),
        skills=_skilled(rule, on),
        areas=SQL("{} AND {}").format(own, areas),
        held=_held("m", on),
    )


CALLED = SQL("""
SELECT o.person_id, p.phone_key IS NOT NULL AS has_phone,
  coalesce(m.area_id, o.area_id) AS area_id, coalesce(m.area_path, o.area_path) AS area_path,
  m.organisation_id, m.organisation_path, m.id IS NOT NULL AS is_member
FROM (
  SELECT DISTINCT ON (x.person_id) x.person_id, x.area_id, x.area_path
  FROM ({asked}) x WHERE {areas} ORDER BY x.person_id, x.rank, x.id
) o
JOIN people_person p ON p.id = o.person_id
LEFT JOIN people_membership m ON m.person_id = o.person_id AND {held}
WHERE {ages} AND {organisations} AND {skills}
""")
BY_MEMBERSHIP = SQL(
    "SELECT m.person_id, m.area_id, m.area_path, 0 AS rank, m.id FROM people_membership m"
    " WHERE {} AND {}"
)
BY_POST = SQL(
    "SELECT a.person_id, a.area_id, a.area_path, 1 AS rank, a.id FROM people_appointment a"
    " JOIN people_post t ON t.id = a.post_id WHERE {} AND t.code = ANY({})"
)
NOBODY = SQL(
    "SELECT NULL::bigint AS person_id, NULL::bigint AS area_id, NULL AS area_path, 0 AS rank,"
    " 0 AS id WHERE false"
)


def _asked(rule: Rule, on: date) -> list[Composable]:
    found: list[Composable] = []
    if rule.members:
        kind = "m.kind = 'full'" if rule.members == "full" else "true"
        found.append(BY_MEMBERSHIP.format(_held("m", on), SQL(kind)))
    if rule.posts:
        found.append(BY_POST.format(_held("a", on), Literal(list(rule.posts))))
    return found or [NOBODY]


def _held(table: str, on: date) -> Composed:
    held = SQL("({0}.valid_from <= {1} AND ({0}.valid_to IS NULL OR {0}.valid_to > {1}))")
    return held.format(Identifier(table), Literal(on))


def _ages(rule: Rule, on: date) -> Composable:
    """Somebody whose birth date is not known is not left out."""
    limits: list[Composable] = []
    if rule.youngest is not None:
        limits.append(SQL("p.born_on <= {}").format(Literal(_years_before(on, rule.youngest))))
    if rule.oldest is not None:
        limits.append(SQL("p.born_on > {}").format(Literal(_years_before(on, rule.oldest + 1))))
    if not limits:
        return SQL("true")
    return SQL("(p.born_on IS NULL OR {})").format(SQL(" AND ").join(limits))


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)


def _organisations(rule: Rule) -> Composable:
    found = Organisation.objects.filter(code__in=rule.organisations)
    paths = found.values_list("path", flat=True) if rule.organisations else ()
    return _narrowed("m", "organisation_path", rule.organisations, paths)


def _skilled(rule: Rule, on: date) -> Composable:
    """One of the skills is enough."""
    if not rule.skills:
        return SQL("true")
    condition = SQL("o.person_id IN (SELECT s.person_id FROM ({}) s WHERE s.skill = ANY({}))")
    return condition.format(_skills(on), Literal(list(rule.skills)))


def _skills(on: date) -> Composable:
    found: list[Composable] = [query.format(day=Literal(on)) for query in SKILLS.values()]
    return SQL(" UNION ALL ").join(found or [SQL("SELECT NULL::bigint AS person_id, '' AS skill")])


def skills_on(day: date) -> list[str]:
    """Every skill that somebody whom the reader may see says to have, in order."""
    asked = SQL("SELECT DISTINCT s.skill FROM ({}) s WHERE s.skill <> '' ORDER BY 1")
    return [str(skill) for (skill,) in run(asked.format(_skills(day)))]


def _paths(keys: Sequence[str]) -> Iterable[str]:
    return Area.objects.filter(key__in=keys).values_list("path", flat=True) if keys else ()


def _narrowed(table: str, column: str, asked: Sequence[str], paths: Iterable[str]) -> Composable:
    """No narrowing when nothing was asked; nobody when what was asked is not there."""
    return _ranges(table, column, paths) if asked else SQL("true")


def _ranges(table: str, column: str, paths: Iterable[str]) -> Composable:
    """In one of the subtrees."""
    each = SQL("({0}.{1} >= {2} AND {0}.{1} < {3})")
    names = Identifier(table), Identifier(column)
    found = [each.format(*names, Literal(path), Literal(path + BELOW)) for path in paths]
    return SQL("({})").format(SQL(" OR ").join(found)) if found else SQL("false")


def preview(mobilisation: Mobilisation, on: date) -> Preview:
    """Counted on the day; five queries over one temporary table."""
    run(SQL("DROP TABLE IF EXISTS pg_temp.called"))
    run(SQL("CREATE TEMP TABLE called ON COMMIT DROP AS {}").format(called(mobilisation, on)))
    ((people, members, no_phone),) = run(COUNTS)
    ((shared,),) = run(SHARED)
    ((several,),) = run(SEVERAL.format(held=_held("a", on)))
    depth = mobilisation.area_path.count(".") + 1
    areas = [Counted(*row) for row in run(BY_AREA.format(depth=Literal(depth)))]
    posts = [Counted("", *row) for row in run(BY_POSTS.format(held=_held("a", on)))]
    return Preview(people, members, no_phone, shared, several, areas, posts)


def number_called(mobilisation: Mobilisation, on: date, most: int) -> int:
    """How many the rule finds on the day, counted up to `most`."""
    query = SQL("SELECT count(*) FROM (SELECT 1 FROM ({}) c LIMIT {}) x")
    ((number,),) = run(query.format(called(mobilisation, on), Literal(most)))
    return int(number)


COUNTS = SQL(
    "SELECT count(*), count(*) FILTER (WHERE is_member), count(*) FILTER (WHERE NOT has_phone)"
    " FROM called"
)
SHARED = SQL(
    "SELECT coalesce(sum(n), 0)::int FROM (SELECT count(*) AS n FROM called c"
    " JOIN people_person p ON p.id = c.person_id WHERE p.phone_key IS NOT NULL"
    " GROUP BY p.phone_key HAVING count(*) > 1) x"
)
SEVERAL = SQL(
    "SELECT count(*)::int FROM (SELECT 1 FROM called c JOIN people_appointment a"
    " ON a.person_id = c.person_id WHERE {held} GROUP BY c.person_id HAVING count(*) > 1) x"
)
BY_AREA = SQL(
    "SELECT coalesce(b.key, ''), coalesce(b.name, ''), x.n FROM (SELECT nullif(split_part("
    "area_path, '.', {depth}), '')::bigint AS id, count(*)::int AS n FROM called GROUP BY 1) x"
    " LEFT JOIN areas_area b ON b.id = x.id ORDER BY b.key NULLS LAST"
)
BY_POSTS = SQL(
    "SELECT t.name, count(DISTINCT c.person_id)::int FROM called c"
    " JOIN people_appointment a ON a.person_id = c.person_id AND {held}"
    " JOIN people_post t ON t.id = a.post_id GROUP BY t.order, t.name ORDER BY t.order, t.name"
)
