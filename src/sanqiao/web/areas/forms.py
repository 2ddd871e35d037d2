from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.registers.areas.models import Area
from sanqiao.registers.areas.policies import KINDS
from sanqiao.registers.areas.rows import SplitRow
from sanqiao.web.forms import CommandForm, Day, Lines, Versioned


class ChangeAreaForm(Versioned):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    official_name = forms.CharField(
        label=gettext_lazy("全称"), max_length=80, required=False,
        help_text=gettext_lazy("公文里写的全名，如“武当路街道三桥社区居民委员会”"),
    )  # fmt: skip
    official_code = forms.CharField(
        label=gettext_lazy("统计用区划代码"), max_length=12, required=False,
        help_text=gettext_lazy("12 位；功能区没有就空着"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=Area.Kind.choices)
    households = forms.IntegerField(label=gettext_lazy("户数"), min_value=0)

    def offer_kinds(self, level: str) -> None:
        """Only the kinds that an area of this level can be."""
        field: Any = self.fields["kind"]
        field.choices = [(k, label) for k, label in Area.Kind.choices if k in KINDS[level]]

    def clean_official_code(self) -> str | None:
        return self.cleaned_data["official_code"] or None


class SplitGridForm(CommandForm):
    """Each line of `parts` is a micro-grid: name, code, households."""

    parts = Lines(
        label=gettext_lazy("小微网格"),
        help_text=gettext_lazy("每行一个：名称，编码，户数。户数合计应与网格登记的户数相等。"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    on = Day(label=gettext_lazy("划分日期"), help_text=gettext_lazy("此前的统计仍按原来的网格。"))
    document = forms.CharField(label=gettext_lazy("依据文件"), max_length=120)
    grid: Area

    def clean_parts(self) -> list[SplitRow]:
        lines = [line for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        return [self._part(n, line) for n, line in enumerate(lines, 1)]

    def _part(self, n: int, line: str) -> SplitRow:
        cells = [cell.strip() for cell in line.replace("，", ",").replace("\t", ",").split(",")]
        if len(cells) != 3 or not cells[2].isdecimal() or not all(cells):
            words = _("第 %(n)d 行应为“名称，编码，户数”") % {"n": n}
            raise ValidationError(words, code="areas.bad_line")
        return SplitRow(self.grid.key, cells[1], cells[0], int(cells[2]), None)

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {"rows": given.pop("parts"), **given}


class MoveAreaForm(CommandForm):
    to = forms.CharField(
        label=gettext_lazy("划入"), max_length=30,
        help_text=gettext_lazy("新的上级区划的编码，可在“区划”列表里查到。"),
    )  # fmt: skip
    on = Day(
        label=gettext_lazy("生效日期"), help_text=gettext_lazy("此前的统计仍按原来的隶属关系。")
    )
    document = forms.CharField(label=gettext_lazy("依据文件"), max_length=120)

    def clean_to(self) -> Area:
        area = Area.objects.filter(key=self.cleaned_data["to"]).first()
        if area is None:
            raise ValidationError(_("没有这个编码的区划"), code="areas.unknown_area")
        return area


class PointForm(forms.Form):
    """A point as degrees, or both in one box."""

    longitude = forms.FloatField(label=gettext_lazy("经度"), min_value=-180, max_value=180)
    latitude = forms.FloatField(label=gettext_lazy("纬度"), min_value=-90, max_value=90)


class BoundariesForm(CommandForm):
    file = forms.FileField(
        label=gettext_lazy("GeoJSON 文件"),
        help_text=gettext_lazy(
            "FeatureCollection；每个要素的 properties.key 是区划编码。最大 20 MB。"
        ),
    )

    def clean_file(self) -> dict[str, dict[str, Any]]:
        """{area key: GeoJSON geometry}."""
        file = self.cleaned_data["file"]
        if file.size > 20 * 1024 * 1024:
            raise ValidationError(_("文件超过 20 MB"), code="areas.too_big")
        try:
            features = json.loads(file.read())["features"]
            return {f["properties"]["key"]: _outline(f["geometry"]) for f in features}
        except (ValueError, KeyError, TypeError):
            raise ValidationError(
                _("不是可用的 GeoJSON：需要多边形和 properties.key"), code="areas.bad_geojson"
            ) from None


def _outline(geometry: dict[str, Any]) -> dict[str, Any]:
    if geometry["type"] not in {"Polygon", "MultiPolygon"}:
        raise ValueError(geometry["type"])
    return geometry
