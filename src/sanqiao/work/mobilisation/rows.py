"""What the bulk commands of mobilisations take: one tuple a row; numbers and codes, not ids."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class OutcomeRow(NamedTuple):
    """What a branch reports of one person on its receipt (回执).

    `outcome` is can, cannot, silent (reached, no answer) or unreachable.
    """

    id_number: str
    outcome: str
    on: date
    reason: str = ""


class PledgeRow(NamedTuple):
    """What somebody pledged, and the deed that kept it, where there is one."""

    id_number: str
    item: str
    words: str
    on: date
    done_on: date | None = None
    what: str = ""
