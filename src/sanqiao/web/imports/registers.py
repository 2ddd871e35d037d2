"""A register by the name in its address."""

from __future__ import annotations

from django.http import Http404

from sanqiao.kernel.importing import Register
from sanqiao.registers.importing import registers


def register_named(name: str) -> Register:
    """Raises Http404."""
    try:
        return registers()[name]
    except KeyError:
        raise Http404 from None
