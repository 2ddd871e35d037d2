"""The `sanqiao` command: one table of names, each leading to a function found only when asked.

A target takes the remaining words and returns an exit status (None is 0).
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from sanqiao.config import database
from sanqiao.kernel.embedded import EmbeddedError, leave

Arguments = list[str]
Target = Callable[[Arguments], int | None]

HERE = "sanqiao.config.cli"
SETTINGS = "sanqiao.config.settings"
OWNER_COMMANDS = {
    "createcachetable",
    "flush",
    "loaddata",
    "makemigrations",
    "migrate",
    "showmigrations",
    "sqlmigrate",
}
DEMO_DAY = "2020-06-30"
"""The reference city stands on this day; passkeys want localhost, not an address of numbers."""
GRACE_SECONDS = 30  # for running requests and jobs


@dataclass(frozen=True)
class Command:
    """`target` is "module:function"; `django` sets Django up before; `owner` migrates and loads."""

    target: str
    help: str
    django: bool = True
    owner: bool = False


COMMANDS = {
    "demo": Command(f"{HERE}:demo", "load the reference city, build the report, serve", False),
    "figures": Command("sanqiao.figures.cli:main", "figures of an area as of a day"),
    "report": Command("sanqiao.reports.cli:main", "build or publish a work report"),
    "import": Command("sanqiao.registers.cli:import_file", "a register from xlsx or csv"),
    "export": Command("sanqiao.registers.cli:export_file", "a register to xlsx or csv"),
    "verify": Command("sanqiao.reports.cli:verify", "prove a document, without a server", False),
    "snapshot": Command("sanqiao.figures.snapshot:main", "freeze a period as Parquet"),
    "createadmin": Command("sanqiao.kernel.cli:create_admin", "create an administrator"),
    "check-security": Command("sanqiao.config.security:main", "list what makes this unsafe"),
    "db": Command(f"{HERE}:db", "start, stop or show the embedded PostgreSQL", False),
    "serve": Command(f"{HERE}:serve", "web server (--worker adds a job worker)", False),
    "worker": Command(f"{HERE}:worker", "run background jobs", False),
    "manage": Command(f"{HERE}:manage", "Django's own commands", False),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 refused or failed, 2 not understood."""
    name, *rest = list(sys.argv[1:] if argv is None else argv) or ["help"]
    return run(name, rest)


def run(name: str, arguments: Arguments) -> int:
    if name in {"help", "-h", "--help"}:
        return show_help()
    if name not in COMMANDS:
        print(f"sanqiao: no command {name!r}; see sanqiao help", file=sys.stderr)
        return 2
    try:
        return call(COMMANDS[name], arguments)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        words = _words(error)
        if not words:
            raise
        print(f"sanqiao: {words}", file=sys.stderr)
    return 1


def _words(error: Exception) -> str:
    """A sentence for what the caller can mend; empty for what is our own fault."""
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
    if isinstance(error, EOFError):
        return "the input ended before anything was typed"
    if hasattr(error, "code") and hasattr(error, "message"):  # Refused, without loading Django
        return str(error.message)
    return str(error) if isinstance(error, EmbeddedError) else ""


def call(command: Command, arguments: Arguments) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if command.owner:
        os.environ["SANQIAO_DB_ROLE"] = "owner"
    if command.django:
        import django

        django.setup()
    return resolve(command.target)(arguments) or 0


def resolve(target: str) -> Target:
    """The function named "module:function"; imports its module."""
    module, _, function = target.partition(":")
    return cast(Target, getattr(import_module(module), function))


def show_help() -> int:
    print("Usage: sanqiao COMMAND [ARGUMENT ...]\n")
    for name, command in COMMANDS.items():
        print(f"  {name:<15} {command.help}")
    print("\nsanqiao COMMAND --help says more.")
    return 0


def manage(arguments: Arguments) -> int:
    """Django's own commands; those that change tables run as the owner."""
    from django.core.management import execute_from_command_line

    if OWNER_COMMANDS.intersection(arguments[:1]):
        os.environ["SANQIAO_DB_ROLE"] = "owner"
    execute_from_command_line(["sanqiao manage", *arguments])
    return 0


