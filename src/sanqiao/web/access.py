"""The guard at every door. A view without one fails a test."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Grant, User

from .request import Request

P = ParamSpec("P")
SIGNED_IN = "signed in"
EVERYBODY = "everybody"


View = Callable[Concatenate[Request, P], HttpResponseBase]
Door = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def allowed(*acts: str) -> Callable[[View[P]], Door[P]]:
    """Signed in, and some grant allows one of `acts` somewhere; no act means signed in only.

    The view still looks up its record within `visible_to`, and its command checks the place.
    """

    def guard(view: View[P]) -> Door[P]:
        @wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if acts and not request.user.acts.intersection(acts):
                raise PermissionDenied
            return kept_apart(view(request, *args, **kwargs))

        door: Any = login_required(guarded)
        door.guard = acts or (SIGNED_IN,)
        return cast(Door[P], door)

    return guard


def ask(check: Callable[P, None], *given: P.args, **named: P.kwargs) -> None:
    """A policy before its form is shown: what could not be saved does not open, and is not sent
    either. Raises PermissionDenied with the policy's own words."""
    try:
        check(*given, **named)
    except Refused as refusal:
        raise PermissionDenied(refusal.message) from refusal


def ask_area(user: User, act: str) -> None:
    """For a form in which the area is chosen: there is one that may be. Raises PermissionDenied."""
    if not user.paths_for(act, Grant.Tree.AREA):
        raise PermissionDenied(_("您的授权里没有可以办理此事的区划"))


def allows(check: Callable[P, None], *given: P.args, **named: P.kwargs) -> bool:
    """Would the policy let it pass? For the buttons."""
    try:
        check(*given, **named)
    except Refused:
        return False
    return True


def kept_apart(response: HttpResponseBase) -> HttpResponseBase:
    """One address gives a page, and to htmx a part of it: no cache may take one for the other."""
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def public(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page for everybody, signed in or not."""
    view.guard = (EVERYBODY,)  # type: ignore[attr-defined]
    return view
