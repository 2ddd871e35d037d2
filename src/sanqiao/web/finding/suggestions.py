"""What a reference field suggests: records of one kind, as options of a datalist."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from sanqiao.kernel.models import User
from sanqiao.registers.people.finding import (
    Found,
    find_areas,
    find_organisations,
    find_units,
)

from .codes import CODES, codes_of

MOST = 8
Search = Callable[[str, User], Iterable[Found]]
SEARCHES: dict[str, tuple[str, Search]] = {
    "areas": ("areas.view", lambda text, user: find_areas(text, MOST)),
    "organisations": (
        "organisations.view", lambda text, user: find_organisations(text, user, MOST)
    ),
    "units": ("organisations.view", lambda text, user: find_units(text, user, MOST)),
}  # fmt: skip
"""The act that each needs, and how it looks."""


def options(kind: str, text: str, user: User) -> SafeString:
    """`name code`, which the field understands; nothing for who may not look."""
    act, search = SEARCHES[kind]
    text = "".join(text.split())
    found = list(search(text, user)) if text and act in user.acts else []
    codes = codes_of(found, tuple(CODES))
    lines = ((one.title, codes[one.kind, one.id], one.subtitle) for one in found)
    return format_html_join("", '<option value="{} {}">{}</option>', lines)
