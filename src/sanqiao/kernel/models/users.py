from __future__ import annotations

from datetime import date
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.constraints import ordered
from sanqiao.kernel.roles import ROLE_NAMES, ROLES, STAFF_ROLES
from sanqiao.kernel.scope import Scope


class User(AbstractUser):
    """用户: somebody who signs in. Rights come only from grants."""

    history_omits: ClassVar[tuple[str, ...]] = ("password",)

    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    person_id = models.BigIntegerField(null=True, unique=True)
    """The person in the registers; no foreign key, the kernel knows no persons."""
    is_demo = models.BooleanField(_("演示账号"), default=False)

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def grants_today(self) -> list[Grant]:
        """Grants in force; one query a request."""
        return list(self.grants.in_force(timezone.localdate()))

    @cached_property
    def scope(self) -> Scope:
        """Subtrees that this user may see, and the own person."""
        paths = {tree: set[str]() for tree in Grant.Tree.values}
        for grant in self.grants_today:
            if "people.view" in ROLES[grant.role]:
                paths[grant.tree].add(grant.path)
        return Scope(
            areas=tuple(sorted(paths[Grant.Tree.AREA])),
            organisations=tuple(sorted(paths[Grant.Tree.ORGANISATION])),
            person_id=self.person_id,
            user_id=self.pk,
            audit="audit.view" in self.acts,
        )

    @property
    def acts(self) -> frozenset[str]:
        """Everything that some grant allows somewhere; decides which menus show."""
        return frozenset().union(*(ROLES[g.role] for g in self.grants_today))

    @property
    def needs_second_factor(self) -> bool:
        return not self.is_demo and any(g.role in STAFF_ROLES for g in self.grants_today)

    def may(self, act: str, *, area: str | None = None, organisation: str | None = None) -> bool:
        """Does a grant allow `act` on the area or organisation with this path?"""
        return any(
            act in ROLES[grant.role] and grant.covers(area=area, organisation=organisation)
            for grant in self.grants_today
        )

    def paths_for(self, act: str, tree: str) -> tuple[str, ...]:
        """Of the areas, or of the organisations, over which a grant allows `act`."""
        grants = (grant for grant in self.grants_today if grant.tree == tree)
        return tuple(grant.path for grant in grants if act in ROLES[grant.role])


class Session(AbstractBaseSession):
    """会话: a browser from sign-in to sign-out; it says whose, so that both are found at once."""

    user = models.ForeignKey(User, models.CASCADE, null=True)

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        store: type[Any] = import_module(settings.SESSION_ENGINE).SessionStore
        return store


class Seat(models.Model):
    """席位: the one session that a user holds where an installation allows only one."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True)
    session_key = models.CharField(max_length=40)

    def __str__(self) -> str:
        return str(self.user)


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, day: date) -> GrantQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class Grant(models.Model):
    """授权: a role of a user over one subtree, from a day, to a day, given by somebody."""

    class Tree(TextChoices):
        AREA = "areas", _("区划")
        ORGANISATION = "organisations", _("组织")

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(_("角色"), max_length=40, choices=ROLE_NAMES)
    tree = models.CharField(_("范围"), max_length=20, choices=Tree, default=Tree.AREA)
    path = models.TextField(db_collation="C", blank=True)
    place = models.CharField(_("授权范围"), max_length=120, blank=True)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [ordered("valid_from", "valid_to", name="grant_dates")]
        indexes = [models.Index(fields=["tree", "path"], name="grant_path")]

    def __str__(self) -> str:
        return f"{self.user} · {ROLE_NAMES[self.role]} · {self.place}"

    def covers(self, *, area: str | None, organisation: str | None) -> bool:
        """Without a place: anywhere this grant reaches."""
        if area is None and organisation is None:
            return True
        asked = area if self.tree == self.Tree.AREA else organisation
        return asked is not None and asked.startswith(self.path)
