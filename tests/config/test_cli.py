import os
import signal
import socket
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


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("verify", "/no/such.docx"), 1, "/no/such.docx"),
        (("verify", "x.txt"), 2, "only .docx and .html"),
        (("report", "publish", "NOSUCH", "--as", "nobody"), 1, "no user 'nobody'"),
        (("report", "burn"), 2, "invalid choice"),
        (("import", "people", "x.xlsx", "--as", "nobody"), 1, "no user 'nobody'"),
        (("import", "nothing", "x.xlsx", "--as", "city"), 2, "invalid choice"),
        (("export", "people", "x.txt", "--as", "city"), 2, "only .xlsx and .csv"),
        (("export", "people", "/no/dir/x.xlsx", "--as", "nobody"), 1, "no user 'nobody'"),
        (("figures", "no.such.figure"), 1, "no.such.figure"),
        (("figures", "--as-of", "2020-13-01"), 2, "2020-13-01"),
        (("snapshot", "--as-of", "x"), 2, "'x'"),
        (("createadmin", "x", "--role", "king"), 2, "invalid choice"),
        (("serve", "--port", "x"), 2, "invalid int value"),
        (("db", "fly"), 2, "invalid choice"),
        (("demo", "--scale", "-1", "--no-serve"), 2, "smallest"),
    ],
)
@pytest.mark.django_db
def test_bad_arguments_get_a_sentence(
    words: tuple[str, ...], status: int, said: str,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(cli, "_sanqiao", lambda *_words: 0)
    monkeypatch.setattr(cli, "_close_connections", lambda: None)
    try:
        found: object = cli.main(words)
    except SystemExit as end:
        found = end.code
        if isinstance(found, str):
            assert said in found
            return
    assert found == status
    assert said in "".join(capsys.readouterr())


def test_a_port_that_another_serves_is_not_shared() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert cli.main(["serve", "--port", str(other.getsockname()[1])]) == 1


@pytest.mark.parametrize("name", sorted(set(cli.COMMANDS) - {"manage", "worker", "check-security"}))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([name, "--help"])
    assert end.value.code == 0
    assert f"sanqiao {name}" in capsys.readouterr().out
