"""Where a gift is collected: a unit's by the committee above it."""

from __future__ import annotations

from django.db.models import Func, TextField
from psycopg.sql import SQL

from sanqiao.kernel.staging import run


class CollectPath(Func):
    """Path of the area whose officials collect for the organisation: its own, or, for a unit, that
    of the committee above the unit."""

    function = "contributions_collect_path"
    output_field = TextField()


def collect_path(organisation_id: int) -> str:
    """One query; sees organisations above the reader's scope."""
    ((path,),) = run(SQL("SELECT contributions_collect_path(%s)"), [organisation_id])
    return str(path)
