"""Invented values for the gallery; nothing of it is in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.history import Difference, Version
from sanqiao.kernel.models import Progress
from sanqiao.web.doors import Door
from sanqiao.web.figures.evidence import Bar
from sanqiao.web.forms import CommandForm, Day, Line, Lines, Name

MOMENT = datetime(2020, 6, 4, 1, 30, tzinfo=UTC)


class SampleForm(CommandForm):
    name = Name(label=gettext_lazy("名称"), help_text=gettext_lazy("公文里用的名字"))
    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=(("a", gettext_lazy("社区")),))
    on = Day(label=gettext_lazy("日期"), required=False)
    note = Lines(label=gettext_lazy("说明"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("已核对"), required=False)


def samples() -> dict[str, Any]:
    refused = SampleForm({"name": "", "kind": "a", "on": "2020-13-01"})
    meanwhile = SampleForm({"name": "三桥社区", "kind": "a"})
    meanwhile.add_error(None, _("他人已修改了名称。您填的内容仍在，请核对后再保存"))
    meanwhile.meanwhile = (Line(_("名称"), "三桥", "三桥新村", "三桥社区"),)
    return {
        "doors": [_door("120003", 0), _door("96.56", 2, "%"), _door(None, 2, "%")],
        "tones": ["", "good", "live", "soon", "late"],
        "seal": [("林", _("提交"), MOMENT), ("周", _("销号"), MOMENT)],
        "jobs": [_job(state) for state in Progress.State.values],
        "forms": [SampleForm(), refused, meanwhile],
        "versions": _versions(),
        "bars": [
            Bar("茅箭区", "18,204", 100, "#"),
            Bar("张湾区", "12,070", 66, "#"),
            Bar("武当山特区", "0", 0, "#"),
        ],
        "facts": [(_("名称"), "三桥社区"), (_("户数"), "1,204"), (_("撤销日期"), None)],
    }


def _door(value: str | None, decimals: int, unit: str = "人") -> Door:
    number = Decimal(value) if value else None
    return Door("gallery", _("指标名称"), unit, "#", number, decimals)


def _job(state: str) -> Progress:
    return Progress(title=_("导入党员"), state=state, done=412, total=1000, message="members.xlsx")


def _versions() -> list[Version]:
    changed = (Difference(_("户数"), "1,180", "1,204"), Difference(_("手机号"), "", _("已更新")))
    return [Version(MOMENT, "林", "U", "", changed), Version(MOMENT, "", "I", "", ())]
