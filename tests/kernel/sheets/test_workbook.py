import io
import zipfile
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.sheets import workbook
from sanqiao.kernel.sheets.reading import read_rows

from .make import AREAS, MEMBERS, WANG, read, xlsx

pytestmark = pytest.mark.no_db

GOOD = xlsx(["姓名", "身份证号"], ["王伟", WANG])


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\r\n\r\n", "文件是空的"),
        (b"%PDF-1.7\n", "这不是表格文件"),
        (b"\x89PNG\r\n\x1a\n", "这不是表格文件"),
        (b"\x01\x00\x02name,code", "这不是表格文件"),
        (b"PK\x03\x04 torn off", "已损坏"),
        (zipped(word__document="<w/>"), "这不是表格文件"),
        (zipped(**{"xl__workbook.xml": "<workbook/>"}), "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "打不开这个文件"),
        ("<html><table><tr><td>姓名".encode(), "这是网页格式的文件"),
        ("﻿<?xml version='1.0'?><Workbook/>".encode(), "这是网页格式的文件"),
        ("随便写的一段话".encode(), "没有找到表头"),
    ],
)
def test_a_file_that_is_no_spreadsheet_is_told_what_it_is(content: bytes, words: str) -> None:
    reading = read(content)
    assert words in reading.problems[0]
    assert reading.rows == []


def test_the_content_counts_and_not_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "党员.csv"
    path.write_bytes(GOOD)
    assert len(read_rows(path, "党员.csv", MEMBERS, lambda: AREAS).rows) == 1
    assert read_rows(b"%PDF", "党员.xlsx", MEMBERS).problems[0].startswith("党员.xlsx")


def test_the_reader_is_told_in_the_language_in_use() -> None:
    with translation.override("en"):
        assert read(b"%PDF").problems == ["This is no spreadsheet: upload xlsx or csv"]


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_FILE", 100)
    assert "100 MB" in read(GOOD).problems[0]


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_file_gives_rows_or_a_reason_and_never_an_exception(at: int, junk: bytes) -> None:
    reading = read(GOOD[:at] + junk + GOOD[at + len(junk) :])
    assert reading.rows or reading.problems or reading.refused or reading.warnings


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    assert read(content).problems
