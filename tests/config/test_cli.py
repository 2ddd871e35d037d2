import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sanqiao.config import cli, database
from sanqiao.kernel.embedded import EmbeddedError

pytestmark = pytest.mark.no_db
COMMAND = [sys.executable, "-m", "sanqiao.config.cli"]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_leads_to_a_function(name: str) -> None:
    assert callable(cli.resolve(cli.COMMANDS[name].target))


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["help"]) == 0

    words = capsys.readouterr().out.split()
    assert set(cli.COMMANDS) <= set(words)


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["figure"]) == 2
    assert "'figure'" in capsys.readouterr().err


def test_a_server_that_cannot_run_is_a_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(arguments: list[str]) -> int:
        raise EmbeddedError("set DATABASE_URL")

    monkeypatch.setattr(cli, "db", refuse)

    assert cli.main(["db", "start"]) == 1
    assert capsys.readouterr().err == "sanqiao: set DATABASE_URL\n"


def test_verify_needs_no_django() -> None:
    code = (
        "import sys; from sanqiao.config import cli; cli.resolve(cli.COMMANDS['verify'].target)\n"
    )
    code += "assert 'django' not in sys.modules, [m for m in sys.modules if 'django' in m][:3]"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_only_commands_that_change_tables_run_as_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = []
    monkeypatch.setenv("SANQIAO_DB_ROLE", "web")
    monkeypatch.setattr(
        "django.core.management.execute_from_command_line",
        lambda words: roles.append((words[1], os.environ["SANQIAO_DB_ROLE"])),
    )
    cli.manage(["shell"])
    cli.manage(["migrate"])

    assert roles == [("shell", "web"), ("migrate", "owner")]


def test_db_has_nothing_to_do_with_another_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/sanqiao")

    assert cli.main(["db", "stop"]) == 1
    assert "not in use" in capsys.readouterr().out


def test_db_shows_where_the_server_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    monkeypatch.setenv("SANQIAO_HOME", str(tmp_path))

    assert cli.main(["db", "status"]) == 1
    assert cli.main(["db", "stop"]) == 0
    assert capsys.readouterr().out == "not running\nwas not running\n"
    assert not database.embedded_server().cluster.root.exists()


def test_when_one_process_ends_the_others_end_too() -> None:
    started = time.monotonic()
    status = cli._run_together([["sleep", "60"], ["sh", "-c", "exit 3"]])

    assert status == 3
    assert time.monotonic() - started < 10


def test_a_command_told_to_end_ends_its_processes(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = "import sys; from sanqiao.config import cli\n"
    code += "cli._run_together([['sh', '-c', 'echo $$ > ' + sys.argv[1] + '; exec sleep 60']])"
    with subprocess.Popen([sys.executable, "-c", code, str(pid_file)]) as process:
        while not (pid_file.exists() and pid_file.read_text().strip()):
            time.sleep(0.02)
        process.terminate()
        assert process.wait(10) == 128 + signal.SIGTERM
    assert not Path(f"/proc/{pid_file.read_text().strip()}").exists()
