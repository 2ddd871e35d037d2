"""Calendar periods in Asia/Shanghai. Each knows its first and last day and its neighbours."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

DAY = timedelta(days=1)


class _Bounded(ABC):
    """What every period has from its two ends."""

    __slots__ = ()

    @property
    @abstractmethod
    def first(self) -> date: ...

    @property
    @abstractmethod
    def last(self) -> date: ...

    @classmethod
    @abstractmethod
    def containing(cls, day: date) -> Self: ...

    @property
    def next(self) -> Self:
        return self.containing(self.last + DAY)

    @property
    def previous(self) -> Self:
        return self.containing(self.first - DAY)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, order=True, slots=True)
class Day(_Bounded):
    """One day. `Day(date(2020, 6, 30))`; text form `2020-06-30`."""

    day: date

    @classmethod
    def parse(cls, text: str) -> Day:
        return cls(date.fromisoformat(text))

    @classmethod
    def containing(cls, day: date) -> Day:
        return cls(day)

    @property
    def first(self) -> date:
        return self.day

    @property
    def last(self) -> date:
        return self.day

    def __str__(self) -> str:
        return self.day.isoformat()


@dataclass(frozen=True, order=True, slots=True)
class Month(_Bounded):
    """A calendar month. `Month(2020, 6)`; text form `2020-06`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Raises ValueError when it is no month."""
        return cls.containing(date.fromisoformat(f"{text}-01"))

    @classmethod
    def containing(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year + self.number // 12, self.number % 12 + 1, 1) - DAY

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


@dataclass(frozen=True, order=True, slots=True)
class Quarter(_Bounded):
    """A quarter of a calendar year. `Quarter(2020, 2)`; text form `2020-Q2`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Raises ValueError when it is no quarter."""
        year, number = text.split("-Q")
        return cls.containing(date(int(year), int(number) * 3, 1))

    @classmethod
    def containing(cls, day: date) -> Quarter:
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def first(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        return Month(self.year, self.number * 3).last

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.number}"


@dataclass(frozen=True, order=True, slots=True)
class Year(_Bounded):
    """A calendar year. `Year(2020)`; text form `2020`."""

    number: int

    @classmethod
    def parse(cls, text: str) -> Year:
        """Raises ValueError when it is no year."""
        return cls.containing(date(int(text), 1, 1))

    @classmethod
    def containing(cls, day: date) -> Year:
        return cls(day.year)

    @property
    def first(self) -> date:
        return date(self.number, 1, 1)

    @property
    def last(self) -> date:
        return date(self.number, 12, 31)

    def __str__(self) -> str:
        return f"{self.number:04}"


Period = Day | Month | Quarter | Year


def parse_period(text: str) -> Period:
    """`2020-06-30`, `2020-06`, `2020-Q2` or `2020`. Raises ValueError for anything else."""
    if "Q" in text:
        return Quarter.parse(text)
    kinds: dict[int, type[Day] | type[Month] | type[Year]] = {10: Day, 7: Month, 4: Year}
    if len(text) not in kinds:
        raise ValueError(text)
    return kinds[len(text)].parse(text)
