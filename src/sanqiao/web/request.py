from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from sanqiao.kernel.models import User


class Request(HttpRequest):
    """A request behind `allowed`: `user` is someone."""

    user: User
    htmx: HtmxDetails


def is_fragment(request: Request, target: str) -> bool:
    """Does htmx ask only for the element with this id?"""
    return request.htmx.target == target and not request.htmx.history_restore_request
