"""What pages show of numbers that nobody has said why to see."""

from __future__ import annotations

import pytest

from sanqiao.kernel.commands import unmask
from sanqiao.kernel.models import User
from sanqiao.web.people.masking import masked_id, masked_phone
from sanqiao.web.people.pages import looks_at
from tests.make import Town, make_person


@pytest.mark.no_db
@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("", ""), ("13800001234", "138****1234"), ("0719-8123456", "071****3456"),
        ("8123456", "****"), ("110", "****"),
    ],
)  # fmt: skip
def test_a_phone_that_is_too_short_to_hide_is_stars_alone(number: str, shown: str) -> None:
    assert masked_phone(number) == shown


@pytest.mark.no_db
@pytest.mark.parametrize(
    ("number", "shown"),
    [("", ""), ("42030219700101001X", "420302********001X"), ("420302700101001", "****")],
)
def test_a_number_that_is_no_card_s_is_stars_alone(number: str, shown: str) -> None:
    assert masked_id(number) == shown


def test_only_who_was_looked_at_reads_the_looks(town: Town, clerk: User) -> None:
    person = make_person(area=town.grid)
    unmask(record=person, field="phone", purpose="核对", by=clerk)
    reader = User.objects.get(pk=clerk.pk)
    assert looks_at(person, reader) == []
    reader.person_id = person.pk
    assert [look.purpose for look in looks_at(person, reader)] == ["核对"]
