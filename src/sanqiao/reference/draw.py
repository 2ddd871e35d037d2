"""Chance that repeats: every part of the city draws from a generator of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, TypeVar

import yaml

T = TypeVar("T")
DATA = files(__package__) / "data"


def draw(*part: object) -> Random:
    """A generator that depends only on the name of the part."""
    return Random("/".join(map(str, part)))  # noqa: S311


def spread(total: int, weights: Sequence[float], *, least: int = 0) -> list[int]:
    """Whole numbers in proportion to `weights` that add up to `total`, none under `least`."""
    rest = total - least * len(weights)
    if rest < 0:
        raise ValueError(f"{total} is too little for {len(weights)} parts of {least}")
    whole = sum(weights)
    shares = [rest * weight / whole for weight in weights]
    parts = [int(share) for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - shares[i])
    for i in by_remainder[: rest - sum(parts)]:
        parts[i] += 1
    return [least + part for part in parts]


def cut(items: Sequence[T], sizes: Iterable[int]) -> list[Sequence[T]]:
    """Consecutive runs of the given sizes."""
    runs, start = [], 0
    for size in sizes:
        runs.append(items[start : start + size])
        start += size
    return runs


def day_between(chance: Random, first: date, last: date) -> date:
    """A day in `[first, last]`."""
    return first + timedelta(days=chance.randrange((last - first).days + 1))


@cache
def words() -> dict[str, Any]:
    """The word lists of data/words.yaml; texts are split at blanks."""
    text = (DATA / "words.yaml").read_text("utf-8")
    lists = yaml.safe_load(text)
    return {name: v.split() if isinstance(v, str) else v for name, v in lists.items()}
