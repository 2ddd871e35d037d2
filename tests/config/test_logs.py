import json
import logging
import logging.config
import sys

import pytest

from sanqiao.config import logs

pytestmark = pytest.mark.no_db


def line(message: str, *, failing: bool = False) -> dict[str, object]:
    """What one record becomes."""
    error = None
    if failing:
        try:
            raise ValueError("Key (phone)=(13900001111) already exists")
        except ValueError:
            error = sys.exc_info()
    record = logging.LogRecord("sanqiao.web", logging.ERROR, "x.py", 1, message, (), error)
    found = json.loads(logs.formatter().format(record))
    assert isinstance(found, dict)
    return found


def test_a_record_is_one_json_object() -> None:
    found = line("imported 5 rows")

    assert found["event"] == "imported 5 rows"
    assert (found["level"], found["logger"]) == ("error", "sanqiao.web")
    assert "timestamp" in found


@pytest.mark.parametrize("number", ["13900001111", "420302195002310012", "42030219500231001X"])
def test_phone_and_id_numbers_are_left_out(number: str) -> None:
    assert number[:10] not in str(line(f"no person {number} here"))


def test_what_somebody_searched_for_is_left_out() -> None:
    assert line("Not Found: /people/?q=王伟&page=2")["event"] == "Not Found: /people/?…"


def test_a_link_that_answers_for_somebody_is_left_out() -> None:
    said = line("Method Not Allowed (GET): /a/1x-2y-c2lnbmF0dXJl/can/")["event"]

    assert said == "Method Not Allowed (GET): /a/…/can/"


def test_an_error_says_its_kind_and_place_but_not_its_words() -> None:
    found = line("failed", failing=True)

    assert found["error"] == "ValueError"
    assert str(found["places"]).startswith("['tests.config.test_logs:")
    assert "already exists" not in str(found)


def test_the_settings_are_valid() -> None:
    before = logging.getLogger().handlers[:]
    try:
        logging.config.dictConfig(logs.logging("INFO"))
        assert not logging.getLogger("django.db.backends").isEnabledFor(logging.DEBUG)
    finally:
        logging.getLogger().handlers[:] = before
