from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel import codes

pytestmark = pytest.mark.no_db

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FULL_WIDTH = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
NUMERALS = "〇一二三四五六七八九"

seventeen = st.text("0123456789", min_size=17, max_size=17)
days = st.dates(date(1910, 1, 1), date(2100, 12, 31))


def with_check(body: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


@pytest.mark.parametrize(
    "number",
    ["360426199101010071", "120103198806018241", "230306196304054513", "11010519491231002X"],
)
def test_the_known_id_numbers_pass(number: str) -> None:
    assert codes.id_number(number) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("230307196304054513", "id_number.check_digit"),
        ("110105194912310020", "id_number.check_digit"),
        ("36042619910101007", "id_number.length"),
        ("", "id_number.length"),
        ("36042619910101007A", "id_number.alphabet"),
        ("X60426199101010071", "id_number.alphabet"),
    ],
)
def test_a_wrong_id_number_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        codes.id_number(typed)
    assert code in codes.REASONS


@given(seventeen)
def test_the_check_digit_is_that_of_gb_11643_whatever_date_or_area_the_number_holds(
    body: str,
) -> None:
    number = with_check(body)
    assert codes.id_number(number) == number


@given(seventeen, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(body: str, place: int, shift: int) -> None:
    number = with_check(body)
    wrong = str((int(number[place]) + shift) % 10)
    with pytest.raises(ValueError, match="check_digit"):
        codes.id_number(number[:place] + wrong + number[place + 1 :])


@given(seventeen)
def test_an_id_number_may_be_typed_wide_small_and_spaced(body: str) -> None:
    number = with_check(body)
    assert codes.id_number(number.lower().translate(FULL_WIDTH)) == number
    assert codes.id_number(f" {number[:6]}\u3000{number[6:14]}\xa0{number[14:]}\u200b") == number


@pytest.mark.parametrize("code", ["91110000600037341L", "91 110000 600037341-l"])
def test_the_known_credit_code_passes(code: str) -> None:
    assert codes.credit_code(code) == "91110000600037341L"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("911100006000373411", "credit_code.check_digit"),
        ("91110000600037341", "credit_code.length"),
        ("9111000060003734IL", "credit_code.alphabet"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        codes.credit_code(typed)
    assert code in codes.REASONS


@given(st.sampled_from("19YN"), st.text(CREDIT, min_size=16, max_size=16))
def test_every_department_passes_with_the_check_of_gb_32100(first: str, rest: str) -> None:
    body = first + rest
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(CREDIT.index(c) * w for c, w in zip(body, weights, strict=True))
    right = CREDIT[(31 - total % 31) % 31]
    assert codes.credit_code(body + right) == body + right
    for wrong in set(CREDIT) - {right}:
        with pytest.raises(ValueError, match="check_digit"):
            codes.credit_code(body + wrong)


@pytest.mark.parametrize(
    "typed",
    [
        date(2020, 6, 4),
        datetime(2020, 6, 4, 13, 5),  # noqa: DTZ001
        43986,
        43986.55,
        20200604.0,
        "43986",
        "2020-06-04",
        "2020/6/4",
        "2020.6.4",
        "2020.06.04.",
        "20200604",
        "2020年6月4日",
        "2020 年 6 月 4 日",
        "二〇二〇年六月四日",
        "二零二○年六月四日",
        "2020-06-04 00:00:00",
        "\uff12\uff10\uff12\uff10\uff0d\uff10\uff16\uff0d\uff10\uff14",
    ],
)
def test_the_same_day_in_every_writing(typed: object) -> None:
    assert codes.chinese_date(typed) == date(2020, 6, 4)


@pytest.mark.parametrize("typed", ["2020.06", "2020-6", "202006", "2020年6月", "二〇二〇年六月"])
def test_a_month_is_its_first_day_unless_a_day_is_demanded(typed: str) -> None:
    assert codes.chinese_date(typed) == date(2020, 6, 1)
    with pytest.raises(ValueError, match="^date.no_day$"):
        codes.chinese_date(typed, month_ok=False)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2020-02-30", "date.impossible"),
        ("二〇二〇年十三月一日", "date.impossible"),
        ("0000-01-01", "date.impossible"),
        (20201301.0, "date.impossible"),
        (2020.06, "date.ambiguous_number"),
        (2020, "date.ambiguous_number"),
        (-1, "date.ambiguous_number"),
        (float("nan"), "date.ambiguous_number"),
        ("6/4/2020", "date.unreadable"),
        ("20年6月4日", "date.unreadable"),
        ("2020-06/04", "date.unreadable"),
        ("去年", "date.unreadable"),
        (True, "date.unreadable"),
        (None, "date.unreadable"),
    ],
)
def test_what_is_no_certain_day_is_refused(typed: object, code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        codes.chinese_date(typed)
    assert code in codes.REASONS


def in_words(number: int) -> str:
    """1–31 as in 二十一."""
    tens, ones = divmod(number, 10)
    words = ("" if tens == 1 else NUMERALS[tens]) + "十" if tens else ""
    return words + (NUMERALS[ones] if ones else "")


@given(days)
def test_every_day_is_read_from_every_writing(day: date) -> None:
    year = "".join(NUMERALS[int(digit)] for digit in str(day.year))
    written = f"{year}年{in_words(day.month)}月{in_words(day.day)}日"
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)
    forms = [written, serial, float(serial), day.isoformat(), f"{day:%Y%m%d}"]
    forms += [f"{day.year}.{day.month}.{day.day}", written.translate(FULL_WIDTH)]
    assert {codes.chinese_date(form) for form in forms} == {day}


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans()))
def test_nothing_that_is_typed_breaks_the_functions(typed: object) -> None:
    for read in (codes.chinese_date, codes.id_number, codes.credit_code, codes.phone):
        if read is codes.chinese_date or isinstance(typed, str):
            try:
                read(typed)  # type: ignore[arg-type]
            except ValueError as error:
                assert error.args[0] in codes.REASONS


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800000000", "13800000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("\uff11\uff13\uff18\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff10", "13800000000"),
        ("0719-8123456", "0719-8123456"),
        ("(0719)8123456转12", "0719-8123456-12"),
        ("010 6512 3456", "010-65123456"),
    ],
)
def test_a_phone_number_in_any_usual_writing(typed: str, number: str) -> None:
    assert codes.phone(typed) == number


@pytest.mark.parametrize("typed", ["", "1380000000", "8123456", "23800000000", "无"])
def test_a_phone_number_that_cannot_be_called_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^phone.format$"):
        codes.phone(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张三", "张三"),
        (" 张\u3000三 ", "张 三"),
        ("张\xa0三", "张 三"),
        ("ＡＢ\t公司１", "AB 公司1"),
        ("三桥（城区）支部", "三桥（城区）支部"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("\uf9dc", "隆"),
        ("\U00031350", "\U00031350"),  # an ideograph of Unicode 15
    ],
)
def test_a_name_is_made_regular(typed: str, kept: str) -> None:
    assert codes.name(typed) == kept
    assert codes.name(codes.name(typed)) == kept
    assert codes.name(typed, squeeze=True) == kept.replace(" ", "")


@pytest.mark.parametrize(
    "letter", ["\u200b", "\u202e", "\u2066", "\u00ad", "\x00", "\x07", "\ufeff"]
)
def test_what_nobody_sees_in_a_name_is_refused(letter: str) -> None:
    with pytest.raises(ValueError, match="name.invisible"):
        codes.name(f"张{letter}三")
