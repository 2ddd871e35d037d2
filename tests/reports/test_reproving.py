"""Proving from a page is a job's, with the rights of when it is done; what it found is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, Grant, Progress, User
from sanqiao.reports import reproving
from sanqiao.reports.commands import draft_report, publish_report
from sanqiao.reports.models import Publication
from tests.make import Town, make_grant, make_membership, make_user

pytestmark = pytest.mark.django_db(transaction=True)
State = Progress.State


@pytest.fixture
def publication(town: Town, city_officer: User, settings: Any, tmp_path: Path) -> Publication:
    settings.MEDIA_ROOT = tmp_path
    make_membership(area=town.community)
    report = draft_report(
        area=town.city, title="综述", text="全市有党员{{people.members}}名。",
        start=date(2020, 1, 1), as_of=date(2020, 6, 30), by=city_officer, sign="市委组织部",
    )  # fmt: skip
    return publish_report(report=report, by=city_officer)


def made(progress: Progress) -> Progress:
    reproving.make_proof(progress.pk, "zh-hans")
    progress.refresh_from_db()
    return progress


def test_what_differs_is_kept_with_who_found_it(
    publication: Publication, city_officer: User, town: Town
) -> None:
    came = make_membership(area=town.community)

    proof = made(reproving.ask_proof(publication=publication, by=city_officer))

    assert proof.state == State.DONE
    assert reproving.last_proof(publication) == proof
    assert proof.result["numbers"] == {
        "n001": {"now": "2", "rows": [[1, [came.pk]], [0, []], [0, []]]}
    }
    event = Event.objects.get(kind="reports.report_proved")
    assert (event.by, event.data["different"]) == (city_officer.username, 1)


def test_two_clicks_are_one_proof_and_run_twice_it_is_made_once(
    publication: Publication, city_officer: User
) -> None:
    asked = reproving.ask_proof(publication=publication, by=city_officer)

    assert reproving.ask_proof(publication=publication, by=city_officer) == asked
    assert made(asked).ended_at == made(asked).ended_at
    assert Event.objects.filter(kind="reports.report_proved").count() == 1


def test_who_asks_beside_another_has_a_proof_of_the_own(
    publication: Publication, town: Town, city_officer: User
) -> None:
    """Nobody is led to the job of somebody else, which does not exist for them."""
    other = make_grant(role="city_officer", area=town.city, user=make_user()).user
    asked = reproving.ask_proof(publication=publication, by=city_officer)
    assert reproving.ask_proof(publication=publication, by=other).started_by == other
    assert reproving.ask_proof(publication=publication, by=city_officer) == asked


def test_a_reader_below_does_not_ask_for_the_rows_above(
    publication: Publication, clerk: User
) -> None:
    with pytest.raises(Refused) as refusal:
        reproving.ask_proof(publication=publication, by=clerk)

    assert refusal.value.code == "reports.not_yours_to_prove"


def test_who_lost_the_right_before_the_job_is_told_nothing(
    publication: Publication, town: Town
) -> None:
    by = make_grant(role="city_officer", area=town.city, user=make_user()).user
    asked = reproving.ask_proof(publication=publication, by=by)
    Grant.objects.filter(user=by).update(valid_to="2020-01-01")

    assert (made(asked).state, "numbers" in asked.result) == (State.FAILED, False)
    assert "没有核对该综述的权限" in asked.message


def test_whose_reach_was_narrowed_to_a_reader_below_is_told_nothing(
    publication: Publication, town: Town
) -> None:
    by = make_grant(role="city_officer", area=town.city, user=make_user()).user
    asked = reproving.ask_proof(publication=publication, by=by)
    Grant.objects.filter(user=by).update(role="township_clerk", path=town.township.path)
    by = User.objects.get(pk=by.pk)
    assert Publication.objects.visible_to(by).exists()

    assert (made(asked).state, "numbers" in asked.result) == (State.FAILED, False)
    assert "没有核对该综述的权限" in asked.message
