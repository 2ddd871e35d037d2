from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sanqiao.web.ending import EndForm
from sanqiao.web.forms import CommandForm, Day, Name, Versioned
from sanqiao.web.references import AreaReference


class CompoundFields(forms.Form):
    """What is registered of a compound."""

    name = Name(label=_("小区名称"), max_length=80)
    area = AreaReference(label=_("所在区划"), help_text=_("编码或全名；输入时有提示"))
    households = forms.IntegerField(label=_("户数"), min_value=0, initial=0)
    has_manager = forms.BooleanField(label=_("有物业公司"), required=False)
    has_committee = forms.BooleanField(label=_("有业主委员会"), required=False)
    has_guard = forms.BooleanField(label=_("有责任单位或门卫"), required=False)
    built_year = forms.IntegerField(
        label=_("建成年份"), min_value=1900, max_value=2100, required=False
    )
    valid_from = Day(label=_("登记日期"))


class CreateCompoundForm(CompoundFields, CommandForm):
    pass


class ChangeCompoundForm(CompoundFields, Versioned):
    pass


class CloseCompoundForm(EndForm):
    on = Day(label=_("注销日期"))
