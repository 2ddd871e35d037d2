"""The web role must own nothing and bypass nothing: row-level security binds only such a role."""

from typing import Any

from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from sanqiao.config.database import is_owner

RIGHTS = """
    select rolsuper, rolbypassrls, exists (
        select from pg_class
        where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
        and pg_has_role(current_user, relowner, 'member'))
    from pg_roles where rolname = current_user
"""
FAULTS = (
    "The web role is a superuser.",
    "The web role may bypass row-level security.",
    "The web role owns tables or is a member of their owner.",
)


def database_role(**given: Any) -> list[Error]:
    """Nothing to say of the owner, who migrates. One query."""
    if is_owner():
        return []
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS)
        found = cursor.fetchone() or (True, True, True)
    return [
        Error(fault, hint="See docs/deploy.md, Database.", id=f"sanqiao.E00{number}")
        for number, (fault, wrong) in enumerate(zip(FAULTS, found, strict=True), start=1)
        if wrong
    ]


def refuse_unsafe_role() -> None:
    """Raises ImproperlyConfigured naming every fault."""
    if errors := database_role():
        raise ImproperlyConfigured(" ".join(error.msg for error in errors))
