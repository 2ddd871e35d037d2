"""Jobs of mobilisations: one for a batch of 500, and one every minute that looks after the rest."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import OperationalError, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from sanqiao.kernel.scope import EVERYTHING, applied

from .commands.advancing import advance
from .commands.rehearsing import rehearse
from .dispatch import send_batch
from .large_orders import make_order
from .models import Mobilisation

QUEUE = "mobilisation"
AGAIN = RetryStrategy(max_attempts=5, wait=10, retry_exceptions={OperationalError})


@app.task(queue=QUEUE, retry=AGAIN)
def order(progress: int, language: str) -> None:
    """Freeze the list of very many people."""
    make_order(progress, language)


@app.task(queue=QUEUE)
def send(batch: int) -> int:
    """Send one batch; what the provider did not take comes again when it is due."""
    sent = send_batch(batch)
    if sent.due_at is not None:
        _put(batch, schedule_at=sent.due_at)
    return sent.number


@app.periodic(cron="* * * * *")
@app.task(queue=QUEUE, queueing_lock="mobilisation-look-after")
def look_after(timestamp: int) -> None:
    """Every minute: silence, dead channels, batches whose sender died, exercises."""
    with applied(EVERYTHING, actor=None, request="mobilisation"):
        sending = Mobilisation.objects.filter(state=Mobilisation.State.SENDING)
        ids = list(sending.values_list("pk", flat=True))
    for pk in ids:
        release(pk)
        rehearse_round(pk)


def release(mobilisation: int) -> int:
    """Give every batch that waits to a sender; how many."""
    with applied(EVERYTHING, actor=None, request="mobilisation"):
        batches = advance(mobilisation=mobilisation)
        enqueue(batches)
    return len(batches)


def rehearse_round(mobilisation: int) -> int:
    """Answers of an exercise; none of any other mobilisation."""
    with applied(EVERYTHING, actor=None, request="mobilisation"):
        return rehearse(mobilisation=mobilisation)


def enqueue(batches: Iterable[int]) -> None:
    """A job each, unless one waits already."""
    for batch in batches:
        _put(batch)


def _put(batch: int, **when: object) -> None:
    job = send.configure(queueing_lock=f"mobilisation-{batch}", **when)  # type: ignore[arg-type]
    try:
        with transaction.atomic():
            job.defer(batch=batch)
    except AlreadyEnqueued:
        return
