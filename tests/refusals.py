"""What a command refuses, as tests compare it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import RowsRefused


def code_of(command: Callable[..., object], **given: object) -> str:
    with pytest.raises(Refused) as refusal:
        command(**given)
    return refusal.value.code


def refused(
    command: Callable[..., object], rows: Sequence[object], by: User
) -> list[tuple[int, str, str]]:
    """Row, field and code of each refusal of a bulk command."""
    with pytest.raises(RowsRefused) as refusal:
        command(rows=rows, by=by)
    return [(error.row, error.field, error.code) for error in refusal.value.errors]
