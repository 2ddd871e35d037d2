"""What waits for somebody: duties first, then what the registers say is coming due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.kernel.models import Duty, User
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Membership
from sanqiao.registers.people.policies import PROBATION_YEARS, years_after
from sanqiao.web.viewing import Viewing, in_area

SOON = timedelta(days=7)
TERM_AHEAD = timedelta(days=183)
MOST = 20


@dataclass(frozen=True)
class Notice:
    """Something that the records themselves say; `count` of them, and where they are listed."""

    text: str
    count: int
    href: str
    button: str
    tone: str


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


def notices_for(user: User, viewing: Viewing, today: date) -> list[Notice]:
    """Terms that end and probations that are over, in the area looked at."""
    notices = []
    if "organisations.view" in user.acts:
        notices += _terms(user, viewing, today)
    if "people.change" in user.acts:
        notices += _probations(user, viewing, today)
    return [notice for notice in notices if notice.count]


def _terms(user: User, viewing: Viewing, today: date) -> list[Notice]:
    rows = in_area(Organisation.objects.visible_to(user).on(today), viewing)
    page = reverse("organisations:list")
    ahead = today + TERM_AHEAD
    return [
        Notice(_("党组织任期已届满"), rows.filter(term_ends_on__lt=today).count(),
               f"{page}?term_to={today - timedelta(days=1)}", _("查看"), "late"),
        Notice(_("党组织半年内任期届满"), rows.filter(term_ends_on__range=(today, ahead)).count(),
               f"{page}?term_from={today}&term_to={ahead}", _("查看"), "soon"),
    ]  # fmt: skip


def _probations(user: User, viewing: Viewing, today: date) -> list[Notice]:
    """中国共产党章程 第七条: the probation lasts one year."""
    joined = years_after(today, -PROBATION_YEARS)
    rows = in_area(Membership.objects.visible_to(user).on(today), viewing)
    over = rows.filter(kind=Membership.Kind.PROBATIONARY, joined_on__lte=joined)
    href = f"{reverse('members:list')}?kind=probationary&joined_to={joined}"
    return [Notice(_("预备党员预备期已满"), over.count(), href, _("查看"), "soon")]
