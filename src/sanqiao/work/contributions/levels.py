"""How far the money of each organisation below has come; sums alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from psycopg.sql import SQL

from sanqiao.kernel.scope import BELOW
from sanqiao.kernel.staging import run
from sanqiao.registers.organisations.models import Organisation

ZERO = Decimal(0)
GIVEN = SQL(
    "SELECT NULLIF(split_part(organisation_path, '.', %s), '')::bigint, count(*), sum(amount)"
    " FROM contributions_contribution"
    " WHERE organisation_path >= %s AND organisation_path < %s GROUP BY 1"
)
SENT = SQL(
    "SELECT r.organisation_id, sum(r.total), coalesce(sum(v.counted), 0),"
    " coalesce(sum(r.total) FILTER (WHERE v.id IS NULL AND EXISTS ("
    "SELECT FROM contributions_verification d WHERE d.remittance_id = r.id)), 0)"
    " FROM contributions_remittance r LEFT JOIN contributions_verification v"
    " ON v.remittance_id = r.id AND v.into_id IS NOT NULL WHERE r.to_id = %s GROUP BY 1"
)


@dataclass(frozen=True)
class Level:
    """Yuan of one organisation and everything below it: `given` is entered, `sent` handed up to
    the superior, `accepted` counted there and equal, `differing` counted and unequal."""

    entries: int = 0
    given: Decimal = ZERO
    sent: Decimal = ZERO
    accepted: Decimal = ZERO
    differing: Decimal = ZERO

    @property
    def below(self) -> Decimal:
        """Not handed up yet."""
        return self.given - self.sent

    @property
    def waiting(self) -> Decimal:
        """Handed up, not counted yet."""
        return self.sent - self.accepted - self.differing

    @property
    def is_equal(self) -> bool:
        return self.given == self.accepted

    def __add__(self, other: Level) -> Level:
        return Level(
            self.entries + other.entries, self.given + other.given, self.sent + other.sent,
            self.accepted + other.accepted, self.differing + other.differing,
        )  # fmt: skip


def levels_below(top: Organisation) -> dict[int, Level]:
    """{id of an organisation directly below: its level}; two queries, past no one's scope: the
    caller sees to it that only sums leave."""
    depth = top.path.count(".") + 1
    rows = run(GIVEN, [depth, top.path, top.path + BELOW])
    given = {pk: (n, total) for pk, n, total in rows if pk is not None}
    sent = {pk: rest for pk, *rest in run(SENT, [top.pk])}
    return {
        pk: Level(*given.get(pk, (0, ZERO)), *sent.get(pk, (ZERO, ZERO, ZERO)))
        for pk in {**given, **sent}
    }
