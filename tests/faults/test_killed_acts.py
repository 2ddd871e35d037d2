"""Import, split and publish: the process is killed, the database is killed; all or nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sanqiao.kernel.embedded import Server

pytestmark = pytest.mark.no_db
OF_TESTS = {"PYTEST_VERSION", "PYTEST_CURRENT_TEST", "SANQIAO_TEST"}
OF_TESTS |= {"DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE"}
ROOT = Path(__file__).parents[2]


class House:
    """A home of its own: server, tables, a small town and a report that waits to be published."""

    def __init__(self, home: Path) -> None:
        self.server = Server(home / "pg")
        clean = {name: value for name, value in os.environ.items() if name not in OF_TESTS}
        self.environment = {
            **clean, "SANQIAO_HOME": str(home), "SANQIAO_OUT": str(home / "out"),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "SANQIAO_DB_ROLE": "owner",
            "DJANGO_SETTINGS_MODULE": "sanqiao.config.settings",
        }  # fmt: skip

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *words], env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def act(self, name: str) -> str:
        return self.run("tests.faults.acts", name)

    def counts(self) -> list[Any]:
        return list(json.loads(self.act("counts")))

    def held(self, name: str) -> subprocess.Popen[str]:
        """The act with every row written and nothing committed."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.acts", name, "wait"], env=self.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "written\n"
        return process

    def kill_database(self) -> None:
        pid = self.server.pid()
        assert pid
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while self.server.ready() and time.monotonic() < deadline:
            time.sleep(0.02)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    home = Path(tempfile.mkdtemp(prefix="sanqiao-test-"))
    home.chmod(0o711)
    house = House(home)
    house.server.start()
    house.run("sanqiao.config.cli", "manage", "migrate", "--verbosity", "0")
    house.act("prepare")
    yield house
    house.server.stop()
    shutil.rmtree(home)


@pytest.mark.parametrize("act", ["members", "split", "publish"])
def test_whatever_is_killed_it_is_all_there_or_nothing(house: House, act: str) -> None:
    before = house.counts()
    with house.held(act) as process:
        process.kill()
    assert house.counts() == before

    with house.held(act) as process:
        house.kill_database()
        process.kill()
    assert house.server.start()
    assert house.counts() == before

    house.act(act)
    after = house.counts()
    assert after != before
    if act == "publish":
        assert after[-2:] == [1, ["report.docx", "report.evidence", "report.html", "report.pdf"]]
