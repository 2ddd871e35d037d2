"""What the members of the reference city gave in the spring of 2020, and what became of it.

Sums and numbers are those of the source; who gave, when, and how much is drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, partial
from typing import NamedTuple

from sanqiao.kernel.models import User
from sanqiao.registers.people.rows import MembershipRow, PersonRow
from sanqiao.work.contributions import commands
from sanqiao.work.contributions.models import Contribution
from sanqiao.work.contributions.rows import ContributionRow, RemittanceRow

from .city import City
from .donated import stock_parts
from .draw import draw
from .part import Part
from .party import ROOT, Host

GIVERS, CASH = 90_800, 11_362_200
FIRST_DAY, LAST_START, SPREAD = date(2020, 2, 26), date(2020, 3, 4), 13
"""After the call of the central organisation department of 26 February 2020."""
FIRST_UNTIL = date(2020, 3, 5)
HANDED_ON = {"2020-1": date(2020, 3, 6), "2020-2": date(2020, 3, 20)}
AMOUNTS, WEIGHTS = (
    (10, 20, 50, 100, 150, 200, 300, 500, 1000),
    (3, 12, 22, 38, 3, 13, 4, 4, 1),
)
WAYS, WAY_WEIGHTS = ("cash", "transfer", "scan"), (5, 2, 4)
BATCH = 30_000
MISTAKES = 12
RECOUNTED = 3
"""Batches that were first counted wrong."""
Entry = tuple[str, str, str]
"""Organisation code, tier, key: a batch."""


class Giver(NamedTuple):
    """A member with the branch on the day of giving."""

    name: str
    id_number: str
    code: str
    day: date

    @property
    def key(self) -> str:
        return "2020-1" if self.day <= FIRST_UNTIL else "2020-2"


@dataclass(frozen=True)
class Contributions:
    city: City

    def sized(self, whole: int, step: int = 1) -> int:
        """In proportion to the city, in steps."""
        return round(whole * min(self.city.scale, 1) / step) * step

    @cached_property
    def givers(self) -> list[Giver]:
        """In the order of their organisations."""
        members = [giver for host in self.city.party.hosts for giver in self._members(host)]
        chosen = draw("givers").sample(range(len(members)), self.sized(GIVERS))
        return [members[n] for n in sorted(chosen)]

    def _members(self, host: Host) -> Iterator[Giver]:
        chance = draw("giving", host.code)
        starts = (LAST_START - FIRST_DAY).days + 1
        start = FIRST_DAY + timedelta(days=chance.randrange(starts))
        for person, memberships in self.city.roster.members_of(host):
            day = start + timedelta(days=int(SPREAD * chance.random() ** 2))
            code = _branch(memberships, day)
            if code:
                yield _giver(person, code, day)

    @cached_property
    def amounts(self) -> list[int]:
        """Yuan of each giver; together the source's sum."""
        chance = draw("amounts")
        amounts = chance.choices(AMOUNTS, WEIGHTS, k=len(self.givers))
        left = self.sized(CASH, 10) - sum(amounts)
        step = 10 if left > 0 else -10
        while left:
            n = chance.randrange(len(amounts))
            if amounts[n] + step > 0:
                amounts[n] += step
                left -= step
        return amounts

    @cached_property
    def rows(self) -> list[ContributionRow]:
        chance, collectors = draw("ways"), {giver.code: giver.name for giver in self.givers}
        ways = chance.choices(WAYS, WAY_WEIGHTS, k=len(self.givers))
        return [
            ContributionRow(
                f"2020{n:07}", giver.name, giver.id_number, giver.code, giver.day,
                Decimal(amount), way, collectors[giver.code], giver.key,
            )
            for n, (giver, amount, way) in enumerate(
                zip(self.givers, self.amounts, ways, strict=True), 1
            )
        ]  # fmt: skip

    @cached_property
    def parents(self) -> dict[str, str | None]:
        return {row.code: row.parent_code for row in self.city.party.rows}

    def depth(self, code: str) -> int:
        """1 at the root."""
        parent = self.parents[code]
        return 1 + self.depth(parent) if parent else 1

    @cached_property
    def remittances(self) -> list[list[RemittanceRow]]:
        """Tier by tier, the lowest first; the root keeps what it counted."""
        held: Counter[Entry] = Counter()
        for row in self.rows:
            held[row.organisation_code, "branch", row.batch_key] += int(row.amount)
        depths = {code: self.depth(code) for code in self.parents}
        tiers = []
        for depth in range(max(depths.values()), 1, -1):
            batches = sorted(batch for batch in held if depths[batch[0]] == depth)
            for code, _tier, key in batches:
                parent = self.parents[code] or ROOT
                held[parent, _above(depths[parent]), key] += held[code, _tier, key]
            tiers.append([_remittance(batch, held[batch], depth) for batch in batches])
        return [tier for tier in tiers if tier]


