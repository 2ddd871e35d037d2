"""Who asks, in two plain statements: built anew for each request, the queries took longer than
the rest of the way to a page."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.utils import timezone

from sanqiao.kernel.models import Grant, User
from sanqiao.kernel.statements import ask

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
OF_USER = [field.attname for field in User._meta.concrete_fields]
OF_GRANT = [field.attname for field in Grant._meta.concrete_fields]
USER = f"""
SELECT {", ".join(f"u.{name}" for name in OF_USER)}, {", ".join(f"g.{name}" for name in OF_GRANT)}
FROM kernel_user u LEFT JOIN kernel_grant g ON g.user_id = u.id
  AND g.valid_from <= %s AND (g.valid_to IS NULL OR g.valid_to > %s)
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
    """allauth's own; the user of a session comes with the grants in force today."""

    def get_user(self, user_id: Any) -> User | None:
        today = timezone.localdate()
        found = ask(USER, [today, today, user_id])
        if not found:
            return None
        width = len(OF_USER)
        user = User.from_db("default", OF_USER, found[0][:width])
        grants = [row[width:] for row in found if row[width] is not None]
        user.grants_today = [Grant.from_db("default", OF_GRANT, row) for row in grants]
        return user if self.user_can_authenticate(user) else None
