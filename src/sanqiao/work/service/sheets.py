"""Spreadsheets of pairings, and of a unit's check-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.fields import find_key
from sanqiao.kernel.importing import Existing, Key, Register
from sanqiao.kernel.models import User
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.sheets.columns import (
    Column,
    Context,
    Date,
    Flag,
    IdNumber,
    Lookup,
    Name,
    Phone,
    Text,
    lookup_table,
)
from sanqiao.kernel.sheets.sheet import Sheet
from sanqiao.registers.areas.names import area_names
from sanqiao.registers.areas.sheets import AREA_HELP, by_key
from sanqiao.registers.organisations.sheets import unit_names

from .commands import import_check_ins, import_pairings
from .models import MemberCheckIn, Pairing
from .reach import own_units
from .rows import CheckInRow, PairingRow

PAIRINGS = Sheet(
    name="pairings",
    title=_("单位包联"),
    key=("credit_code", "area_key", "valid_from"),
    columns=(
        Column(
            "credit_code", _("单位"), Lookup("units"), required=True,
            help=_("名称或统一社会信用代码"), aliases=("包联单位", "单位名称"),
        ),
        Column(
            "area_key", _("包联社区"), Lookup("areas"), required=True, help=AREA_HELP,
            aliases=("社区", "村（社区）"),
        ),
        Column("is_lead", _("牵头单位"), Flag),
        Column("document", _("协议文号"), Text(max_length=80)),
        Column("unit_signed_on", _("单位签字"), Date, aliases=("签约日期",)),
        Column("community_signed_on", _("社区签字"), Date),
        Column("valid_from", _("起"), Date, required=True),
        Column("valid_to", _("止"), Date),
        Column("end_reason", _("终止原因"), Text(max_length=200), help=_("填了“止”的必填")),
    ),
)  # fmt: skip
CHECK_INS = Sheet(
    name="check_ins",
    title=_("党员干部职工报到"),
    key=("id_number", "checked_in_on"),
    columns=(
        Column(
            "name", _("姓名"), Name(max_length=60, squeeze=True),
            help=_("已登记的人员以登记的姓名为准"),
        ),
        Column(
            "id_number", _("身份证号"), IdNumber, required=True, secret=True,
            aliases=("公民身份号码", "身份证号码"), help=_("18 位；按文本格式填写"),
        ),
        Column("phone", _("手机号"), Phone, secret=True, aliases=("联系电话", "电话")),
        Column(
            "credit_code", _("单位"), Lookup("units"), required=True,
            help=_("名称或统一社会信用代码"), aliases=("统一社会信用代码", "单位名称", "所在单位"),
        ),
        Column(
            "area_key", _("居住地"), Lookup("areas"), help=_("已登记的人员可以不填"),
            aliases=("居住社区", "现居住地", "接收社区"),
        ),
        Column("home", _("居住小区楼栋"), Text(max_length=80)),
        Column("skill", _("特长"), Text(max_length=60)),
        Column("wish", _("意向岗位"), Text(max_length=60)),
        Column("checked_in_on", _("报到日期"), Date, required=True, aliases=("报到时间",)),
    ),
    notes=(
        _("向居住地社区报到；居住地变了的，先办理搬迁。"),
        _("非党员干部职工也填在这里，是不是党员由登记判断，统计时分开。"),
    ),
)  # fmt: skip


def _pairing_names(by: User) -> Context:
    return {"areas": area_names(), "units": unit_names()}


def _own_names(by: User) -> Context:
    """A liaison's own units first of all: their rows are beyond the liaison's scope."""
    with past_scope(by):
        own = own_units(by)
    named = lookup_table((u.credit_code, u.name, (u.credit_code,)) for u in own)
    return {"areas": area_names(), "units": named if own else unit_names()}


def _pairings(keys: Sequence[Key] | None) -> Existing:
    rows = Pairing.objects.order_by("area_path", "id")
    if keys is not None:
        rows = rows.filter(unit__credit_code__in={key[0] for key in keys})
    columns = (
        "unit__credit_code", "area__key", "is_lead", "document", "unit_signed_on",
        "community_signed_on", "valid_from", "valid_to", "end_reason",
    )  # fmt: skip
    return by_key(PAIRINGS, rows.values_list(*columns))


def _check_ins(keys: Sequence[Key] | None, **narrow: object) -> Existing:
    rows = MemberCheckIn.objects.filter(**narrow).order_by("area_path", "id")
    if keys is not None:
        digests = [find_key(str(key[0])) for key in keys]
        rows = rows.filter(person__id_number_key__in=digests)
    columns = (
        "name", "person__id_number", "person__phone", "unit__credit_code", "community__key",
        "home", "skill", "wish", "checked_in_on",
    )  # fmt: skip
    return by_key(CHECK_INS, rows.values_list(*columns))


SHEETS: dict[str, Register] = {
    "pairings": Register(
        sheet=PAIRINGS,
        command=import_pairings,
        make=PairingRow._make,
        context=_pairing_names,
        existing=_pairings,
    ),
    "check_ins": Register(
        sheet=CHECK_INS,
        command=import_check_ins,
        make=CheckInRow._make,
        context=_own_names,
        existing=_check_ins,
    ),
}


def own_list(by: User) -> Register:
    """The check-ins of the units for which `by` speaks: the right is the liaison's, not that to
    import, and what a slip names lies beyond the liaison's scope."""

    def existing(keys: Sequence[Key] | None) -> Existing:
        with past_scope(by):
            return _check_ins(keys, unit__in=own_units(by))

    return replace(SHEETS["check_ins"], act="service.liaise", existing=existing)
