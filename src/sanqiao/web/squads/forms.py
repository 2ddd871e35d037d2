from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanqiao.registers.areas.models import ClosedUnit
from sanqiao.registers.people.models import Appointment
from sanqiao.web.ending import EndForm
from sanqiao.web.forms import CommandForm, Day, Lines, Name, Versioned
from sanqiao.web.references import AreaReference, OrganisationReference, UnitReference
from sanqiao.work.squads.models import Squad, SquadMember

from .fields import CompoundReference, PersonReference

TODAY = timezone.localdate
ROLES = [choice for choice in SquadMember.Role.choices if choice[0] != "captain"]


def reason(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=120)


class FormForm(CommandForm):
    """组建. The rule is asked when it is run; a breach needs its reason and stays shown."""

    number = forms.CharField(label=_("编号"), max_length=20)
    name = Name(label=_("队名"), max_length=80)
    kind = forms.ChoiceField(label=_("类型"), choices=Squad.Kind.choices)
    unit = UnitReference(label=_("组建单位"), help_text=_("统一社会信用代码或全名"))
    area = AreaReference(
        label=_("驻地"), help_text=_("驻守的村（社区），编码或全名；在那里看得到这支队伍")
    )
    captain = PersonReference(label=_("队长"))
    breach_reason = forms.CharField(
        label=_("不符合而任命的原因"), max_length=200, required=False,
        help_text=_("队长当日不符合资格时必填；会一直标为不符合，以后提任也不改。"),
    )  # fmt: skip
    formed_on = Day(label=_("组建日期"), initial=TODAY)
    until = Day(label=_("预定解散日期"), required=False)
    task = forms.CharField(label=_("任务"), max_length=200, required=False)
    document = forms.CharField(label=_("依据文件"), max_length=120, required=False)
    branch_parent = OrganisationReference(
        label=_("临时党支部的上级"), required=False,
        help_text=_("填了就同时成立临时党支部，解散时一并撤销。"),
    )  # fmt: skip


class ChangeForm(Versioned):
    name = Name(label=_("队名"), max_length=80, help_text=_("临时党支部的名称在它自己的页面上改。"))
    until = Day(
        label=_("预定解散日期"), required=False,
        help_text=_("可以改期，不能去掉；负责解散的任务跟着改。"),
    )  # fmt: skip
    task = forms.CharField(label=_("任务"), max_length=200, required=False)
    document = forms.CharField(label=_("依据文件"), max_length=120, required=False)


class RuleForm(CommandForm):
    name = Name(label=_("名称"), max_length=80)
    takes_heads = forms.BooleanField(
        label=_("市直单位主要负责人可任队长"), required=False, initial=True
    )
    least_rank = forms.ChoiceField(
        label=_("最低职级"), choices=Appointment.Rank.choices, required=False,
        help_text=_("达到这一职级的也可任队长；“无”表示只看是否主要负责人。"),
    )  # fmt: skip
    document = forms.CharField(label=_("依据文件"), max_length=120, required=False)
    valid_from = Day(label=_("起"), initial=TODAY)


class CaptainForm(CommandForm):
    person = PersonReference(label=_("队长"))
    on = Day(label=_("任命日期"), initial=TODAY)
    breach_reason = forms.CharField(
        label=_("不符合而任命的原因"), max_length=200, required=False,
        help_text=_("当日不符合资格时必填。"),
    )  # fmt: skip


class MemberForm(CommandForm):
    person = PersonReference(label=_("姓名"))
    role = forms.ChoiceField(label=_("职责"), choices=ROLES, initial="member")
    on = Day(label=_("日期"), initial=TODAY)


class DeployForm(CommandForm):
    area = AreaReference(
        label=_("网格或村（社区）"), anywhere=True, help_text=_("编码或全名；填了小区以小区为准")
    )
    compound = CompoundReference(
        label=_("小区"), required=False, help_text=_("小区名称；同名的在后面加网格编码")
    )
    task = forms.CharField(label=_("任务"), max_length=200, required=False)
    on = Day(label=_("起"), initial=TODAY)


class LogForm(CommandForm):
    day = Day(label=_("日期"), initial=TODAY)
    text = Lines(label=_("做了什么"), max_length=500)
    deeds = forms.IntegerField(label=_("办实事（件）"), min_value=0, initial=0)


class CorrectForm(CommandForm):
    text = Lines(label=_("更正为"), max_length=500, help_text=_("原来的一条仍可查看。"))
    deeds = forms.IntegerField(label=_("办实事（件）"), min_value=0, initial=0)


class AppraiseForm(CommandForm):
    text = Lines(
        label=_("群众评价"), max_length=300,
        help_text=_("写走访听到的话，不打分、不排名。"),
    )  # fmt: skip


class DissolveForm(EndForm):
    on = Day(
        label=_("解散日期"), initial=TODAY,
        help_text=_("成员、派驻、之后的班次和临时党支部一并结束。"),
    )  # fmt: skip
    document = forms.CharField(label=_("依据文件"), max_length=120, required=False)


class DayForm(EndForm):
    on = Day(label=_("日期"), initial=TODAY)


class ShiftsForm(CommandForm):
    first = Day(label=_("首日"), initial=TODAY)
    last = Day(label=_("末日"), initial=TODAY)
    begins = forms.TimeField(label=_("起"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label=_("止"), widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("不晚于起点的算到次日。"),
    )  # fmt: skip
    capacity = forms.IntegerField(label=_("名额"), min_value=1, initial=2)


class CapacityForm(CommandForm):
    capacity = forms.IntegerField(label=_("名额"), min_value=1)


class CancelForm(CommandForm):
    reason = reason(_("原因"))


class EnterForm(CommandForm):
    person = PersonReference(label=_("姓名"))


class GatesForm(CommandForm):
    names = Lines(label=_("卡口"), help_text=_("一行一个，第几行就是第几个出入口。"))

    def clean_names(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if any(len(name) > 40 for name in names):
            raise ValidationError(_now("名称最多四十个字"), code="long")
        return names


class CloseForm(GatesForm):
    area = AreaReference(label=_("所在区划"), help_text=_("网格或社区的编码或全名"))
    name = Name(label=_("单元名称"), max_length=80)
    kind = forms.ChoiceField(
        label=_("单元类型"), choices=ClosedUnit.Kind.choices,
        help_text=_("一个卡口管住的范围：整个小区、一个院落、一栋楼，或农村的一个自然村。"),
    )  # fmt: skip
    closed_on = Day(label=_("封闭日期"), initial=TODAY)
    field_order = ("area", "name", "kind", "names", "closed_on")

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        return {"gates": given.pop("names"), **given}
