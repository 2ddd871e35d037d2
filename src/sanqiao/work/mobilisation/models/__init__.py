"""动员: an order, the people whom it calls, what each of them answers, and its end."""

from .answers import Answer
from .callouts import CallOut, CallRole, Tally
from .closing import Closing, Score
from .orders import Batch, Channel, Mobilisation, Wave
from .pledges import Deed, Pledge, PledgeCampaign

__all__ = [
    "Answer", "Batch", "CallOut", "CallRole", "Channel", "Closing", "Deed", "Mobilisation",
    "Pledge", "PledgeCampaign", "Score", "Tally", "Wave",
]  # fmt: skip
