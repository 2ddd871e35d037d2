"""How an exercise went: how soon half and nine in ten had answered, and where nobody can come."""

from __future__ import annotations

from datetime import datetime

from psycopg.sql import SQL, Literal

from sanqiao.kernel.staging import run

from .counting import equation_of, holes
from .models import Answer, Mobilisation, Score


def score_of(mobilisation: Mobilisation) -> Score:
    """Not saved."""
    equation = equation_of(mobilisation)
    (_holes, empty) = holes(mobilisation, mobilisation.area_path, 1)
    score = Score(
        mobilisation=mobilisation,
        area=mobilisation.area,
        ordered=equation.ordered,
        answered=equation.answered,
        half_minutes=_minutes(mobilisation, -(-equation.ordered // 2)),
        most_minutes=_minutes(mobilisation, -(-equation.ordered * 9 // 10)),
        areas=_communities(mobilisation),
        holes=empty,
    )
    score.place()
    return score


def _minutes(mobilisation: Mobilisation, count: int) -> int | None:
    """Whole minutes until so many had answered; None when they never did."""
    answers = Answer.objects.filter(call_out__mobilisation=mobilisation, stands=True)
    at: datetime | None = (
        answers.order_by("at").values_list("at", flat=True)[max(count, 1) - 1 :].first()
    )
    if at is None or mobilisation.started_at is None:
        return None
    return round((at - mobilisation.started_at).total_seconds() / 60)


def _communities(mobilisation: Mobilisation) -> int:
    """Communities in which somebody was called."""
    ((count,),) = run(COMMUNITIES.format(Literal(mobilisation.pk)))
    return int(count)


COMMUNITIES = SQL("""
SELECT count(DISTINCT c.id) FROM mobilisation_tally t JOIN areas_area a ON a.id = t.area_id
JOIN areas_area c ON c.level = 'community'
  AND c.id = ANY (string_to_array(rtrim(a.path, '.'), '.')::bigint[])
WHERE t.mobilisation_id = {} AND t.number > 0
""")
