"""Every register that spreadsheets can fill, found in the `sheets` module of each domain."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.http import Http404

from sanqiao.kernel.importing import Register


@cache
def registers() -> dict[str, Register]:
    """By name, in the order of the domains."""
    found: dict[str, Register] = {}
    for app in apps.get_app_configs():
        if app.name.startswith("sanqiao.") and find_spec(f"{app.name}.sheets"):
            found |= getattr(import_module(f"{app.name}.sheets"), "SHEETS", {})
    return found


def register_named(name: str) -> Register:
    """Raises Http404."""
    try:
        return registers()[name]
    except KeyError:
        raise Http404 from None
