"""Days are written one way in English, whichever way a template asks for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.utils.translation import override

from sanqiao.kernel.periods import parse_period
from sanqiao.registers.areas.models import Area
from sanqiao.web.viewing import Viewing

pytestmark = pytest.mark.no_db
DAY = date(2020, 6, 4)
MOMENT = datetime(2020, 6, 4, 18, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
WAYS = ("{{ day }}", "{{ day|date }}", "{{ day|date:'SHORT_DATE_FORMAT' }}", "{{ day|day }}",
        "{{ day|day_in_words }}", "{% blocktranslate %}{{ day }}{% endblocktranslate %}")  # fmt: skip


def written(text: str, **given: Any) -> str:
    template = engines["django"].from_string("{% load i18n %}" + text)
    return str(template.render(given))


@pytest.mark.parametrize("way", WAYS)
def test_a_day_in_english_is_a_day_of_a_table(way: str) -> None:
    with override("en"):
        assert written(way, day=DAY) == "2020-06-04"


def test_a_moment_in_english_has_twenty_four_hours() -> None:
    with override("en"):
        assert written("{{ moment }} {{ moment|time }}", moment=MOMENT) == "2020-06-04 18:05 18:05"


@pytest.mark.parametrize(
    ("period", "english", "chinese"),
    [("2020-06-04", "2020-06-04", "2020年6月4日"), ("2020-06", "2020-06", "2020年6月")],
)
def test_so_is_the_period_above_every_page(period: str, english: str, chinese: str) -> None:
    viewing = Viewing(Area(), parse_period(period), ())
    with override("en"):
        assert viewing.words == english
    with override("zh-hans"):
        assert viewing.words == chinese
