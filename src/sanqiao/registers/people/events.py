"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "people.appointed": _("任命职务"),
    "people.appointment_ended": _("免去职务"),
    "people.appointments_imported": _("导入任职"),
    "people.household_closed": _("撤销党员中心户"),
    "people.household_opened": _("设立党员中心户"),
    "people.member_admitted": _("接收党员"),
    "people.member_confirmed": _("预备党员转正"),
    "people.member_households_imported": _("导入党员中心户"),
    "people.members_imported": _("导入党员名册"),
    "people.membership_ended": _("终止党籍"),
    "people.membership_transferred": _("转接组织关系"),
    "people.memberships_imported": _("导入组织关系"),
    "people.people_imported": _("导入人员"),
    "people.person_changed": _("修改人员"),
    "people.person_created": _("新增人员"),
    "people.posts_imported": _("导入职务"),
}
