"""`sanqiao import` and `sanqiao export`."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Compound
from sanqiao.registers.cli import export_file, import_file
from tests.make import Town

HEAD = "所在区划,小区名称,有物业公司,户数\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "compounds.csv"
    path.write_text(HEAD + "三桥第一网格,三桥小区,否,120\n", encoding="gbk")
    return path


def test_import_says_what_it_did(
    town: Town, clerk: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["compounds", str(file), "--as", "li"]

    assert import_file([*given, "--dry-run"]) == 0
    assert not Compound.objects.exists()
    assert import_file(given) == 0
    assert Compound.objects.get().households == 120
    assert "create 1, change 0, unchanged 0, refused 0 (imported)" in capsys.readouterr().out


def test_a_refused_row_is_status_one_and_a_file(
    town: Town, clerk: User, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(HEAD + "没有的网格,三桥小区,否,120\n", encoding="utf-8")
    mend = tmp_path / "mend.xlsx"

    assert import_file(["compounds", str(file), "--as", "li", "--refused", str(mend)]) == 1
    assert "2: 所在区划" in capsys.readouterr().out
    assert mend.stat().st_size > 0


@pytest.mark.parametrize(("user", "words"), [("nobody", "no user"), ("lin", "权限")])
def test_who_may_not_is_told(
    town: Town,
    grid_worker: User,
    file: Path,
    user: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert import_file(["compounds", str(file), "--as", user]) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_is_exported_is_read_again(
    town: Town, clerk: User, file: Path, tmp_path: Path, name: str
) -> None:
    import_file(["compounds", str(file), "--as", "li"])
    out = tmp_path / name

    assert export_file(["compounds", str(out), "--as", "li"]) == 0
    Compound.objects.update(households=7)
    assert import_file(["compounds", str(out), "--as", "li"]) == 0
    assert Compound.objects.get().households == 120
