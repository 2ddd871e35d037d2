"""A person by name and the last four of the ID number, or by the whole number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.fields import find_key
from sanqiao.registers.areas.models import Compound
from sanqiao.registers.people.models import Person
from sanqiao.web.references import Chosen

HINT = gettext_lazy("姓名；有同名的加身份证号后四位，如“王磊 1234”")


class PersonReference(Chosen):
    """Of the persons whom `user` may see; nothing of a number is shown back."""

    def __init__(self, **given: Any) -> None:
        given.setdefault("help_text", HINT)
        attrs = {"maxlength": 80, "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **given)

    def to_python(self, value: Any) -> Person | None:
        words = str(value or "").split()
        if not words:
            return None
        found = list(Person.objects.visible_to(self.user).filter(self._asked(words))[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("有同名的人，请加身份证号后四位"), code="ambiguous")
        raise ValidationError(_("没有找到此人，或者不在您的授权范围内"), code="unknown")

    def _asked(self, words: list[str]) -> Q:
        last = words[-1].upper()
        if len(last) == 18:
            return Q(id_number_key=find_key(last))
        if len(words) > 1:
            return Q(name=words[0], id_tail_key=find_key(last))
        return Q(name=words[0])


class CompoundReference(Chosen):
    """By the whole name, or name and area; empty for the area itself."""

    def __init__(self, **given: Any) -> None:
        attrs = {"maxlength": 120, "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **given)

    def to_python(self, value: Any) -> Compound | None:
        words = str(value or "").split()
        if not words:
            return None
        rows = Compound.objects.visible_to(self.user).filter(name=words[0], valid_to=None)
        if len(words) > 1:
            rows = rows.filter(Q(area__name=words[1]) | Q(area__key=words[1]))
        found = list(rows.select_related("area")[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("有同名的小区，请在后面加网格编码"), code="ambiguous")
        raise ValidationError(_("没有找到这个小区"), code="unknown")
