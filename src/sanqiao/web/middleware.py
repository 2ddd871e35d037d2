"""Around every page: the session renewed, the second factor demanded, the scope set."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import ProgrammingError, transaction
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.defaults import permission_denied
from django_htmx.http import HttpResponseClientRedirect
from psycopg.errors import InsufficientPrivilege

from sanqiao.kernel.models import User
from sanqiao.kernel.scope import NOTHING, Scope, applied

Door = Callable[[HttpRequest], HttpResponseBase]
RENEWAL_SECONDS = 60
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SEEN, SECOND_FACTOR = "seen", "second_factor"
SIGN_IN_PAGES = ("/accounts/", "/i18n/")
SECOND_FACTOR_PAGES = "/accounts/2fa/"


class NoNullCharacters:
    """Nobody types one and PostgreSQL holds none: 400 to an address or a form that has one."""

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Raises BadRequest. The text of a file that is sent along is its reader's to judge."""
        for sent in (request.GET, request.POST):
            if any("\0" in text for key, texts in sent.lists() for text in (key, *texts)):
                raise BadRequest("null character")
        return self.get_response(request)


class SignInMiddleware:
    """Idle time-out and second factor, without a query in the usual case.

    The session expires SESSION_COOKIE_AGE after the last request; it is written once a minute.
    """

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User):
            renew(request.session)
            if lacks_second_factor(request, request.user):
                return _to_second_factor(request)
        return self.get_response(request)


def renew(session: SessionBase) -> None:
    """Move the expiry along, by a write at most once a minute."""
    now = int(time.time())
    if now - session.get(SEEN, 0) >= RENEWAL_SECONDS:
        session[SEEN] = now


def lacks_second_factor(request: HttpRequest, user: User) -> bool:
    """Must this user still set one up before anything but the sign-in pages opens?

    One query until the session knows; a visit to the pages that may take it away asks anew.
    """
    if request.path.startswith(SECOND_FACTOR_PAGES):
        request.session.pop(SECOND_FACTOR, None)
    if request.path.startswith(SIGN_IN_PAGES) or not user.needs_second_factor:
        return False
    if SECOND_FACTOR not in request.session and is_mfa_enabled(user, FACTORS):
        request.session[SECOND_FACTOR] = True
    return SECOND_FACTOR not in request.session


def _to_second_factor(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return HttpResponse("second factor missing", status=403, content_type="text/plain")
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(reverse("mfa_index"))
    return redirect("mfa_index")


class ScopeMiddleware:
    """One transaction a request, in which the database knows who asks and what they may see.

    Nobody signed in sees nothing. An answer of 500 or more rolls back. What streams is read after
    the view has returned, so it gets a transaction of its own with the same scope; a file does not
    need one. What row-level security refuses to write is answered with 403.
    """

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = uuid.uuid4().hex[:12]
        user = request.user if isinstance(request.user, User) else None
        scope, actor = (user.scope, user.pk) if user else (NOTHING, None)
        with applied(scope, actor=actor, request=name):
            response = self.get_response(request)
            if response.status_code >= 500 or isinstance(response, RowRefused):
                transaction.set_rollback(True)
        if isinstance(response, RowRefused):
            with applied(scope, actor=actor, request=name):
                return permission_denied(request, PermissionDenied())
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            parts = iter(response.streaming_content)  # type: ignore[arg-type]
            response.streaming_content = _streamed(parts, scope, actor, name)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Row-level security said no to a write: the page is made after the rollback."""
        refused = isinstance(error, ProgrammingError) and isinstance(
            error.__cause__, InsufficientPrivilege
        )
        return RowRefused() if refused else None


class RowRefused(HttpResponse):
    """Stands for the 403 page until the transaction is rolled back."""

    status_code = 403


def _streamed(
    parts: Iterator[bytes], scope: Scope, actor: int | None, name: str
) -> Iterator[bytes]:
    with applied(scope, actor=actor, request=name):
        yield from parts
