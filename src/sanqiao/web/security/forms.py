from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.models import Grant, User
from sanqiao.kernel.roles import ROLE_NAMES
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.web.forms import CommandForm, Day


class GiveGrantForm(CommandForm):
    user = forms.CharField(label=gettext_lazy("用户名"), max_length=150)
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=tuple(ROLE_NAMES.items()))
    tree = forms.ChoiceField(label=gettext_lazy("范围类型"), choices=Grant.Tree.choices)
    place = forms.CharField(
        label=gettext_lazy("授权范围"), max_length=30, required=False,
        help_text=gettext_lazy("区划或党组织的编码；空着是全部"),
    )  # fmt: skip
    valid_from = Day(label=gettext_lazy("起"), initial=timezone.localdate)
    valid_to = Day(
        label=gettext_lazy("止"),
        required=False,
        help_text=gettext_lazy("从这一天起不再有效；不定期就空着"),
    )

    def clean_user(self) -> User:
        user = User.objects.filter(username=self.cleaned_data["user"]).first()
        if user is None:
            raise ValidationError(_("没有这个用户名"), code="kernel.unknown_user")
        return user

    def clean(self) -> dict[str, Any]:
        """`place` becomes a path and its name."""
        given = super().clean() or self.cleaned_data
        code = given.get("place", "")
        found = self._found(given.get("tree", ""), code) if code else None
        if code and found is None:
            self.add_error("place", ValidationError(_("没有这个编码"), code="kernel.unknown_place"))
        else:
            given["path"], given["place"] = (found.path, str(found)) if found else ("", _("全部"))
        return given

    def _found(self, tree: str, code: str) -> Area | Organisation | None:
        if tree == Grant.Tree.AREA:
            return Area.objects.filter(key=code).first()
        return Organisation.objects.filter(code=code).first()


class EndGrantForm(CommandForm):
    on = Day(
        label=gettext_lazy("结束日期"),
        initial=timezone.localdate,
        help_text=gettext_lazy("从这一天起不再有效。"),
    )
