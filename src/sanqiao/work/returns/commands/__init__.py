"""The acts of reporting: define, ask, file, import, compare, and say what stands highest."""

from .asking import ask_round
from .comparing import import_cells, rank_table, register_table
from .defining import define_form, open_edition
from .filing import file_return
from .importing import import_returns
from .saying import claim_superlative, quote_superlative

__all__ = [
    "ask_round", "claim_superlative", "define_form", "file_return", "import_cells",
    "import_returns", "open_edition", "quote_superlative", "rank_table", "register_table",
]  # fmt: skip
