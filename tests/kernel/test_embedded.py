import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sanqiao.kernel.cluster import SOCKET_PATH_MAX, Cluster, EmbeddedError
from sanqiao.kernel.embedded import Server

pytestmark = pytest.mark.no_db


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A directory with a blank in its name that the server's user can enter."""
    place = Path(tempfile.mkdtemp(prefix="sanqiao test-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[Server]:
    server = Server(place / "pg")
    assert server.start()
    yield server
    server.stop()


def shown(server: Server, name: str) -> str:
    with psycopg.connect(server.dsn()) as connection:
        row = connection.execute("select current_setting(%s)", [name]).fetchone()
    assert row
    return str(row[0])


def test_whoever_comes_second_attaches(server: Server) -> None:
    second = Server(server.cluster.root)

    assert second.start() is False
    assert second.pid() == server.pid()


def test_nothing_listens_on_the_network(server: Server) -> None:
    assert shown(server, "listen_addresses") == ""


def test_only_the_servers_user_reaches_the_socket(server: Server) -> None:
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700


def test_chinese_text_sorts_by_code_point_and_is_utf8(server: Server) -> None:
    with psycopg.connect(server.dsn()) as connection:
        query = "select datlocprovider, datlocale, pg_encoding_to_char(encoding) from pg_database"
        assert set(connection.execute(query)) == {("b", "C.UTF-8", "UTF8")}


def test_the_log_keeps_no_statement_that_failed(server: Server) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("create table person (phone text primary key)")
        connection.execute("insert into person values ('13900001111')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into person values ('13900001111')")

    log = server.cluster.log.read_text()
    assert "duplicate key" in log
    assert "13900001111" not in log


def test_clients_are_counted_without_the_question(server: Server) -> None:
    assert server.others() == 0
    with psycopg.connect(server.dsn()):
        assert server.others() == 1


def test_a_server_that_is_down_has_no_pid_and_cannot_be_stopped(place: Path) -> None:
    down = Server(place / "none")

    assert (down.ready(), down.pid(), down.stop()) == (False, None, False)


def test_a_server_starts_again_after_it_was_stopped(place: Path) -> None:
    server = Server(place / "again")
    server.start()

    assert server.stop()
    assert not server.ready()
    assert server.start()
    assert server.stop()


def test_a_path_too_long_for_a_socket_gets_a_short_one(place: Path) -> None:
    deep = place / ("d" * 120)

    short = Cluster(deep).socket
    assert len(os.fsencode(short)) <= SOCKET_PATH_MAX
    assert short != Cluster(deep / "other").socket


def test_a_socket_directory_of_somebody_else_is_refused(place: Path) -> None:
    trap = place / "trap"
    (trap / "real").mkdir(parents=True)
    (trap / "s").symlink_to(trap / "real")

    with pytest.raises(EmbeddedError, match="belongs to another user"):
        Server(trap).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_a_closed_directory_is_named_with_the_way_out(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(EmbeddedError, match=f"cannot enter {closed} .*DATABASE_URL"):
        Server(closed / "pg").start()
