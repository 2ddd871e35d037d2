"""A sheet: what one row is, and which columns it has."""

from dataclasses import dataclass
from functools import cached_property

from .cells import Words
from .columns import Column


@dataclass(frozen=True)
class Sheet:
    """`key` names the columns that identify a row; `notes` are lines for whoever fills it in."""

    name: str
    title: Words
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    notes: tuple[Words, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.key) - self.places.keys()
        if unknown or len(self.places) != len(self.columns):
            raise ValueError(f"{self.name}: {sorted(unknown) or 'two columns with one name'}")

    @cached_property
    def places(self) -> dict[str, int]:
        """Column name → index in `columns` and in every row's values."""
        return {column.name: place for place, column in enumerate(self.columns)}

    def column(self, name: str) -> Column:
        return self.columns[self.places[name]]
