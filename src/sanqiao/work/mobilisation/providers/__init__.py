"""The one interface to whoever carries messages, and who carries which channel.

`settings.CHANNELS` (SANQIAO_CHANNELS in the environment) says for each channel which provider,
with its options and pace: `{"sms": {"provider": "sms", "url": "https://…", "per_second": 200}}`.
What is not set goes to the console, and nothing leaves. Exercises never leave either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from json import dumps, loads
from typing import Any, Literal, NamedTuple, Protocol

from django.conf import settings

Outcome = Literal["accepted", "refused", "unknown"]
CLASSES = {
    "console": "console:Console",
    "rehearsal": "console:Rehearsal",
    "sms": "sms:SmsGateway",
    "smtp": "smtp:Smtp",
    "wecom": "wecom:WeCom",
}


class Message(NamedTuple):
    """`key` is the call-out's id: the same person has the same key however often we try."""

    key: str
    phone: str
    text: str


class Receipt(NamedTuple):
    """`refused` is for good; `unknown` may or may not have been taken, and is tried again."""

    key: str
    outcome: Outcome


class Down(Exception):
    """The provider does not answer: of this chunk nothing is known."""


class Provider(Protocol):
    """Carries messages. A key given twice is one message where the provider can tell."""

    chunk: int
    """How many messages one call takes."""

    def deliver(self, messages: Sequence[Message]) -> list[Receipt]:
        """A receipt for each. Raises Down."""
        ...


@dataclass(frozen=True)
class Carrier:
    """A provider and how it is used; `per_second` None is as fast as it goes."""

    provider: Provider
    per_second: float | None
    failover_minutes: float


def carrier_of(channel: str, *, is_exercise: bool) -> Carrier:
    """Who carries the channel. Raises KeyError for an unknown provider."""
    options = dict(settings.CHANNELS.get(channel, {}))
    name = "rehearsal" if is_exercise else options.pop("provider", "console")
    pace = options.pop("per_second", None)
    failover = options.pop("failover_minutes", 30)
    return Carrier(_provider(name, dumps({} if is_exercise else options)), pace, failover)


@lru_cache(maxsize=16)
def _provider(name: str, options: str) -> Provider:
    """One a process, so that its connections stay open."""
    module, _colon, kind = CLASSES[name].partition(":")
    made: Any = getattr(import_module(f"{__name__}.{module}"), kind)
    provider: Provider = made(**loads(options))
    return provider
