"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "areas.area_changed": _("修改区划"),
    "areas.area_moved": _("登记区划划转"),
    "areas.areas_designated": _("批量登记区划标识"),
    "areas.areas_imported": _("导入区划"),
    "areas.boundaries_imported": _("导入区划边界"),
    "areas.building_changed": _("修改楼栋"),
    "areas.building_created": _("新登记楼栋"),
    "areas.buildings_imported": _("导入楼栋"),
    "areas.compound_changed": _("修改小区"),
    "areas.compound_closed": _("注销小区"),
    "areas.compound_created": _("新登记小区"),
    "areas.compounds_imported": _("导入小区"),
    "areas.grids_split": _("网格划分为小微网格"),
    "areas.move_settled": _("区划划转生效"),
    "areas.tiers_set": _("批量设定治理架构层级"),
    "areas.unit_closed": _("实行单元封闭管理"),
    "areas.unit_opened": _("解除单元封闭管理"),
    "areas.units_closed": _("批量登记封闭管理单元"),
}
