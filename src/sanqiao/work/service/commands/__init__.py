"""Everything that changes pairings, check-ins and reports."""

from .acceptance import accept_check_in, accept_check_ins, place_check_in, return_check_in
from .drafting import draft_member_reports, draft_unit_reports
from .exemptions import end_exemption, exempt, import_exemptions
from .importing import import_check_ins
from .mechanism import import_teams, set_duties
from .pairings import draft_pairing, end_pairing, import_pairings, lead_pairing, sign_pairing
from .reports import confirm_report, file_paper_reports, remark_report
from .slips import end_check_in, hand_in, move_house
from .units import accept_unit, check_in_unit, import_unit_check_ins

__all__ = [
    "accept_check_in", "accept_check_ins", "accept_unit", "check_in_unit", "confirm_report",
    "draft_member_reports", "draft_pairing", "draft_unit_reports", "end_check_in",
    "end_exemption", "end_pairing", "exempt", "file_paper_reports", "hand_in",
    "import_check_ins", "import_exemptions", "import_pairings", "import_teams",
    "import_unit_check_ins", "lead_pairing", "move_house", "place_check_in", "remark_report",
    "return_check_in", "set_duties", "sign_pairing",
]  # fmt: skip
