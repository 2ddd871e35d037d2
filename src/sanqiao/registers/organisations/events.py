"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "organisations.committee_changed": _("修改业主委员会"),
    "organisations.committee_dissolved": _("解散业主委员会"),
    "organisations.committee_founded": _("成立业主委员会"),
    "organisations.organisation_changed": _("修改党组织"),
    "organisations.organisation_dissolved": _("撤销党组织"),
    "organisations.organisation_founded": _("成立党组织"),
    "organisations.organisation_moved": _("调整党组织隶属"),
    "organisations.organisation_renamed": _("变更党组织名称"),
    "organisations.organisations_imported": _("导入党组织"),
    "organisations.owners_committees_imported": _("导入业主委员会"),
    "organisations.unit_changed": _("修改单位"),
    "organisations.unit_closed": _("注销单位"),
    "organisations.unit_created": _("新登记单位"),
    "organisations.units_imported": _("导入单位"),
    "organisations.work_teams_imported": _("导入驻村工作队"),
}
