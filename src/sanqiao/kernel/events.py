"""What people read for each kind of event and chain of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "kernel.admin_created": _("开通管理员账号"),
    "kernel.duty_handed_in": _("提交任务"),
    "kernel.duty_opened": _("下达任务"),
    "kernel.duty_reopened": _("重新打开任务"),
    "kernel.duty_restated": _("调整任务"),
    "kernel.duty_returned": _("退回任务"),
    "kernel.duty_signed_off": _("任务销号"),
    "kernel.duty_step_added": _("填写办理进展"),
    "kernel.export_fetched": _("下载导出文件"),
    "kernel.grant_ended": _("结束授权"),
    "kernel.grant_given": _("新增授权"),
    "kernel.holidays_published": _("登记年度放假安排"),
    "kernel.looks_purged": _("清除到期查阅记录"),
    "kernel.rows_exported": _("导出清单"),
    "kernel.signed_in": _("登录系统"),
    "kernel.user_created": _("开通用户账号"),
    "kernel.works_given_up": _("终止反复失败的后台作业"),
}
CHAINS = {
    "grants": _("授权链"),
    "sign_offs": _("任务销号链"),
}
