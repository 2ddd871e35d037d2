"""What may go wrong with the embedded PostgreSQL, made to go wrong."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from sanqiao.kernel.embedded import Server

pytestmark = pytest.mark.no_db

START = "import sys, pathlib; from sanqiao.kernel.embedded import Server\n"
START += "server = Server(pathlib.Path(sys.argv[1]))\n"


def launcher(root: Path, body: str) -> subprocess.Popen[str]:
    """Another process that works with the server and says on stdout how far it came."""
    command = [sys.executable, "-c", START + body, str(root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def alive(pid: int | None) -> bool:
    """False for a zombie, which only waits to be asked for."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def end_of(pid: int) -> None:
    deadline = time.monotonic() + 10
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(pid)


def stranger(server: Server) -> subprocess.Popen[bytes]:
    """Somebody else's process under the server's own user, the worst case for a stale pid file."""
    user = server.cluster.user
    return subprocess.Popen(["sleep", "60"], user=user, group=user, cwd="/")


def rows(server: Server) -> int:
    with psycopg.connect(server.dsn()) as connection:
        found = connection.execute("select count(*) from kept").fetchone()
    assert found
    return int(found[0])


def test_committed_rows_outlive_a_killed_server(root: Path) -> None:
    server = Server(root)
    server.start()
    connection = psycopg.connect(server.dsn())
    connection.execute("create table kept as select generate_series(1, 5000) as n")
    connection.commit()
    connection.execute("insert into kept values (5001)")
    pid = server.pid()
    assert pid
    os.kill(pid, signal.SIGKILL)
    end_of(pid)
    connection.close()

    assert Server(root).start()
    assert rows(server) == 5000


def test_a_stale_pid_file_harms_no_stranger(root: Path) -> None:
    server = Server(root)
    server.start()
    locks = [server.cluster.pid_file, server.cluster.socket.with_name(".s.PGSQL.5432.lock")]
    texts = [lock.read_text().splitlines()[1:] for lock in locks]
    server.stop()

    with stranger(server) as process:
        for lock, text in zip(locks, texts, strict=True):
            lock.write_text("\n".join([str(process.pid), *text]))
        assert server.start()
        assert server.pid() != process.pid
        assert server.stop()
        assert alive(process.pid)
        process.kill()


def test_stopping_a_server_that_is_down_harms_no_stranger(root: Path) -> None:
    server = Server(root)
    server.start()
    server.stop()

    with stranger(server) as process:
        server.cluster.pid_file.write_text(f"{process.pid}\n")
        assert not server.stop()
        assert alive(process.pid)
        process.kill()


def test_processes_that_start_cold_together_share_one_server(root: Path) -> None:
    body = "print(server.start(), server.pid())"
    processes = [launcher(root, body) for _ in range(4)]
    answers = [process.communicate()[0].split() for process in processes]

    assert sorted(first for first, _ in answers) == ["False", "False", "False", "True"]
    assert {int(pid) for _, pid in answers} == {Server(root).pid()}


def test_a_holder_told_to_end_leaves_no_server_behind(root: Path) -> None:
    body = (
        "with server.held():\n    print(server.pid(), flush=True)\n    import time; time.sleep(60)"
    )
    process = launcher(root, body)
    pid = int(said(process))

    process.terminate()
    process.communicate(timeout=20)

    assert process.returncode == 128 + signal.SIGTERM
    assert not alive(pid)


def test_a_holder_told_to_end_while_starting_leaves_no_server_behind(root: Path) -> None:
    body = "server._wait_until_ready = lambda *a: (print('up', flush=True), input())\n"
    body += "with server.held(): pass"
    command = [sys.executable, "-c", START + body, str(root)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert said(process) == "up"
        process.terminate()
        process.communicate(timeout=20)

    assert Server(root).pid() is None


def test_a_holder_leaves_the_server_to_those_still_connected(root: Path) -> None:
    body = "with server.held():\n    print('up', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", START + body, str(root)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert said(process) == "up"
        with psycopg.connect(Server(root).dsn()) as connection:
            process.communicate(timeout=20)
            assert connection.execute("select 1").fetchone() == (1,)


def test_the_server_outlives_a_killed_launcher(root: Path) -> None:
    process = launcher(root, "server.start(); print(server.pid(), flush=True); sys.stdin.read()")
    pid = int(said(process))
    process.kill()
    process.communicate()

    assert not Server(root).start()
    assert Server(root).pid() == pid


def test_a_killed_initdb_leaves_nothing_in_the_way(root: Path) -> None:
    half = root / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    assert Server(root).start()


def test_a_server_whose_socket_was_swept_away_can_still_be_stopped(root: Path) -> None:
    server = Server(root)
    server.start()
    pid = server.pid()
    server.cluster.socket.unlink()

    assert server.stop()
    assert not alive(pid)
