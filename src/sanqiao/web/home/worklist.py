"""What waits for somebody: duties first, then what the registers say is coming due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.kernel.models import Duty, User
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Membership
from sanqiao.registers.people.policies import PROBATION_YEARS, years_after
from sanqiao.web.doors import Door, doors
from sanqiao.web.viewing import Viewing, in_area
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
    notices = [_calls(user)] if user.person_id else []
    if "organisations.view" in user.acts:
        notices += [*_expired_terms(user, viewing), _ending_terms(user, viewing)]
    if "people.change" in user.acts:
        notices.append(_probations(user, viewing))
    return [notice for notice in notices if notice.count]


def _calls(user: User) -> Notice:
    rows = CallOut.objects.visible_to(user).unanswered().filter(person=user.person_id)
    count = rows.filter(mobilisation__state__in=OPEN).count()
    return Notice(_("动员等您回复"), count, reverse("mobilisations:mine"), _("去回复"), "soon")


def _expired_terms(user: User, viewing: Viewing) -> list[Notice]:
    if "figures.view" not in user.acts:
        return []
    href = _listed("organisations:list", viewing, term_to=viewing.as_of - timedelta(days=1))
    text, button = _("党组织任期已届满"), _("查看")
    return [
        Notice(text, int(door.value or 0), href, button, "late", door)
        for door in doors([EXPIRED], viewing)
    ]


def _ending_terms(user: User, viewing: Viewing) -> Notice:
    first, last = viewing.as_of, viewing.as_of + TERM_AHEAD
    rows = in_area(Organisation.objects.visible_to(user).on(viewing.as_of), viewing)
    count = rows.filter(term_ends_on__range=(first, last)).count()
    href = _listed("organisations:list", viewing, term_from=first, term_to=last)
    return Notice(_("党组织半年内任期届满"), count, href, _("查看"), "soon")


def _probations(user: User, viewing: Viewing) -> Notice:
    """中国共产党章程 第七条: the probation lasts one year."""
    joined = years_after(viewing.as_of, -PROBATION_YEARS)
    rows = in_area(Membership.objects.visible_to(user).on(viewing.as_of), viewing)
    over = rows.filter(kind=Membership.Kind.PROBATIONARY, joined_on__lte=joined)
    href = _listed("members:list", viewing, kind="probationary", joined_to=joined)
    return Notice(_("预备党员预备期已满"), over.count(), href, _("查看"), "soon")


def _listed(view: str, viewing: Viewing, **filters: object) -> str:
    """The list of the same place and day, narrowed."""
    return f"{reverse(view)}?{urlencode([*viewing.given, *filters.items()])}"
