"""Where and when somebody looks: `?area=` and `?as_of=` of every page, held inside their grants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sanqiao.figures.policies import may_see
from sanqiao.kernel.models import Grant, User
from sanqiao.kernel.periods import Day, Month, Period, Quarter, Year, parse_period
from sanqiao.kernel.prepared import first
from sanqiao.kernel.roles import ROLES
from sanqiao.kernel.scope import within
from sanqiao.registers.areas.models import Area

from .signed_in import granted_area

M = TypeVar("M", bound=Model)
AREAS = Area.objects.defer("boundary")
FIRST, LAST = date(1921, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Viewing:
    """`area` is None for those whose grants hold no area at all."""

    area: Area | None
    period: Period
    given: tuple[tuple[str, str], ...]
    asked_start: date | None = None

    @property
    def place(self) -> Area:
        """The area, on pages that exist only where there is one."""
        if self.area is None:
            raise PermissionDenied
        return self.area

    @property
    def as_of(self) -> date:
        return self.period.last

    @property
    def start(self) -> date | None:
        """Where a flow begins to count: the period's first day; None for a mere as-of day."""
        if self.asked_start or isinstance(self.period, Day):
            return self.asked_start
        return self.period.first

    @property
    def words(self) -> str:
        """`2020年6月30日`, `2020年6月`, `2020年第2季度`, `2020年`; a flow's own start before it."""
        words = _words(self.period)
        return f"{self.asked_start} – {words}" if self.asked_start else words

    @property
    def wider(self) -> list[tuple[str, str]]:
        """The month, quarter and year around the day, as (title, text)."""
        kinds = ((_("当月"), Month), (_("当季"), Quarter), (_("全年"), Year))
        return [(title, str(kind.containing(self.as_of))) for title, kind in kinds]

    @property
    def query(self) -> str:
        """`?area=…&as_of=…` as it was given, for links that stay in this place and time."""
        return f"?{urlencode(self.given)}" if self.given else ""

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """The same as hidden inputs of a form."""
        return self.given

    @property
    def figure_query(self) -> str:
        """The query of a number door: always says where and when."""
        return self.query_at(self.area.key if self.area else "")

    def query_at(self, key: str) -> str:
        """The same at the area with this key."""
        pairs = [("area", key)] if key else []
        pairs.append(("as_of", self.as_of.isoformat()))
        if self.start:
            pairs.append(("start", self.start.isoformat()))
        return f"?{urlencode(pairs)}"


def in_area(rows: QuerySet[M, Any], viewing: Viewing) -> QuerySet[M, Any]:
    """Rows whose `area_path` lies in the viewing's area."""
    return rows.filter(within("area_path", (viewing.area.path,))) if viewing.area else rows


def viewing_of(request: HttpRequest) -> Viewing:
    """Once a request. Raises Http404 for an unknown area or day, and for one outside the grants."""
    found: Viewing | None = getattr(request, "_viewing", None)
    if found is None:
        found = _viewing(request)
        request._viewing = found  # type: ignore[attr-defined]
    return found


def _viewing(request: HttpRequest) -> Viewing:
    given = request.GET
    kept = tuple((name, given[name]) for name in ("area", "as_of", "start") if given.get(name))
    try:
        period = _period(given.get("as_of") or usual_day().isoformat())
        start = date.fromisoformat(given["start"]) if given.get("start") else None
    except ValueError:
        raise Http404(_("没有这个日期")) from None
    return Viewing(_area(cast(User, request.user), given.get("area", "")), period, kept, start)


def usual_viewing(user: User) -> Viewing:
    """Today, at the place of the first grant."""
    return Viewing(_start(user), Day(usual_day()), ())


def usual_day() -> date:
    """Today; in the demo the day on which its city stands."""
    return date.fromisoformat(settings.AS_OF) if settings.AS_OF else timezone.localdate()


def _period(text: str) -> Period:
    """Raises ValueError for what is no period, or none of our time."""
    period = parse_period(text)
    if not FIRST <= period.first <= LAST:
        raise ValueError(text)
    return period


def _words(period: Period) -> str:
    year = period.first.year
    match period:
        case Day():
            return date_format(period.first)
        case Month():
            return date_format(period.first, "YEAR_MONTH_FORMAT")
        case Quarter():
            return _("%(year)s年第%(quarter)s季度") % {"year": year, "quarter": period.number}
        case Year():
            return _("%(year)s年") % {"year": year}


def _area(user: User, key: str) -> Area | None:
    if not key:
        return _start(user)
    area = first(_by_key, key=key)
    if area is None or not may_see(user, area):
        raise Http404(_("没有这个区划，或者它不在您的授权范围内"))
    return area


def _start(user: User) -> Area | None:
    """The place of the first grant that shows figures; the city for one over organisations."""
    grants = [grant for grant in user.grants_today if "figures.view" in ROLES[grant.role]]
    if not grants:
        return None
    paths = [grant.path for grant in grants if grant.tree == Grant.Tree.AREA and grant.path]
    if len(paths) < len(grants) or not paths:
        return first(_roots)
    return granted_area(user, min(paths))


def _by_key(*, key: str) -> QuerySet[Area]:
    return AREAS.filter(key=key)


def _roots() -> QuerySet[Area]:
    return AREAS.filter(parent=None).order_by("path")
