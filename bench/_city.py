"""The reference city at full size, loaded once into SANQIAO_HOME."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sanqiao.config import database

TOWNSHIP = "420302001"
CLERK, OFFICER = "township", "city"


@contextmanager
def ready() -> Iterator[None]:
    """The server up and the city in it for the body."""
    with database.embedded_server().held():
        _sanqiao("demo", "--no-serve")
        yield


def folder() -> Path:
    """Where inputs that take long to make are kept from one run to the next."""
    place = database.home() / "bench"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _sanqiao(*words: str) -> None:
    """Its output is shown only when it fails; raises CalledProcessError then."""
    command = [sys.executable, "-m", "sanqiao.config.cli", *words]
    environment = {**os.environ, "SANQIAO_OUT": str(folder() / "out")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        done.check_returncode()
