"""Places kept for what another domain shows: empty while no page of that name exists."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
OWN = (
    (_("我的动员"), "mobilisations:mine"),
    (_("我的报到"), "service:mine"),
    (_("我的值班"), "squads:mine"),
)
"""A member's own way through an emergency: called, checked in, on duty."""


class Tab(NamedTuple):
    """One of the member's own pages."""

    title: Words
    href: str
    is_here: bool


def beside(view: str, **given: str) -> str:
    """The address of a part of another domain's page, to be loaded into ours; else empty."""
    try:
        return f"{reverse(view)}?{urlencode(given)}" if given else reverse(view)
    except NoReverseMatch:
        return ""


def own_tabs(here: str) -> list[Tab]:
    return [Tab(title, href, view == here) for title, view in OWN if (href := beside(view))]
