from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import no_overlap, ordered, path_follows
from sanqiao.kernel.scope import Access, ByPath, Own, ScopedQuerySet, Through
from sanqiao.registers.areas.models import Compound, InArea, in_force
from sanqiao.registers.organisations.models import Organisation, Unit, organisation_path_follows
from sanqiao.registers.people.models import Appointment, Person

from .rules import CaptainRule


class OfSquad(InArea):
    """A record of a squad; the path of the forming unit's organisation opens it to its liaison."""

    organisation_path = models.TextField(db_collation="C", null=True, editable=False)  # noqa: DJ001

    access: ClassVar[tuple[Access, ...]] = (
        ByPath("area_path", "areas"),
        ByPath("organisation_path", "organisations"),
    )

    class Meta:
        abstract = True


class SquadQuerySet(ScopedQuerySet["Squad"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day, start="formed_on", end="dissolved_on"))


class Squad(OfSquad):
    """突击队: sent by a unit into an area for a time; a company's stands outside the city's count.

    The rule for captains in force on the day of formation stays with a municipal squad. The
    temporary branch is founded with it and dissolved with it.
    """

    class Kind(TextChoices):
        MUNICIPAL = "municipal", _("市直单位")
        COMPANY = "company", _("企业")

    number = models.CharField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("队名"), max_length=80)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="squads", verbose_name=_("组建单位")
    )
    unit_name = models.CharField(_("组建单位"), max_length=120, editable=False)
    task = models.CharField(_("任务"), max_length=200, blank=True)
    formed_on = models.DateField(_("组建日期"))
    until = models.DateField(_("预定解散日期"), null=True, blank=True)
    dissolved_on = models.DateField(_("解散日期"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=120, blank=True)
    appraisal = models.CharField(_("群众评价"), max_length=300, blank=True)
    rule = models.ForeignKey(
        CaptainRule, models.PROTECT, null=True, related_name="squads", verbose_name=_("队长资格")
    )
    branch = models.OneToOneField(
        Organisation, models.PROTECT, null=True, related_name="squad", verbose_name=_("临时党支部")
    )

    access: ClassVar[tuple[Access, ...]] = (
        *OfSquad.access,
        Through("squads.SquadMember", "squad_id"),
        Through("squads.Deployment", "squad_id"),
    )
    objects = SquadQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="squad_area_path"),
            organisation_path_follows("squad_organisation_path"),
            ordered("formed_on", "dissolved_on", name="squad_dates"),
            ordered("formed_on", "until", name="squad_until"),
            CheckConstraint(
                condition=Q(kind="municipal", rule__isnull=False) | Q(kind="company", rule=None),
                name="squad_municipal_has_rule",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path", "id"], name="squad_path"),
            models.Index(fields=["organisation_path"], name="squad_org_path"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_municipal(self) -> bool:
        return self.kind == self.Kind.MUNICIPAL

    def is_overdue(self, day: date) -> bool:
        """Past its planned end and not dissolved."""
        return self.dissolved_on is None and self.until is not None and self.until < day


class SquadMemberQuerySet(ScopedQuerySet["SquadMember"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day))


class SquadMember(OfSquad):
    """突击队成员: captain, deputy or member over a time; of a municipal squad also an appointment.

    Of a captain it keeps what proved the right to lead on the day of appointment, or the breach.
    The database lets nobody mend that later.
    """

    class Role(TextChoices):
        CAPTAIN = "captain", _("队长")
        DEPUTY = "deputy", _("副队长")
        MEMBER = "member", _("队员")

    class Proof(TextChoices):
        NONE = "", _("无须")
        HEAD = "head", _("市直单位主要负责人")
        RANK = "rank", _("职级符合")
        BREACH = "breach", _("不符合")
        EXEMPT = "exempt", _("不适用")

    squad = models.ForeignKey(
        Squad, models.PROTECT, related_name="members", verbose_name=_("突击队")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="squads", verbose_name=_("姓名")
    )
    name = models.CharField(_("姓名"), max_length=60, editable=False)
    role = models.CharField(_("职责"), max_length=10, choices=Role)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, null=True, related_name="squad_member", editable=False
    )
    proof = models.CharField(
        _("队长资格"), max_length=6, choices=Proof, blank=True, default="", editable=False
    )
    proven_by = models.ForeignKey(
        Appointment, models.PROTECT, null=True, related_name="+", editable=False
    )
    proof_words = models.CharField(_("当日任职"), max_length=200, blank=True, editable=False)
    proof_rank = models.CharField(
        _("当日职级"), max_length=1, choices=Appointment.Rank, blank=True, editable=False
    )
    breach_reason = models.CharField(_("不符合而任命的原因"), max_length=200, blank=True)

    access: ClassVar[tuple[Access, ...]] = (*OfSquad.access, Own("person_id"))
    objects = SquadMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="squad_member_area_path"),
            organisation_path_follows("squad_member_organisation_path"),
            ordered("valid_from", "valid_to", name="squad_member_dates"),
            no_overlap(
                "squad_id", "person_id", name="squad_member_once",
                start="valid_from", end="valid_to",
            ),
            no_overlap(
                "squad_id", name="squad_one_captain", start="valid_from", end="valid_to",
                where="role = 'captain'",
            ),
            CheckConstraint(
                condition=Q(role="captain") & ~Q(proof="") | ~Q(role="captain") & Q(proof=""),
                name="squad_captain_has_proof",
            ),
            CheckConstraint(
                condition=Q(proof__in=["head", "rank"], proven_by__isnull=False)
                & ~Q(proof_words="")
                | ~Q(proof__in=["head", "rank"]) & Q(proven_by=None),
                name="squad_proof_names_appointment",
            ),
            CheckConstraint(
                condition=Q(proof="breach") & ~Q(breach_reason="")
                | ~Q(proof="breach") & Q(breach_reason=""),
                name="squad_breach_says_why",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path", "id"], name="squad_member_path"),
            models.Index(fields=["organisation_path"], name="squad_member_org_path"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_role_display()}"

    @property
    def is_breach(self) -> bool:
        return self.proof == self.Proof.BREACH


class DeploymentQuerySet(ScopedQuerySet["Deployment"]):
    def on(self, day: date) -> Self:
        return self.filter(in_force(day))


class Deployment(OfSquad):
    """派驻: a squad in a compound, or in a community or grid, from a day to a day."""

    squad = models.ForeignKey(
        Squad, models.PROTECT, related_name="deployments", verbose_name=_("突击队")
    )
    compound = models.ForeignKey(
        Compound, models.PROTECT, null=True, blank=True, related_name="deployments",
        verbose_name=_("小区"),
    )  # fmt: skip
    place_name = models.CharField(_("派驻地"), max_length=80, editable=False)
    task = models.CharField(_("任务"), max_length=200, blank=True)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        constraints = [
            path_follows("area", "areas_area", name="deployment_area_path"),
            organisation_path_follows("deployment_organisation_path"),
            ordered("valid_from", "valid_to", name="deployment_dates"),
            no_overlap(
                "squad_id", "compound_id", name="deployment_compound_once",
                start="valid_from", end="valid_to", where="compound_id IS NOT NULL",
            ),
            no_overlap(
                "squad_id", "area_id", name="deployment_area_once",
                start="valid_from", end="valid_to", where="compound_id IS NULL",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area_path", "id"], name="deployment_path"),
            models.Index(fields=["organisation_path"], name="deployment_org_path"),
        ]

    def __str__(self) -> str:
        return self.place_name
