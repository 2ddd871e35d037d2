"""对照表: our row and our place in the tables of the province; superlatives stand on them alone."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check
from sanqiao.figures.figure import Figure, Records
from sanqiao.registers.areas.models import in_force
from sanqiao.work.returns.models import Standing, Superlative, TableCell

from .epidemic import CASE, HEALTH, PATIENTS, SINCE

TABLE = _("对照表《湖北省新冠肺炎疫情分地区累计数》（湖北省卫生健康委员会通报）")
QUOTED = _("已登记的名次说法")
ORGANISATION_OFFICE, PLACE = _("市委组织部"), _("位")
PROVINCE = _("湖北省17个市（州、直管市、林区）；神农架林区的取舍另有文字说明")
SERIES = "hubei"
"""Tables of the province's areas; of ours only the city is a row."""


def in_table(code: str) -> Records:
    """Our own row of the latest table of the province."""
    return Records(
        of=TableCell,
        where=lambda start, as_of: (
            in_force(as_of, start="row__table__valid_from", end="row__table__valid_to")
            & Q(
                row__table__is_current=True,
                row__table__series=SERIES,
                row__area__isnull=False,
                column__line__code=code,
            )
        ),
        area="row__area",
        amount="value",
        fields=("column__line__code", "row__table__valid_from", "row__table__valid_to"),
    )


def standing(code: str, amount: str) -> Records:
    """Our own place in a ranking of the latest table of the province."""
    return Records(
        of=Standing,
        where=lambda start, as_of: (
            in_force(
                as_of,
                start="ranking__table__valid_from",
                end="ranking__table__valid_to",
            )
            & Q(
                ranking__table__is_current=True,
                ranking__table__series=SERIES,
                ranking__code=code,
                area__isnull=False,
                place__isnull=False,
            )
        ),
        amount=amount,
        fields=("ranking__code", "ranking__table__valid_from", "ranking__table__valid_to"),
    )


def printed(code: str) -> Records:
    """The place that some text claims."""
    return Records(
        of=Superlative,
        where=lambda start, as_of: Q(is_quoted=True, measure=f"{SERIES}.{code}", on_day__lte=as_of),
        amount="claimed_place",
        fields=("measure", "on_day", "stands"),
    )


BULLETIN_CONFIRMED = Figure(
    code="returns.bulletin_confirmed",
    name=_("省通报的本市累计确诊"),
    unit=CASE,
    kind="reported",
    population=PATIENTS,
    definition=_("截至当日最近一份全省对照表中本市一行的累计确诊数。"),
    source=TABLE,
    owner=HEALTH,
    since=SINCE,
    records=in_table("epidemic.confirmed"),
)
BULLETIN_DEATHS = Figure(
    code="returns.bulletin_deaths",
    name=_("省通报的本市累计病亡"),
    unit=CASE,
    kind="reported",
    population=PATIENTS,
    definition=_("截至当日最近一份全省对照表中本市一行的累计病亡数。"),
    source=TABLE,
    owner=HEALTH,
    since=SINCE,
    records=in_table("epidemic.deaths"),
)
BULLETIN_CURED = Figure(
    code="returns.bulletin_cured",
    name=_("省通报的本市累计出院"),
    unit=CASE,
    kind="reported",
    population=PATIENTS,
    definition=_("截至当日最近一份全省对照表中本市一行的累计出院数。"),
    source=TABLE,
    owner=HEALTH,
    since=SINCE,
    records=in_table("epidemic.discharged"),
)
BULLETIN_CURE_RATE = Figure(
    code="returns.bulletin_cure_rate",
    name=_("省通报的本市治愈率"),
    unit="%",
    kind="ratio",
    population=PATIENTS,
    definition=_("最近一份全省对照表中本市的累计出院除以累计确诊，乘以一百。"),
    source=TABLE,
    owner=HEALTH,
    since=SINCE,
    parts=("returns.bulletin_cured", "returns.bulletin_confirmed"),
    factor=100,
    decimals=2,
)
CURE_RANK = Figure(
    code="returns.cure_rank",
    name=_("治愈率在全省的名次（由高到低）"),
    unit=PLACE,
    kind="place",
    population=PROVINCE,
    definition=_(
        "截至当日最近一份《湖北省新冠肺炎疫情分地区累计数》按治愈率由高到低排，神农架林区不参加。"
    ),
    source=TABLE,
    owner=HEALTH,
    since=SINCE,
    ranking=f"{SERIES}.cure_rate",
    records=standing("cure_rate", "place"),
)
INFECTION_RANK = Figure(
    code="returns.infection_rank",
    name=_("感染率在全省的名次（由低到高）"),
    unit=PLACE,
    kind="place",
    population=PROVINCE,
    definition=_("最近一份全省对照表按感染率由低到高排；对照表里有分母才有名次。"),
    source=TABLE,
    owner=HEALTH,
    since=SINCE,
    ranking=f"{SERIES}.infection_rate",
    records=standing("infection_rate", "place"),
)
FATALITY_RANK = Figure(
    code="returns.fatality_rank",
    name=_("病死率在全省的名次（由低到高）"),
    unit=PLACE,
    kind="place",
    population=PROVINCE,
    definition=_(
        "截至当日最近一份《湖北省新冠肺炎疫情分地区累计数》按病死率由低到高排，神农架林区不参加。"
    ),
    source=TABLE,
    owner=HEALTH,
    since=SINCE,
    ranking=f"{SERIES}.fatality_rate",
    records=standing("fatality_rate", "place"),
)
FATALITY_RANK_OF_ALL = Figure(
    code="returns.fatality_rank_of_all",
    name=_("病死率在全省的名次（神农架林区也参加）"),
    unit=PLACE,
    kind="place",
    population=PROVINCE,
    definition=_("同一份对照表、同一种排法，一个地区也不排除时的名次。"),
    source=TABLE,
    owner=HEALTH,
    since=SINCE,
    ranking=f"{SERIES}.fatality_rate",
    records=standing("fatality_rate", "place_of_all"),
)
CURE_RANK_PRINTED = Figure(
    code="returns.cure_rank_printed",
    name=_("原文所称的治愈率名次"),
    unit=PLACE,
    kind="place",
    population=_("已登记的引文"),
    definition=_("他文所称本市治愈率在全省的名次，照录，不等于成立。"),
    source=QUOTED,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=printed("cure_rate"),
)
INFECTION_RANK_PRINTED = Figure(
    code="returns.infection_rank_printed",
    name=_("原文所称的感染率名次"),
    unit=PLACE,
    kind="place",
    population=_("已登记的引文"),
    definition=_("他文所称本市感染率在全省的名次，照录，不等于成立。"),
    source=QUOTED,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=printed("infection_rate"),
)


