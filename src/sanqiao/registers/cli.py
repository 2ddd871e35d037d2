"""`sanqiao import` and `sanqiao export`: a register from a file, and to one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.importing import Preview, export_rows
from sanqiao.kernel.importing import import_file as read_file
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import acting_as
from sanqiao.kernel.sheets.exporting import export_csv, export_xlsx

from .importing import registers

SHOWN = 20
"""Refused rows that are printed; the file has them all."""


def import_file(arguments: list[str]) -> int:
    """Exit status 1 when a row was refused: then nothing was imported."""
    parser = argparse.ArgumentParser("sanqiao import", description="a register from xlsx or csv")
    parser.add_argument("register", choices=registers())
    parser.add_argument("file", type=Path)
    parser.add_argument("--as", dest="user", required=True, help="user name, whose rights count")
    parser.add_argument("--dry-run", action="store_true", help="show, change nothing")
    parser.add_argument("--refused", type=Path, help="write the refused rows here (xlsx)")
    options = parser.parse_args(arguments)
    user = _user(options.user)
    if user is None:
        return 1
    try:
        preview = _read(options, user)
    except Refused as refusal:
        _complain(refusal.message)
        return 1
    _report(preview)
    if preview.refused and options.refused:
        options.refused.write_bytes(preview.refused_file())
    return 0 if preview.is_good else 1


def export_file(arguments: list[str]) -> int:
    """Everything of a register that the user may see, in the form that import reads."""
    parser = argparse.ArgumentParser("sanqiao export", description="a register to xlsx or csv")
    parser.add_argument("register", choices=registers())
    parser.add_argument("file", type=Path)
    parser.add_argument("--as", dest="user", required=True, help="user name, whose rights count")
    options = parser.parse_args(arguments)
    if options.file.suffix not in {".xlsx", ".csv"}:
        parser.error(f"{options.file.name}: only .xlsx and .csv are written")
    user = _user(options.user)
    if user is None:
        return 1
    if not user.may("export"):
        _complain("This user may not export.")
        return 1
    with acting_as(user, request="sanqiao export"):
        head, rows = export_rows(registers()[options.register], user)
        if options.file.suffix == ".csv":
            with options.file.open("wb") as file:
                file.writelines(export_csv(head, rows))
        else:
            options.file.touch()
            export_xlsx(options.file, registers()[options.register].sheet.title, head, rows)
    return 0


def _user(name: str) -> User | None:
    user = User.objects.filter(username=name).first()
    if user is None:
        _complain(f"There is no user {name!r}.")
    return user


def _read(options: argparse.Namespace, user: User) -> Preview:
    with acting_as(user, request="sanqiao import"):
        return read_file(
            register=registers()[options.register],
            content=options.file.read_bytes(),
            filename=options.file.name,
            by=user,
            dry_run=options.dry_run,
        )


def _report(preview: Preview) -> None:
    verb = "imported" if preview.done else "nothing imported"
    _say(
        f"{preview.register.name}: create {len(preview.create)}, change {len(preview.change)},"
        f" unchanged {preview.unchanged}, refused {len(preview.refused)} ({verb})"
    )
    for line in (*preview.problems, *preview.reading.warnings):
        _say(f"  {line}")
    for row in preview.refused[:SHOWN]:
        reasons = "；".join(
            f"{preview.register.sheet.column(name).title}：{text}"
            for name, text in row.errors.items()
        )
        _say(f"  {row.number}: {reasons}")
    if len(preview.refused) > SHOWN:
        _say(f"  … {len(preview.refused) - SHOWN} more")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")
