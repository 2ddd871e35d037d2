"""In an exercise somebody has to answer: a share of the silent, by chance, marked as such."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from psycopg.sql import SQL

from sanqiao.work.mobilisation.models import Mobilisation
from sanqiao.work.mobilisation.sql import ask, expect_many

SHARE, WILLING = 0.15, 0.9
"""Who answers in one round, and which part of them can come."""


@transaction.atomic
def rehearse(*, mobilisation: int) -> int:
    """One round of made-up answers to an exercise that is being sent; how many."""
    rows = Mobilisation.objects.select_for_update(skip_locked=True)
    found = rows.filter(pk=mobilisation, state=Mobilisation.State.SENDING, is_exercise=True)
    if not found.exists():
        return 0
    expect_many()
    now = timezone.now()
    values = {
        "id": mobilisation, "share": SHARE, "willing": WILLING, "now": now,
        "today": timezone.localdate(now),
    }  # fmt: skip
    return len(ask(ANSWER, values))


ANSWER = SQL("""
WITH answered AS (
  UPDATE mobilisation_callout
  SET answer = CASE WHEN random() < %(willing)s THEN 'can' ELSE 'cannot' END,
    answered_on = %(today)s
  WHERE mobilisation_id = %(id)s AND state = 'silent' AND random() < %(share)s
  RETURNING id, answer, area_id, area_path
)
INSERT INTO mobilisation_answer
  (call_out_id, answer, reason, via, stands, at, area_id, area_path)
SELECT id, answer, '', 'rehearsal', true, %(now)s, area_id, area_path FROM answered
RETURNING id
""")
