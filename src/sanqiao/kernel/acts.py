"""A way to rows by what a grant allows, where a scope, which is as wide for mere readers, is not
enough."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from .models import Grant
from .roles import ROLES
from .scope import ByPath, Scope, within

LOADER = (
    "(SELECT current_setting('sanqiao.area_lo', true) = '='"
    " AND NULLIF(current_setting('sanqiao.user', true), '') IS NULL)"
)
"""A transaction that sees everything and is nobody's: loaders, and figures, which only add up."""


@dataclass(frozen=True)
class ByAct(ByPath):
    """`column` is a path of `tree` on which a grant in force allows `act`."""

    act: str

    @property
    def roles(self) -> list[str]:
        return sorted(role for role, acts in ROLES.items() if self.act in acts)

    def q(self, scope: Scope) -> Q:
        if is_loader(scope):
            return ~Q(pk__in=[])
        if scope.user_id is None:
            return Q(pk__in=[])
        grants = Grant.objects.in_force(timezone.localdate()).filter(
            user_id=scope.user_id, tree=self.tree, role__in=self.roles
        )
        return within(self.column, tuple(sorted(grants.values_list("path", flat=True))))

    def sql(self, table: str) -> str:
        roles = ", ".join(f"'{role}'" for role in self.roles)
        today = f"(now() AT TIME ZONE '{timezone.get_default_timezone_name()}')::date"
        paths = (
            f"(SELECT array_agg(g.path) FROM {Grant._meta.db_table} g"  # noqa: S608
            " WHERE g.user_id = NULLIF(current_setting('sanqiao.user', true), '')::bigint"
            f" AND g.tree = '{self.tree}' AND g.role IN ({roles})"
            f" AND g.valid_from <= {today} AND (g.valid_to IS NULL OR g.valid_to > {today}))"
        )
        return f"({LOADER} OR {table}.{self.column} ^@ ANY ({paths}::text[]))"


def is_loader(scope: Scope) -> bool:
    return scope.user_id is None and "" in scope.areas


def sees_everything() -> bool:
    """Is this transaction a loader's?"""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {LOADER}")
        return bool(cursor.fetchone()[0])
