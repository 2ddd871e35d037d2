"""Jobs of reports."""

from __future__ import annotations

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .publishing import make_publication
from .reproving import make_proof

AGAIN = RetryStrategy(max_attempts=5, wait=10, retry_exceptions={OperationalError})


@app.task(queue="reports", retry=AGAIN)
def publish(progress: int, language: str) -> None:
    """Freeze, seal and lay down one report."""
    make_publication(progress, language)


@app.task(queue="reports", retry=AGAIN)
def prove(progress: int, language: str) -> None:
    """Ask every number of one publication again."""
    make_proof(progress, language)
