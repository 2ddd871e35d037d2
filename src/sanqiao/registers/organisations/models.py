from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import RawConstraint, ordered, path_follows
from sanqiao.kernel.scope import Access, ByPath, ScopedQuerySet
from sanqiao.registers.areas.models import Compound, InArea, in_force


def organisation_path_follows(name: str) -> RawConstraint:
    """`organisation_path` is that of a Party organisation, also when it moves."""
    return RawConstraint(
        name=name,
        sql='FOREIGN KEY ("organisation_path") REFERENCES "organisations_organisation" ("path")'
        " ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
    )


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day, start="founded_on", end="dissolved_on"))

    def below(self, path: str) -> Self:
        """The organisation with this path and everything under it."""
        return self.filter(path__gte=path, path__lt=f"{path}~")


class Organisation(InArea):
    """党组织: a node of the Party's own tree, with its area."""

    class Kind(TextChoices):
        COMMITTEE = "committee", _("党委")
        GENERAL_BRANCH = "general_branch", _("党总支")
        BRANCH = "branch", _("党支部")
        TEMPORARY_BRANCH = "temporary_branch", _("临时党支部")
        FUNCTIONAL_BRANCH = "functional_branch", _("功能型党支部")
        GROUP = "group", _("党小组")
        GRID_GROUP = "grid_group", _("网格党小组")

    class Setting(TextChoices):
        TERRITORY = "territory", _("地方")
        VILLAGE = "village", _("村")
        RESIDENTS = "residents", _("社区")
        COMPOUND = "compound", _("小区")
        GRID = "grid", _("网格")
        UNIT = "unit", _("单位")

    name = models.CharField(_("党组织名称"), max_length=120)
    code = models.CharField(_("编码"), max_length=30, unique=True)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind)
    setting = models.CharField(_("设置依托"), max_length=12, choices=Setting)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级党组织")
    )
    path = models.TextField(db_collation="C", unique=True, editable=False)
    founded_on = models.DateField(_("成立日期"))
    dissolved_on = models.DateField(_("撤销日期"), null=True, blank=True)
    elected_on = models.DateField(_("换届日期"), null=True, blank=True)
    term_years = models.IntegerField(_("任期（年）"), default=3)
    term_ends_on = models.DateField(_("届满日期"), null=True, blank=True)
    document = models.CharField(_("批复文号"), max_length=80, blank=True)
    pinyin = models.TextField(db_collation="C", blank=True, editable=False)
    initials = models.CharField(db_collation="C", max_length=120, blank=True, editable=False)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        ByPath("path", "organisations"),
    )
    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="organisation_area_path"),
            models.UniqueConstraint(
                fields=["id", "path", "area", "area_path"], name="organisation_places"
            ),
            ordered("founded_on", "dissolved_on", name="organisation_dates"),
            CheckConstraint(condition=Q(term_years__range=(1, 5)), name="organisation_term"),
        ]
        indexes = [
            models.Index(fields=["area_path"], name="organisation_area"),
            models.Index(fields=["term_ends_on"], name="organisation_term_end"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organisation_path(self) -> str:
        return self.path


class Unit(InArea):
    """单位: an employer: department, enterprise or institution."""

    class Kind(TextChoices):
        OFFICE = "office", _("机关")
        INSTITUTION = "institution", _("事业单位")
        ENTERPRISE = "enterprise", _("企业")
        COLLECTIVE = "collective", _("村集体经济组织")

    class Rank(TextChoices):
        MUNICIPAL = "municipal", _("市直")
        COUNTY = "county", _("县直")
        TOWNSHIP = "township", _("乡镇")
        OTHER = "other", _("其他")

    name = models.CharField(_("单位名称"), max_length=120)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    rank = models.CharField(_("隶属"), max_length=12, choices=Rank)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="units", verbose_name=_("单位党组织")
    )
    valid_from = models.DateField(_("登记日期"))
    valid_to = models.DateField(_("注销日期"), null=True, blank=True)
    pinyin = models.TextField(db_collation="C", blank=True, editable=False)
    initials = models.CharField(db_collation="C", max_length=120, blank=True, editable=False)

    objects = ScopedQuerySet["Unit"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="unit_area_path"),
            ordered("valid_from", "valid_to", name="unit_dates"),
        ]
        indexes = [models.Index(fields=["area_path"], name="unit_path")]

    def __str__(self) -> str:
        return self.name


class OwnersCommittee(InArea):
    """业主委员会: elected by the owners of a compound."""

    compound = models.ForeignKey(
        Compound, models.PROTECT, related_name="committees", verbose_name=_("小区")
    )
    founded_on = models.DateField(_("成立日期"))
    dissolved_on = models.DateField(_("解散日期"), null=True, blank=True)
    seats = models.IntegerField(_("委员数"), default=5)
    party_seats = models.IntegerField(_("党员委员数"), default=0)

    objects = ScopedQuerySet["OwnersCommittee"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="owners_committee_area_path"),
            ordered("founded_on", "dissolved_on", name="owners_committee_dates"),
            CheckConstraint(
                condition=Q(party_seats__gte=0) & Q(party_seats__lte=models.F("seats")),
                name="owners_committee_seats",
            ),
            models.UniqueConstraint(
                fields=["compound"], condition=Q(dissolved_on=None), name="owners_committee_once"
            ),
        ]
        indexes = [models.Index(fields=["area_path"], name="owners_committee_path")]

    def __str__(self) -> str:
        return f"{self.compound}业主委员会"


class WorkTeam(InArea):
    """驻村工作队: a team that a unit stations in a village."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="teams", verbose_name=_("派出单位")
    )
    valid_from = models.DateField(_("进驻日期"))
    valid_to = models.DateField(_("撤回日期"), null=True, blank=True)

    objects = ScopedQuerySet["WorkTeam"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="work_team_area_path"),
            ordered("valid_from", "valid_to", name="work_team_dates"),
        ]
        indexes = [models.Index(fields=["area_path"], name="work_team_path")]

    def __str__(self) -> str:
        return f"{self.area}驻村工作队"
