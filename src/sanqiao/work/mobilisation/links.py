"""The link by which one person answers: signed, of one call-out and one person, without a login.

`<call-out>-<person>-<signature>` in base 36, short enough for a text message.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

SIGNATURE_BYTES = 12
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Named(NamedTuple):
    """Who a link is for."""

    call_out: int
    person: int


def link_of(call_out: int, person: int) -> str:
    """The whole address, under PUBLIC_URL."""
    base = str(settings.PUBLIC_URL).rstrip("/")
    return f"{base}/a/{token_of(call_out, person)}/"


def token_of(call_out: int, person: int) -> str:
    named = f"{_base36(call_out)}-{_base36(person)}"
    return f"{named}-{_signature(named)}"


def named_by(token: str) -> Named | None:
    """None for what we have not signed."""
    named, _dash, signature = token.partition("-")
    person, _dash, signature = signature.partition("-")
    named = f"{named}-{person}"
    if not hmac.compare_digest(_signature(named).encode(), signature.encode()):
        return None
    call_out, _dash, person = named.partition("-")
    return Named(int(call_out, 36), int(person, 36))


def _signature(named: str) -> str:
    """96 bits, by copies of a hash that has seen the key."""
    mac = _keyed(settings.SECRET_KEY).copy()
    mac.update(named.encode())
    return base64.urlsafe_b64encode(mac.digest()[:SIGNATURE_BYTES]).decode()


@lru_cache
def _keyed(secret: str) -> Any:
    key = hashlib.sha256(b"mobilisation answer" + secret.encode()).digest()
    return hmac.new(key, digestmod=hashlib.sha256)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits or "0"
