from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import RawConstraint, no_overlap, ordered, path_follows
from sanqiao.kernel.fields import EncryptedField
from sanqiao.kernel.scope import Access, ByPath, Own, ScopedQuerySet, Through
from sanqiao.registers.areas.models import InArea, in_force
from sanqiao.registers.organisations.models import Organisation, Unit

ONE_AT_A_TIME = (
    "EXCLUDE USING gist (box("
    "point(person_id, valid_from - '1900-01-01'::date),"
    " point(person_id, coalesce(valid_to - '1900-01-01'::date - 1, 1000000))) WITH &&)"
)
"""Spans of a person as boxes: person by day. Five times as fast to insert into as ranges."""


class Person(InArea):
    """人员: one person, once; roles are rows elsewhere. `area` is where the person lives."""

    class Gender(TextChoices):
        MALE = "male", _("男")
        FEMALE = "female", _("女")

    name = models.CharField(_("姓名"), max_length=60)
    gender = models.CharField(_("性别"), max_length=6, choices=Gender)
    born_on = models.DateField(_("出生日期"), null=True, blank=True)
    education = models.CharField(_("学历"), max_length=20, blank=True)
    id_number = EncryptedField(_("身份证号"), default=b"")
    id_number_key = models.BinaryField(null=True, unique=True, editable=False)
    id_tail_key = models.BinaryField(null=True, editable=False)
    phone = EncryptedField(_("手机号"), default=b"")
    phone_key = models.BinaryField(null=True, editable=False)
    phone_tail_key = models.BinaryField(null=True, editable=False)
    pinyin = models.TextField(db_collation="C", blank=True, editable=False)
    initials = models.CharField(db_collation="C", max_length=60, blank=True, editable=False)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        Own("id"),
        Through("people.Membership", "person_id"),
        Through("people.Appointment", "person_id"),
    )
    objects = ScopedQuerySet["Person"].as_manager()

    class Meta:
        constraints = [path_follows("area", "areas_area", name="person_area_path")]
        indexes = [
            models.Index(fields=["area_path"], name="person_path"),
            models.Index(fields=["id_tail_key"], name="person_id_tail"),
            models.Index(fields=["phone_tail_key"], name="person_phone_tail"),
            models.Index(fields=["pinyin", "initials"], name="person_spelling"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day))

    def full(self) -> Self:
        return self.filter(kind=Membership.Kind.FULL)


class Membership(InArea):
    """党员: a person's membership in one organisation over a time; `area` is the organisation's."""

    class Kind(TextChoices):
        FULL = "full", _("正式党员")
        PROBATIONARY = "probationary", _("预备党员")

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="memberships", verbose_name=_("姓名")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", db_constraint=False,
        verbose_name=_("所在党组织"),
    )  # fmt: skip
    organisation_path = models.TextField(db_collation="C", editable=False)
    kind = models.CharField(_("党员类别"), max_length=12, choices=Kind)
    joined_on = models.DateField(_("入党日期"))
    full_on = models.DateField(_("转正日期"), null=True, blank=True)
    valid_from = models.DateField(_("转入日期"))
    valid_to = models.DateField(_("转出日期"), null=True, blank=True)

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        ByPath("organisation_path", "organisations"),
        Own("person_id"),
    )
    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            RawConstraint(
                name="membership_follows_organisation",
                sql='FOREIGN KEY ("organisation_id", "organisation_path", "area_id", "area_path")'
                ' REFERENCES "organisations_organisation" ("id", "path", "area_id", "area_path")'
                " ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
            ),
            ordered("valid_from", "valid_to", name="membership_dates"),
            RawConstraint(name="membership_one_at_a_time", sql=ONE_AT_A_TIME),
            CheckConstraint(
                condition=Q(full_on=None) | Q(full_on__gte=F("joined_on")),
                name="membership_full_after_joining",
            ),
            CheckConstraint(
                condition=~Q(kind="full") | Q(full_on__isnull=False),
                name="membership_full_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path", "id"], name="membership_path"),
            models.Index(fields=["organisation_path", "id"], name="membership_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"


class Post(models.Model):
    """职务: a kind of post; a city's own list. A single-holder post has one holder a place."""

    class Group(TextChoices):
        LEADER = "leader", _("市县领导干部")
        TOWNSHIP = "township", _("乡镇干部")
        COMMUNITY = "community", _("村（社区）干部")
        VILLAGE_SUPPORT = "village_support", _("驻村力量")
        GRID = "grid", _("网格力量")
        UNIT = "unit", _("单位")
        SQUAD = "squad", _("突击队")

    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("职务"), max_length=60)
    group = models.CharField(_("类别"), max_length=20, choices=Group)
    single_holder = models.BooleanField(_("一地一人"), default=False)
    order = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class AppointmentQuerySet(ScopedQuerySet["Appointment"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day))

    def in_posts(self, *codes: str) -> Self:
        return self.filter(post__code__in=codes)


class Appointment(InArea):
    """任职: who holds which post where, from when to when. One person, many roles."""

    class Rank(TextChoices):
        """In rising order (公务员法 第十八条)."""

        NONE = "", _("无")
        SECTION_DEPUTY = "1", _("乡科级副职")
        SECTION_HEAD = "2", _("乡科级正职")
        COUNTY_DEPUTY = "3", _("县处级副职")
        COUNTY_HEAD = "4", _("县处级正职")
        BUREAU_DEPUTY = "5", _("厅局级副职")
        BUREAU_HEAD = "6", _("厅局级正职")

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="appointments", verbose_name=_("姓名")
    )
    post = models.ForeignKey(
        Post, models.PROTECT, related_name="appointments", verbose_name=_("职务")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="appointments",
        verbose_name=_("党组织"),
    )  # fmt: skip
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="appointments",
        verbose_name=_("派出单位"),
    )  # fmt: skip
    rank = models.CharField(_("职级"), max_length=1, choices=Rank, blank=True, default="")
    title = models.CharField(_("具体职务"), max_length=80, blank=True)
    is_single = models.BooleanField(default=False, editable=False)
    valid_from = models.DateField(_("任职日期"))
    valid_to = models.DateField(_("免职日期"), null=True, blank=True)
    document = models.CharField(_("任免文号"), max_length=80, blank=True)

    access: ClassVar[tuple[Access, ...]] = (ByPath("area_path", "areas"), Own("person_id"))
    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="appointment_area_path"),
            ordered("valid_from", "valid_to", name="appointment_dates"),
            no_overlap(
                "person_id", "post_id", "area_id",
                name="appointment_no_double", start="valid_from", end="valid_to",
            ),
            no_overlap(
                "post_id", "area_id",
                name="appointment_single_holder", start="valid_from", end="valid_to",
                where="is_single",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path", "id"], name="appointment_path"),
            models.Index(fields=["post", "area"], name="appointment_post"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.post} · {self.area}"


class MemberHousehold(InArea):
    """党员中心户: a member's home that anchors a cluster of neighbours."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="households", verbose_name=_("党员")
    )
    name = models.CharField(_("名称"), max_length=80)
    buildings = models.IntegerField(_("联系楼栋数"), default=0)
    valid_from = models.DateField(_("挂牌日期"))
    valid_to = models.DateField(_("摘牌日期"), null=True, blank=True)

    objects = ScopedQuerySet["MemberHousehold"].as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="member_household_area_path"),
            ordered("valid_from", "valid_to", name="member_household_dates"),
        ]
        indexes = [models.Index(fields=["area_path"], name="member_household_path")]

    def __str__(self) -> str:
        return self.name
