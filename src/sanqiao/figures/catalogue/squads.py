"""突击队: squads, who is in them, where they are; each count says whom it leaves out."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check, Cover
from sanqiao.figures.figure import Figure, Records
from sanqiao.registers.areas.models import Compound, in_force
from sanqiao.work.squads.models import Deployment, Squad, SquadMember

from .people import URBAN_COUNTIES

SINCE = date(2019, 1, 1)
LEDGER, ORGANISATION_OFFICE = _("突击队台账"), _("市委组织部")
TEAM, PERSON, PIECE = _("支"), _("人"), _("个")
MUNICIPAL = _("市直单位组建的突击队，不含企业突击队")
SQUAD_FIELDS = ("kind", "formed_on", "dissolved_on")
MEMBER_FIELDS = ("role", "squad__kind", "valid_from", "valid_to")
THREE_NO = Q(has_manager=False, has_committee=False, has_guard=False)


def formed(start: date | None, as_of: date) -> Q:
    """Formed in the period, and sent somewhere by its end."""
    sent = Deployment.objects.filter(squad=OuterRef("pk"), valid_from__lte=as_of)
    return Q(formed_on__gte=start or date.min, formed_on__lte=as_of) & Q(Exists(sent))


def squads_formed(**where: object) -> Records:
    return Records(
        of=Squad,
        where=lambda start, as_of: formed(start, as_of) & Q(**where),
        fields=SQUAD_FIELDS,
    )


def members(*roles: str, within: tuple[str, ...] = ()) -> Records:
    """People of municipal squads on the day, each once."""
    return Records(
        of=SquadMember,
        where=lambda start, as_of: in_force(as_of) & Q(squad__kind="municipal", role__in=roles),
        subject="person",
        fields=MEMBER_FIELDS,
        within=within,
    )


FORMED = Figure(
    code="squads.formed",
    name=_("组建突击队"),
    unit=TEAM,
    kind="count",
    timing="flow",
    population=MUNICIPAL,
    definition=_("期间内组建、截至当日至少有一次有日期的派驻的市直单位突击队；已解散的也计入。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=squads_formed(kind="municipal"),
)
COMPANY_SQUADS = Figure(
    code="squads.company",
    name=_("企业突击队"),
    unit=TEAM,
    kind="count",
    timing="flow",
    population=_("企业组建的突击队（如病人转运）"),
    definition=_("期间内组建、至少有一次派驻的企业突击队；不受队长资格约束，不计入组建突击队数。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=squads_formed(kind="company"),
)
ALL_SQUADS = Figure(
    code="squads.all_formed",
    name=_("各类突击队"),
    unit=TEAM,
    kind="count",
    timing="flow",
    population=_("市直单位和企业组建的突击队"),
    definition=_("期间内组建、至少有一次派驻的突击队，不分组建单位。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=squads_formed(),
)
ACTIVE = Figure(
    code="squads.active",
    name=_("在队突击队"),
    unit=TEAM,
    kind="count",
    population=MUNICIPAL,
    definition=_("截至当日已组建、尚未解散的市直单位突击队。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Squad,
        where=lambda start, as_of: (
            in_force(as_of, start="formed_on", end="dissolved_on") & Q(kind="municipal")
        ),
        fields=SQUAD_FIELDS,
    ),
)
OVERDUE = Figure(
    code="squads.overdue",
    name=_("到期未解散的突击队"),
    unit=TEAM,
    kind="count",
    population=_("市直单位和企业组建的突击队"),
    definition=_("截至当日已过预定解散日期而尚未解散的突击队。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Squad,
        where=lambda start, as_of: (
            Q(until__lt=as_of) & (Q(dissolved_on=None) | Q(dissolved_on__gt=as_of))
        ),
        fields=("kind", "until", "dissolved_on"),
    ),
)
MEMBERS = Figure(
    code="squads.members",
    name=_("全市突击队队员"),
    unit=PERSON,
    kind="distinct",
    population=_("全市各市直单位突击队的副队长和队员，不含队长、不含企业突击队"),
    definition=_("截至当日在队的副队长和队员，每人计一次。城区的另列。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=members("deputy", "member"),
)
URBAN_MEMBERS = Figure(
    code="squads.urban_members",
    name=_("城区突击队队员（台账）"),
    unit=PERSON,
    kind="distinct",
    population=_("驻城区（茅箭、张湾、经开区）的市直单位突击队的副队长和队员"),
    definition=_("截至当日驻城区的突击队在队的副队长和队员，每人计一次。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=members("deputy", "member", within=URBAN_COUNTIES),
)
CAPTAINS = Figure(
    code="squads.captains",
    name=_("突击队队长"),
    unit=PERSON,
    kind="distinct",
    population=MUNICIPAL,
    definition=_("截至当日在任的队长，每人计一次。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=members("captain"),
)
BREACHES = Figure(
    code="squads.breaches",
    name=_("资格不符合的队长"),
    unit=PERSON,
    kind="distinct",
    population=MUNICIPAL,
    definition=_(
        "截至当日在任、任命当日既不是市直单位主要负责人、职级也未达到要求的队长；"
        "任命以后的提任不改变当日的结论。"
    ),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=SquadMember,
        where=lambda start, as_of: in_force(as_of) & Q(proof="breach"),
        subject="person",
        fields=("proof", "proof_rank", "valid_from", "valid_to"),
    ),
)
MEMBERS_PER_SQUAD = Figure(
    code="squads.members_per_squad",
    name=_("每支突击队的队员"),
    unit=_("人/支"),
    kind="ratio",
    population=MUNICIPAL,
    definition=_("全市突击队队员除以在队突击队；分子分母同一范围。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("squads.members", "squads.active"),
    decimals=1,
)
DEPLOYMENTS = Figure(
    code="squads.deployments",
    name=_("派驻"),
    unit=PIECE,
    kind="count",
    population=_("突击队在小区、网格或村（社区）的派驻"),
    definition=_("截至当日有效的派驻；一支突击队可以同时派驻几处。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Deployment,
        where=lambda start, as_of: in_force(as_of),
        fields=("valid_from", "valid_to"),
    ),
)
COVERED = Figure(
    code="squads.three_no_covered",
    name=_("有突击队派驻的“三无”小区"),
    unit=PIECE,
    kind="distinct",
    population=_("登记的“三无”小区"),
    definition=_("截至当日有突击队派驻的“三无”小区，每个计一次。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Deployment,
        where=lambda start, as_of: (
            in_force(as_of)
            & in_force(as_of, start="compound__valid_from", end="compound__valid_to")
            & Q(
                compound__has_manager=False,
                compound__has_committee=False,
                compound__has_guard=False,
            )
        ),
        subject="compound",
        fields=("valid_from", "valid_to"),
    ),
)
UNCOVERED = Figure(
    code="squads.three_no_uncovered",
    name=_("无人派驻的“三无”小区"),
    unit=PIECE,
    kind="difference",
    population=_("登记的“三无”小区"),
    definition=_("“三无”小区减去有突击队派驻的“三无”小区。"),
    source=LEDGER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("areas.three_no_compounds", "squads.three_no_covered"),
)


def captains(day: date) -> QuerySet[SquadMember]:
    rows = SquadMember.objects.on(day).filter(role="captain", squad__kind="municipal")
    return rows.order_by()


def standing(day: date) -> QuerySet[Squad]:
    return Squad.objects.on(day).filter(kind="municipal").order_by()


def leaderless(day: date) -> QuerySet[Squad]:
    led = SquadMember.objects.on(day).filter(role="captain", squad=OuterRef("pk"))
    return standing(day).filter(~Exists(led))


def unsent(day: date) -> QuerySet[Squad]:
    sent = Deployment.objects.on(day).filter(squad=OuterRef("pk"))
    return standing(day).filter(~Exists(sent))


def three_no(day: date) -> QuerySet[Compound]:
    return Compound.objects.filter(in_force(day) & THREE_NO).order_by()


def uncovered(day: date) -> QuerySet[Compound]:
    """Three-no compounds to which no squad is sent on the day."""
    sent = Deployment.objects.filter(in_force(day), compound=OuterRef("pk"))
    return three_no(day).filter(~Exists(sent))


CAPTAINS_SATISFY_THE_RULE = Check(
    code="squads.captains_satisfy_the_rule",
    kind="cover",
    statement=_("每名队长在任命当日符合队长资格。"),
    cover=Cover(all=captains, missing=lambda day: captains(day).filter(proof="breach")),
    flag=True,
    reason=_("以任命当日的任职为准，以后提任不补正；不符合的须有任命原因。"),
)
EVERY_SQUAD_HAS_A_CAPTAIN = Check(
    code="squads.every_squad_has_a_captain",
    kind="cover",
    statement=_("每支在队的突击队有一名队长。"),
    cover=Cover(all=standing, missing=leaderless),
)
EVERY_SQUAD_IS_SENT = Check(
    code="squads.every_squad_is_sent",
    kind="cover",
    statement=_("每支在队的突击队都有派驻地。"),
    cover=Cover(all=standing, missing=unsent),
)
THREE_NO_COVERED = Check(
    code="squads.three_no_are_covered",
    kind="cover",
    statement=_("每个“三无”小区都有突击队派驻。"),
    cover=Cover(all=three_no, missing=uncovered),
    flag=True,
    reason=_("“三无”小区优先派驻，无人派驻的逐个列出。"),
)
LEDGER_AND_POSTS = Check(
    code="squads.ledger_and_posts",
    kind="identity",
    statement=_("台账中的城区突击队队员就是任职登记中的城区突击队队员。"),
    left=("squads.urban_members",),
    right=("people.squad_members",),
)
MEMBERS_AND_SQUADS = Check(
    code="squads.members_and_squads",
    kind="identity",
    relation="R-24",
    statement=_("城区队员数与组建突击队数说的是同一批突击队。"),
    left=("people.squad_members",),
    right=("squads.formed",),
    flag=True,
    reason=_(
        "两个数范围不同：队员只数驻城区的，突击队数是全市的；不得相除得出每队人数。"
        "每队人数用“每支突击队的队员”，分子分母同为全市。"
    ),
)
COMPANY_OUTSIDE = Check(
    code="squads.company_outside",
    kind="identity",
    relation="R-33",
    statement=_("各类突击队都是市直单位组建的。"),
    left=("squads.all_formed",),
    right=("squads.formed",),
    flag=True,
    reason=_("差额是企业突击队（病人转运等），队长不受市直单位资格约束，不计入组建突击队数。"),
)
