"""Who carries messages, from the environment: SANQIAO_CHANNELS, as JSON. No Django models here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

WRONG = (
    'SANQIAO_CHANNELS must be JSON such as {"sms": {"provider": "sms", "url": "https://…"}}; '
    "see docs/deploy.md"
)
NOBODY = (
    "SANQIAO_CHANNELS is not set: mobilisations are counted as sent and reach nobody; "
    'name a provider, or say that you want it so: {"sms": {"provider": "console"}}'
)


def from_environment(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The value of CHANNELS. Raises ImproperlyConfigured, never quoting what it was given."""
    try:
        found = json.loads(environ.get("SANQIAO_CHANNELS") or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise ImproperlyConfigured(WRONG)
    return found


def problems(channels: Mapping[str, Any]) -> list[str]:
    """A sentence for each channel that nobody could carry, found without sending anything."""
    from sanqiao.work.mobilisation.models import Channel
    from sanqiao.work.mobilisation.providers import carrier_of

    found = [] if channels else [NOBODY]
    for name in channels:
        if name not in Channel.Code.values:
            found.append(f"SANQIAO_CHANNELS: there is no channel {name}")
            continue
        try:
            carrier_of(name, is_exercise=False)
        except (KeyError, TypeError, ValueError) as error:
            found.append(f"SANQIAO_CHANNELS: {name} cannot be carried ({type(error).__name__})")
    return found
