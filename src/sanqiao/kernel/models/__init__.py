"""The kernel's tables: who, what happened, what changed, what is owed, what runs."""

from .chains import Chain, Link
from .duties import Duty, Handover
from .events import Change, Event, Look, note, note_look, reference
from .jobs import Progress
from .users import Grant, Seat, Session, User
from .workdays import DayException, HolidayYear

__all__ = [
    "Chain", "Change", "DayException", "Duty", "Event", "Grant", "Handover", "HolidayYear",
    "Link", "Look", "Progress", "Seat", "Session", "User", "note", "note_look", "reference",
]  # fmt: skip
