"""The ledger of gifts: entries, batches on their way up, goods, and what the money was used for."""

from .batches import Batch, Content, Remittance, Verification, tier_above
from .contributions import Contribution, standing
from .goods import Delivery, Goods, Spending

__all__ = [
    "Batch", "Content", "Contribution", "Delivery", "Goods", "Remittance", "Spending",
    "Verification", "standing", "tier_above",
]  # fmt: skip
