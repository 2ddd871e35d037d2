"""What waits for somebody: duties first, then what the registers say is coming due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.kernel import prepared
from sanqiao.kernel.models import Duty, User
from sanqiao.kernel.scope import within
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Membership
from sanqiao.registers.people.policies import PROBATION_YEARS, years_after
from sanqiao.web.doors import Door, doors
from sanqiao.web.viewing import Viewing
from sanqiao.work.mobilisation.models import CallOut
from sanqiao.work.mobilisation.models.orders import OPEN

SOON = timedelta(days=7)
TERM_AHEAD = timedelta(days=183)
MOST = 20
EXPIRED = "organisations.term_expired"


@dataclass(frozen=True)
class Notice:
    """Something that the records themselves say; `count` of them, and where they are listed.

    With `door` the count is a figure.
    """

    text: str
    count: int
    href: str
    button: str
    tone: str
    door: Door | None = None


Asked = tuple[prepared.Question[int], Notice]
"""What counts, and the notice without its count."""


@dataclass(frozen=True)
class Waiting:
    """A duty on somebody's list, with its one button."""

    duty: Duty
    tone: str
    due: str
    button: str


def waiting_for(user: User, today: date) -> list[Waiting]:
    """Own open duties and handed-in ones to check, the oldest due first."""
    mine = Q(owner=user) | Q(collaborators=user)
    wanted = mine & Q(state=Duty.State.OPEN)
    if "duties.check" in user.acts:
        wanted |= Q(state=Duty.State.HANDED_IN) & ~Q(owner=user)
    rows = Duty.objects.visible_to(user).filter(wanted).select_related("owner").distinct()
    return [_waiting(duty, user, today) for duty in rows.order_by("due_on", "id")[:MOST]]


def _waiting(duty: Duty, user: User, today: date) -> Waiting:
    left = (duty.due_on - today).days
    if left < 0:
        tone, due = "late", _("已超期 %(n)d 天") % {"n": -left}
    elif left == 0:
        tone, due = "soon", _("今天到期")
    else:
        tone, due = ("soon" if left <= SOON.days else ""), _("还有 %(n)d 天") % {"n": left}
    button = _("核查") if duty.state == Duty.State.HANDED_IN else _("去办理")
    return Waiting(duty, tone, due, button)


def notices_for(user: User, viewing: Viewing) -> list[Notice]:
    """Calls that wait for the reader's own answer; terms that end and probations that are over,
    on the day and in the area looked at."""
    asked = [_calls(user, user.person_id)] if user.person_id else []
    if "organisations.view" in user.acts:
        asked.append(_ending_terms(user, viewing))
    if "people.change" in user.acts:
        asked.append(_probations(user, viewing))
    counts = prepared.numbers(*(question for question, _notice in asked))
    notices = [replace(notice, count=n) for (_q, notice), n in zip(asked, counts, strict=True)]
    return [notice for notice in (*_expired_terms(user, viewing), *notices) if notice.count]


def _calls(user: User, person: int) -> Asked:
    question = prepared.how_many(unanswered, user, person=person)
    href, text, button = reverse("mobilisations:mine"), _("动员等您回复"), _("去回复")
    return question, Notice(text, 0, href, button, "soon")


def unanswered(user: User, *, person: int) -> QuerySet[CallOut, Any]:
    rows = CallOut.objects.visible_to(user).unanswered().filter(person=person)
    return rows.filter(mobilisation__state__in=OPEN).values("pk")


def _expired_terms(user: User, viewing: Viewing) -> list[Notice]:
    if not user.acts.issuperset({"organisations.view", "figures.view"}):
        return []
    href = _listed("organisations:list", viewing, term_to=viewing.as_of - timedelta(days=1))
    text, button = _("党组织任期已届满"), _("查看")
    return [
        Notice(text, int(door.value or 0), href, button, "late", door)
        for door in doors([EXPIRED], viewing)
    ]


def _ending_terms(user: User, viewing: Viewing) -> Asked:
    first, last = viewing.as_of, viewing.as_of + TERM_AHEAD
    question = prepared.how_many(ending, user, path=_path(viewing), first=first, last=last)
    href = _listed("organisations:list", viewing, term_from=first, term_to=last)
    return question, Notice(_("党组织半年内任期届满"), 0, href, _("查看"), "soon")


def ending(user: User, *, path: str | None, first: date, last: date) -> QuerySet[Organisation, Any]:
    """Organisations of the first day whose term ends by the last."""
    rows = Organisation.objects.visible_to(user).on(first).filter(_below(path))
    return rows.filter(term_ends_on__gte=first, term_ends_on__lte=last).values("pk")


def _probations(user: User, viewing: Viewing) -> Asked:
    """中国共产党章程 第七条: the probation lasts one year."""
    joined = years_after(viewing.as_of, -PROBATION_YEARS)
    place = {"path": _path(viewing), "day": viewing.as_of}
    question = prepared.how_many(past_probation, user, joined=joined, **place)
    href = _listed("members:list", viewing, kind="probationary", joined_to=joined)
    return question, Notice(_("预备党员预备期已满"), 0, href, _("查看"), "soon")


def past_probation(
    user: User, *, path: str | None, day: date, joined: date
) -> QuerySet[Membership, Any]:
    rows = Membership.objects.visible_to(user).on(day).filter(_below(path))
    return rows.filter(kind=Membership.Kind.PROBATIONARY, joined_on__lte=joined).values("pk")


def _path(viewing: Viewing) -> str | None:
    return viewing.area.path if viewing.area else None


def _below(path: str | None) -> Q:
    return Q() if path is None else within("area_path", (path,))


def _listed(view: str, viewing: Viewing, **filters: object) -> str:
    """The list of the same place and day, narrowed."""
    return f"{reverse(view)}?{urlencode([*viewing.given, *filters.items()])}"
