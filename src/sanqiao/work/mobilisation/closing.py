"""What is frozen when a mobilisation is closed: totals, of the whole and of each area below."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .counting import Equation, by_area, equation_of
from .models import Mobilisation


def totals_of(mobilisation: Mobilisation) -> dict[str, Any]:
    """JSON of whole numbers: `whole`, and `areas` one level down."""
    areas = by_area(mobilisation, mobilisation.area_path)
    return {
        "whole": terms(equation_of(mobilisation)),
        "areas": [
            {"key": stands.key, "name": stands.name, **terms(stands.equation)} for stands in areas
        ],
    }


def terms(equation: Equation) -> dict[str, int]:
    """Every term of the balance by name."""
    return {
        "ordered": equation.ordered,
        "reached": equation.reached,
        "answered": equation.answered,
        **equation._asdict(),
    }


def digest_of(totals: dict[str, Any]) -> str:
    """SHA-256 of the totals as UTF-8 JSON with sorted keys and no spaces."""
    text = json.dumps(totals, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
