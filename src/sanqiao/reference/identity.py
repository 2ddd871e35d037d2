"""Identifying numbers that are well formed and belong to nobody."""

from __future__ import annotations

from stdnum.cn.ric import calc_check_digit

MONTHS = range(13, 20)
DAYS = range(1, 40)
ORDERS = 500
BLOCK = len(MONTHS) * len(DAYS) * ORDERS
"""Serials that one issuing area can number in one year of birth."""
SPARE = "4298"
"""No area has it: for serials after the first block, which only cities over full size reach."""
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DEPARTMENTS = {"office": "11", "institution": "12", "enterprise": "91", "collective": "N2"}


def id_number(serial: int, *, county: str, born: int, is_male: bool) -> str:
    """GB 11643 with a right check digit and a month from 13 to 19; distinct for each serial."""
    block, rest = divmod(serial, BLOCK)
    rest, order = divmod(rest, ORDERS)
    day, month = divmod(rest, len(MONTHS))
    area = county if block == 0 else f"{SPARE}{block:02}"
    body = f"{area}{born}{MONTHS[month]}{DAYS[day]:02}{2 * order + is_male:03}"
    return body + calc_check_digit(f"{body}0")


def phone(serial: int) -> str:
    """11 digits in the segment 100, which no operator has for mobiles."""
    return f"100{serial:08}"


def credit_code(serial: int, *, kind: str, county: str) -> str:
    """GB 32100 with both check digits right, around the invented organisation code EX……"""
    body = DEPARTMENTS[kind] + county + organisation_code(f"EX{serial:06}")
    total = sum(CREDIT_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return body + CREDIT_ALPHABET[-total % 31]


def organisation_code(body: str) -> str:
    """GB 11714: eight characters and their check character."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c, 36) * weight for c, weight in zip(body, weights, strict=True))
    return body + "0123456789X0"[(11 - total % 11)]
