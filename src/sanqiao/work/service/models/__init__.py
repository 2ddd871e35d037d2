"""双报到、双报告: who reported where, and what became of it. Posts, needs, wishes follow."""

from .check_ins import Exemption, MemberCheckIn, ServiceTeam
from .mechanism import MechanismDuty
from .pairings import Pairing, UnitCheckIn
from .reports import MemberReport, UnitReport

__all__ = [
    "Exemption", "MechanismDuty", "MemberCheckIn", "MemberReport", "Pairing", "ServiceTeam",
    "UnitCheckIn", "UnitReport",
]  # fmt: skip
