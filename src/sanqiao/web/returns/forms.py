"""Forms of returns: the one that is filled in has a field a line of the edition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.registers.areas.models import Area
from sanqiao.web.forms import CommandForm, Lines
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.models import FormLine, Return
from sanqiao.work.returns.policies import NoteMissing
from sanqiao.work.returns.rows import Asking, Filing
from sanqiao.work.returns.shapes import OnFile, Shape
from sanqiao.work.returns.sums import Mismatch, plain


class FileForm(CommandForm):
    """What does not add up stands beside its field; a note then lets it through."""

    known = forms.IntegerField(widget=forms.HiddenInput)
    source = forms.CharField(
        label=gettext_lazy("数据来源"), max_length=200, required=False,
        help_text=gettext_lazy("文件、通报或台账；不收任何个人信息"),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("附注"), max_length=500, required=False,
        help_text=gettext_lazy("数字对不上而确实如此的，在这里说明"),
    )  # fmt: skip
    why = forms.CharField(label=gettext_lazy("更正原因"), max_length=300, required=False)

    def __init__(self, data: Any, *, record: Return, shape: Shape, now: OnFile) -> None:
        super().__init__(data, initial=_initial(now))
        self.record, self.shape, self.now = record, shape, now
        self.mismatches: tuple[Mismatch, ...] = ()
        for code, line in shape.lines.items():
            self.fields[f"v-{code}"] = _number(line, required=line.required and not line.by_area)
        self.areas = _below(record) if any(line.by_area for line in shape.lines.values()) else []
        for area in self.areas:
            for code, line in self.split_lines:
                self.fields[f"p-{area.key}-{code}"] = _number(line, required=False)
        if not now.number:
            del self.fields["why"]

    @property
    def split_lines(self) -> list[tuple[str, FormLine]]:
        return [(code, line) for code, line in self.shape.lines.items() if line.by_area]

    @property
    def line_fields(self) -> Iterator[tuple[BoundField, FormLine, list[str]]]:
        """Each line's field with what does not add up there."""
        for code, line in self.shape.lines.items():
            words = [m.words for m in self.mismatches if m.line == code]
            yield self[f"v-{code}"], line, words

    @property
    def part_fields(self) -> Iterator[tuple[Area, list[tuple[BoundField, FormLine]]]]:
        for area in self.areas:
            yield area, [(self[f"p-{area.key}-{code}"], line) for code, line in self.split_lines]

    @property
    def text_fields(self) -> list[BoundField]:
        return [self[name] for name in ("source", "note", "why") if name in self.fields]

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        values, parts = {}, {}
        for name, value in given.items():
            kind, _dash, rest = name.partition("-")
            if value is not None and kind == "v":
                values[rest] = value
            if value is not None and kind == "p":
                key, _dash, code = rest.rpartition("-")
                parts[key, code] = value
        texts = {name: given.get(name, "") for name in ("source", "note", "why")}
        return {"filing": Filing(values, parts, **texts), "known": given["known"]}

    def refuse(self, refusal: Refused) -> None:
        if isinstance(refusal, NoteMissing):
            self.mismatches = refusal.mismatches
        name = f"v-{refusal.field}"
        if name in self.fields:
            self.add_error(name, ValidationError(refusal.message, code=refusal.code))
        else:
            super().refuse(refusal)


def _initial(now: OnFile) -> dict[str, Any]:
    """The version on file; its note and reason belong to it alone."""
    values = {f"v-{code}": plain(value) for code, value in now.values.items()}
    parts = {f"p-{key}-{code}": plain(value) for (key, code), value in now.parts.items()}
    return {"known": now.number, "source": now.source, **values, **parts}


def _number(line: FormLine, *, required: bool) -> forms.DecimalField:
    kind = line.get_timing_display()
    field = forms.DecimalField(
        label=f"{line.name}（{line.unit}）", required=required, help_text=kind,
        min_value=0, max_digits=20, decimal_places=4,
    )  # fmt: skip
    field.widget.attrs.update({"class": "form-control", "inputmode": "decimal"})
    field.widget.attrs["aria-label"] = f"{line.name} {line.unit}"
    return field


def _below(record: Return) -> list[Area]:
    """One level down, by key."""
    rows = Area.objects.on(record.round.period_last).filter(parent=record.area_id)
    return list(rows.defer("boundary").order_by("key"))


class AskForm(CommandForm):
    period = forms.CharField(
        label=gettext_lazy("期别"), max_length=10,
        help_text=gettext_lazy("日报如 2020-06-30，月报如 2020-06，季报如 2020-Q2，年报如 2020"),
    )  # fmt: skip
    within = forms.CharField(
        label=gettext_lazy("布置范围"), max_length=30,
        help_text=gettext_lazy("区划编码；范围内该填报层级的区划都要报"),
    )  # fmt: skip
    due_at = forms.DateTimeField(
        label=gettext_lazy("截止时间"), required=False,
        help_text=gettext_lazy("留空按报表的规定；各级同一时限，中间层级不得提前"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("时限不足的理由"), max_length=200, required=False,
        help_text=gettext_lazy("给下级的时间少于规定的工作小时，须写明"),
    )  # fmt: skip
    level = ""

    def clean_within(self) -> list[Area]:
        """Areas of the form's level inside the one that was named."""
        top = Area.objects.filter(key=self.cleaned_data["within"]).first()
        if top is None:
            raise ValidationError(_("没有这个编码的区划"), code="areas.unknown_area")
        rows = Area.objects.on(timezone.localdate()).below(top.path).filter(level=self.level)
        return list(rows.defer("boundary").order_by("path"))

    def clean_due_at(self) -> datetime | None:
        due: datetime | None = self.cleaned_data["due_at"]
        return due.astimezone(ZONE) if due else None

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        asking = Asking(given["period"], timezone.now(), given["due_at"], given["reason"])
        return {"areas": given["within"], "asking": asking}

    def refuse(self, refusal: Refused) -> None:
        if refusal.field == "areas":
            refusal.field = "within"
        super().refuse(refusal)


def cells_of(line: str) -> list[str]:
    """A line of text as cells: by tab or comma, Chinese ones too."""
    return [cell.strip() for cell in line.replace("，", ",").replace("\t", ",").split(",")]


def texts(*, label: Any, help_text: Any, rows: int = 8, required: bool = True) -> Lines:
    return Lines(
        label=label, help_text=help_text, required=required,
        widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false"}),
    )  # fmt: skip
