"""Jobs in a process of their own that stand still somewhere, to be killed there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parents[1]
BEGIN = """
import sys, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
connection.settings_dict.setdefault("OPTIONS", {})["options"] = "-c role=sanqiao_web"
"""


def kill_at_work(script: str, *arguments: str) -> None:
    """Run the script until it says `written`, then kill -9; what it wrote is rolled back.

    It finds what was given it from `sys.argv[2]` on, and the database of the test.
    """
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "sanqiao.config.settings", "SANQIAO_TEST": "1",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }  # fmt: skip
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-c", BEGIN + script, name, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "written\n"
        worker.send_signal(signal.SIGKILL)
    until_nobody_else_is_connected()


def until_nobody_else_is_connected() -> None:
    """PostgreSQL notices a lost client when it next speaks to it; then it rolls back."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(query)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise AssertionError("somebody is still connected")
