"""`sanqiao serve` told to end: no process of it stays, no server that it started either."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sanqiao.kernel.embedded import Server

pytestmark = pytest.mark.no_db
OF_TESTS = {"PYTEST_VERSION", "SANQIAO_TEST", "DATABASE_URL", "DATABASE_OWNER_URL"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(port: int) -> list[str]:
    """Command lines that name the port."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            words = path.read_text().split("\0")
            found += [" ".join(words)] if str(port) in words else []
    return found


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def serving(root: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A serving process whose workers have started, in a process group of its own."""
    clean = {name: value for name, value in os.environ.items() if name not in OF_TESTS}
    with subprocess.Popen(
        [sys.executable, "-m", "sanqiao.config.cli", "serve", "--port", str(port)],
        env={**clean, "SANQIAO_HOME": str(root.parent), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        lines = iter(process.stdout)
        assert any("Started worker-2" in line for line in lines)
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_with_all_that_it_started(
    serving: subprocess.Popen[str], root: Path, port: int, number: signal.Signals
) -> None:
    """To the whole process group, as a terminal does it, and as early as can be."""
    assert Server(root).pid()

    os.killpg(serving.pid, number)

    assert serving.wait(60) == 128 + number
    assert Server(root).pid() is None
    assert processes_of(port) == []
