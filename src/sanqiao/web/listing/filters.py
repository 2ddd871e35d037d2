"""Filters of a list; their state is the URL's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.registers.spelling import holds

Words = str | Promise


@dataclass(frozen=True)
class Filter(ABC):
    """`name` is the parameter; an unknown or empty value filters nothing."""

    name: str
    title: Words

    @abstractmethod
    def q(self, given: QueryDict) -> Q | None: ...

    @abstractmethod
    def control(self, given: QueryDict) -> str:
        """Label and input as HTML."""

    def words(self, given: QueryDict) -> str:
        """What it does, for the head of a printed or exported list; empty when it does nothing."""
        return ""


@dataclass(frozen=True)
class Choice(Filter):
    """One of the choices of `field`."""

    field: str = ""
    choices: Iterable[tuple[str, Words]] = ()

    def q(self, given: QueryDict) -> Q | None:
        value = given.get(self.name, "")
        known = value and value in self._labels()
        return Q(**{self.field or self.name: value}) if known else None

    def _labels(self) -> dict[str, Words]:
        return {str(value): label for value, label in self.choices if value != ""}

    def control(self, given: QueryDict) -> str:
        chosen = given.get(self.name, "")
        options = "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
            f"{escape(str(label))}</option>"
            for value, label in self._labels().items()
        )
        return (
            f'<div><label for="f-{self.name}">{escape(str(self.title))}</label>'
            f'<select class="form-select" id="f-{self.name}" name="{self.name}">'
            f'<option value="">{escape(_("全部"))}</option>{options}</select></div>'
        )

    def words(self, given: QueryDict) -> str:
        value = given.get(self.name, "")
        label = self._labels().get(value) if value else None
        return f"{self.title}：{label}" if label else ""


@dataclass(frozen=True)
class Search(Filter):
    """Text in any of `fields`, or in the title that the reader sees for a value of a field in
    `titled`, or the whole of a code in `exact`; Latin letters count in either case."""

    fields: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    hint: Words = ""
    titled: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)

    def q(self, given: QueryDict) -> Q | None:
        value = given.get(self.name, "").strip()
        if not value:
            return None
        condition = Q()
        for name, titles in self.titled.items():
            found = [one for one, title in titles.items() if value.lower() in str(title).lower()]
            condition |= Q(**{f"{name}__in": found})
        for name in self.fields:
            condition |= holds(name, value)
        for name in self.exact:
            condition |= Q(**{f"{name}__in": {value, value.lower(), value.upper()}})
        return condition

    def control(self, given: QueryDict) -> str:
        return (
            f'<div><label for="f-{self.name}">{escape(str(self.title))}</label>'
            f'<input class="form-control wide" type="search" id="f-{self.name}" name="{self.name}"'
            f' value="{escape(given.get(self.name, ""))}" maxlength="60"'
            f' placeholder="{escape(str(self.hint))}"></div>'
        )

    def words(self, given: QueryDict) -> str:
        value = given.get(self.name, "").strip()
        return f"{self.title}：{value}" if value else ""


@dataclass(frozen=True)
class Flag(Filter):
    """A box that narrows the list to rows of which `condition` holds."""

    condition: Q = Q()

    def q(self, given: QueryDict) -> Q | None:
        return self.condition if given.get(self.name) == "1" else None

    def control(self, given: QueryDict) -> str:
        checked = " checked" if given.get(self.name) == "1" else ""
        return (
            f'<label class="check"><input class="form-check-input m-0" type="checkbox"'
            f' name="{self.name}" value="1"{checked}>{escape(str(self.title))}</label>'
        )

    def words(self, given: QueryDict) -> str:
        return str(self.title) if given.get(self.name) == "1" else ""


@dataclass(frozen=True)
class Days(Filter):
    """`field` from one day to another, both included; either may be open."""

    field: str = ""

    def q(self, given: QueryDict) -> Q | None:
        first, last = self._ends(given)
        condition = Q()
        if first:
            condition &= Q(**{f"{self.field or self.name}__gte": first})
        if last:
            condition &= Q(**{f"{self.field or self.name}__lte": last})
        return condition if first or last else None

    def _ends(self, given: QueryDict) -> tuple[date | None, date | None]:
        return _day(given.get(f"{self.name}_from")), _day(given.get(f"{self.name}_to"))

    def control(self, given: QueryDict) -> str:
        inputs = "".join(
            f'<input class="form-control" type="date" name="{self.name}_{end}"'
            f' aria-label="{escape(str(self.title))} {label}"'
            f' value="{escape(given.get(f"{self.name}_{end}", ""))}">'
            for end, label in (("from", _("起")), ("to", _("止")))
        )
        title = escape(str(self.title))
        return (
            f'<div><span class="label">{title}</span><div class="d-flex gap-1">{inputs}</div></div>'
        )

    def words(self, given: QueryDict) -> str:
        first, last = self._ends(given)
        return f"{self.title}：{first or ''} – {last or ''}" if first or last else ""


@dataclass(frozen=True)
class One(Filter):
    """What a link from elsewhere names by its id; any other filter opens the list."""

    field: str = "pk"

    def q(self, given: QueryDict) -> Q | None:
        return Q(**{self.field: int(given.get(self.name, ""))}) if self.is_given(given) else None

    def is_given(self, given: QueryDict) -> bool:
        value = given.get(self.name, "")
        return value.isascii() and value.isdecimal() and len(value) < 19

    def control(self, given: QueryDict) -> str:
        return ""

    def words(self, given: QueryDict) -> str:
        return str(self.title) if self.is_given(given) else ""


ONE = One("one", gettext_lazy("只看一条记录"))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def conditions(filters: Iterable[Filter], given: QueryDict) -> list[Q]:
    return [condition for one in filters if (condition := one.q(given)) is not None]


def controls(filters: Iterable[Filter], given: QueryDict) -> SafeString:
    return mark_safe("".join(one.control(given) for one in filters))  # noqa: S308
