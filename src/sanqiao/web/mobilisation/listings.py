"""Lists of mobilisations, of those called, of branches to be telephoned, of pledges, of scores."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.web.addresses import address
from sanqiao.web.listing import (
    Button,
    Choice,
    Column,
    Days,
    Flag,
    Listing,
    One,
    Search,
    choice,
    day,
    flag,
    link,
    number,
    text,
)
from sanqiao.web.listing.columns import Row, Value
from sanqiao.web.viewing import Viewing, in_area
from sanqiao.work.mobilisation.models import CallOut, Deed, Mobilisation, Pledge, Score

BALANCE = tuple(
    f"mobilisation.{term}"
    for term in ("ordered", "reached", "unreachable", "waiting", "answered", "silent", "can",
                 "cannot")
)  # fmt: skip
STATE_TONES = {"sending": "live", "paused": "soon", "stopped": "soon", "closed": "good"}
ANSWERED, REACHED = Q(answered_on__isnull=False), Q(reached_on__isnull=False)
CALL_TONES = {"can": "good", "silent": "soon", "unreachable": "late"}


def mobilisations(user: User, viewing: Viewing) -> QuerySet[Mobilisation]:
    """All that the reader is concerned with: of the own area, or with people there."""
    return Mobilisation.objects.visible_to(user)


def _href(row: Row) -> str:
    return address("mobilisations:detail", row["pk"])


def _bind_state() -> Value:
    labels, late = dict(Mobilisation.State.choices), gettext("逾期未关闭")
    return lambda row: late if _is_overdue(row) else str(labels[row["state"]])


def _is_overdue(row: Row) -> bool:
    return bool(row["state"] == "over" and row["close_by"] < timezone.localdate())


def _state_tone(row: Row) -> str:
    return "late" if _is_overdue(row) else STATE_TONES.get(row["state"], "")


TABS = (
    (_("动员"), "mobilisations:list"),
    (_("承诺"), "mobilisations:pledges"),
    (_("演练成绩"), "mobilisations:exercises"),
)
MOBILISATIONS = Listing(
    name="mobilisations",
    title=_("动员"),
    rows=mobilisations,
    columns=(
        link("title", _("名称"), "title", _href),
        Column("state", _("状态"), ("state", "close_by"), _bind_state, ("state",),
               tone=_state_tone),
        choice("kind", _("事由"), Mobilisation.Kind.choices),
        flag("is_exercise", _("演练")),
        text("number", _("文号")),
        text("area", _("区划"), "area__name"),
        day("issued_on", _("印发日期")),
        day("over_on", _("结束日期"), is_hidden=True),
        day("close_by", _("应关闭日期"), is_hidden=True),
    ),
    order=("-issued_on", "-pk"),
    filters=(
        Search("q", _("查找"), fields=("title", "number")),
        Choice("state", _("状态"), choices=Mobilisation.State.choices),
        Flag("exercise", _("只看演练"), condition=Q(is_exercise=True)),
        Days("issued", _("印发日期"), field="issued_on"),
    ),
    sums=BALANCE,
    buttons=(Button(_("发起动员"), "mobilisations:new", "mobilisation.order"),),
    tabs=TABS,
    empty=_("还没有动员。需要时由市、县、乡镇发起；也可以先做一次演练。"),
)  # fmt: skip


def _bind_why() -> Value:
    labels = {value: str(label) for value, label in CallOut.Why.choices if value}
    return lambda row: labels.get(row["why"], "")


def _person_href(row: Row) -> str:
    return address("people:detail", row["person_id"]) if row["person_id"] else "#"


def _bind_person() -> Value:
    gone = gettext("已销毁")
    return lambda row: row["person__name"] or gone


def _bind_call_state() -> Value:
    labels = dict(CallOut.State.choices)
    return lambda row: str(labels[row["state"]])


def called(mobilisation: Mobilisation) -> Listing:
    """Everybody on the list of one mobilisation, as far as the reader may see."""

    def rows(user: User, viewing: Viewing) -> QuerySet[CallOut]:
        return in_area(CallOut.objects.visible_to(user).filter(mobilisation=mobilisation), viewing)

    return Listing(
        name="call_outs",
        title=gettext("%(title)s：名单") % {"title": mobilisation.title},
        rows=rows,
        columns=(
            Column("person", _("姓名"), ("person__name", "person_id"), _bind_person,
                   href=_person_href),
            Column("state", _("状态"), ("state",), _bind_call_state, ("state",),
                   tone=lambda row: CALL_TONES.get(row["state"], "")),
            Column("why", _("未能送达原因"), ("why",), _bind_why),
            text("organisation", _("党组织"), "organisation__name", sort=("organisation_path",)),
            text("area", _("区划"), "area__name", sort=("area_path",)),
            text("wave", _("批次"), "wave__name", sort=("wave",)),
            flag("is_member", _("党员"), is_hidden=True),
            day("reached_on", _("送达日期")),
            day("answered_on", _("回复日期")),
        ),
        order=("area_path", "pk"),
        filters=(
            Choice("state", _("状态"), choices=CallOut.State.choices),
            Choice("why", _("未能送达原因"), choices=CallOut.Why.choices),
            Flag("answered", _("已回复"), condition=ANSWERED),
            Flag("reached", _("已送达"), condition=REACHED),
        ),
        empty=_("名单定下来以后，这里一人一行。"),
        template="mobilisation/people.html",
    )  # fmt: skip


def pledges(user: User, viewing: Viewing) -> QuerySet[Pledge]:
    rows = Pledge.objects.visible_to(user).filter(pledged_on__lte=viewing.as_of)
    kept = Deed.objects.filter(pledge=OuterRef("pk"), done_on__lte=viewing.as_of)
    return in_area(rows, viewing).annotate(is_kept=Exists(kept))


def _deed_href(row: Row) -> str:
    return address("mobilisations:deed", row["pk"])


def _bind_kept() -> Value:
    words = {True: gettext("已践诺"), False: gettext("待践诺")}
    return lambda row: words[row["is_kept"]]


PLEDGES = Listing(
    name="pledges",
    title=_("承诺"),
    rows=pledges,
    columns=(
        link("item", _("承诺事项"), "item", _deed_href),
        Column("person", _("姓名"), ("person__name",), _bind_person),
        Column("is_kept", _("践诺"), ("is_kept",), _bind_kept,
               tone=lambda row: "good" if row["is_kept"] else ""),
        text("campaign", _("承诺活动"), "campaign__name", sort=("campaign",)),
        text("area", _("区划"), "area__name", sort=("area_path",)),
        day("pledged_on", _("承诺日期")),
    ),
    order=("-pledged_on", "pk"),
    filters=(
        Search("q", _("查找"), fields=("item", "campaign__name")),
        Days("pledged", _("承诺日期"), field="pledged_on"),
        One("campaign", _("只看一个承诺活动"), field="campaign_id"),
    ),
    sums=("mobilisation.pledges", "mobilisation.kept_pledges"),
    buttons=(Button(_("开展承诺活动"), "mobilisations:campaign_new", "mobilisation.order"),),
    tabs=TABS,
    empty=_("党员回复能参加以后可以承诺；做到了由支部记录。"),
)  # fmt: skip


def scores(user: User, viewing: Viewing) -> QuerySet[Score]:
    return in_area(Score.objects.visible_to(user), viewing)


def _bind_minutes(field: str) -> Callable[[], Value]:
    def bind() -> Value:
        never = gettext("没有达到")
        return lambda row: never if row[field] is None else row[field]

    return bind


SCORES = Listing(
    name="scores",
    title=_("演练成绩"),
    rows=scores,
    columns=(
        link("title", _("演练"), "mobilisation__title",
             lambda row: address("mobilisations:detail", row["mobilisation_id"]),
             "mobilisation_id"),
        text("area", _("区划"), "area__name", sort=("area_path",)),
        day("issued_on", _("日期"), "mobilisation__issued_on"),
        number("ordered", _("应到")),
        number("answered", _("已回复")),
        Column("half_minutes", _("半数回复用时（分）"), ("half_minutes",),
               _bind_minutes("half_minutes"), ("half_minutes",), "n"),
        Column("most_minutes", _("九成回复用时（分）"), ("most_minutes",),
               _bind_minutes("most_minutes"), ("most_minutes",), "n"),
        number("holes", _("无人能参加的村（社区）")),
        number("areas", _("村（社区）"), is_hidden=True),
    ),
    order=("-mobilisation__issued_on", "pk"),
    tabs=TABS,
    empty=_("演练结束后，用时和空白点留在这里，供前后几次对照。"),
)  # fmt: skip
