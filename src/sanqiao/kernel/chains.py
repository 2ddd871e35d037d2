"""Hash chains: what a digest is made of, and where a chain first breaks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from .models import Chain, Link

GRANTS = "grants"
SIGN_OFFS = "sign_offs"
PUBLICATIONS = "publications"


@dataclass(frozen=True, slots=True)
class BadLink:
    """The first link that does not hold, and why: counter, previous, digest or head."""

    seq: int
    fault: str


def canonical(link: Link) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; `at` in UTC with microseconds."""
    content = {
        "seq": link.seq,
        "previous": link.previous,
        "kind": link.kind,
        "subject": link.subject,
        "by": link.by,
        "at": link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "data": link.data,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(link: Link, algorithm: str) -> str:
    """64 hexadecimal digits; `algorithm` is sha256 or sm3."""
    return hashlib.new(algorithm, canonical(link)).hexdigest()


def check_data(data: Any) -> None:
    """Raises ValueError on what does not come back from jsonb digit for digit (a float)."""
    if isinstance(data, float):
        raise ValueError("chain.float")
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        check_data(part)


def verify_chain(chain: str) -> BadLink | None:
    """The first bad link of the chain of this name, or None when all hold. One pass, in order."""
    head = Chain.objects.filter(name=chain).first()
    if head is None:
        return None
    return next(_faults(head), None)


def _faults(chain: Chain) -> Iterator[BadLink]:
    seq, previous = 0, ""
    for link in chain.links.order_by("seq").iterator():
        seq += 1
        fault = fault_of(link, seq=seq, previous=previous, algorithm=chain.algorithm)
        if fault:
            yield BadLink(seq, fault)
        previous = link.digest
    if (chain.length, chain.head) != (seq, previous):
        yield BadLink(seq + 1, "head")


def fault_of(link: Link, *, seq: int, previous: str, algorithm: str) -> str:
    """Why `link` is not the `seq`-th after `previous`; empty when it is."""
    if link.seq != seq:
        return "counter"
    if link.previous != previous:
        return "previous"
    return "" if link.digest == digest(link, algorithm) else "digest"
