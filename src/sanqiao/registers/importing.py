"""Every register that spreadsheets can fill, by the name that the command line and pages use."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from sanqiao.kernel.importing import Register


@cache
def registers() -> dict[str, Register]:
    """From the `sheets` module of each domain, registers and work alike, in their order."""
    found: dict[str, Register] = {}
    for app in apps.get_app_configs():
        if app.name.startswith("sanqiao.") and find_spec(f"{app.name}.sheets"):
            found |= getattr(import_module(f"{app.name}.sheets"), "SHEETS", {})
    return found
