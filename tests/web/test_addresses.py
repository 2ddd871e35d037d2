"""Addresses are Django's own, for whatever they are asked."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.web.addresses import address

CODES = st.text(
    st.characters(exclude_characters="/", exclude_categories=("C", "Zl", "Zp")), min_size=1
)


@given(st.integers(min_value=0))
def test_a_record_has_the_address_that_django_gives(pk: int) -> None:
    assert address("people:detail", pk) == reverse("people:detail", args=[pk])


@given(CODES)
def test_a_code_stands_in_an_address_as_django_writes_it(code: str) -> None:
    assert address("organisations:detail", code) == reverse("organisations:detail", args=[code])


@given(st.integers(min_value=0), st.sampled_from(["people.Person", "areas.Area"]))
def test_several_arguments_keep_their_order(pk: int, label: str) -> None:
    assert address("history", label, pk) == reverse("history", args=[label, pk])


def test_a_page_without_arguments_has_an_address() -> None:
    assert address("home") == reverse("home")


@pytest.mark.parametrize("view", ["people:nowhere", "people:detail"])
def test_a_view_that_is_not_there_or_takes_other_arguments_is_refused(view: str) -> None:
    with pytest.raises(NoReverseMatch):
        address(view)
