"""Half-years, the periods of member reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self


@dataclass(frozen=True, order=True, slots=True)
class Half:
    """A half of a calendar year. `Half(2020, 1)`; text form `2020-H1`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError when it is none."""
        year, number = text.split("-H")
        half = cls(int(year), int(number))
        if half.number not in {1, 2} or not 1921 <= half.year <= 2100:
            raise ValueError(text)
        return half

    @classmethod
    def containing(cls, day: date) -> Self:
        return cls(day.year, 1 if day.month <= 6 else 2)

    @property
    def first(self) -> date:
        return date(self.year, 1 if self.number == 1 else 7, 1)

    @property
    def last(self) -> date:
        return date(self.year, 6, 30) if self.number == 1 else date(self.year, 12, 31)

    def __str__(self) -> str:
        return f"{self.year:04}-H{self.number}"
