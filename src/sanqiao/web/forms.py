"""Forms whose fields are the arguments of one command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple, Self

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sanqiao.kernel import codes
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.sheets.kinds import Date
from sanqiao.kernel.versions import ChangedMeanwhile, version_of
from sanqiao.web.request import Request

LARGEST = 2**31 - 1
"""What a column of whole numbers holds."""
FIRST, LAST = Date.first, Date.last
CSS = {"select": "form-select", "checkbox": "form-check-input m-0", "hidden": ""}


class Line(NamedTuple):
    """A field that somebody else changed while this form was open."""

    label: str
    before: object
    now: object
    typed: object


class CommandForm(forms.Form):
    """`run` calls the command; its refusal stands beside the field, and what was typed stays."""

    required_css_class = "required"
    error_css_class = "has-error"
    result: Any = None
    meanwhile: tuple[Line, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if _is_unbounded(field):
                field.validators.append(MaxValueValidator(LARGEST))
            kind = CSS.get(getattr(field.widget, "input_type", ""), "form-control")
            field.widget.attrs.setdefault("class", kind)

    def run(self, command: Callable[..., Any], **context: Any) -> bool:
        """Call `command` with valid input. False, with errors on the form, if it did not run."""
        if not self.is_bound or not self.is_valid():
            return False
        try:
            self.result = command(**context, **self.arguments())
        except Refused as refusal:
            self.refuse(refusal)
            return False
        return True

    def arguments(self) -> dict[str, Any]:
        """What the command is called with; forms override it where names differ."""
        return dict(self.cleaned_data)

    def refuse(self, refusal: Refused) -> None:
        """The refusal beside its field, or above the form."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(refusal.message, code=refusal.code))


def _is_unbounded(field: forms.Field) -> bool:
    """A whole number that somebody types; versions are not typed and may be larger."""
    is_number = isinstance(field, forms.IntegerField) and field.max_value is None
    return is_number and not field.widget.is_hidden


class Versioned(CommandForm):
    """A form over a record that others may change meanwhile."""

    data: Any
    known_version = forms.IntegerField(widget=forms.HiddenInput)
    record: Model

    @classmethod
    def over(cls, record: Model, given: Any, **initial: Any) -> Self:
        """Bound when `given` is, else filled from the record."""
        names = [name for name in cls.base_fields if hasattr(record, name)]
        values = {name: getattr(record, name) for name in names}
        form = cls(given, initial={**values, "known_version": version_of(record), **initial})
        form.record = record
        return form

    def refuse(self, refusal: Refused) -> None:
        """Also shows what the other editor saved; a second save then means what it says."""
        super().refuse(refusal)
        if not isinstance(refusal, ChangedMeanwhile):
            return
        self.meanwhile = tuple(
            Line(found.label, found.before, found.now, self.data.get(found.field, ""))
            for found in refusal.differences
        )
        self.data = {**self.data.dict(), "known_version": version_of(self.record)}


class Day(forms.DateField):
    """A day, with the browser's own picker, of the years that imports take too."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> date | None:
        """Raises ValidationError."""
        day: date | None = super().clean(value)
        if day and not FIRST <= day <= LAST:
            message = _("日期应在 %(first)s 至 %(last)s 之间")
            raise ValidationError(message % {"first": FIRST, "last": LAST}, code="date.range")
        return day


class Name(forms.CharField):
    """Of a person, an organisation or a place, by the same rule as in a spreadsheet."""

    def __init__(self, *, squeeze: bool = False, **given: Any) -> None:
        super().__init__(**given)
        self.squeeze = squeeze

    def to_python(self, value: Any) -> str:
        """Raises ValidationError."""
        try:
            return codes.name(super().to_python(value) or "", squeeze=self.squeeze)
        except ValueError as error:
            code = error.args[0]
            raise ValidationError(str(codes.REASONS[code]), code=code) from None


class Lines(forms.CharField):
    """Text of several lines."""

    widget = forms.Textarea(attrs={"rows": 4})


def form_page(
    request: Request, form: forms.Form, title: str, save: str, back: str, explain: str = ""
) -> HttpResponse:
    """A form with its button `save`, and the way `back` without it."""
    context = {"form": form, "title": title, "save": save, "back": back, "explain": explain}
    return render(request, "form.html", context)
