"""Form fields that take a record by its code or its name, and suggest as somebody types."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.web.addresses import address

from .forms import CommandForm

F = TypeVar("F", bound=CommandForm)
NAMED = 5
"""Records of one name that an error lists at most."""


class Suggesting(forms.TextInput):
    """Asks `suggest` of its kind while somebody types; without scripts a plain input."""

    def __init__(self, kind: str) -> None:
        super().__init__(attrs={"maxlength": 200, "autocomplete": "off"})
        self.kind = kind

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        options = f"{(attrs or {}).get('id', name)}-options"
        asks = {
            "list": options,
            "hx-get": address("suggest", self.kind),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{options}",
        }
        text = super().render(name, value, {**(attrs or {}), **asks}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', text, options)


class Chosen(forms.Field):
    """`user` may see what is chosen, or it is `kept`, what stood there before. See `asked_by`."""

    user: User
    kept: Model | None = None


class Reference(Chosen, ABC):
    """One of `rows`, by its code or its name."""

    kind: ClassVar[str]
    code: ClassVar[str] = "code"

    def __init__(self, **given: Any) -> None:
        super().__init__(widget=Suggesting(self.kind), **given)

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """Those that may be chosen."""

    def prepare_value(self, value: Any) -> Any:
        """A record as `name code`, by which it is found again."""
        return f"{value} {getattr(value, self.code)}" if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Any:
        text = " ".join(str(value or "").split())
        if not text or text == self.prepare_value(self.kept):
            return self.kept if text else None
        return self._only(text, self.found(text))

    def found(self, text: str) -> list[Model]:
        """By code, alone or after the name; else by the whole name."""
        codes = {text, text.split()[-1]}
        by_code = self.rows().filter(**{f"{self.code}__in": codes})[:1]
        return list(by_code) or list(self.rows().filter(self.named(text)))

    def named(self, text: str) -> Q:
        return Q(name=text)

    def _only(self, text: str, found: list[Model]) -> Model:
        if not found:
            words = _("没有找到“%(text)s”，或者它不在您的授权范围内；请填编码或全名")
            raise ValidationError(words % {"text": text}, code="unknown")
        if len(found) > 1:
            codes = "、".join(str(getattr(one, self.code)) for one in found[:NAMED])
            words = _("有 %(n)d 个“%(text)s”，请填编码：%(codes)s")
            values = {"n": len(found), "text": text, "codes": codes}
            raise ValidationError(words % values, code="ambiguous")
        return found[0]


class AreaReference(Reference):
    """Of the areas of the user's grants; with `anywhere`, of all, the command being the judge."""

    kind, code = "areas", "key"

    def __init__(self, *, anywhere: bool = False, **given: Any) -> None:
        super().__init__(**given)
        self.anywhere = anywhere

    def rows(self) -> QuerySet[Any]:
        return Area.objects.filter(valid_to=None).defer("boundary")

    def named(self, text: str) -> Q:
        return Q(name=text) | Q(official_name=text)

    def found(self, text: str) -> list[Model]:
        everywhere = super().found(text)
        own = [area for area in everywhere if self._is_own(area)]
        return own or (everywhere if self.anywhere else [])

    def _is_own(self, area: Any) -> bool:
        return any(area.path.startswith(path) for path in self.user.scope.areas)


class OrganisationReference(Reference):
    kind = "organisations"

    def rows(self) -> QuerySet[Any]:
        return Organisation.objects.visible_to(self.user).filter(dissolved_on=None)


class UnitReference(Reference):
    kind, code = "units", "credit_code"

    def rows(self) -> QuerySet[Any]:
        return Unit.objects.visible_to(self.user).filter(valid_to=None)


class Several:
    """One reference a line, by code or name; the value is the tuple of their codes."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.widget: Any = forms.Textarea(attrs={"rows": 3, "class": "form-control"})

    def to_python(self: Any, value: Any) -> tuple[str, ...]:
        lines = [" ".join(line.split()) for line in str(value or "").splitlines()]
        found = [self._only(line, self.found(line)) for line in dict.fromkeys(lines) if line]
        return tuple(dict.fromkeys(str(getattr(one, self.code)) for one in found))


class AreaReferences(Several, AreaReference):
    """Areas, a line each."""


class OrganisationReferences(Several, OrganisationReference):
    """Organisations, a line each."""


def asked_by(form: F, user: User) -> F:
    """The same form, whose references are looked up among what `user` may see."""
    for name, field in form.fields.items():
        if isinstance(field, Chosen):
            field.user, field.kept = user, form.initial.get(name)
    return form
