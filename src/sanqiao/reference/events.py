"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "reference.demo_account_opened": _("开通演示账号"),
    "reference.part_loaded": _("载入参考数据"),
}
