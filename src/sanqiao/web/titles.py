"""What people read for a kind of event or the name of a chain; each domain's `events` says it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from sanqiao.web.listing.columns import Words


def _declared(name: str) -> dict[str, Words]:
    """`name` of the `events` module of every app, in one."""
    found: dict[str, Words] = {}
    for app in apps.get_app_configs():
        if app.name.startswith("sanqiao.") and find_spec(f"{app.name}.events"):
            found |= getattr(import_module(f"{app.name}.events"), name, {})
    return found


EVENT_TITLES = _declared("EVENTS")
CHAIN_TITLES = _declared("CHAINS")


def event_title(kind: str) -> str:
    return str(EVENT_TITLES.get(kind, kind))


def chain_title(name: str) -> str:
    return str(CHAIN_TITLES.get(name, name))