BULLETIN_AGREES = Check(
    code="returns.bulletin_agrees",
    kind="cross_source",
    relation="R-01",
    statement=_("省通报的本市累计确诊与病亡不多于本市填报的。"),
    left=("returns.bulletin_confirmed", "returns.bulletin_deaths"),
    right=("returns.confirmed", "returns.deaths"),
)
CURE_SUPERLATIVE = Check(
    code="returns.cure_superlative",
    kind="claim",
    relation="R-21",
    statement=_("对照表中的治愈率名次就是原文所称的名次。"),
    left=("returns.cure_rank",),
    right=("returns.cure_rank_printed",),
    flag=True,
    reason=_(
        "名次只能出自同一天的全省对照表：最近一份表里本市治愈率不居首，期末的治愈率没有全省同日的表"
        "可比，“最高”不能成立。神农架林区（11例全部治愈）不参加排序，须在文字中写明。"
    ),
)
CURE_RATES_OF_TWO_DAYS = Check(
    code="returns.cure_rates_of_two_days",
    kind="claim",
    relation="R-21",
    statement=_("本市治愈率就是最近一份对照表中的治愈率。"),
    left=("returns.cure_rate",),
    right=("returns.bulletin_cure_rate",),
    flag=True,
    reason=_("两个治愈率日期不同：名次只能用对照表当天的数，不能拿期末的数去比别地当天的数。"),
)
INFECTION_SUPERLATIVE = Check(
    code="returns.infection_superlative",
    kind="claim",
    relation="R-22",
    statement=_("对照表中的感染率名次就是原文所称的名次。"),
    left=("returns.infection_rank",),
    right=("returns.infection_rank_printed",),
    flag=True,
    reason=_(
        "感染率没有分母，所以没有名次（左边空缺）：人口数或医务人员数未登记，“最低”不能成立。"
    ),
)
FATALITY_SUPERLATIVE = Check(
    code="returns.fatality_superlative",
    kind="identity",
    relation="R-23",
    statement=_("不论是否排除神农架林区，病死率名次相同。"),
    left=("returns.fatality_rank",),
    right=("returns.fatality_rank_of_all",),
    flag=True,
    reason=_("神农架林区11例无病亡（0.00%），本市1.19%；“最低”只在写明不含神农架林区时成立。"),
)
PLACES_ARE_NO_AMOUNTS = Check(
    code="returns.places_are_no_amounts",
    kind="apart",
    relation="R-32",
    statement=_("名次是序数，和日期一样不进入任何合计、差额和比率。"),
    left=("returns.cure_rank",),
    right=("returns.fatality_rank",),
    flag=True,
    reason=_("两个名次出自两种排法，只能分别引用，并写明对照表、日期和不参加排序的地区。"),
)
