from __future__ import annotations

from typing import Any, ClassVar, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.sheets.columns import CellError, IdNumber, Phone, Plain
from sanqiao.registers.people.models import Appointment, Membership, Person, Post
from sanqiao.web.ending import EndForm
from sanqiao.web.forms import CommandForm, Day, Lines, Name, Versioned
from sanqiao.web.references import AreaReference, OrganisationReference, UnitReference

from .masking import masked_id, masked_phone

CODE_OR_NAME = _("编码或全名；输入时有提示")
UNCHANGED = _("留空则不改；完整号码须写明事由才能查看")


class Checked(forms.CharField):
    """A secret text that a kind of the spreadsheets can read; the same rules here and in an import.

    What is encrypted in the register stays out of the drafts that a browser keeps.
    """

    kind: ClassVar[Plain]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-secret": "", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return str(self.kind.read(text)) if text else ""
        except CellError as error:
            raise ValidationError(error.message, code=error.code) from None


class IdNumberField(Checked):
    kind = IdNumber()


class PhoneField(Checked):
    kind = Phone()


class PersonFields(forms.Form):
    """What is registered of a person, without the numbers."""

    name = Name(label=_("姓名"), max_length=60, squeeze=True)
    gender = forms.ChoiceField(label=_("性别"), choices=Person.Gender.choices)
    born_on = Day(label=_("出生日期"), required=False)
    education = forms.CharField(label=_("学历"), max_length=20, required=False)
    area = AreaReference(label=_("居住区划"), help_text=CODE_OR_NAME)


class CreatePersonForm(PersonFields, CommandForm):
    id_number = IdNumberField(label=_("身份证号"), max_length=40, help_text=_("18 位"))
    phone = PhoneField(label=_("手机号"), max_length=40, required=False)
    field_order = ("name", "id_number")


class ChangePersonForm(PersonFields, Versioned):
    """The numbers go to the page masked, as hints: an empty one stays as it is."""

    id_number = IdNumberField(
        label=_("身份证号"), max_length=40, required=False, help_text=UNCHANGED
    )
    phone = PhoneField(label=_("手机号"), max_length=40, required=False, help_text=UNCHANGED)
    clear_phone = forms.BooleanField(
        label=_("清除登记的手机号"),
        required=False,
        help_text=_("号码停用或登记错了又没有新号时勾选"),
    )
    record: Person

    @classmethod
    def over(cls, record: Any, given: Any, **initial: Any) -> Self:
        form = super().over(record, given, id_number="", phone="", **initial)
        masked = {"id_number": masked_id(record.id_number), "phone": masked_phone(record.phone)}
        for name, hint in masked.items():
            form.fields[name].widget.attrs["placeholder"] = hint
        return form

    def clean_clear_phone(self) -> bool:
        ticked = bool(self.cleaned_data["clear_phone"])
        if ticked and self.cleaned_data.get("phone"):
            raise ValidationError(_("填了新号就不用勾选"), code="people.phone_and_clear")
        return ticked

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        is_cleared = given.pop("clear_phone")
        given["id_number"] = given["id_number"] or self.record.id_number
        given["phone"] = given["phone"] or ("" if is_cleared else self.record.phone)
        return given


class AdmitForm(CommandForm):
    organisation = OrganisationReference(label=_("所在党组织"), help_text=CODE_OR_NAME)
    kind = forms.ChoiceField(label=_("党员类别"), choices=Membership.Kind.choices)
    joined_on = Day(label=_("入党日期"))
    full_on = Day(label=_("转正日期"), required=False, help_text=_("正式党员必填"))
    valid_from = Day(label=_("转入日期"), help_text=_("从哪天起算在这个党组织"))


class TransferForm(EndForm):
    to = OrganisationReference(label=_("转入党组织"), help_text=CODE_OR_NAME)
    on = Day(label=_("转接日期"), help_text=_("从这天起算在新的党组织"))


class ConfirmForm(EndForm):
    on = Day(label=_("转正日期"), help_text=_("预备期一年"))


class EndMembershipForm(EndForm):
    on = Day(label=_("转出日期"))
    reason = Lines(label=_("原因"), max_length=200, help_text=_("如转往市外、去世、出党；记入经过"))


class AppointForm(CommandForm):
    post = forms.ModelChoiceField(Post.objects.order_by("order", "code"), label=_("职务"))
    area = AreaReference(label=_("任职区划"), help_text=CODE_OR_NAME)
    title = forms.CharField(label=_("具体职务"), max_length=80, required=False)
    rank = forms.ChoiceField(label=_("职级"), choices=Appointment.Rank.choices, required=False)
    organisation = OrganisationReference(label=_("党组织"), help_text=CODE_OR_NAME, required=False)
    unit = UnitReference(label=_("派出单位"), help_text=CODE_OR_NAME, required=False)
    valid_from = Day(label=_("任职日期"))
    document = forms.CharField(label=_("任免文号"), max_length=80, required=False)

    def refuse(self, refusal: Refused) -> None:
        """The command names the post by the column of an import."""
        if refusal.field == "post_code":
            refusal = Refused(refusal.code, refusal.message, field="post")
        super().refuse(refusal)


class EndAppointmentForm(EndForm):
    on = Day(label=_("免职日期"))
    document = forms.CharField(label=_("任免文号"), max_length=80, required=False)
