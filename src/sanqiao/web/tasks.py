"""Jobs of the pages: long files out and in, and what is swept away after them."""

from __future__ import annotations

from django.db import OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sanqiao.web.exporting import keeping, making
from sanqiao.web.imports.keeping import sweep
from sanqiao.web.imports.large import make_commit, make_preview

AGAIN = RetryStrategy(max_attempts=5, wait=10, retry_exceptions={OperationalError})


@app.task(queue="exports", retry=AGAIN)
def make_export(progress: int, language: str) -> None:
    """The file that this progress stands for."""
    making.make(progress, language)


@app.task(queue="imports", retry=AGAIN)
def preview_import(progress: int, language: str) -> None:
    """What a large file would do."""
    make_preview(progress, language)


@app.task(queue="imports", retry=AGAIN)
def commit_import(progress: int, language: str) -> None:
    """All of a large file, or nothing."""
    make_commit(progress, language)


@app.periodic(cron="7 * * * *")
@app.task(queue="care", queueing_lock="sweep-files")
def sweep_files(timestamp: int) -> None:
    """Each hour: files that were kept for a day."""
    keeping.sweep()
    sweep()
