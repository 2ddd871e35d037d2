"""Identifying data at rest: AES-GCM for the value, a keyed digest for finding it."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12
DIGEST_BYTES = 16


@lru_cache
def _keys(secret: str) -> tuple[AESGCM, bytes]:
    root = secret.encode()
    return (
        AESGCM(hashlib.sha256(b"encrypt" + root).digest()),
        hashlib.sha256(b"find" + root).digest(),
    )


@lru_cache
def _halves(secret: str) -> tuple[Any, Any]:
    """The two hashes of HMAC-SHA-256 (RFC 2104) after their keys, to be copied: a quarter of the
    time of `hmac.digest`, which matters over a register."""
    key = _keys(secret)[1].ljust(64, b"\0")
    first, second = (hashlib.sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C))
    return first, second


def seal(content: bytes) -> bytes:
    """Nonce and ciphertext."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _keys(settings.FIELD_KEY)[0].encrypt(nonce, content, None)


def unseal(stored: bytes) -> bytes:
    """Raises InvalidTag when the key or the bytes are wrong."""
    nonce, body = bytes(stored[:NONCE_BYTES]), bytes(stored[NONCE_BYTES:])
    return _keys(settings.FIELD_KEY)[0].decrypt(nonce, body, None)


def encrypt(text: str) -> bytes:
    """Empty for an empty text."""
    return seal(text.encode()) if text else b""


def decrypt(stored: bytes) -> str:
    """The text. Raises InvalidTag when the key or the bytes are wrong."""
    return unseal(stored).decode() if stored else ""


def find_key(text: str) -> bytes | None:
    """16 bytes by which equal texts are found without being readable; None for an empty text."""
    if not text:
        return None
    first, second = _halves(settings.FIELD_KEY)
    inner, outer = first.copy(), second.copy()
    inner.update(text.encode())
    outer.update(inner.digest())
    return bytes(outer.digest()[:DIGEST_BYTES])


class EncryptedField(models.BinaryField):  # type: ignore[type-arg]
    """Text in Python, AES-GCM bytes in the database. Never in a filter: use `find_key`."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if isinstance(value, str) else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(bytes(value))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))
