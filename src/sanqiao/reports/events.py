"""What people read for each kind of event and chain of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "reports.report_changed": _("修改综述草稿"),
    "reports.report_drafted": _("拟制综述"),
    "reports.report_proved": _("核对综述数字"),
    "reports.report_published": _("印发综述"),
}
CHAINS = {
    "publications": _("综述印发链"),
}
