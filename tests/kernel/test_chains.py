"""Chains: one line of links, and the first one that does not hold is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.chains import BadLink, canonical, digest, verify_chain
from sanqiao.kernel.commands import append_link
from sanqiao.kernel.models import Chain, Link, User
from sanqiao.kernel.scope import acting_as
from tests.make import as_owner, make_user

json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.dictionaries(
            st.text(
                st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5
            ),
            parts,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def append(count: int, by: User, chain: str = "grants") -> list[Link]:
    return [
        append_link(chain=chain, kind="kernel.tried", subject=by, by=by, data={"n": n})
        for n in range(count)
    ]


def test_links_count_up_and_carry_the_digest_before(clerk: User) -> None:
    first, second = append(2, clerk)
    assert (first.seq, first.previous) == (1, "")
    assert (second.seq, second.previous) == (2, first.digest)
    chain = Chain.objects.get(name="grants")
    assert (chain.length, chain.head) == (2, second.digest)
    assert verify_chain("grants") is None


def test_a_chain_that_nobody_wrote_holds() -> None:
    assert verify_chain("publications") is None


def test_a_digest_is_what_anybody_can_compute_again() -> None:
    link = Link(seq=1, previous="", kind="k", subject="s", by="林", data={"b": 1, "a": "甲"})
    link.at = datetime(2020, 6, 30, 12, 0, 0, 5, tzinfo=UTC)
    text = (
        '{"at":"2020-06-30T12:00:00.000005+00:00","by":"林","data":{"a":"甲","b":1},'
        '"kind":"k","previous":"","seq":1,"subject":"s"}'
    )
    assert canonical(link) == text.encode()
    assert digest(link, "sha256") != digest(link, "sm3")
    assert len(digest(link, "sm3")) == 64


@given(st.dictionaries(st.sampled_from("abc"), json, max_size=3))
def test_whatever_goes_in_verifies_when_it_comes_back(data: dict[str, object]) -> None:
    with transaction.atomic():
        user = make_user()
        append_link(chain="grants", kind="k", subject=user, by=user, data=data)
        assert verify_chain("grants") is None
        transaction.set_rollback(True)


def test_floats_are_refused(clerk: User) -> None:
    with pytest.raises(ValueError, match="chain.float"):
        append_link(chain="grants", kind="k", subject=clerk, by=clerk, data={"a": [{"b": 0.1}]})


def test_sm3_is_a_setting(clerk: User, settings: object) -> None:
    settings.CHAIN_ALGORITHM = "sm3"  # type: ignore[attr-defined]
    append(3, clerk, "publications")
    assert Chain.objects.get(name="publications").algorithm == "sm3"
    assert verify_chain("publications") is None
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_chain SET algorithm = 'sha256'")
    assert verify_chain("publications") == BadLink(1, "digest")


@pytest.mark.parametrize(
    ("tamper", "bad"),
    [
        ("UPDATE kernel_link SET data = '{\"n\": 8}' WHERE seq = 3", BadLink(3, "digest")),
        ("UPDATE kernel_link SET by = 'x' WHERE seq = 2", BadLink(2, "digest")),
        (
            "UPDATE kernel_link SET digest = translate(digest, '0123456789abcdef',"
            " '1032547698badcfe') WHERE seq = 4",
            BadLink(4, "digest"),
        ),
        ("DELETE FROM kernel_link WHERE seq = 2", BadLink(2, "counter")),
        ("DELETE FROM kernel_link WHERE seq = 5", BadLink(5, "head")),
        ("UPDATE kernel_link SET previous = 'x' WHERE seq = 5", BadLink(5, "previous")),
        ("UPDATE kernel_chain SET head = 'x'", BadLink(6, "head")),
    ],
)
def test_the_first_bad_link_is_named(tamper: str, bad: BadLink, clerk: User) -> None:
    append(5, clerk)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(tamper)
        cursor.execute("SET session_replication_role = origin")
    assert verify_chain("grants") == bad


def test_the_database_refuses_a_link_that_does_not_follow(clerk: User) -> None:
    first, second = append(2, clerk)
    for seq, previous in ((2, first.digest), (4, second.digest), (3, first.digest)):
        with pytest.raises(IntegrityError, match="forked"), transaction.atomic():
            Link.objects.create(
                chain=first.chain, seq=seq, previous=previous, digest="d" * 64, at=first.at
            )


def test_the_web_role_cannot_set_a_head(clerk: User) -> None:
    append(1, clerk)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Chain.objects.update(head="x")


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_leave_no_fork() -> None:
    users = [make_user() for _ in range(8)]

    def write(user: User) -> None:
        try:
            for _ in range(5):
                with acting_as(user):
                    append(1, user)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, users))
    links = Link.objects.order_by("seq")
    assert [link.seq for link in links] == list(range(1, 41))
    assert len({link.previous for link in links}) == 40
    assert verify_chain("grants") is None
