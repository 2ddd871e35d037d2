"""Imports a file of members into the database of DATABASE_URL and prints the milliseconds."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench.__main__ import prepare

prepare()

from sanqiao.kernel.importing import import_file  # noqa: E402
from sanqiao.kernel.models import User  # noqa: E402
from sanqiao.kernel.scope import acting_as  # noqa: E402
from sanqiao.registers.importing import registers  # noqa: E402


def main(file: Path, username: str) -> None:
    """As the page does it: read, compared, validated, committed. Raises when a row is refused."""
    user = User.objects.get(username=username)
    content = file.read_bytes()
    start = time.perf_counter()
    with acting_as(user, request="bench"):
        found = import_file(
            register=registers()["members"], content=content, filename=file.name, by=user,
            dry_run=False,
        )  # fmt: skip
    passed = (time.perf_counter() - start) * 1000
    assert found.done and found.done.created, (found.problems, found.refused[:2])
    print(passed)


main(Path(sys.argv[1]), sys.argv[2])
