"""Who asks, in two plain statements: built anew for each request, the queries took longer than
the rest of the way to a page."""

from __future__ import annotations

from typing import Any, TypeVar

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.db.models import Model, QuerySet
from django.utils import timezone

from sanqiao.kernel.models import Grant, User
from sanqiao.kernel.prepared import first
from sanqiao.kernel.statements import Row, ask
from sanqiao.registers.areas.models import Area

M = TypeVar("M", bound=Model)
HELD = "areas_held"
SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
OF_USER = [field.attname for field in User._meta.concrete_fields]
OF_GRANT = [field.attname for field in Grant._meta.concrete_fields]
OF_AREA = [field.attname for field in Area._meta.concrete_fields if field.name != "boundary"]


def _columns(table: str, names: list[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


USER = f"""
SELECT {_columns("u", OF_USER)}, {_columns("g", OF_GRANT)}, {_columns("a", OF_AREA)}
FROM kernel_user u LEFT JOIN kernel_grant g ON g.user_id = u.id
  AND g.valid_from <= %s AND (g.valid_to IS NULL OR g.valid_to > %s)
LEFT JOIN areas_area a ON g.tree = '{Grant.Tree.AREA}' AND a.path = g.path
WHERE u.id = %s
"""  # noqa: S608 (names of our own fields)


class SessionStore(db.SessionStore):
    """Django's own, but for how it is read."""

    def load(self) -> dict[str, Any]:
        found = ask(SESSION, [self.session_key, timezone.now()])
        if not found:
            self._session_key = None
            return {}
        content: dict[str, Any] = self.decode(found[0][0])
        return content


class SignedIn(AuthenticationBackend):  # type: ignore[misc]
    """allauth's own; the user of a session comes with the grants in force today and their areas."""

    def get_user(self, user_id: Any) -> User | None:
        today = timezone.localdate()
        found = ask(USER, [today, today, user_id])
        if not found:
            return None
        grants = len(OF_USER)
        areas = grants + len(OF_GRANT)
        user = User.from_db("default", OF_USER, found[0][:grants])
        user.grants_today = _records(Grant, OF_GRANT, [row[grants:areas] for row in found])
        held = _records(Area, OF_AREA, [row[areas:] for row in found])
        setattr(user, HELD, {area.path: area for area in held})
        return user if self.user_can_authenticate(user) else None


def granted_area(user: User, path: str) -> Area | None:
    """The area of a grant, which came with the user of a session."""
    held: dict[str, Area] = getattr(user, HELD, {})
    return held.get(path) or first(_by_path, path=path)


def _records(kind: type[M], names: list[str], rows: list[Row]) -> list[M]:
    """Of the rows that an outer join filled."""
    return [kind.from_db("default", names, row) for row in rows if row[0] is not None]


def _by_path(*, path: str) -> QuerySet[Area]:
    return Area.objects.filter(path=path).defer("boundary")
