"""突击队与值守: squads, where they are sent, shifts and who takes them, what was done."""

from .logs import LogEntry
from .rules import CaptainRule
from .shifts import Claim, Gate, Shift, SwapOffer
from .squads import Deployment, Squad, SquadMember

__all__ = [
    "CaptainRule", "Claim", "Deployment", "Gate", "LogEntry", "Shift", "Squad", "SquadMember",
    "SwapOffer",
]  # fmt: skip
