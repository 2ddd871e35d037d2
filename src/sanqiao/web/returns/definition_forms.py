"""Definitions as people write them: a line of text a line of the form."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from sanqiao.registers.areas.models import Area
from sanqiao.web.forms import CommandForm, Day, Name
from sanqiao.work.returns.models import FormEdition, FormLine, ReturnForm
from sanqiao.work.returns.rows import Clock, EditionSpec, FormSpec, IdentitySpec, LineSpec

from .forms import cells_of, texts

CODE = re.compile(r"[a-z][a-z0-9_]*")
TIMINGS = dict(FormLine.Timing.choices)
BY_AREA, OPTIONAL = ("分区划", "by area"), ("选填", "optional")
"""Words after a line, in either language."""
SIGNED = re.compile(r"([+＋−-])")


class EditionForm(CommandForm):
    """An edition of a form: its clock, its lines, its identities."""

    valid_from = Day(label=gettext_lazy("起用日期"))
    document = forms.CharField(label=gettext_lazy("依据文件"), max_length=120)
    due_after = forms.IntegerField(label=gettext_lazy("期后几天截止"), min_value=0, initial=1)
    due_in_workdays = forms.BooleanField(
        label=gettext_lazy("按工作日计"), required=False, initial=True
    )
    due_time = forms.TimeField(
        label=gettext_lazy("截止时刻"), widget=forms.TimeInput(attrs={"type": "time"}),
        initial="17:00", help_text=gettext_lazy("各级同一时限"),
    )  # fmt: skip
    hours_at_least = forms.IntegerField(
        label=gettext_lazy("给下级的最少工作小时"), min_value=0, initial=8,
        help_text=gettext_lazy("布置时不足的，须写明理由"),
    )  # fmt: skip
    office_hours = forms.CharField(
        label=gettext_lazy("工作时间"), max_length=60, initial="08:30-12:00,14:30-18:00"
    )
    counts_every_hour = forms.BooleanField(
        label=gettext_lazy("昼夜值守，按实际小时计"), required=False
    )
    lines = texts(
        label=gettext_lazy("项目"),
        help_text=gettext_lazy(
            "每行一个：编码，名称，计量单位，时点数/累计数/期间数，可加“分区划”“选填”。"
        ),
    )
    identities = texts(
        label=gettext_lazy("恒等式"), required=False, rows=3,
        help_text=gettext_lazy("每行一个，用项目名称写，如：空余床位 = 隔离床位 − 在用床位"),
    )  # fmt: skip

    def clean_lines(self) -> tuple[LineSpec, ...]:
        return tuple(_line(n, text) for n, text in _numbered(self.cleaned_data["lines"]))

    def clean_identities(self) -> tuple[IdentitySpec, ...]:
        names = {line.name: line.code for line in self.cleaned_data.get("lines", ())}
        return tuple(
            _identity(n, text, names) for n, text in _numbered(self.cleaned_data["identities"])
        )

    def edition(self) -> EditionSpec:
        given = self.cleaned_data
        clock = Clock(**{name: given[name] for name in Clock._fields})
        return EditionSpec(
            given["valid_from"], given["document"], clock, given["lines"], given["identities"]
        )

    def arguments(self) -> dict[str, Any]:
        return {"edition": self.edition()}


class DefineForm(EditionForm):
    """A new form with its first edition."""

    code = forms.SlugField(
        label=gettext_lazy("编码"), max_length=30, help_text=gettext_lazy("小写字母，唯一")
    )
    name = Name(label=gettext_lazy("报表名称"), max_length=80)
    competent_body = forms.CharField(
        label=gettext_lazy("主管单位"), max_length=80,
        help_text=gettext_lazy("谁有权要这些数、有权发布"),
    )  # fmt: skip
    basis = forms.CharField(label=gettext_lazy("依据"), max_length=200, required=False)
    level = forms.ChoiceField(label=gettext_lazy("填报层级"), choices=Area.Level.choices)
    period_kind = forms.ChoiceField(
        label=gettext_lazy("期别"), choices=ReturnForm.PeriodKind.choices
    )
    field_order = FormSpec._fields

    def arguments(self) -> dict[str, Any]:
        spec = FormSpec(**{name: self.cleaned_data[name] for name in FormSpec._fields})
        return {"spec": spec, "edition": self.edition()}


def _numbered(text: str) -> list[tuple[int, str]]:
    return [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]


def _line(n: int, text: str) -> LineSpec:
    code, name, unit, timing, *more = [*cells_of(text), "", "", "", ""][:6] + cells_of(text)[6:]
    by_label = {str(label): value for value, label in TIMINGS.items()}
    kind = by_label.get(timing, timing)
    extra = {cell for cell in more if cell}
    if not CODE.fullmatch(code) or not name or kind not in TIMINGS or extra - {*BY_AREA, *OPTIONAL}:
        words = _("第 %(n)d 行应为“编码，名称，计量单位，时点数/累计数/期间数”") % {"n": n}
        raise ValidationError(words, code="returns.bad_line")
    by_area, optional = (bool(extra & set(words)) for words in (BY_AREA, OPTIONAL))
    return LineSpec(code, name, unit, kind, by_area, not optional)


def _identity(n: int, text: str, names: dict[str, str]) -> IdentitySpec:
    """`total = a + b − c`, by names or codes."""
    total, equals, rest = text.replace("＝", "=").partition("=")
    pieces = [piece.strip() for piece in SIGNED.split(f"+{rest.strip()}")[1:]]
    signed = list(zip(pieces[::2], pieces[1::2], strict=True))
    if not equals or not all(name for _sign, name in signed):
        words = _("第 %(n)d 行应为“甲 = 乙 + 丙 − 丁”") % {"n": n}
        raise ValidationError(words, code="returns.bad_identity")
    codes = [(sign in "+＋", names.get(name, name)) for sign, name in signed]
    return IdentitySpec(
        text.strip(), names.get(total.strip(), total.strip()),
        tuple(code for adds, code in codes if adds),
        tuple(code for adds, code in codes if not adds),
    )  # fmt: skip


def initial_of(edition: FormEdition) -> dict[str, Any]:
    """An edition as text, to be changed into the next."""
    lines = list(edition.lines.order_by("order"))
    identities = edition.identities.order_by("order").values_list("name", flat=True)
    clock = {name: getattr(edition, name) for name in Clock._fields}
    return {
        **clock, "document": "", "lines": "\n".join(map(_written, lines)),
        "identities": "\n".join(identities),
    }  # fmt: skip


def _written(line: FormLine) -> str:
    """In the language of the page; its comma too."""
    is_chinese = (get_language() or "").startswith("zh")
    cells = [line.short, line.name, line.unit, str(line.get_timing_display())]
    marks = ((BY_AREA, line.by_area), (OPTIONAL, not line.required))
    cells += [words[0 if is_chinese else 1] for words, holds in marks if holds]
    return ("，" if is_chinese else ", ").join(cells)
