from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.errors import Refused
from sanqiao.registers.areas.models import Area
from sanqiao.registers.areas.policies import KINDS
from sanqiao.registers.areas.rows import SplitRow
from sanqiao.web.forms import CommandForm, Day, Lines, Name, Versioned
from sanqiao.web.references import AreaReference


class ChangeAreaForm(Versioned):
    name = Name(label=gettext_lazy("名称"), max_length=80)
    official_name = Name(
        label=gettext_lazy("全称"), max_length=80, required=False,
        help_text=gettext_lazy("公文里写的全名，如“武当路街道三桥社区居民委员会”"),
    )  # fmt: skip
    official_code = forms.CharField(
        label=gettext_lazy("统计用区划代码"), max_length=12, required=False,
        help_text=gettext_lazy("12 位；功能区没有就空着"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=Area.Kind.choices)
    households = forms.IntegerField(
        label=gettext_lazy("户数"), min_value=0, required=False,
        help_text=gettext_lazy("不知道就留空，不要填 0"),
    )  # fmt: skip

    def offer_kinds(self, level: str) -> None:
        """Only the kinds that an area of this level can be."""
        field: Any = self.fields["kind"]
        field.choices = [(k, label) for k, label in Area.Kind.choices if k in KINDS[level]]

    def clean_official_code(self) -> str | None:
        return self.cleaned_data["official_code"] or None


class SplitGridForm(CommandForm):
    """Each line of `parts` is a micro-grid: name, code, households, and the buildings in it."""

    parts = Lines(
        label=gettext_lazy("小微网格"),
        help_text=gettext_lazy(
            "每行一个：名称，编码，户数，楼栋。户数合计应与网格登记的户数相等；楼栋用顿号分开，"
            "没有写的留在原网格。"
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    boundary = forms.FileField(
        label=gettext_lazy("边界（GeoJSON 文件，可以没有）"), required=False,
        help_text=gettext_lazy(
            "每个要素的 properties.key 是小微网格的编码。边界应在网格之内，互不重叠。"
        ),
    )  # fmt: skip
    on = Day(label=gettext_lazy("划分日期"), help_text=gettext_lazy("此前的统计仍按原来的网格。"))
    document = forms.CharField(label=gettext_lazy("依据文件"), max_length=120)
    grid: Area

    def clean_parts(self) -> list[SplitRow]:
        lines = [line for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        return [self._part(n, line) for n, line in enumerate(lines, 1)]

    def _part(self, n: int, line: str) -> SplitRow:
        text = line.replace("，", ",").replace("\t", ",").replace("、", ",")
        name, key, households, *buildings = [
            *(cell.strip() for cell in text.split(",")),
            "",
            "",
            "",
        ]
        if not name or not key or not households.isdecimal():
            words = _("第 %(n)d 行应为“名称，编码，户数，楼栋”") % {"n": n}
            raise ValidationError(words, code="areas.bad_line")
        named = tuple(building for building in buildings if building)
        return SplitRow(self.grid.key, key, Name().clean(name), int(households), None, named)

    def clean_boundary(self) -> dict[str, dict[str, Any]]:
        file = self.cleaned_data["boundary"]
        return outlines_in(file) if file else {}

    def clean(self) -> dict[str, Any]:
        """Every outline belongs to a part."""
        given = dict(self.cleaned_data)
        keys = {row.key for row in given.get("parts", ())}
        unknown = sorted(set(given.get("boundary") or ()) - keys)
        if unknown and keys:
            words = _("文件里有上面没有的编码：%(keys)s") % {"keys": "、".join(unknown[:10])}
            self.add_error("boundary", ValidationError(words, code="areas.unknown_area"))
        return given

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        outlines = given.pop("boundary")
        rows = [row._replace(boundary=outlines.get(row.key)) for row in given.pop("parts")]
        return {"rows": rows, **given}

    def refuse(self, refusal: Refused) -> None:
        """What is wrong with a line stands beside the lines."""
        if refusal.field not in self.fields:
            refusal = Refused(refusal.code, refusal.message, field="parts")
        super().refuse(refusal)


class MoveAreaForm(CommandForm):
    to = AreaReference(
        label=gettext_lazy("划入"),
        help_text=gettext_lazy("新的上级区划：编码或全名；输入时有提示"),
    )
    on = Day(
        label=gettext_lazy("生效日期"), help_text=gettext_lazy("此前的统计仍按原来的隶属关系。")
    )
    document = forms.CharField(label=gettext_lazy("依据文件"), max_length=120)


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
        return outlines_in(self.cleaned_data["file"])


def outlines_in(file: Any) -> dict[str, dict[str, Any]]:
    """{area key: GeoJSON geometry}. Raises ValidationError for what is no such file."""
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
