from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, Link, User
from sanqiao.registers.people.models import Membership
from sanqiao.reports import commands
from sanqiao.reports.commands import change_report, draft_report, publish_report
from sanqiao.reports.documents.verify import verify
from sanqiao.reports.models import FrozenNumber, Publication, WorkReport, published_root
from sanqiao.reports.proving import reprove
from tests.make import Town, make_membership

TEXT = "# 队伍\n全市有党员{{people.members}}名，网格{{areas.urban_grids | plain}}个。"
START, AS_OF = date(2020, 1, 1), date(2020, 6, 30)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    yield


@pytest.fixture
def report(town: Town, city_officer: User) -> WorkReport:
    for _ in range(3):
        make_membership(area=town.community)
    return draft_report(
        area=town.city, title="综述", text=TEXT, start=START, as_of=AS_OF, by=city_officer,
        sign="市委组织部",
    )  # fmt: skip


def test_a_number_is_given_once(town: Town, city_officer: User) -> None:
    def draft() -> WorkReport:
        return draft_report(
            area=town.city, title="综述", text=TEXT, start=START, as_of=AS_OF, by=city_officer,
            sign="市委组织部", number="十组发〔2020〕12号",
        )  # fmt: skip

    draft()
    with pytest.raises(Refused) as refusal:
        draft()
    assert (refusal.value.code, refusal.value.field) == ("reports.number_taken", "number")


def test_publishing_freezes_each_number_and_links_it(
    report: WorkReport, city_officer: User
) -> None:
    publication = publish_report(report=report, by=city_officer)

    members = FrozenNumber.objects.get(figure="people.members")
    assert members.value == 3
    assert (members.printed, members.rows) == ("3", 3)
    link = Link.objects.get(chain__name="publications")
    assert link.digest == publication.chain_digest
    assert Event.objects.filter(kind="reports.report_published").exists()
    assert {f.kind for f in verify(publication.file("docx"))} == {"ok"}
    assert {f.kind for f in verify(publication.file("html"))} == {"ok"}


def test_a_number_that_moves_while_it_is_frozen_is_not_published(
    town: Town, report: WorkReport, city_officer: User
) -> None:
    def join(done: int, _total: int, _doing: str = "") -> None:
        if done == 1:
            make_membership(area=town.community)

    with pytest.raises(Refused) as refusal:
        publish_report(report=report, by=city_officer, tell=join)

    assert refusal.value.code == "reports.moved_while_freezing"
    assert not Publication.objects.exists()


def test_a_digit_changed_in_word_is_named(report: WorkReport, city_officer: User) -> None:
    document = publish_report(report=report, by=city_officer).file("docx")
    forge(document, "3", "5")

    (wrong,) = [f for f in verify(document) if f.kind == "text changed"]
    assert (wrong.expected, wrong.found) == ("3", "5")


def forge(document: Path, old: str, new: str) -> None:
    """The first bound number of the document says something else."""
    with zipfile.ZipFile(document) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    body = members["word/document.xml"].decode()
    start = body.index("<w:sdtContent>")
    text = re.compile(rf"(<w:t[^>]*>){old}(</w:t>)")
    changed = body[:start] + text.sub(rf"\g<1>{new}\g<2>", body[start:], count=1)
    members["word/document.xml"] = changed.encode()
    with zipfile.ZipFile(document, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_proving_again_names_the_rows_that_came(
    report: WorkReport, city_officer: User, town: Town
) -> None:
    publication = publish_report(report=report, by=city_officer)
    assert all(proof.same for proof in reprove(publication))

    late = make_membership(area=town.community)

    (different,) = [proof for proof in reprove(publication) if not proof.same]
    assert different.evidence.value == 3
    assert different.now == 4
    assert different.added == (late.pk,)


def test_proving_again_names_the_rows_that_went(report: WorkReport, city_officer: User) -> None:
    publication = publish_report(report=report, by=city_officer)
    gone = Membership.objects.order_by("pk")[0]
    gone.valid_to = AS_OF
    gone.save()

    (different,) = [proof for proof in reprove(publication) if not proof.same]
    assert different.removed == (gone.pk,)


def test_what_was_published_stays(report: WorkReport, city_officer: User) -> None:
    publish_report(report=report, by=city_officer)

    with pytest.raises(Refused) as refusal:
        publish_report(report=report, by=city_officer)
    assert refusal.value.code == "reports.already_published"
    with pytest.raises(Refused) as refusal:
        change_report(
            report=report, title="新", text=TEXT, start=START, as_of=AS_OF, by=city_officer
        )
    assert refusal.value.code == "reports.already_published"


def test_only_those_who_may_publish_do(report: WorkReport, clerk: User) -> None:
    with pytest.raises(Refused) as refusal:
        publish_report(report=report, by=clerk)

    assert refusal.value.code == "reports.not_yours_to_publish"
    assert not Publication.objects.exists()


def test_an_unknown_figure_is_refused_beside_the_text(town: Town, city_officer: User) -> None:
    report = draft_report(
        area=town.city, title="综述", text="{{no.such}}", start=START, as_of=AS_OF,
        by=city_officer, sign="市委组织部",
    )  # fmt: skip

    with pytest.raises(Refused) as refusal:
        publish_report(report=report, by=city_officer)

    assert (refusal.value.code, refusal.value.field) == ("reports.unknown_figure", "text")


def test_a_failure_in_the_middle_leaves_nothing(
    report: WorkReport, city_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(commands, "write_pdf", broken)
    with pytest.raises(OSError, match="No space"):
        publish_report(report=report, by=city_officer)

    report.refresh_from_db()
    assert report.state == WorkReport.State.DRAFT
    assert not Publication.objects.exists()
    assert not Link.objects.exists()
    assert list(published_root().iterdir()) == []
