from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanqiao.reports.models import WorkReport
from sanqiao.web.forms import CommandForm, Day

HEADS = ("organ", "number", "addressee", "sign", "copied_to")


class ReportForm(CommandForm):
    """The text and the period; what a draft may still change."""

    title = forms.CharField(label=_("标题"), max_length=120)
    start = Day(label=_("期间起"), help_text=_("流量指标从这一天起计。"))
    as_of = Day(label=_("截止日期"), help_text=_("存量指标以这一天为准。"))
    text = forms.CharField(
        label=_("正文"),
        widget=forms.Textarea(attrs={"rows": 22, "class": "form-control narrative"}),
        help_text=_(
            "每行一段。# 开头是标题；数字写成 {{指标代码}}，可加区划、期间和样式，"
            "如 {{people.members @420302 2020-06-30 | wan}}；"
            ":::chart、:::map、:::table 加指标代码画图列表。"
        ),
    )


class DraftForm(ReportForm):
    """A new report, with the parts of an official document."""

    organ = forms.CharField(label=_("发文机关标志"), max_length=60, required=False)
    number = forms.CharField(
        label=_("发文字号"), max_length=40, required=False, help_text=_("如 十组发〔2020〕12号")
    )
    addressee = forms.CharField(label=_("主送机关"), max_length=120, required=False)
    sign = forms.CharField(label=_("署名"), max_length=60)
    copied_to = forms.CharField(label=_("抄送"), max_length=200, required=False)


def initial_of(report: WorkReport) -> dict[str, Any]:
    return {name: getattr(report, name) for name in ReportForm.base_fields}
