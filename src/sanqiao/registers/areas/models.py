from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import no_overlap, ordered, path_follows, together
from sanqiao.kernel.scope import Access, ByPath, Scoped, ScopedQuerySet


def in_force(day: date, *, start: str = "valid_from", end: str = "valid_to") -> Q:
    """A row covering `[start, end)` holds on `day`; an empty end is still open."""
    return Q(**{f"{start}__lte": day}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": day}))


class AreaQuerySet(models.QuerySet["Area"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day))

    def below(self, path: str) -> Self:
        """The area with this path and everything under it."""
        return self.filter(path__gte=path, path__lt=f"{path}~")


class Area(models.Model):
    """区划: a node of the territory tree, from the city to the micro-grid. Names are public.

    `households` are its own, reported; None where nobody has, which is not 0.
    """

    class Level(TextChoices):
        CITY = "city", _("市")
        COUNTY = "county", _("县（市、区）")
        TOWNSHIP = "township", _("乡镇（街道）")
        COMMUNITY = "community", _("村（社区）")
        GRID = "grid", _("网格")
        MICROGRID = "microgrid", _("小微网格")

    class Kind(TextChoices):
        STATUTORY = "statutory", _("法定区划")
        FUNCTIONAL = "functional", _("功能区")
        SUBDISTRICT = "subdistrict", _("街道")
        TOWN = "town", _("镇")
        RURAL_TOWNSHIP = "rural_township", _("乡")
        OTHER_TOWNSHIP = "other_township", _("类似乡级单位")
        VILLAGE = "village", _("村")
        RESIDENTS = "residents", _("社区")
        OTHER_COMMUNITY = "other_community", _("类似村级单位")
        URBAN_GRID = "urban_grid", _("城区网格")
        COMPOUND_GRID = "compound_grid", _("小区网格")
        RURAL_GRID = "rural_grid", _("农村网格")
        MICRO = "micro", _("小微网格")

    key = models.CharField(_("编码"), max_length=30, unique=True)
    official_code = models.CharField(  # noqa: DJ001 (unique, and many have none)
        _("统计用区划代码"), max_length=12, null=True, unique=True
    )
    name = models.CharField(_("名称"), max_length=80)
    official_name = models.CharField(_("全称"), max_length=80, blank=True)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级区划")
    )
    path = models.TextField(db_collation="C", unique=True, editable=False)
    pinyin = models.TextField(db_collation="C", blank=True, editable=False)
    initials = models.CharField(db_collation="C", max_length=80, blank=True, editable=False)
    households = models.IntegerField(_("户数"), null=True, blank=True)
    boundary = models.JSONField(_("边界"), null=True, blank=True)
    valid_from = models.DateField(_("设立日期"))
    valid_to = models.DateField(_("撤销日期"), null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        constraints = [
            ordered("valid_from", "valid_to", name="area_dates"),
            models.UniqueConstraint(fields=["id", "path"], name="area_id_path"),
            CheckConstraint(condition=Q(households__gte=0), name="area_households"),
        ]
        indexes = [
            models.Index(fields=["level", "path"], name="area_level"),
            models.Index(fields=["parent", "key"], name="area_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def area_path(self) -> str:
        return self.path

    @property
    def ancestor_ids(self) -> list[int]:
        """From the root down, without itself."""
        return [int(part) for part in self.path.split(".")[:-2]]


class AreaEdge(models.Model):
    """区划隶属: which area a child belonged to, from a day to a day. Figures use the day's tree."""

    child = models.ForeignKey(Area, models.PROTECT, related_name="edges")
    parent = models.ForeignKey(Area, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)

    class Meta:
        constraints = [
            ordered("valid_from", "valid_to", name="area_edge_dates"),
            no_overlap(
                "child_id", name="area_one_parent_a_day", start="valid_from", end="valid_to"
            ),
            CheckConstraint(condition=~Q(child=models.F("parent")), name="area_edge_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.child} → {self.parent}"


class InArea(Scoped):
    """A record that belongs to one area; its path follows the area when that moves.

    Find by `area_path`, which is indexed; `area` alone is not.
    """

    area = models.ForeignKey(
        Area, models.PROTECT, related_name="%(class)ss", db_constraint=False, db_index=False,
        verbose_name=_("区划"),
    )  # fmt: skip
    area_path = models.TextField(db_collation="C", editable=False)

    access: ClassVar[tuple[Access, ...]] = (ByPath("area_path", "areas"),)

    class Meta:
        abstract = True

    def place(self) -> None:
        """Take the path of the area; commands call it before saving."""
        self.area_path = self.area.path


class Designation(models.Model):
    """区划标识: a dated mark of an area from a city's own list (重点贫困村, 软弱涣散, …)."""

    class Kind(TextChoices):
        KEY_POOR_VILLAGE = "key_poor_village", _("重点贫困村")
        WEAK_ORGANISATION = "weak_organisation", _("软弱涣散村（社区）党组织")

    area = models.ForeignKey(Area, models.PROTECT, related_name="designations")
    kind = models.CharField(_("标识"), max_length=40, choices=Kind)
    valid_from = models.DateField(_("认定日期"))
    valid_to = models.DateField(_("出列日期"), null=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)

    class Meta:
        constraints = [
            ordered("valid_from", "valid_to", name="designation_dates"),
            models.UniqueConstraint(
                fields=["area", "kind"], condition=Q(valid_to=None), name="designation_once"
            ),
        ]
        indexes = [models.Index(fields=["kind", "area"], name="designation_kind")]

    def __str__(self) -> str:
        return f"{self.area} · {self.get_kind_display()}"


class Compound(InArea):
    """小区: a housing estate in a grid or community; 三无 has no manager, committee or guard."""

    name = models.CharField(_("小区名称"), max_length=80)
    has_manager = models.BooleanField(_("有物业公司"), default=False)
    has_committee = models.BooleanField(_("有业主委员会"), default=False)
    has_guard = models.BooleanField(_("有责任单位或门卫"), default=False)
    households = models.IntegerField(_("户数"), default=0)
    built_year = models.IntegerField(_("建成年份"), null=True, blank=True)
    valid_from = models.DateField(_("登记日期"))
    valid_to = models.DateField(_("注销日期"), null=True, blank=True)

    objects = ScopedQuerySet["Compound"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="compound_area_path"),
            ordered("valid_from", "valid_to", name="compound_dates"),
            models.UniqueConstraint(fields=["area", "name"], name="compound_name"),
            CheckConstraint(condition=Q(households__gte=0), name="compound_households"),
        ]
        indexes = [models.Index(fields=["area_path"], name="compound_path")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_three_no(self) -> bool:
        return not (self.has_manager or self.has_committee or self.has_guard)


class Building(InArea):
    """楼栋: a building of a compound, in a grid or micro-grid, and at a point (degrees)."""

    compound = models.ForeignKey(Compound, models.PROTECT, related_name="buildings")
    name = models.CharField(_("楼栋"), max_length=40)
    stairwells = models.IntegerField(_("单元数"), default=1)
    households = models.IntegerField(_("户数"), default=0)
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)

    objects = ScopedQuerySet["Building"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="building_area_path"),
            models.UniqueConstraint(fields=["compound", "name"], name="building_name"),
            CheckConstraint(
                condition=Q(stairwells__gte=1, households__gte=0), name="building_counts"
            ),
            together("longitude", "latitude", name="building_point_whole"),
            CheckConstraint(
                condition=Q(longitude=None)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="building_point",
            ),
        ]
        indexes = [models.Index(fields=["area_path"], name="building_path")]

    def __str__(self) -> str:
        return f"{self.compound} {self.name}"


class ClosedUnit(InArea):
    """封闭管理单元: the gate-controlled cell during an epidemic."""

    class Kind(TextChoices):
        COMPOUND = "compound", _("小区")
        COURTYARD = "courtyard", _("院落")
        BUILDING = "building", _("楼栋")
        HAMLET = "hamlet", _("自然村")

    name = models.CharField(_("单元名称"), max_length=80)
    kind = models.CharField(_("单元类型"), max_length=10, choices=Kind, default=Kind.COMPOUND)
    gates = models.IntegerField(_("出入口数"), default=1)
    closed_on = models.DateField(_("封闭日期"))
    opened_on = models.DateField(_("解封日期"), null=True, blank=True)

    objects = ScopedQuerySet["ClosedUnit"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="closed_unit_area_path"),
            ordered("closed_on", "opened_on", name="closed_unit_dates"),
            CheckConstraint(condition=Q(gates__gte=1), name="closed_unit_gates"),
            CheckConstraint(
                condition=Q(kind__in=["compound", "courtyard", "building", "hamlet"]),
                name="closed_unit_kind",
            ),
        ]
        indexes = [models.Index(fields=["area_path"], name="closed_unit_path")]

    def __str__(self) -> str:
        return self.name


class GovernanceTier(models.Model):
    """治理架构层级: a tier of the estate governance structure; a city's own list, dated."""

    order = models.IntegerField(_("层级"))
    name = models.CharField(_("名称"), max_length=60)
    area = models.ForeignKey(Area, models.PROTECT, related_name="tiers")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "order"], condition=Q(valid_to=None), name="tier_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.name}"
