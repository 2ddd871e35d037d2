"""Small words of our templates; built in, so no template loads them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()


@cache
def _sprite() -> str:
    return static("icons.svg")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from the sprite; it says nothing to a reader of the screen."""
    mark = '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>'
    return format_html(mark, _sprite(), name)


@register.simple_tag(takes_context=True)
def url_with(context: Context, **changes: Any) -> str:
    """The query of this page with some parameters changed; None or "" takes one away."""
    request: HttpRequest = context["request"]
    return query_with(request, **changes)


def query_with(request: HttpRequest, **changes: Any) -> str:
    pairs = [(k, v) for k, values in request.GET.lists() for v in values if k not in changes]
    pairs += [(k, str(v)) for k, v in changes.items() if v not in (None, "")]
    return f"?{urlencode(pairs)}"


@register.filter
def number(value: Any) -> str:
    """1136220 → `1,136,220`; nothing is a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    return f"{value:,}"


@register.filter
def day(value: date | datetime | None) -> str:
    """For tables: 2020-06-04."""
    return value.strftime("%Y-%m-%d") if value else "—"


@register.filter
def day_in_words(value: date | None) -> str:
    """For text: 2020年6月4日, in English as in tables."""
    return date_format(value) if value else "—"


@register.filter
def or_dash(value: Any) -> Any:
    return "—" if value in (None, "") else value


@register.filter
def percent_of(value: int, whole: int) -> int:
    """Whole percent for the width of a bar; 0 when there is nothing to divide by."""
    return round(100 * value / whole) if whole else 0


@register.simple_tag
def html_lang() -> str:
    """The language as a browser wants it: zh-Hans."""
    language = get_language() or "zh-hans"
    return "zh-Hans" if language.startswith("zh") else language


@register.filter
def yes_no(value: bool) -> str:
    return _("是") if value else _("否")
