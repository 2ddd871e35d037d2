"""The postman: takes a batch, hands its messages to the provider at the channel's pace, and has
written down what became of them, chunk by chunk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import uniform
from typing import NamedTuple

from sanqiao.kernel.scope import EVERYTHING, applied

from .commands.sending import (
    Lease,
    lease_batch,
    mark_channel,
    record_receipts,
    release_batch,
    reserve,
)
from .providers import Carrier, Down, Message, Receipt, carrier_of

TRIES = 3
FIRST_PAUSE = 0.2
"""Seconds before the second try; doubled for each further one, up to half more by chance."""


class Sent(NamedTuple):
    """How many messages were answered for; when the rest is due, None when nothing is left."""

    number: int
    due_at: datetime | None


@contextmanager
def _job() -> Iterator[None]:
    """A transaction that sees every row: the order was given by somebody who may."""
    with applied(EVERYTHING, actor=None, request="mobilisation"):
        yield


def send_batch(batch: int) -> Sent:
    """Send what is left of a batch. Safe to run twice, and at the same time."""
    with _job():
        lease = lease_batch(batch=batch)
    if lease is None:
        return Sent(0, None)
    carrier = carrier_of(lease.channel, is_exercise=lease.is_exercise)
    try:
        number = sum(_sent(lease, carrier))
    finally:
        with _job():
            due_at = release_batch(lease=lease)
    return Sent(number, due_at)


def _sent(lease: Lease, carrier: Carrier) -> Iterator[int]:
    """Chunk by chunk, until the end, or until somebody or something says stop."""
    for chunk in _chunks(lease.messages, carrier.provider.chunk):
        _wait_for_a_place(lease.channel, len(chunk), carrier.per_second)
        receipts = _delivered(carrier, chunk)
        if receipts is None:
            with _job():
                mark_channel(channel=lease.channel, is_down=True)
            return
        with _job():
            goes_on = record_receipts(lease=lease, receipts=receipts)
            mark_channel(channel=lease.channel, is_down=False)
        yield sum(receipt.outcome != "unknown" for receipt in receipts)
        if not goes_on:
            return


def _chunks(messages: list[Message], size: int) -> Iterator[list[Message]]:
    for start in range(0, len(messages), size):
        yield messages[start : start + size]


def _wait_for_a_place(channel: str, count: int, per_second: float | None) -> None:
    if per_second is None:
        return
    with _job():
        seconds = reserve(channel=channel, count=count, per_second=per_second)
    time.sleep(seconds)


def _delivered(carrier: Carrier, chunk: list[Message]) -> list[Receipt] | None:
    """None when the provider is down; the same keys at every try."""
    pause = FIRST_PAUSE
    for attempt in range(TRIES):
        try:
            return carrier.provider.deliver(chunk)
        except Down:
            if attempt + 1 < TRIES:
                time.sleep(pause * uniform(1, 1.5))  # noqa: S311
                pause *= 2
    return None
