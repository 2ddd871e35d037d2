"""Who asks, in one plain statement: built anew for each request, the queries took longer than the
rest of the way to a page."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, TypeVar, cast

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from sanqiao.kernel.models import Grant, Session, User
from sanqiao.kernel.prepared import first
from sanqiao.kernel.statements import Row, ask
from sanqiao.registers.areas.models import Area

M = TypeVar("M", bound=Model)
HELD = "areas_held"
_brought: ContextVar[User | None] = ContextVar("brought", default=None)
OF_USER = [field.attname for field in User._meta.concrete_fields]
OF_GRANT = [field.attname for field in Grant._meta.concrete_fields]
OF_AREA = [field.attname for field in Area._meta.concrete_fields if field.name != "boundary"]


def _columns(table: str, names: list[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


FOUND = f"""
SELECT s.session_data, {_columns("u", OF_USER)}, {_columns("g", OF_GRANT)},
  {_columns("a", OF_AREA)}
FROM kernel_session s
LEFT JOIN kernel_user u ON u.id = s.user_id
LEFT JOIN kernel_grant g ON g.user_id = u.id
  AND g.valid_from <= %s AND (g.valid_to IS NULL OR g.valid_to > %s)
LEFT JOIN areas_area a ON g.tree = '{Grant.Tree.AREA}' AND a.path = g.path
WHERE s.session_key = %s AND s.expire_date > %s
"""  # noqa: S608 (names of our own fields)


class SessionStore(db.SessionStore):
    """Django's own, but for how it is read: with whose it is."""

    reader: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session: Any = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        return cast(Session, session)

    def load(self) -> dict[str, Any]:
        today = timezone.localdate()
        found = ask(FOUND, [today, today, self.session_key, timezone.now()])
        if not found:
            self._session_key = None
            return {}
        self.reader = _reader([row[1:] for row in found])
        content: dict[str, Any] = self.decode(found[0][0])
        return content


class WhoAsks(AuthenticationMiddleware):
    """Django's own, to which the session has already brought the user."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _who(request))  # type: ignore[assignment]


def _who(request: HttpRequest) -> User | AnonymousUser:
    """Django checks that the user of the session is still good for it."""
    request.session.get(SESSION_KEY)
    brought = _brought.set(cast(SessionStore, request.session).reader)
    try:
        return get_user(request)
    finally:
        _brought.reset(brought)


class SignedIn(AuthenticationBackend):  # type: ignore[misc]
    """allauth's own, but that the user of the session need not be looked for again."""

    def get_user(self, user_id: Any) -> User | None:
        user = _brought.get()
        if user is None or user.pk != user_id:
            return cast(User | None, super().get_user(user_id))
        return user if self.user_can_authenticate(user) else None


def _reader(rows: list[Row]) -> User | None:
    """With the grants in force today and their areas."""
    grants = len(OF_USER)
    areas = grants + len(OF_GRANT)
    users = _records(User, OF_USER, [row[:grants] for row in rows[:1]])
    if not users:
        return None
    user = users[0]
    user.grants_today = _records(Grant, OF_GRANT, [row[grants:areas] for row in rows])
    held = _records(Area, OF_AREA, [row[areas:] for row in rows])
    setattr(user, HELD, {area.path: area for area in held})
    return user


def granted_area(user: User, path: str) -> Area | None:
    """The area of a grant, which came with the user of a session."""
    held: dict[str, Area] = getattr(user, HELD, {})
    return held.get(path) or first(_by_path, path=path)


def _records(kind: type[M], names: list[str], rows: list[Row]) -> list[M]:
    """Of the rows that an outer join filled."""
    return [kind.from_db("default", names, row) for row in rows if row[0] is not None]


def _by_path(*, path: str) -> QuerySet[Area]:
    return Area.objects.filter(path=path).defer("boundary")
