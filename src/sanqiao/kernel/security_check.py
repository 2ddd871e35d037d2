"""Is this installation as safe as it says? One line a question, answered from the database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet
from django.utils import timezone

from .chains import verify_chain
from .models import Chain, Grant, User
from .roles import SEPARATED_ROLES, STAFF_ROLES
from .scope import EVERYTHING, applied
from .secure import APPEND_ONLY, KEEP_LOG_DAYS, WEB_ROLE, scoped_models, tracked_models

MIN_PASSWORD = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` is stable; `fault` is empty when all is well."""

    name: str
    fault: str


def main(arguments: list[str]) -> int:
    """`sanqiao check-security`: a table of all findings; status 1 when one is bad."""
    found = findings()
    for finding in found:
        mark, rest = ("!!", finding.fault) if finding.fault else ("ok", "")
        sys.stdout.write(f"{mark}  {finding.name:<22} {rest}\n")
    return 1 if any(finding.fault for finding in found) else 0


def findings() -> list[Finding]:
    """Every question with its answer."""
    with applied(EVERYTHING, actor=None, request="check-security"):
        return [Finding(name, "; ".join(question())) for name, question in QUESTIONS.items()]


def _password_policy() -> Iterator[str]:
    validators = cast(list[dict[str, Any]], settings.AUTH_PASSWORD_VALIDATORS)
    names = {entry["NAME"].rsplit(".", 1)[-1]: entry.get("OPTIONS", {}) for entry in validators}
    length = names.get("MinimumLengthValidator", {}).get("min_length", 0)
    if length < MIN_PASSWORD:
        yield f"passwords may be shorter than {MIN_PASSWORD}"
    if "CommonPasswordValidator" not in names:
        yield "common passwords are accepted"


def _lock_out() -> Iterator[str]:
    if "login_failed" not in settings.ACCOUNT_RATE_LIMITS:
        yield "failed sign-ins are not limited"
    if str(settings.CACHES["default"]["BACKEND"]).endswith("LocMemCache"):
        yield "each process counts failed sign-ins for itself; share the cache"


def _second_factor() -> Iterator[str]:
    from allauth.mfa.models import Authenticator

    strong = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    staff = _holders(STAFF_ROLES).exclude(pk__in=strong.values("user"))
    if names := _names(staff.filter(is_demo=False)):
        yield f"staff without a second factor: {names}"


def _administrators() -> Iterator[str]:
    for role in sorted(SEPARATED_ROLES):
        if not _holders({role}).exists():
            yield f"nobody is {role}"
    held: dict[int, set[str]] = {}
    for user, role in _in_force().values_list("user_id", "role"):
        held.setdefault(user, set()).add(role)
    if any(len(roles) > 1 and roles & SEPARATED_ROLES for roles in held.values()):
        yield "an administrator holds another role as well"


def _accounts() -> Iterator[str]:
    if names := _names(User.objects.filter(is_active=True, is_demo=True)):
        yield f"demo accounts can sign in: {names}"
    if names := _names(User.objects.filter(is_active=True, is_superuser=True)):
        yield f"superusers: {names}"


def _append_only() -> Iterator[str]:
    yield from _missing("append-only trigger", APPEND_ONLY, _guarded("append_only", 1))


def _history() -> Iterator[str]:
    yield from _missing("history trigger", tracked_models(), _guarded("history_%", 3))


def _guarded(trigger: str, count: int) -> set[str]:
    """Tables with `count` enabled triggers of that name."""
    enabled = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgenabled = 'O'"
    return set(
        _rows(f"{enabled} AND tgname LIKE %s GROUP BY 1 HAVING count(*) = %s", trigger, count)
    )


def _row_level_security() -> Iterator[str]:
    present = set(_rows("SELECT c.oid::regclass::text FROM pg_class c JOIN pg_policy p"
                        " ON p.polrelid = c.oid WHERE c.relrowsecurity"))  # fmt: skip
    yield from _missing("row-level security", scoped_models(), present)


def _web_role() -> Iterator[str]:
    role = "SELECT 1 FROM pg_roles WHERE rolname = %s AND (rolsuper OR rolbypassrls)"
    if _rows(role, WEB_ROLE):
        yield f"{WEB_ROLE} bypasses row-level security"
    if _rows("SELECT tablename FROM pg_tables WHERE tableowner = %s", WEB_ROLE):
        yield f"{WEB_ROLE} owns tables"
    rights = (
        "SELECT table_name FROM information_schema.role_table_grants WHERE grantee = %s"
        " AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE') AND table_name = ANY(%s)"
    )
    guarded = [Chain._meta.db_table, *(model._meta.db_table for model in APPEND_ONLY)]
    if changeable := _rows(rights, WEB_ROLE, guarded):
        yield f"{WEB_ROLE} may change {', '.join(sorted(set(changeable)))}"


def _retention() -> Iterator[str]:
    kept = getattr(settings, "KEEP_LOG_DAYS", KEEP_LOG_DAYS)
    if kept < KEEP_LOG_DAYS:
        yield f"logs are kept {kept} days; the law wants {KEEP_LOG_DAYS}"


def _chains() -> Iterator[str]:
    for name in Chain.objects.order_by("name").values_list("name", flat=True):
        if bad := verify_chain(name):
            yield f"chain {name} breaks at link {bad.seq} ({bad.fault})"


QUESTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "password policy": _password_policy,
    "lock-out": _lock_out,
    "second factor": _second_factor,
    "three administrators": _administrators,
    "accounts": _accounts,
    "append-only": _append_only,
    "history": _history,
    "row-level security": _row_level_security,
    "rights of the web role": _web_role,
    "retention of logs": _retention,
    "hash chains": _chains,
}


def _in_force() -> QuerySet[Grant]:
    return Grant.objects.in_force(timezone.localdate()).filter(user__is_active=True)


def _holders(roles: set[str] | frozenset[str]) -> QuerySet[User]:
    return User.objects.filter(pk__in=_in_force().filter(role__in=roles).values("user"))


def _names(users: QuerySet[User]) -> str:
    return ", ".join(users.order_by("username").values_list("username", flat=True))


def _rows(sql: str, *values: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [str(row[0]) for row in cursor.fetchall()]


def _missing(what: str, models: Iterable[type[Model]], present: set[str]) -> Iterator[str]:
    tables = sorted({model._meta.db_table for model in models} - present)
    if tables:
        yield f"no {what}: {', '.join(tables)}"
