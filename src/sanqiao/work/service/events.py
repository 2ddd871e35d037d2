"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "service.check_in_accepted": _("接收报到并编组"),
    "service.check_in_ended": _("报到结束"),
    "service.check_in_placed": _("调整报到编组"),
    "service.check_in_returned": _("退回报到"),
    "service.check_ins_accepted": _("批量接收报到"),
    "service.check_ins_imported": _("导入报到"),
    "service.checked_in": _("向居住地社区报到"),
    "service.duties_set": _("设定双报到、双报告事项"),
    "service.exempted": _("登记免报到"),
    "service.exemption_ended": _("结束免报到"),
    "service.exemptions_imported": _("导入免报到"),
    "service.lead_changed": _("变更包联牵头单位"),
    "service.member_reports_drafted": _("批量生成半年报告"),
    "service.memberreport_confirmed": _("半年报告已确认"),
    "service.memberreport_remarked": _("填写半年报告的社区意见"),
    "service.moved_house": _("因搬迁转移报到"),
    "service.pairing_drafted": _("拟定单位包联"),
    "service.pairing_ended": _("终止单位包联"),
    "service.pairing_signed": _("签署包联协议"),
    "service.pairings_imported": _("导入单位包联"),
    "service.paper_reports_filed": _("批量登记纸质报告"),
    "service.teams_imported": _("导入服务队"),
    "service.unit_accepted": _("接收单位报到"),
    "service.unit_check_ins_imported": _("导入单位报到"),
    "service.unit_checked_in": _("单位向社区报到"),
    "service.unit_reports_drafted": _("批量生成年度报告"),
    "service.unitreport_confirmed": _("年度报告已确认"),
    "service.unitreport_remarked": _("填写年度报告的社区意见"),
}
