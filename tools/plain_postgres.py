"""Runs a command against a fresh, plain PostgreSQL 15: `python -m tools.plain_postgres COMMAND …`

Without one on the machine it says so and succeeds. The cluster lies in a temporary directory,
listens on a socket there only, and is gone afterwards.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = Path(os.environ.get("POSTGRESQL_15", "/usr/lib/postgresql/15/bin"))
USER = "nobody" if os.geteuid() == 0 else None  # initdb refuses root
OPTIONS = {"fsync": "off", "full_page_writes": "off", "listen_addresses": "", "jit": "off"}
# As docs/deploy.md has it: the owner is no superuser. The tests
# become the web role by SET ROLE, and tamper past the triggers to see that it shows.
ROLES = """
    create role sanqiao_owner login createdb;
    create role sanqiao_web login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
    grant sanqiao_web to sanqiao_owner;
    grant set on parameter session_replication_role to sanqiao_owner
"""
DATABASE = "create database sanqiao owner sanqiao_owner"


def as_user(*command: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", user=USER,
        group=_group(), extra_groups=[] if USER else None,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stderr}")
    return done


def _group() -> int | None:
    import pwd

    return pwd.getpwnam(USER).pw_gid if USER else None


@contextmanager
def cluster() -> Iterator[Path]:
    """The directory of the socket of a running server."""
    with tempfile.TemporaryDirectory(prefix="sanqiao-15-") as name:
        place, data = Path(name), Path(name) / "data"
        if USER:
            shutil.chown(place, USER)
        locale = ("-E", "UTF8", "--locale=C.UTF-8")
        as_user(str(BINARIES / "initdb"), "-D", str(data), "-U", "postgres", *locale, "-A", "trust")
        with server(place, data):
            psql = (str(BINARIES / "psql"), "-q", "-h", name, "-U", "postgres")
            as_user(*psql, "-c", ROLES, "-c", DATABASE)
            yield place


@contextmanager
def server(place: Path, data: Path) -> Iterator[None]:
    """Our own child, so that no pid file need be believed."""
    options = {**OPTIONS, "unix_socket_directories": str(place)}
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (place / "log").open("w") as log:
        process = subprocess.Popen(
            [str(BINARIES / "postgres"), "-D", str(data), *words], stdout=log, stderr=log, cwd="/",
            user=USER, group=_group(), extra_groups=[] if USER else None, start_new_session=True,
        )  # fmt: skip
    try:
        wait(place, process)
        yield
    finally:
        process.send_signal(2)
        process.wait()


def wait(place: Path, process: subprocess.Popen[bytes]) -> None:
    while subprocess.run([BINARIES / "pg_isready", "-q", "-h", place], check=False).returncode:
        if process.poll() is not None:
            sys.exit((place / "log").read_text())
        time.sleep(0.05)


def main(command: list[str]) -> int:
    if not (BINARIES / "initdb").exists():
        print(f"No PostgreSQL 15 in {BINARIES}: the second database run is left out.")
        return 0
    with cluster() as place:
        urls = {
            "DATABASE_OWNER_URL": f"postgresql://sanqiao_owner@/sanqiao?host={place}",
            "DATABASE_URL": f"postgresql://sanqiao_web@/sanqiao?host={place}",
        }
        return subprocess.run(command, check=False, env={**os.environ, **urls}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
