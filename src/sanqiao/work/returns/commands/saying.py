"""Highest and lowest: said only where a table bears it out, and kept where others printed it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.registers.areas.models import Area
from sanqiao.work.returns import policies
from sanqiao.work.returns.models import ComparisonTable, Ranking, Standing, Superlative
from sanqiao.work.returns.rows import Saying


@transaction.atomic
def claim_superlative(*, saying: Saying, by: User) -> Superlative:
    """Say it ourselves; it stands on the table of the day.

    Raises Refused: returns.not_allowed, unknown_area, no_ranking, not_in_table, not_in_place,
    exclusion_unsaid.
    """
    area, ranking, standing = _found(saying, by)
    policies.check_superlative(saying, ranking, standing)
    return _keep(saying, area, standing, None, by=by)


@transaction.atomic
def quote_superlative(*, saying: Saying, by: User) -> Superlative:
    """Keep what a text printed, with whether it stands and, if not, why.

    Raises Refused: returns.not_allowed, unknown_area, quoted_already.
    """
    area, ranking, standing = _found(saying, by)
    quoted = Superlative.objects.filter(area=area, measure=saying.measure, is_quoted=True)
    if quoted.exists():
        raise Refused("returns.quoted_already", _("这个说法已经登记过"), field="measure")
    try:
        policies.check_superlative(saying, ranking, standing)
    except Refused as refusal:
        return _keep(saying, area, standing, refusal, by=by, is_quoted=True)
    return _keep(saying, area, standing, None, by=by, is_quoted=True)


def _found(saying: Saying, by: User) -> tuple[Area, Ranking | None, Standing | None]:
    area = Area.objects.filter(key=saying.area_key).first()
    if area is None:
        words = _("找不到区划：%(keys)s") % {"keys": saying.area_key}
        raise Refused("returns.unknown_area", words, field="area_key")
    policies.check_may(by, "returns.compare", [area])
    ranking = ComparisonTable.objects.ranking(saying.measure, saying.on_day)
    standing = ranking.standings.filter(area=area).first() if ranking else None
    return area, ranking, standing


def _keep(
    saying: Saying,
    area: Area,
    standing: Standing | None,
    refusal: Refused | None,
    *,
    by: User,
    is_quoted: bool = False,
) -> Superlative:
    kept = Superlative.objects.create(
        area=area, area_path=area.path, measure=saying.measure, text=saying.text,
        source=saying.source, on_day=saying.on_day, claimed_place=saying.place,
        is_quoted=is_quoted, stands=refusal is None, standing=standing,
        refusal=refusal.code if refusal else "", reason=refusal.message if refusal else "",
        said_by=by,
    )  # fmt: skip
    kind = "returns.superlative_quoted" if is_quoted else "returns.superlative_claimed"
    note(kind, subject=kept, by=by, stands=kept.stands)
    return kept
