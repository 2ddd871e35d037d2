"""Tables that turn a name typed in a sheet into the key of a record."""

from collections.abc import Iterable
from typing import NamedTuple

from .cells import folded


class Ambiguous(NamedTuple):
    """Stands in a look-up table where one text means several things."""

    labels: tuple[str, ...]


class LookupTable(dict[str, object]):
    """Text → key or `Ambiguous`. `labels` are what the template's drop-down offers."""

    labels: tuple[str, ...] = ()


def lookup_table(entries: Iterable[tuple[object, str, Iterable[str]]]) -> LookupTable:
    """From (key, label, other names). A name that several keys share becomes `Ambiguous`."""
    owners: dict[str, dict[object, str]] = {}
    labels: dict[str, None] = {}
    for key, label, others in entries:
        labels[label] = None
        for text in (label, *others):
            owners.setdefault(folded(text), {})[key] = label
    table = LookupTable(
        (text, next(iter(keys)) if len(keys) == 1 else Ambiguous(tuple(keys.values())))
        for text, keys in owners.items()
    )
    table.labels = tuple(labels)
    return table
