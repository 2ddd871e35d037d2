from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.sheets.columns import CellError, CreditCode
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.web.ending import EndForm
from sanqiao.web.forms import CommandForm, Day, Name, Versioned
from sanqiao.web.references import AreaReference, OrganisationReference

CODE_OR_NAME = _("编码或全名；输入时有提示")


class OrganisationFields(forms.Form):
    """What is registered of an organisation."""

    name = Name(label=_("党组织名称"), max_length=120)
    kind = forms.ChoiceField(label=_("类型"), choices=Organisation.Kind.choices)
    setting = forms.ChoiceField(label=_("设置依托"), choices=Organisation.Setting.choices)
    area = AreaReference(label=_("所在区划"), help_text=CODE_OR_NAME, anywhere=True)
    founded_on = Day(label=_("成立日期"))
    elected_on = Day(
        label=_("换届日期"), required=False, help_text=_("最近一次选举的日期，届满日期由此算出")
    )
    term_years = forms.IntegerField(label=_("任期（年）"), min_value=1, max_value=5, initial=3)
    document = forms.CharField(label=_("批复文号"), max_length=80, required=False)


class CreateOrganisationForm(OrganisationFields, CommandForm):
    code = forms.CharField(label=_("编码"), max_length=30, help_text=_("本市自定，唯一"))
    parent = OrganisationReference(label=_("上级党组织"), help_text=CODE_OR_NAME, required=False)
    field_order = ("code", "name", "parent", "kind", "setting", "area")


class ChangeOrganisationForm(OrganisationFields, Versioned):
    pass


class MoveOrganisationForm(CommandForm):
    to = OrganisationReference(
        label=_("新的上级党组织"), help_text=_("编码或全名；下级党组织和党员一并随迁")
    )


class DissolveForm(EndForm):
    on = Day(label=_("撤销日期"))
    document = forms.CharField(label=_("批复文号"), max_length=80, required=False)


class UnitFields(forms.Form):
    """What is registered of a unit."""

    name = Name(label=_("单位名称"), max_length=120)
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=18, help_text=_("18 位"))
    kind = forms.ChoiceField(label=_("类型"), choices=Unit.Kind.choices)
    rank = forms.ChoiceField(label=_("隶属"), choices=Unit.Rank.choices)
    area = AreaReference(label=_("所在区划"), help_text=CODE_OR_NAME)
    organisation = OrganisationReference(
        label=_("单位党组织"), help_text=CODE_OR_NAME, required=False
    )
    valid_from = Day(label=_("登记日期"))

    def clean_credit_code(self) -> str:
        """A new one must be right; one that stands in the register stays."""
        code: str = self.cleaned_data["credit_code"]
        if code == self.initial.get("credit_code"):
            return code
        try:
            return CreditCode().read(code)
        except CellError as error:
            raise ValidationError(error.message, code=error.code) from None


class CreateUnitForm(UnitFields, CommandForm):
    pass


class ChangeUnitForm(UnitFields, Versioned):
    pass


class CloseUnitForm(EndForm):
    on = Day(label=_("注销日期"))


def first_values(**given: Any) -> dict[str, Any]:
    """Initial values of a new record, without those that are not known."""
    return {name: value for name, value in given.items() if value}