def demo(arguments: Arguments) -> int:
    """Migrate, load and prove the reference city, then serve it unless --no-serve."""
    parser = argparse.ArgumentParser("sanqiao demo", description=demo.__doc__)
    parser.add_argument("--no-serve", action="store_true")
    parser.add_argument("--port", type=int, default=8000)
    options, rest = parser.parse_known_args(arguments)
    with _database_held():
        load = Command("sanqiao.reference.demo:main", "", owner=True)
        status = _sanqiao("manage", "migrate", "--verbosity", "1") or call(load, rest)
        _close_connections()
        if options.no_serve or status:
            return status
        os.environ.setdefault("SANQIAO_AS_OF", DEMO_DAY)
        print(f"\nOpen http://localhost:{options.port}/?as_of={DEMO_DAY} (Ctrl-C ends it)")
        return serve(["--worker", "--port", str(options.port)])


def serve(arguments: Arguments) -> int:
    """Serve the workbench until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser("sanqiao serve", description=serve.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--threads", type=int, default=2, help="threads a process")
    parser.add_argument("--worker", action="store_true", help="run background jobs as well")
    options = parser.parse_args(arguments)
    _check_free(options.host, options.port)
    commands = [_granian(options)]
    if options.worker:
        commands.append(_jobs([]))
    os.environ["SANQIAO_DB_ROLE"] = "web"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    (database.home() / "static").mkdir(parents=True, exist_ok=True)
    with _database_held():
        return _run_together(commands)


def worker(arguments: Arguments) -> int:
    """Run background jobs; further arguments go to `procrastinate worker`."""
    os.environ["SANQIAO_DB_ROLE"] = "web"
    with _database_held():
        return _run_together([_jobs(arguments)])


def db(arguments: Arguments) -> int:
    """Start, stop or show the embedded PostgreSQL."""
    parser = argparse.ArgumentParser("sanqiao db", description=db.__doc__)
    parser.add_argument("act", choices=["start", "stop", "status"])
    act = parser.parse_args(arguments).act
    if database.database_url():
        print("DATABASE_URL is set: the embedded PostgreSQL is not in use.")
        return 1
    server = database.embedded_server()
    if act == "start":
        database.prepare_embedded()
    if act == "stop":
        print("stopped" if server.stop() else "was not running")
        return 0
    running = server.ready()
    print(f"running: {server.dsn(database.DATABASE)}" if running else "not running")
    return 0 if running else 1


def _database_held() -> AbstractContextManager[object]:
    """The embedded server for the body, or nothing where DATABASE_URL names another."""
    return nullcontext() if database.database_url() else database.embedded_server().held()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def _check_free(host: str, port: int) -> None:
    """Servers could share a port, and each would answer some requests. Raises OSError."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(f"{host}:{port} cannot be served: {error.strerror}") from error


def _granian(options: argparse.Namespace) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", options.host, "--port", str(options.port)]
    command += ["--workers", str(options.workers), "--blocking-threads", str(options.threads)]
    # Told to stop while it starts, a worker of granian 2.8 may wait for ever.
    command += ["--workers-kill-timeout", "10"]
    return [*command, "sanqiao.config.wsgi:application"]


def _jobs(arguments: Arguments) -> list[str]:
    """A job queue's worker; what is done is deleted, what failed is kept."""
    command = [sys.executable, "-m", HERE, "manage", "procrastinate", "worker"]
    return [*command, "--concurrency", "2", "--delete-jobs", "successful", *arguments]


def _sanqiao(*words: str) -> int:
    return subprocess.run([sys.executable, "-m", HERE, *words], check=False).returncode  # noqa: S603


def _run_together(commands: list[list[str]]) -> int:
    """Until the first of them ends, or we are told to; then all end.

    Each has a session of its own, so that Ctrl-C reaches them once, from us. A script's background
    process would ignore that signal.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    processes = [subprocess.Popen(words, start_new_session=True) for words in commands]  # noqa: S603
    try:
        _, status = os.wait()
        return os.waitstatus_to_exitcode(status)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            _wait_or_kill(process)


def _wait_or_kill(process: "subprocess.Popen[bytes]") -> None:
    """A job is a transaction, so that one cut off here is one never begun."""
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
