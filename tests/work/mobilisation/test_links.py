"""The link names one call-out and one person, and nobody can make one up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.work.mobilisation.links import Named, link_of, named_by, token_of

pytestmark = pytest.mark.no_db
IDS = st.integers(1, 2**40)


@given(call_out=IDS, person=IDS)
def test_a_link_says_who_it_is_for(call_out: int, person: int) -> None:
    assert named_by(token_of(call_out, person)) == Named(call_out, person)


@given(call_out=IDS, person=IDS, place=st.integers(0, 60), letter=st.sampled_from("0az-_Z"))
def test_one_changed_letter_breaks_it(call_out: int, person: int, place: int, letter: str) -> None:
    token = token_of(call_out, person)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]

    assert changed == token or named_by(changed) is None


@pytest.mark.parametrize("token", ["", "-", "1-2-", "1-2", "a-b-c", "1-2-三桥", "--"])
def test_what_we_have_not_signed_is_nobodys(token: str) -> None:
    assert named_by(token) is None


def test_the_address_stands_under_the_public_one_and_fits_a_message(settings: Any) -> None:
    settings.PUBLIC_URL = "https://dy.example.cn/"

    link = link_of(1_000_000, 2_000_000)

    assert link.startswith("https://dy.example.cn/a/") and link.endswith("/")
    assert len(link) < 60


def test_another_key_signs_otherwise(settings: Any) -> None:
    token = token_of(1, 2)
    settings.SECRET_KEY = "another-key-than-before"

    assert named_by(token) is None
