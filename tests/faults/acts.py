"""One act in a process of its own, for tests that kill it: `python -m tests.faults.acts ACT [wait]`.

With `wait` the act stands still when all its rows are written and nothing is committed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import django

django.setup()

from sanqiao.kernel.models import Change, Event, Link, User  # noqa: E402
from sanqiao.kernel.scope import EVERYTHING, acting_as  # noqa: E402
from sanqiao.registers.areas.commands import split_grids  # noqa: E402
from sanqiao.registers.areas.models import Area, AreaEdge  # noqa: E402
from sanqiao.registers.organisations.models import Organisation  # noqa: E402
from sanqiao.registers.people.commands import import_members  # noqa: E402
from sanqiao.registers.people.models import Membership, Person  # noqa: E402
from sanqiao.reports.commands import draft_report, publish_report  # noqa: E402
from sanqiao.reports.models import (  # noqa: E402
    FrozenNumber,
    Publication,
    WorkReport,
    published_root,
)
from tests.make import make_grant, make_town, make_user  # noqa: E402
from tests.registers.make import member_row, split_row  # noqa: E402

COUNTED = (Area, AreaEdge, Person, Membership, Publication, FrozenNumber, Link, Event, Change)
TEXT = "# 队伍\n全市有党员{{people.members}}名。"
GRID = "420302001001001"


def prepare(_by: User | None) -> None:
    with acting_as(make_user(username="loader"), scope=EVERYTHING):
        town = make_town()
        by = make_grant(role="city_officer", area=town.city, user=make_user(username="zhou")).user
        draft_report(
            area=town.city, title="综述", text=TEXT, start=date(2020, 1, 1),
            as_of=date(2020, 6, 30), by=User.objects.get(pk=by.pk), sign="市委组织部",
        )  # fmt: skip


def members(by: User) -> None:
    code = Organisation.objects.get(name="三桥社区党支部").code
    import_members(rows=[member_row(n, GRID, code) for n in range(50)], by=by)


def split(by: User) -> None:
    rows = [split_row(GRID, n) for n in range(9)]
    split_grids(rows=rows, on=date(2020, 2, 15), document="", by=by)


def publish(by: User) -> None:
    publish_report(report=WorkReport.objects.get(), by=by)


def counts(by: User) -> None:
    """Rows of each table, how many reports are published, and the files that a row names."""
    found: list[Any] = [model._default_manager.count() for model in COUNTED]
    found.append(WorkReport.objects.filter(state=WorkReport.State.PUBLISHED).count())
    folders = Publication.objects.values_list("folder", flat=True)
    found.append(sorted(p.name for f in folders for p in (published_root() / f).iterdir()))
    sys.stdout.write(json.dumps(found) + "\n")


ACTS: dict[str, Callable[[Any], None]] = {
    "prepare": prepare, "members": members, "split": split, "publish": publish, "counts": counts,
}  # fmt: skip


def main(name: str, wait: bool) -> None:
    act = ACTS[name]
    if name == "prepare":
        return act(None)
    by = User.objects.get(username="zhou")
    with acting_as(by, scope=EVERYTHING):
        act(by)
        if wait:
            sys.stdout.write("written\n")
            sys.stdout.flush()
            sys.stdin.read()
    return None


if __name__ == "__main__":
    main(sys.argv[1], "wait" in sys.argv[2:])
