"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "returns.edition_opened": _("启用报表新版本"),
    "returns.form_defined": _("设置报表"),
    "returns.return_filed": _("填报报表"),
    "returns.returns_imported": _("导入填报数"),
    "returns.round_asked": _("下达填报任务"),
    "returns.superlative_claimed": _("记入名次说法"),
    "returns.superlative_quoted": _("引用名次说法"),
    "returns.table_ranked": _("对照表排序"),
    "returns.table_registered": _("录入对照表"),
}
