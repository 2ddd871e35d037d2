"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "people.appointed": _("办理任职"),
    "people.appointment_ended": _("办理免职"),
    "people.appointments_imported": _("导入任职"),
    "people.household_closed": _("党员中心户摘牌"),
    "people.household_opened": _("党员中心户挂牌"),
    "people.member_admitted": _("新登记党员关系"),
    "people.member_confirmed": _("预备党员转正"),
    "people.member_households_imported": _("导入党员中心户"),
    "people.members_imported": _("导入党员名册"),
    "people.membership_ended": _("结束党员关系"),
    "people.membership_transferred": _("转接组织关系"),
    "people.memberships_imported": _("导入党员关系"),
    "people.people_imported": _("导入人员"),
    "people.person_changed": _("修改人员"),
    "people.person_created": _("新登记人员"),
    "people.posts_imported": _("导入职务目录"),
}
