"""Everything that changes squads, shifts and who takes them."""

from .claiming import (
    agree_to_swap,
    cancel_claim,
    claim_shift,
    decline_swap,
    offer_swap,
    withdraw_swap,
)
from .closing import close_unit, enter_closed_units, open_unit
from .deploying import correct_log, deploy_squad, end_deployment, write_log
from .entering import enter_members, enter_squads
from .forming import (
    add_member,
    appraise_squad,
    change_squad,
    dissolve_squad,
    end_member,
    form_squad,
    name_captain,
    set_captain_rule,
)
from .importing import import_deployments, import_logs, import_members, import_squads
from .planning import import_claims, import_gates, import_shifts
from .shifts import cancel_shift, change_capacity, name_gates, plan_shifts

__all__ = [
    "add_member", "agree_to_swap", "appraise_squad", "cancel_claim", "cancel_shift",
    "change_capacity", "change_squad", "claim_shift", "close_unit", "correct_log", "decline_swap",
    "deploy_squad", "dissolve_squad", "end_deployment", "end_member", "enter_closed_units",
    "enter_members", "enter_squads", "form_squad",
    "import_claims", "import_deployments", "import_gates", "import_logs", "import_members",
    "import_shifts", "import_squads", "name_captain", "name_gates", "offer_swap", "open_unit",
    "plan_shifts", "set_captain_rule", "withdraw_swap", "write_log",
]  # fmt: skip
