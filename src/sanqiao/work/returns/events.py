"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "returns.edition_opened": _("启用报表新版本"),
    "returns.form_defined": _("制定报表"),
    "returns.return_filed": _("填报报表"),
    "returns.returns_imported": _("导入填报数据"),
    "returns.round_asked": _("布置填报任务"),
    "returns.superlative_claimed": _("记入名次说法"),
    "returns.superlative_quoted": _("引用名次说法"),
    "returns.table_ranked": _("为对照表登记排序"),
    "returns.table_registered": _("录入对照表"),
}
