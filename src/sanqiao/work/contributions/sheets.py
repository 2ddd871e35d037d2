"""The branch's spreadsheet of gifts: 姓名, 支部, 日期, 金额, 方式, 收据号, 经手人, 上缴批次."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.importing import Existing, Key, Register
from sanqiao.kernel.models import User
from sanqiao.kernel.sheets.columns import (
    Choice,
    Column,
    Context,
    Date,
    IdNumber,
    Lookup,
    Money,
    Name,
    Text,
)
from sanqiao.kernel.sheets.sheet import Sheet
from sanqiao.registers.areas.sheets import by_key
from sanqiao.registers.organisations.sheets import organisation_names

from .commands import import_contributions
from .models import Contribution
from .rows import ContributionRow

FIRST_BATCH = "1"
CONTRIBUTIONS = Sheet(
    name="contributions",
    title=_("捐款"),
    key=("receipt",),
    columns=(
        Column("receipt", _("收据号"), Text(max_length=40), required=True, aliases=("收据编号",)),
        Column("name", _("姓名"), Name(max_length=60, squeeze=True), required=True),
        Column(
            "id_number", _("身份证号"), IdNumber, required=True, secret=True,
            aliases=("公民身份号码", "身份证号码"), help=_("18 位；按文本格式填写"),
        ),
        Column(
            "organisation_code", _("党支部"), Lookup("organisations"), required=True,
            help=_("名称或编码"), aliases=("所在党支部", "支部", "党组织"),
        ),
        Column("given_on", _("日期"), Date(month_ok=False), required=True, aliases=("捐款日期",)),
        Column("amount", _("金额（元）"), Money, required=True, aliases=("金额", "捐款金额")),
        Column(
            "way", _("方式"), Choice, required=True, choices=tuple(Contribution.Way.choices),
            aliases=("捐款方式",),
        ),
        Column("collector", _("经手人"), Name(max_length=60), required=True),
        Column(
            "batch_key", _("上缴批次"), Text(max_length=60), aliases=("批次",),
            help=_("本支部自编，如 2020-1；留空为第 1 批"),
        ),
    ),
    notes=(
        _("捐款自愿，没有标准和任务；没有捐款的不填。"),
        _("登记后不能修改；有误的在系统里冲正，用新收据重新登记。"),
    ),
)  # fmt: skip
EXISTING = (
    "receipt", "person__name", "person__id_number", "organisation__code", "given_on", "amount",
    "way", "collector", "batch__key",
)  # fmt: skip


def _organisations(by: User) -> Context:
    return {"organisations": organisation_names()}


def _existing(keys: Sequence[Key] | None) -> Existing:
    """As far as the reader collects."""
    rows = Contribution.objects.filter(reverses=None).order_by("area_path", "id")
    if keys is not None:
        rows = rows.filter(receipt__in=[key[0] for key in keys])
    return by_key(CONTRIBUTIONS, rows.values_list(*EXISTING))


SHEETS: dict[str, Register] = {
    "contributions": Register(
        sheet=CONTRIBUTIONS,
        command=import_contributions,
        make=ContributionRow._make,
        context=_organisations,
        existing=_existing,
        defaults={"batch_key": FIRST_BATCH},
    )
}