def _branch(memberships: Sequence[MembershipRow], day: date) -> str:
    """The organisation of that day; empty for somebody who was no member yet."""
    for row in memberships:
        if row.valid_from <= day and (row.valid_to is None or row.valid_to > day):
            return row.organisation_code
    return ""


def _giver(person: PersonRow, code: str, day: date) -> Giver:
    return Giver(person.name, person.id_number, code, day)


def _above(depth: int) -> str:
    return {1: "city", 2: "county"}.get(depth, "committee")


def _remittance(batch: Entry, total: int, depth: int) -> RemittanceRow:
    """Handed up two days after the tier below, counted on the next day."""
    code, tier, key = batch
    handed = HANDED_ON[key] + timedelta(days=2 * (6 - depth))
    return RemittanceRow(
        code, key, tier, Decimal(total), handed, f"SJ-{code}-{key}", Decimal(total),
        handed + timedelta(days=1), "", key,
    )  # fmt: skip


def parts(city: City) -> Iterator[Part]:
    """Gifts in runs, their way up, a few mistakes put right, goods and payments."""
    gifts = Contributions(city)
    runs = max(1, round(gifts.sized(GIVERS) / BATCH))
    for n in range(runs):
        yield Part(f"contributions {n + 1}", partial(_load_gifts, gifts, n, runs))
    yield Part("remittances", partial(_load_remittances, gifts))
    yield Part("reversals", partial(_load_mistakes, gifts))
    yield from stock_parts(city)


def _load_gifts(gifts: Contributions, n: int, runs: int, by: User) -> int:
    rows = gifts.rows[len(gifts.rows) * n // runs : len(gifts.rows) * (n + 1) // runs]
    commands.import_contributions(rows=rows, by=by)
    return len(rows)


def _load_remittances(gifts: Contributions, by: User) -> int:
    """Some are first counted ten yuan short, and counted again on the same day."""
    for tier in gifts.remittances:
        short = [_short(row) for row in draw("recount", len(tier)).sample(tier, RECOUNTED)]
        if tier is gifts.remittances[0]:
            commands.import_remittances(rows=short, by=by)
        commands.import_remittances(rows=tier, by=by)
    return sum(map(len, gifts.remittances))


def _short(row: RemittanceRow) -> RemittanceRow:
    note = "清点少 10 元，系零钱漏点"
    return row._replace(counted=row.total - 10, note=note, verified_on=row.handed_on)


def _load_mistakes(gifts: Contributions, by: User) -> int:
    """Entries that were made twice, and taken back the next day."""
    rows = draw("mistakes").sample(gifts.rows, min(MISTAKES, len(gifts.rows)))
    receipts = {row.receipt: row for row in rows}
    found = Contribution.objects.filter(receipt__in=receipts).select_related(
        "organisation", "person"
    )
    for entry in found.order_by("receipt"):
        day = date(2020, 4, 10)
        wrong = commands.enter_contribution(
            organisation=entry.organisation, person=entry.person, by=by,
            receipt=f"{entry.receipt}-B", given_on=day, amount=entry.amount, way=entry.way,
            collector=entry.collector,
        )  # fmt: skip
        commands.reverse_contribution(
            contribution=wrong, receipt=f"{entry.receipt}-H", on=day + timedelta(days=1),
            reason="重复登记", by=by,
        )  # fmt: skip
    return 2 * len(rows)
