"""填报: figures that can only be reported, and the tables that they are compared in."""

from .filings import Return, ReturnEntry, ReturnRound, ReturnVersion
from .forms import FormEdition, FormIdentity, FormLine, IdentityTerm, ReturnForm
from .tables import (
    ComparisonTable,
    Ranking,
    Standing,
    Superlative,
    TableCell,
    TableColumn,
    TableRow,
)

__all__ = [
    "ComparisonTable", "FormEdition", "FormIdentity", "FormLine", "IdentityTerm", "Ranking",
    "Return", "ReturnEntry", "ReturnForm", "ReturnRound", "ReturnVersion", "Standing",
    "Superlative", "TableCell", "TableColumn", "TableRow",
]  # fmt: skip
