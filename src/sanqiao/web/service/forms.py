from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.sheets.cells import folded
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Unit
from sanqiao.web.forms import CommandForm, Day
from sanqiao.web.imports.large import AT_ONCE
from sanqiao.work.service.halves import Half
from sanqiao.work.service.models import MemberCheckIn, ServiceTeam

M = TypeVar("M", Unit, Area)
TODAY = timezone.localdate


class DayForm(CommandForm):
    """An act that needs nothing but its day."""

    on = Day(label=gettext_lazy("日期"), initial=TODAY)


class PairForm(CommandForm):
    unit = forms.CharField(
        label=gettext_lazy("单位"), max_length=120,
        help_text=gettext_lazy("单位名称或统一社会信用代码"),
    )  # fmt: skip
    area = forms.CharField(
        label=gettext_lazy("包联社区"), max_length=80,
        help_text=gettext_lazy("社区或村的名称或编码"),
    )  # fmt: skip
    is_lead = forms.BooleanField(label=gettext_lazy("牵头单位"), required=False)
    document = forms.CharField(label=gettext_lazy("协议文号"), max_length=80, required=False)
    valid_from = Day(label=gettext_lazy("起"), initial=TODAY)

    def clean_unit(self) -> Unit:
        text = folded(self.cleaned_data["unit"])
        rows = Unit.objects.select_related("organisation").filter(valid_to=None)
        found = list(rows.filter(name=text)[:2]) or list(rows.filter(credit_code=text.upper())[:2])
        return _one(found, _("没有这个单位"), _("有几个同名的单位，请填统一社会信用代码"))

    def clean_area(self) -> Area:
        text = self.cleaned_data["area"].strip()
        rows = Area.objects.filter(valid_to=None, level=Area.Level.COMMUNITY).defer("boundary")
        found = list(rows.filter(name=text)[:2]) or list(rows.filter(key=text)[:2])
        return _one(found, _("没有这个社区或村"), _("有几个同名的社区，请填编码"))


def _one(found: list[M], nothing: str, several: str) -> M:
    if len(found) == 1:
        return found[0]
    raise ValidationError(several if found else nothing, code="service.unknown")


class EndPairingForm(CommandForm):
    on = Day(label=gettext_lazy("终止日期"), initial=TODAY)
    reason = forms.CharField(label=gettext_lazy("终止原因"), max_length=200)


class UnitInForm(CommandForm):
    plan = forms.CharField(
        label=gettext_lazy("共建项目"), max_length=300, required=False,
        help_text=gettext_lazy("与社区商定的项目，没有可以先空着。"),
    )  # fmt: skip
    on = Day(label=gettext_lazy("报到日期"), initial=TODAY)


class SlipForm(CommandForm):
    """Nothing is needed: the slip knows name, unit and community."""

    home = forms.CharField(label=gettext_lazy("居住小区楼栋"), max_length=80, required=False)
    skill = forms.CharField(label=gettext_lazy("特长"), max_length=60, required=False)
    wish = forms.CharField(label=gettext_lazy("意向岗位"), max_length=60, required=False)


class ReturnForm(CommandForm):
    reason = forms.CharField(
        label=gettext_lazy("退回原因"), max_length=200,
        help_text=gettext_lazy("本人和单位会看到，如“已不住在本社区”。"),
    )  # fmt: skip
    on = Day(label=gettext_lazy("日期"), initial=TODAY)


class PlaceForm(CommandForm):
    grid = forms.ModelChoiceField(Area.objects.none(), label=gettext_lazy("网格"))
    team = forms.ModelChoiceField(
        ServiceTeam.objects.none(), label=gettext_lazy("服务队"), required=False
    )
    on = Day(label=gettext_lazy("日期"), initial=TODAY)

    def offer(self, check_in: MemberCheckIn) -> None:
        """Grids and teams of the community."""
        grids: Any = self.fields["grid"]
        below = Area.objects.below(check_in.community.path).on(TODAY()).defer("boundary")
        grids.queryset = below.order_by("path")
        grids.initial = check_in.area_id
        teams: Any = self.fields["team"]
        teams.queryset = ServiceTeam.objects.filter(area=check_in.community, valid_to=None)
        teams.initial = check_in.team_id


class EndForm(CommandForm):
    on = Day(label=gettext_lazy("结束日期"), initial=TODAY)
    reason = forms.ChoiceField(
        label=gettext_lazy("结束原因"),
        choices=[c for c in MemberCheckIn.End.choices if c[0] in {"left", "other"}],
    )
    text = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


class ExemptForm(CommandForm):
    reason = forms.CharField(
        label=gettext_lazy("免报到原因"), max_length=120,
        help_text=gettext_lazy("如：派驻乡村工作队、长期病休。不写病情。"),
    )  # fmt: skip
    valid_from = Day(label=gettext_lazy("起"), initial=TODAY)
    valid_to = Day(label=gettext_lazy("止"), required=False)


class RemarkForm(CommandForm):
    remark = forms.CharField(label=gettext_lazy("社区意见"), max_length=300)
    on = Day(label=gettext_lazy("日期"), initial=TODAY)


class DraftForm(CommandForm):
    half = forms.CharField(
        label=gettext_lazy("半年"), max_length=7, initial=lambda: str(Half.containing(TODAY())),
        help_text=gettext_lazy("如 2020-H1；已确认的报告不会变。"),
    )  # fmt: skip

    def clean_half(self) -> Half:
        try:
            return Half.parse(self.cleaned_data["half"].strip().upper())
        except ValueError:
            raise ValidationError(_("应为“2020-H1”这样的半年"), code="service.half") from None


class ListForm(forms.Form):
    """The file of a unit's list, which a request can wait for: units have thousands at most."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("xlsx、xls 或 csv，最大 512 KB。上传后先预览，不会改动任何记录。"),
        widget=forms.ClearableFileInput(attrs={"class": "form-control"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > AT_ONCE:
            words = _("文件超过 512 KB（约 4,000 人），请拆成几个文件，或另存为 xlsx")
            raise ValidationError(words, code="import.too_big")
        return file
