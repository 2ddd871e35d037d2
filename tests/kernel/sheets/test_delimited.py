import pytest

from .make import WANG, ZHAO, error, read, value

pytestmark = pytest.mark.no_db

TEXT = f"姓名,身份证号,入党日期\n王伟,{WANG},2020.6.4\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_encoding_and_with_every_delimiter(encoding: str, delimiter: str) -> None:
    reading = read(TEXT.replace(",", delimiter).encode(encoding))
    assert str(value(reading, "joined_on")) == "2020-06-04"
    assert value(reading, "name") == "王伟"


def test_a_rare_character_survives_gb18030() -> None:
    assert value(read(TEXT.replace("王", "𬱖").encode("gb18030")), "name") == "𬱖伟"


def test_bytes_that_are_no_text_are_refused() -> None:
    assert "文字编码" in read(TEXT.encode("gbk") + b"\xff\xff").problems[0]


def test_short_and_empty_lines_are_no_trouble() -> None:
    reading = read(f"{TEXT}\n,,\n李娜,{ZHAO}\n".encode())
    assert [row.number for row in reading.rows] == [2, 5]


def test_an_id_number_that_excel_wrote_with_an_exponent_is_refused() -> None:
    reading = read(TEXT.replace(WANG, "3.60426E+17").encode())
    assert "存成了数字" in error(reading, "id_number")


def test_formula_text_in_a_csv_is_refused() -> None:
    reading = read(TEXT.replace("王伟", '"=HYPERLINK(""x"")"').encode())
    assert "公式" in error(reading, "name")


def test_quoted_delimiters_and_line_breaks_belong_to_the_cell() -> None:
    reading = read(f'身份证号,姓名\n{WANG},"王\n伟"\n'.encode())
    assert value(reading, "name") == "王伟"


def test_a_cell_of_endless_length_is_refused() -> None:
    assert "csv" in read((TEXT + "x" * 200_000).encode()).problems[0]
