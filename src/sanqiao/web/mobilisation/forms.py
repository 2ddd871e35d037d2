from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.registers.people.models import Post
from sanqiao.web.forms import CommandForm, Day, Lines, Name
from sanqiao.web.references import AreaReferences, OrganisationReferences
from sanqiao.work.mobilisation.audience import Rule, skills_on
from sanqiao.work.mobilisation.models import Answer, Channel, Mobilisation

MEMBERS = (
    ("all", gettext_lazy("全体党员（含预备党员）")),
    ("full", gettext_lazy("正式党员")),
    ("", gettext_lazy("不按党员身份")),
)
NO_CHANNEL = ("", gettext_lazy("无"))
PATIENCE = 120
"""Minutes of silence before the next channel, unless somebody says otherwise."""


class OrderForm(CommandForm):
    """What is ordered and to whom: fields of the rule and the route become one argument each."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("事由"), choices=Mobilisation.Kind.choices)
    basis = forms.CharField(
        label=gettext_lazy("法律依据"), max_length=200,
        help_text=gettext_lazy("写明法律条款和决定机关；收信人能看到。"),
    )  # fmt: skip
    number = forms.CharField(label=gettext_lazy("文号"), max_length=40, required=False)
    issued_on = Day(label=gettext_lazy("印发日期"), initial=timezone.localdate)
    letter = Lines(label=gettext_lazy("致信正文"))
    notice = forms.CharField(
        label=gettext_lazy("短消息"), max_length=140,
        help_text=gettext_lazy("发到手机上的一句话，后面自动加上本人的回复链接。"),
    )  # fmt: skip
    members = forms.ChoiceField(
        label=gettext_lazy("党员"), choices=MEMBERS, required=False, initial="all"
    )
    posts = forms.MultipleChoiceField(
        label=gettext_lazy("另加任职人员"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("一人有几种身份只动员一次，身份都记下。"),
    )  # fmt: skip
    areas = AreaReferences(
        label=gettext_lazy("只限这些区划"), required=False,
        help_text=gettext_lazy("每行一个区划的名称或编码；空着是本区划全部。"),
    )  # fmt: skip
    organisations = OrganisationReferences(
        label=gettext_lazy("只限这些党组织"), required=False,
        help_text=gettext_lazy("每行一个党组织的名称或编码，含下级；空着不限。"),
    )  # fmt: skip
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("只限有这些特长"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("报到单上写的；有其中一种即可，都不选是不限。"),
    )  # fmt: skip
    youngest = forms.IntegerField(
        label=gettext_lazy("年龄下限"), required=False, min_value=16, max_value=100
    )
    oldest = forms.IntegerField(
        label=gettext_lazy("年龄上限"), required=False, min_value=16, max_value=100
    )
    first = forms.ChoiceField(label=gettext_lazy("渠道一"), initial="wecom")
    second = forms.ChoiceField(label=gettext_lazy("渠道二"), required=False, initial="sms")
    third = forms.ChoiceField(label=gettext_lazy("渠道三"), required=False, initial="phone")
    patience = forms.IntegerField(
        label=gettext_lazy("未回复多少分钟后换下一渠道"), min_value=0, max_value=7 * 24 * 60,
        initial=PATIENCE, help_text=gettext_lazy("0 是不换；渠道中断时另按规则换。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("posts", list(Post.objects.order_by("order").values_list("code", "name")))
        skills = skills_on(timezone.localdate())
        self._choose("skills", [(skill, skill) for skill in skills])
        for name in ("posts", "skills"):
            self.fields[name].widget.attrs["class"] = "checks"
        if not skills:
            del self.fields["skills"]
        self._choose("first", Channel.Code.choices)
        for name in ("second", "third"):
            self._choose(name, [NO_CHANNEL, *Channel.Code.choices])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        rule = Rule(
            members=given.pop("members"),
            posts=tuple(given.pop("posts")),
            areas=given.pop("areas"),
            organisations=given.pop("organisations"),
            skills=tuple(given.pop("skills", ())),
            youngest=given.pop("youngest"),
            oldest=given.pop("oldest"),
        )
        patience = given.pop("patience")
        channels = [given.pop(name) for name in ("first", "second", "third")]
        route = [{"channel": c, "patience_minutes": patience} for c in channels if c]
        return {**given, "rule": rule, "route": route}


class NewOrderForm(OrderForm):
    is_exercise = forms.BooleanField(
        label=gettext_lazy("这是演练"), required=False,
        help_text=gettext_lazy("程序和名册都是真的，但消息不发出去；结束后留成绩。"),
    )  # fmt: skip


def initial_of(mobilisation: Mobilisation) -> dict[str, Any]:
    """The form's fields from a draft."""
    rule, route = Rule.of(mobilisation.rule), mobilisation.route
    plain = ("title", "kind", "basis", "number", "issued_on", "letter", "notice")
    channels = dict(
        zip(("first", "second", "third"), [*mobilisation.channels, "", ""], strict=False)
    )
    return {
        **{name: getattr(mobilisation, name) for name in plain},
        **channels,
        "patience": route[0].get("patience_minutes", 0) if route else PATIENCE,
        "members": rule.members,
        "posts": list(rule.posts),
        "areas": "\n".join(rule.areas),
        "organisations": "\n".join(rule.organisations),
        "skills": list(rule.skills),
        "youngest": rule.youngest,
        "oldest": rule.oldest,
    }


class WaveForm(CommandForm):
    name = Name(
        label=gettext_lazy("批次名称"), max_length=60,
        help_text=gettext_lazy("按原来的规则找出新的人，另成一批；已在名单上的不重复。"),
    )  # fmt: skip


class PurposeForm(CommandForm):
    purpose = forms.CharField(
        label=gettext_lazy("查阅事由"), max_length=200, initial=gettext_lazy("动员电话联系"),
        help_text=gettext_lazy("将显示本名单所有未回复的人的手机号；每个人的查阅都记录在案。"),
    )  # fmt: skip


class AnswerForm(CommandForm):
    answer = forms.ChoiceField(label=gettext_lazy("回复"), choices=Answer.Choice.choices)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200, required=False)


class CampaignForm(CommandForm):
    name = Name(label=gettext_lazy("名称"), max_length=60)
    items = Lines(label=gettext_lazy("承诺事项"), help_text=gettext_lazy("每行一项。"))
    opens_on = Day(label=gettext_lazy("开始日期"), initial=timezone.localdate)
    closes_on = Day(label=gettext_lazy("截止日期"), required=False)
    mobilisation = forms.ModelChoiceField(
        Mobilisation.objects.none(), label=gettext_lazy("属于哪次动员"), required=False
    )

    def __init__(self, *args: Any, mobilisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mobilisation"]
        field.queryset = mobilisations

    def clean_items(self) -> list[str]:
        items = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        if any(len(item) > 60 for item in items):
            raise ValidationError(_("每项不超过60字。"), code="mobilisation.long_item")
        return items


class DeedForm(CommandForm):
    done_on = Day(label=gettext_lazy("日期"), initial=timezone.localdate)
    what = forms.CharField(label=gettext_lazy("做了什么"), max_length=200)
