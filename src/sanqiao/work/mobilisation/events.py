"""What people read for each kind of event and chain of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "mobilisation.attempt_noted": _("记录电话联系"),
    "mobilisation.call_list_opened": _("打开电话联系名单"),
    "mobilisation.campaign_opened": _("发起承诺活动"),
    "mobilisation.closed": _("关闭动员"),
    "mobilisation.deed_recorded": _("登记践诺情况"),
    "mobilisation.draft_changed": _("修改动员草稿"),
    "mobilisation.drafted": _("起草动员"),
    "mobilisation.ended": _("动员结束"),
    "mobilisation.ordered": _("下达动员令"),
    "mobilisation.outcomes_imported": _("导入动员结果"),
    "mobilisation.paused": _("暂停发送动员信息"),
    "mobilisation.pledges_imported": _("导入承诺"),
    "mobilisation.resumed": _("继续发送动员信息"),
    "mobilisation.started": _("开始发送动员信息"),
    "mobilisation.stopped": _("停止发送动员信息"),
    "mobilisation.wave_added": _("增补动员批次"),
}
CHAINS = {
    "closings": _("动员关闭链"),
}
