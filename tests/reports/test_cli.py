import argparse
from pathlib import Path
from typing import Any

import pytest

from sanqiao.figures import snapshot
from sanqiao.reports import cli

pytestmark = pytest.mark.no_db


def test_what_is_not_told_where_to_go_goes_where_this_installation_publishes(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUT = tmp_path
    seen: list[Path] = []

    def build(given: argparse.Namespace) -> int:
        seen.append(given.out)
        return 0

    def freeze(folder: Path, *period: object) -> dict[str, Any]:
        seen.append(folder)
        return {"tables": []}

    monkeypatch.setattr(cli, "build", build)
    monkeypatch.setattr(snapshot, "snapshot", freeze)

    assert cli.main(["build"]) == snapshot.main([]) == 0
    assert seen == [tmp_path, tmp_path / "snapshot"]
