"""What people read for each kind of event of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "contributions.batch_differs": _("核收捐款批次，金额不符"),
    "contributions.batch_handed_up": _("上缴捐款批次"),
    "contributions.batch_posted": _("公示捐款批次"),
    "contributions.batch_verified": _("核收捐款批次，金额相符"),
    "contributions.contributions_imported": _("导入捐款"),
    "contributions.deliveries_imported": _("导入物资发放记录"),
    "contributions.delivery_reversed": _("冲正物资发放"),
    "contributions.entered": _("收到捐款并登记"),
    "contributions.goods_delivered": _("发放物资"),
    "contributions.goods_imported": _("导入捐赠物资"),
    "contributions.goods_received": _("接收捐赠物资"),
    "contributions.goods_reversed": _("冲正捐赠物资"),
    "contributions.remittances_imported": _("导入捐款上缴记录"),
    "contributions.reversed": _("冲正捐款"),
    "contributions.spending_imported": _("导入捐款使用记录"),
    "contributions.spending_reversed": _("冲正捐款使用"),
    "contributions.spent": _("登记捐款使用"),
}
