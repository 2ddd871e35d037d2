from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.errors import Refused
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Membership, Person
from sanqiao.web.forms import CommandForm, Day, Name
from sanqiao.web.people.masking import masked_id
from sanqiao.work.contributions.models import Contribution, Goods, Spending
from sanqiao.work.contributions.policies import Difference


class Money(forms.DecimalField):
    """Yuan, exact to the cent."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"max_digits": 12, "decimal_places": 2, **given})


class EnterForm(CommandForm):
    person = forms.TypedChoiceField(label=_("姓名"), coerce=int)
    receipt = forms.CharField(label=_("收据号"), max_length=40)
    given_on = Day(label=_("日期"), initial=timezone.localdate)
    amount = Money(
        label=_("金额（元）"), help_text=_("自愿捐款，没有标准；登记后不能修改，有误的冲正。")
    )
    way = forms.ChoiceField(label=_("方式"), choices=Contribution.Way.choices)
    collector = Name(label=_("经手人"), max_length=60)

    @classmethod
    def over(cls, branch: Organisation, given: Any, **initial: Any) -> EnterForm:
        """For the members of the branch; only namesakes are told apart."""
        form = cls(given, initial=initial)
        field: Any = form.fields["person"]
        field.choices = [("", "—"), *members_of(branch)]
        return form

    def clean_person(self) -> Person:
        return Person.objects.get(pk=self.cleaned_data["person"])


def members_of(branch: Organisation) -> list[tuple[int, str]]:
    """Everybody whose membership is or was here: gifts are sometimes entered late."""
    rows = Membership.objects.filter(organisation=branch).select_related("person")
    people = {row.person_id: row.person for row in rows.order_by("person__pinyin", "person_id")}
    names = [person.name for person in people.values()]
    return [
        (pk, p.name if names.count(p.name) == 1 else f"{p.name}（{masked_id(p.id_number)}）")
        for pk, p in people.items()
    ]


class ReverseForm(CommandForm):
    """Takes one entry back: its own number, the day, why."""

    number = forms.CharField(label=_("冲正单号"), max_length=40)
    on = Day(label=_("冲正日期"), initial=timezone.localdate)
    reason = forms.CharField(label=_("冲正原因"), max_length=200)


class ReverseGiftForm(ReverseForm):
    number = forms.CharField(
        label=_("冲正收据号"), max_length=40, help_text=_("红字收据的编号；原收据留底。")
    )

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {"receipt": given.pop("number"), **given}


class RemitForm(CommandForm):
    """`difference` is set when the count is not what is entered."""

    counted = Money(
        label=_("清点金额（元）"),
        max_digits=14,
        help_text=_("先清点，再填写；与登记之和不相等时不能上缴。"),
    )
    handed_on = Day(label=_("上缴日期"), initial=timezone.localdate)
    voucher = forms.CharField(label=_("凭证号"), max_length=40)
    difference: Difference | None = None

    def refuse(self, refusal: Refused) -> None:
        super().refuse(refusal)
        if isinstance(refusal, Difference):
            self.difference = refusal


class VerifyForm(CommandForm):
    counted = Money(label=_("核收金额（元）"), max_digits=14, help_text=_("自己清点的数。"))
    verified_on = Day(label=_("核收日期"), initial=timezone.localdate)
    note_text = forms.CharField(
        label=_("差额说明"), max_length=200, required=False,
        help_text=_("与上缴金额不相等时必填；两个数都会留下，这一批待重新清点。"),
    )  # fmt: skip


class GoodsForm(CommandForm):
    number = forms.CharField(label=_("接收单号"), max_length=40)
    donor = Name(label=_("捐赠方"), max_length=120)
    name = Name(label=_("品名"), max_length=80)
    specification = forms.CharField(label=_("规格"), max_length=80, required=False)
    measure = forms.CharField(label=_("计量单位"), max_length=10, help_text=_("如：只、箱、公斤"))
    quantity = Money(label=_("数量"), min_value=Decimal("0.01"))
    price = Money(label=_("单价（元）"), min_value=Decimal(0))
    basis = forms.ChoiceField(label=_("单价来源"), choices=Goods.Basis.choices)
    basis_note = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("发票号、询价记录、评估书文号等")
    )
    received_on = Day(label=_("接收日期"), initial=timezone.localdate)


class DeliverForm(CommandForm):
    number = forms.CharField(label=_("发放单号"), max_length=40)
    quantity = Money(label=_("数量"), min_value=Decimal("0.01"))
    delivered_on = Day(label=_("发放日期"), initial=timezone.localdate)
    receiver = Name(label=_("领用单位"), max_length=120)
    signed_by = Name(label=_("签收人"), max_length=60)
    use = forms.CharField(label=_("用途"), max_length=120)


class SpendForm(CommandForm):
    number = forms.CharField(label=_("凭证号"), max_length=40)
    purpose = forms.ChoiceField(label=_("用途"), choices=Spending.Purpose.choices)
    what = forms.CharField(label=_("事由"), max_length=120)
    amount = Money(label=_("金额（元）"), max_digits=14, min_value=Decimal("0.01"))
    spent_on = Day(label=_("支出日期"), initial=timezone.localdate)
