"""One list pattern for every register: declared once, filtered, sorted, summed, exported."""

from .columns import Column, area, choice, day, flag, link, number, text, year
from .declaration import Button, Listing
from .filters import Choice, Days, Filter, Flag, One, Search

__all__ = [
    "Button", "Choice", "Column", "Days", "Filter", "Flag", "Listing", "One", "Search",
    "area", "choice", "day", "flag", "link", "number", "text", "year",
]  # fmt: skip
