"""The command page: where a mobilisation stands, every number a door, anew every few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Post
from sanqiao.web.access import allowed
from sanqiao.web.actions import Action, history_href
from sanqiao.web.addresses import address
from sanqiao.web.areas.maps import children_map
from sanqiao.web.beside import beside
from sanqiao.web.figures.evidence import Bar
from sanqiao.web.request import Request
from sanqiao.web.viewing import Viewing, viewing_of
from sanqiao.work.mobilisation.audience import Rule, preview
from sanqiao.work.mobilisation.counting import AreaStands, Equation, by_area, holes
from sanqiao.work.mobilisation.large_orders import under_way
from sanqiao.work.mobilisation.models import Channel, Mobilisation

State = Mobilisation.State
WATCHED_SECONDS = 3
"""After so long a pace is more than chance."""
LIVE = {State.SENDING, State.PAUSED, State.STOPPED}
TERMS = (
    ("ordered", gettext_lazy("应动员"), ""),
    ("reached", gettext_lazy("已送达"), "reached=1"),
    ("unreachable", gettext_lazy("未能送达"), "state=unreachable"),
    ("waiting", gettext_lazy("待送达"), "state=waiting"),
    ("answered", gettext_lazy("已回复"), "answered=1"),
    ("silent", gettext_lazy("未回复"), "state=silent"),
    ("can", gettext_lazy("能参加"), "state=can"),
    ("cannot", gettext_lazy("不能参加"), "state=cannot"),
)
ACTS = {
    "order": (gettext_lazy("定名单"), (State.DRAFT,)),
    "start": (gettext_lazy("开始发送"), (State.ORDERED,)),
    "pause": (gettext_lazy("暂停发送"), (State.SENDING,)),
    "resume": (gettext_lazy("继续发送"), (State.PAUSED,)),
    "stop": (gettext_lazy("停止发送"), (State.SENDING, State.PAUSED)),
    "end": (gettext_lazy("结束动员"), (State.SENDING, State.PAUSED, State.STOPPED)),
    "close": (gettext_lazy("关闭并销毁"), (State.OVER,)),
}
GROWS = (State.ORDERED, State.SENDING, State.PAUSED)
"""States in which another wave may be added."""


@dataclass(frozen=True)
class Term:
    """One term of the balance and the rows behind it."""

    name: str
    number: int
    href: str


def find(request: Request, pk: int) -> Mobilisation:
    rows = Mobilisation.objects.visible_to(request.user).select_related("area", "made_by")
    return get_object_or_404(rows, pk=pk)


@allowed("mobilisation.view")
def mobilisation_detail(request: Request, pk: int) -> HttpResponse:
    mobilisation, viewing = find(request, pk), viewing_of(request)
    ordering = under_way(mobilisation) if mobilisation.state == State.DRAFT else None
    context = {
        "mobilisation": mobilisation,
        "facts": facts_of(mobilisation),
        "ordering": ordering,
        "actions": [] if ordering else actions_of(mobilisation, request.user),
        "history_href": history_href(mobilisation),
        "viewing": viewing,
        "squads_href": beside(
            "squads:beside", area=_place(mobilisation, viewing).key, as_of=str(viewing.as_of)
        ),
        "rule": rule_words(mobilisation),
        "is_overdue": is_overdue(mobilisation),
    }
    if mobilisation.state == State.DRAFT:
        found = preview(mobilisation, timezone.localdate())
        context |= {"preview": found, "bars": _preview_bars(mobilisation, found.areas)}
        return render(request, "mobilisation/draft.html", context)
    return render(request, "mobilisation/detail.html", context | live_of(mobilisation, viewing))


@allowed("mobilisation.view")
def mobilisation_live(request: Request, pk: int) -> HttpResponse:
    """The part of the page that asks again by itself."""
    mobilisation, viewing = find(request, pk), viewing_of(request)
    context = {"mobilisation": mobilisation, **live_of(mobilisation, viewing)}
    return render(request, "mobilisation/live.html", context)


@allowed("mobilisation.view")
def mobilisation_map(request: Request, pk: int) -> HttpResponse:
    """Who can come, one level down."""
    mobilisation, area = find(request, pk), viewing_of(request).place
    stands = by_area(mobilisation, area.path)
    values: dict[str, Decimal | None] = {
        each.key: Decimal(each.equation.can) for each in stands if each.key
    }
    hrefs = {key: _people(mobilisation, "state=can", key) for key in values}
    found = children_map(area, _("能参加的人"), _("人"), values, hrefs)
    return render(request, "mobilisation/map.html", {"map": found})


def live_of(mobilisation: Mobilisation, viewing: Viewing) -> dict[str, Any]:
    """Four queries over tallies, batches and channels; none over people."""
    area = _place(mobilisation, viewing)
    stands = by_area(mobilisation, area.path)
    equation = sum((each.equation for each in stands), Equation())
    empty, count = holes(mobilisation, area.path)
    return {
        "area": area,
        "viewing": viewing,
        "terms": terms_of(mobilisation, equation, area),
        "equation": equation,
        "bars": _bars(mobilisation, stands),
        "holes": [(hole, _people(mobilisation, "", hole.key)) for hole in empty],
        "hole_count": count,
        "is_live": mobilisation.state in LIVE,
        **_progress(mobilisation),
    }


def _place(mobilisation: Mobilisation, viewing: Viewing) -> Area:
    """The area looked at, when it lies in that of the order; else that of the order itself."""
    asked = viewing.area
    below = asked is not None and asked.path.startswith(mobilisation.area_path)
    return asked if asked is not None and below else mobilisation.area


def terms_of(mobilisation: Mobilisation, equation: Equation, area: Area) -> dict[str, Term]:
    return {
        name: Term(str(title), getattr(equation, name), _people(mobilisation, query, area.key))
        for name, title, query in TERMS
    }


def _people(mobilisation: Mobilisation, query: str, area: str) -> str:
    place = urlencode({"area": area}) if area else ""
    given = "&".join(part for part in (place, query) if part)
    return address("mobilisations:people", mobilisation.pk) + (f"?{given}" if given else "")


def _bars(mobilisation: Mobilisation, stands: list[AreaStands]) -> list[Bar]:
    """Answered of ordered in each area, a door one level deeper."""
    page = address("mobilisations:detail", mobilisation.pk)
    return [
        Bar(
            name=each.name or _("本级"),
            shown=f"{each.equation.answered:,} / {each.equation.ordered:,}",
            percent=_percent(each.equation.answered, each.equation.ordered),
            href=f"{page}?area={each.key}" if each.key else _people(mobilisation, "", ""),
        )
        for each in stands
        if each.equation.ordered
    ]


def _preview_bars(mobilisation: Mobilisation, areas: Any) -> list[Bar]:
    longest = max((each.number for each in areas), default=0)
    return [
        Bar(each.name or _("本级"), f"{each.number:,}", _percent(each.number, longest), "")
        for each in areas
    ]


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def _progress(mobilisation: Mobilisation) -> dict[str, Any]:
    """Messages handed over and still to be, and how long that takes at the pace of the minute."""
    now = timezone.now()
    recent = Q(done_at__gte=now - timedelta(minutes=1))
    found = mobilisation.batches.aggregate(
        total=Sum("size"),
        left=Sum("size", filter=Q(done_at=None)),
        minute=Sum("size", filter=recent),
        parcels=Count("pk", filter=recent),
        since=Min("done_at", filter=recent),
    )
    left, sending = found["left"] or 0, mobilisation.state == State.SENDING
    rate = pace(found["minute"] or 0, found["parcels"], found["since"], now)
    return {
        "total": found["total"] or 0,
        "done": (found["total"] or 0) - left,
        "seconds_left": round(left / rate) if sending and rate and left else None,
        "down": list(Channel.objects.exclude(down_since=None)) if sending else [],
    }


def pace(messages: int, parcels: int, since: datetime | None, now: datetime) -> float | None:
    """Messages a second in parcels that were done from `since` on; None before it can be known.

    The first parcel only starts the clock: when it was begun is not known.
    """
    seconds = (now - since).total_seconds() if since else 0.0
    if seconds < WATCHED_SECONDS or parcels < 2:
        return None
    return messages * (parcels - 1) / parcels / seconds


def facts_of(mobilisation: Mobilisation) -> list[tuple[str, Any]]:
    return [
        (_("事由"), mobilisation.get_kind_display()),
        (_("区划"), mobilisation.area.name),
        (_("法律依据"), mobilisation.basis),
        (_("文号"), mobilisation.number),
        (_("印发日期"), mobilisation.issued_on),
        (_("渠道顺序"), " → ".join(_route(mobilisation))),
        (_("拟稿人"), str(mobilisation.made_by)),
        (_("应关闭日期"), mobilisation.close_by),
    ]


def _route(mobilisation: Mobilisation) -> list[str]:
    """Channels in their order, with the minutes after which the next one comes."""
    names = [str(Channel.Code(code).label) for code in mobilisation.channels]
    waits = [step.get("patience_minutes", 0) for step in mobilisation.route[:-1]]
    waited = [
        f"{name}（{wait}′）" if wait else name for name, wait in zip(names, waits, strict=False)
    ]
    return [*waited, *names[len(waited) :]]


def rule_words(mobilisation: Mobilisation) -> list[str]:
    """The kept rule, line by line, with the names of today."""
    rule = Rule.of(mobilisation.rule)
    names = _names(rule)
    members = {"all": _("全体党员（含预备党员）"), "full": _("正式党员"), "": ""}[rule.members]
    ages = f"{rule.youngest or ''}–{rule.oldest or ''}" if rule.youngest or rule.oldest else ""
    lines = (
        (_("党员"), members),
        (_("任职"), "、".join(names.get(code, code) for code in rule.posts)),
        (_("区划"), "、".join(names.get(key, key) for key in rule.areas)),
        (_("党组织"), "、".join(names.get(code, code) for code in rule.organisations)),
        (_("特长"), "、".join(rule.skills)),
        (_("年龄"), ages),
    )
    return [f"{title}：{words}" for title, words in lines if words]


def _names(rule: Rule) -> dict[str, str]:
    """Of posts, areas and organisations by code, in one query; none for a rule without any."""
    if not (rule.posts or rule.areas or rule.organisations):
        return {}
    posts = Post.objects.filter(code__in=rule.posts).order_by()
    areas = Area.objects.filter(key__in=rule.areas).order_by()
    organisations = Organisation.objects.filter(code__in=rule.organisations).order_by()
    return dict(
        posts.values_list("code", "name").union(
            areas.values_list("key", "name"), organisations.values_list("code", "name")
        )
    )


def is_overdue(mobilisation: Mobilisation) -> bool:
    late = mobilisation.close_by is not None and mobilisation.close_by < timezone.localdate()
    return late and mobilisation.state == State.OVER


def actions_of(mobilisation: Mobilisation, user: User) -> list[Action]:
    """What may be done next, the first one first."""
    found: list[Action] = []
    for act, (title, states) in ACTS.items():
        right = "mobilisation.close" if act == "close" else "mobilisation.order"
        if mobilisation.state in states and user.may(right, area=mobilisation.area_path):
            href = address("mobilisations:act", mobilisation.pk, act)
            found.append(Action(title, href, "right", is_first=not found))
    return [*found, *_other_actions(mobilisation, user)]


def _other_actions(mobilisation: Mobilisation, user: User) -> list[Action]:
    may_order = user.may("mobilisation.order", area=mobilisation.area_path)
    offers = (
        (may_order and mobilisation.state == State.DRAFT, _("修改"), "edit", "edit"),
        (may_order and mobilisation.state in GROWS,
         _("增补批次"), "wave", "plus"),
        (mobilisation.takes_answers, _("支部名单"), "lists", "people"),
        (mobilisation.state == State.CLOSED, _("关闭记录"), "closing", "report"),
    )  # fmt: skip
    return [
        Action(title, address(f"mobilisations:{view}", mobilisation.pk), icon)
        for offered, title, view, icon in offers
        if offered
    ]
