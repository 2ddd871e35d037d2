"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "squads.capacity_changed": _("调整班次名额"),
    "squads.captain_named": _("任命突击队队长"),
    "squads.captain_rule_set": _("设定突击队队长任职条件"),
    "squads.claim_cancelled": _("取消班次认领"),
    "squads.claims_imported": _("导入班次认领"),
    "squads.deployment_ended": _("结束突击队派驻"),
    "squads.deployments_imported": _("导入突击队派驻"),
    "squads.gates_imported": _("导入卡口"),
    "squads.gates_named": _("为卡口命名"),
    "squads.log_corrected": _("更正工作日志"),
    "squads.log_written": _("填写工作日志"),
    "squads.logs_imported": _("导入工作日志"),
    "squads.member_added": _("增加突击队成员"),
    "squads.member_left": _("突击队成员离队"),
    "squads.members_entered": _("批量录入突击队成员"),
    "squads.members_imported": _("导入突击队成员"),
    "squads.shift_cancelled": _("取消值守班次"),
    "squads.shift_claimed": _("认领值守班次"),
    "squads.shifts_imported": _("导入值守班次"),
    "squads.shifts_planned": _("安排值守班次"),
    "squads.shifts_swapped": _("同意并完成换班"),
    "squads.squad_appraised": _("登记突击队群众评价"),
    "squads.squad_changed": _("修改突击队"),
    "squads.squad_deployed": _("派驻突击队"),
    "squads.squad_dissolved": _("解散突击队"),
    "squads.squad_formed": _("成立突击队"),
    "squads.squads_entered": _("批量录入突击队"),
    "squads.squads_imported": _("导入突击队"),
    "squads.swap_asked": _("申请换班"),
    "squads.swap_declined": _("拒绝换班"),
    "squads.swap_withdrawn": _("撤回换班申请"),
    "squads.unit_opened": _("解除单元封闭管理并取消后续班次"),
}
