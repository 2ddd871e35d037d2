"""The form by which a record ends on a day."""

from __future__ import annotations

from typing import ClassVar

from sanqiao.kernel.errors import Refused

from .forms import CommandForm, Day


class EndForm(CommandForm):
    """A refusal about a day of the record stands beside `on`, the only day that was typed."""

    days: ClassVar[frozenset[str]] = frozenset({"valid_from", "valid_to", "dissolved_on"})
    on = Day()

    def refuse(self, refusal: Refused) -> None:
        if refusal.field in self.days:
            refusal = Refused(refusal.code, refusal.message, field="on")
        super().refuse(refusal)
