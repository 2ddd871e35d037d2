"""Comparison tables as they are pasted, their orders, and what is said of them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.registers.areas.models import Area
from sanqiao.web.forms import CommandForm, Day, Name
from sanqiao.work.returns.commands import claim_superlative, quote_superlative
from sanqiao.work.returns.models import ComparisonTable, FormEdition, ReturnForm, Superlative
from sanqiao.work.returns.rows import RankingSpec, Saying, TableLine, TableSpec

from .forms import cells_of, texts

TOTAL = ("合计", "总计", "全省", "total")


class TableForm(CommandForm):
    series = forms.SlugField(
        label=gettext_lazy("系列"), max_length=30,
        help_text=gettext_lazy("同一来源、同一范围的各期用同一个系列"),
    )  # fmt: skip
    name = Name(label=gettext_lazy("对照表"), max_length=120)
    scope = forms.CharField(
        label=gettext_lazy("范围"), max_length=120, help_text=gettext_lazy("如：湖北省17个市（州）")
    )
    form = forms.ModelChoiceField(
        ReturnForm.objects.order_by("code"), label=gettext_lazy("口径（报表）"),
        to_field_name="code", widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    on_day = Day(label=gettext_lazy("数据日期"))
    source = forms.CharField(label=gettext_lazy("来源"), max_length=300)
    rows = texts(
        label=gettext_lazy("表"), rows=12,
        help_text=gettext_lazy(
            "可从表格里粘贴：第一行“地区，项目名称……”，以后每行一个地区；“合计”一行照原表。"
        ),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("附注"), max_length=500, required=False,
        help_text=gettext_lazy("原表自身对不上的，照录并在这里说明"),
    )  # fmt: skip

    def clean_rows(self) -> list[list[str]]:
        lines = [cells_of(text) for text in self.cleaned_data["rows"].splitlines() if text.strip()]
        if len(lines) < 2 or len(lines[0]) < 2:
            words = _("至少要有一行表头和一行数据")
            raise ValidationError(words, code="returns.bad_table")
        return lines

    def arguments(self) -> dict[str, Any]:
        """Raises Refused: returns.bad_number, returns.unknown_line."""
        given = self.cleaned_data
        head, *lines = given["rows"]
        codes = _codes(given["form"], given["on_day"], head[1:])
        numbers = [(line[0], tuple(_number(c) for c in _full(line[1:], codes))) for line in lines]
        totals = [found for name, found in numbers if name in TOTAL]
        own = dict(Area.objects.filter(valid_to=None, parent=None).values_list("name", "key"))
        own |= dict(Area.objects.filter(level="county", valid_to=None).values_list("name", "key"))
        spec = TableSpec(
            given["series"], given["name"], given["scope"], given["form"].code, given["on_day"],
            given["source"], codes, _totals(codes, totals), given["note"],
        )  # fmt: skip
        rows = [TableLine(n, own.get(n), found) for n, found in numbers if n not in TOTAL]
        return {"spec": spec, "lines": rows}

    def refuse(self, refusal: Refused) -> None:
        if refusal.field == "rows" or refusal.field in self.fields:
            return super().refuse(refusal)
        return super().refuse(Refused(refusal.code, refusal.message, field="rows"))


def _codes(form: ReturnForm, day: Any, names: list[str]) -> tuple[str, ...]:
    edition = FormEdition.objects.on(day).filter(form=form).first()
    lines = edition.lines.all() if edition else ()
    by_name = {line.name: line.short for line in lines} | {line.short: line.short for line in lines}
    return tuple(by_name.get(name, name) for name in names)


def _full(cells: list[str], codes: tuple[str, ...]) -> list[str]:
    return [*cells, *([""] * len(codes))][: len(codes)]


def _number(text: str) -> Decimal | None:
    """Raises Refused: returns.bad_number."""
    try:
        return Decimal(text.replace(" ", "")) if text else None
    except InvalidOperation:
        words = _("“%(text)s”不是数") % {"text": text}
        raise Refused("returns.bad_number", words, field="rows") from None


def _totals(codes: tuple[str, ...], totals: list[tuple[Decimal | None, ...]]) -> dict[str, Decimal]:
    pairs = zip(codes, totals[0], strict=True) if totals else ()
    return {code: value for code, value in pairs if value is not None}


class RankForm(CommandForm):
    code = forms.SlugField(
        label=gettext_lazy("编码"), max_length=30, help_text=gettext_lazy("如 cure_rate")
    )
    name = Name(label=gettext_lazy("排序"), max_length=60)
    numerator = forms.ChoiceField(label=gettext_lazy("分子"))
    denominator = forms.ChoiceField(
        label=gettext_lazy("分母"), required=False,
        help_text=gettext_lazy("比率必须有分母，而且分母要在表里"),
    )  # fmt: skip
    is_rate = forms.BooleanField(label=gettext_lazy("是比率"), required=False, initial=True)
    highest_first = forms.BooleanField(label=gettext_lazy("由高到低"), required=False, initial=True)
    excluded = texts(
        label=gettext_lazy("不参加排序的地区"), required=False, rows=3,
        help_text=gettext_lazy("每行一个：地区，原因。引用名次时须把它们写进文字。"),
    )  # fmt: skip

    def offer(self, table: ComparisonTable) -> None:
        columns = [c.line for c in table.columns.select_related("line").order_by("order")]
        choices = [(line.short, line.name) for line in columns]
        numerator: Any = self.fields["numerator"]
        denominator: Any = self.fields["denominator"]
        numerator.choices, denominator.choices = choices, [("", _("没有")), *choices]

    def clean_excluded(self) -> tuple[tuple[str, str], ...]:
        lines = [
            cells_of(text) for text in self.cleaned_data["excluded"].splitlines() if text.strip()
        ]
        return tuple((line[0], "，".join(line[1:])) for line in lines)

    def arguments(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in RankingSpec._fields}
        return {"spec": RankingSpec(**{**given, "denominator": given["denominator"] or None})}


class SayForm(CommandForm):
    """Ours must stand; what others printed is kept with its verdict."""

    area_key = forms.CharField(label=gettext_lazy("区划编码"), max_length=30)
    measure = forms.CharField(
        label=gettext_lazy("排序"),
        max_length=61,
        help_text=gettext_lazy("系列.编码，如 hubei.cure_rate"),
    )
    text = forms.CharField(
        label=gettext_lazy("原文"), max_length=200,
        help_text=gettext_lazy("排序中排除的地区须写进文字"),
    )  # fmt: skip
    place = forms.IntegerField(label=gettext_lazy("所称名次"), min_value=1, initial=1)
    source = forms.CharField(label=gettext_lazy("出处"), max_length=200)
    on_day = Day(label=gettext_lazy("说法日期"))
    is_quoted = forms.BooleanField(
        label=gettext_lazy("引自他文（照录，并说明是否成立）"), required=False
    )

    def arguments(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in Saying._fields}
        return {"saying": Saying(**given)}

    def command(self, **given: Any) -> Superlative:
        """Quote or claim, as the box says."""
        act = quote_superlative if self.cleaned_data["is_quoted"] else claim_superlative
        return act(**given)
