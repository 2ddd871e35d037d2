"""Everything that is written into the ledger. Nothing in it is changed; entries are reversed."""

from .batches import remit_batch, verify_remittance
from .entering import enter_contribution, reverse_contribution
from .goods import deliver_goods, receive_goods, reverse_delivery, reverse_goods
from .importing import import_contributions
from .posting import post_batch
from .remitting import import_remittances
from .spending import reverse_spending, spend
from .stock import import_deliveries, import_goods, import_spending

__all__ = [
    "deliver_goods", "enter_contribution", "import_contributions", "import_deliveries",
    "import_goods", "import_remittances", "import_spending", "post_batch", "receive_goods",
    "remit_batch", "reverse_contribution", "reverse_delivery", "reverse_goods",
    "reverse_spending", "spend", "verify_remittance",
]  # fmt: skip
