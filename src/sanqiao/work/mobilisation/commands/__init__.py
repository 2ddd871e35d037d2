"""Every act of a mobilisation, in the order of its life."""

from .answering import answer_by_link, answer_by_phone, note_attempt, open_call_list
from .closing import close_mobilisation
from .drafting import change_mobilisation, draft_mobilisation
from .importing import import_outcomes
from .importing_pledges import import_pledges
from .ordering import add_wave, order_mobilisation
from .pledging import open_campaign, pledge_by_link, record_deed
from .running import end_mobilisation, pause_sending, resume_sending, start_sending, stop_sending

__all__ = [
    "add_wave", "answer_by_link", "answer_by_phone", "change_mobilisation", "close_mobilisation",
    "draft_mobilisation", "end_mobilisation", "import_outcomes", "import_pledges", "note_attempt",
    "open_call_list", "open_campaign", "order_mobilisation", "pause_sending", "pledge_by_link",
    "record_deed",
    "resume_sending", "start_sending", "stop_sending",
]  # fmt: skip
