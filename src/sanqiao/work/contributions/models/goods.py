from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import CheckConstraint, F, Q, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.scope import ScopedQuerySet

from .base import InOrganisation, copies, organisation_follows, signed

EXACT = Q(value=F("quantity") * F("price"))
"""Quantity and price have two decimals each, the product four: it is never rounded."""


class Goods(InOrganisation):
    """捐赠物资: one lot that an organisation received, valued; its value is no money."""

    class Basis(TextChoices):
        INVOICE = "invoice", _("发票")
        MARKET = "market", _("市场价")
        APPRAISAL = "appraisal", _("评估")
        STATED = "stated", _("捐赠方申报")

    number = models.CharField(_("接收单号"), max_length=40, unique=True)
    donor = models.CharField(_("捐赠方"), max_length=120)
    name = models.CharField(_("品名"), max_length=80)
    specification = models.CharField(_("规格"), max_length=80, blank=True)
    measure = models.CharField(_("计量单位"), max_length=10)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=2)
    price = models.DecimalField(_("单价（元）"), max_digits=12, decimal_places=2)
    basis = models.CharField(_("单价来源"), max_length=10, choices=Basis)
    basis_note = models.CharField(_("依据"), max_length=120)
    value = models.DecimalField(_("折价（元）"), max_digits=20, decimal_places=4, editable=False)
    received_on = models.DateField(_("接收日期"))
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("冲正")
    )
    reason = models.CharField(_("冲正原因"), max_length=200, blank=True)

    objects = ScopedQuerySet["Goods"].as_manager()

    class Meta:
        constraints = [
            organisation_follows(name="goods_follows_organisation"),
            signed("quantity", name="goods_quantity"),
            CheckConstraint(condition=Q(price__gte=0), name="goods_price"),
            CheckConstraint(condition=EXACT, name="goods_value"),
            CheckConstraint(condition=~Q(basis_note=""), name="goods_basis_said"),
            models.UniqueConstraint(fields=["id", "price", "organisation"], name="goods_as_valued"),
        ]
        indexes = [
            models.Index(fields=["area_path"], name="goods_path"),
            models.Index(fields=["organisation_path"], name="goods_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @property
    def left(self) -> Decimal:
        """Quantity that is still there; one query."""
        gone = self.deliveries.aggregate(n=Sum("quantity"))["n"] or Decimal(0)
        return self.quantity - gone if not hasattr(self, "reversal") else Decimal(0)


class Delivery(InOrganisation):
    """物资发放: a part of a lot goes to somebody, who signs for it, for a use."""

    number = models.CharField(_("发放单号"), max_length=40, unique=True)
    goods = models.ForeignKey(
        Goods, models.PROTECT, related_name="deliveries", verbose_name=_("物资")
    )
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=2)
    price = models.DecimalField(_("单价（元）"), max_digits=12, decimal_places=2)
    value = models.DecimalField(_("折价（元）"), max_digits=20, decimal_places=4, editable=False)
    delivered_on = models.DateField(_("发放日期"))
    receiver = models.CharField(_("领用单位"), max_length=120)
    signed_by = models.CharField(_("签收人"), max_length=60)
    use = models.CharField(_("用途"), max_length=120)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("冲正")
    )
    reason = models.CharField(_("冲正原因"), max_length=200, blank=True)

    objects = ScopedQuerySet["Delivery"].as_manager()

    class Meta:
        constraints = [
            organisation_follows(name="delivery_follows_organisation"),
            copies(
                '"goods_id", "price", "organisation_id"', "contributions_goods",
                '"id", "price", "organisation_id"', name="delivery_of_own_goods",
            ),
            signed("quantity", name="delivery_quantity"),
            CheckConstraint(condition=EXACT, name="delivery_value"),
            CheckConstraint(condition=~Q(use=""), name="delivery_use_said"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path"], name="delivery_path"),
            models.Index(fields=["organisation_path"], name="delivery_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.goods.name} {self.number}"


class Spending(InOrganisation):
    """捐款使用: money paid out for a purpose, by a voucher; never more than was received."""

    class Purpose(TextChoices):
        FRONT_LINE = "front_line", _("慰问一线人员")
        SUPPLIES = "supplies", _("购置防疫物资")
        COMMUNITIES = "communities", _("补助村（社区）防控")
        HARDSHIP = "hardship", _("帮扶困难党员群众")

    number = models.CharField(_("凭证号"), max_length=40, unique=True)
    purpose = models.CharField(_("用途"), max_length=12, choices=Purpose)
    what = models.CharField(_("事由"), max_length=120)
    amount = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2)
    spent_on = models.DateField(_("支出日期"))
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("冲正")
    )
    reason = models.CharField(_("冲正原因"), max_length=200, blank=True)

    objects = ScopedQuerySet["Spending"].as_manager()

    class Meta:
        constraints = [
            organisation_follows(name="spending_follows_organisation"),
            signed("amount", name="spending_amount"),
        ]
        indexes = [
            models.Index(fields=["area_path"], name="spending_path"),
            models.Index(fields=["organisation_path"], name="spending_org_path"),
        ]

    def __str__(self) -> str:
        return str(self.number)
