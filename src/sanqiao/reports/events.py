"""What people read for each kind of event and chain of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "reports.report_changed": _("修改通报草稿"),
    "reports.report_drafted": _("起草通报"),
    "reports.report_proved": _("核对通报数字"),
    "reports.report_published": _("发布通报"),
}
CHAINS = {
    "publications": _("通报发布链"),
}
