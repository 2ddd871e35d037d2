from __future__ import annotations

from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area

from .models import Publication, WorkReport


def check_can_build(area: Area, by: User) -> None:
    if not by.may("reports.build", area=area.path):
        raise Refused("reports.not_yours_to_build", _("您没有在该区域起草综述的权限。"))


def check_is_draft(report: WorkReport) -> None:
    if report.state != WorkReport.State.DRAFT:
        raise Refused("reports.already_published", _("该综述已印发，不能再改。"))


def check_can_publish(report: WorkReport, by: User) -> None:
    check_is_draft(report)
    if not by.may("reports.publish", area=report.area.path):
        raise not_yours_to_publish()


def not_yours_to_publish() -> Refused:
    return Refused("reports.not_yours_to_publish", _("您没有印发该综述的权限。"))


def check_can_prove(publication: Publication, by: User) -> None:
    """Rows that differ are named: for who works in the report's own area."""
    if not by.may("reports.view", area=publication.area_path):
        raise not_yours_to_prove()


def not_yours_to_prove() -> Refused:
    return Refused("reports.not_yours_to_prove", _("您没有核对该综述的权限。"))
