"""A part of the load: one transaction, one command, its rows made when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sanqiao.kernel.models import User


class Part(NamedTuple):
    """`load` makes the rows, gives them to their command, and says how many there were."""

    name: str
    load: Callable[[User], int]


def part_of(name: str, command: Callable[..., Any], rows: Callable[[], Sequence[Any]]) -> Part:
    """The part that gives `rows()` to `command`."""

    def load(by: User) -> int:
        made = rows()
        command(rows=made, by=by)
        return len(made)

    return Part(name, load)
