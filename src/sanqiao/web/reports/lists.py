from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sanqiao.reports.models import WorkReport
from sanqiao.web.addresses import address
from sanqiao.web.listing import Button, Listing
from sanqiao.web.listing.columns import Row, choice, day, link, text
from sanqiao.web.listing.filters import Choice, Days, Search


def page_of(row: Row) -> str:
    return address("reports:detail", row["pk"])


def tone_of(row: Row) -> str:
    return "good" if row["state"] == WorkReport.State.PUBLISHED else "live"


REPORTS = Listing(
    name="reports",
    title=_("综述"),
    rows=lambda user, viewing: WorkReport.objects.visible_to(user),
    columns=(
        link("title", _("标题"), "title", page_of),
        text("number", _("发文字号")),
        choice("state", _("状态"), WorkReport.State.choices, tone=tone_of),
        text("area", _("区划"), "area__name"),
        day("as_of", _("截止日期")),
        text("made_by", _("起草人"), "made_by__display_name"),
    ),
    order=("-as_of", "-pk"),
    filters=(
        Search("q", _("标题"), fields=("title", "number")),
        Choice("state", _("状态"), choices=WorkReport.State.choices),
        Days("as_of_day", _("截止日期"), field="as_of"),
    ),
    buttons=(Button(_("起草综述"), "reports:new", "reports.build"),),
    empty=_("还没有综述。起草一篇，文中的每个数字都从指标选取。"),
)
