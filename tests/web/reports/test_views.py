from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from sanqiao.figures import catalogue
from sanqiao.kernel.models import Progress, User
from sanqiao.reports.commands import draft_report, publish_report
from sanqiao.reports.documents.verify import verify
from sanqiao.reports.models import WorkReport
from sanqiao.reports.publishing import make_publication
from sanqiao.reports.reproving import make_proof
from tests.make import Town, make_grant, make_membership
from tests.web.queries import asked

TEXT = "全市有党员{{people.members}}名。"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def report(town: Town, city_officer: User) -> WorkReport:
    make_membership(area=town.community)
    return draft_report(
        area=town.city, title="综述", text=TEXT, start=date(2020, 1, 1),
        as_of=date(2020, 6, 30), by=city_officer, sign="市委组织部",
    )  # fmt: skip


def test_a_report_is_drafted_previewed_and_published(
    client: Client, town: Town, city_officer: User
) -> None:
    client.force_login(city_officer)
    given = {
        "title": "综述", "text": TEXT, "start": "2020-01-01", "as_of": "2020-06-30",
        "sign": "市委组织部",
    }  # fmt: skip

    drafted = client.post("/reports/new/", given)
    report = WorkReport.objects.get()
    preview = client.get(f"/reports/{report.pk}/preview/").content.decode()
    sent = client.post(f"/reports/{report.pk}/publish/")
    job = Progress.objects.get()
    at_work = client.get(f"/reports/{report.pk}/").content.decode()
    make_publication(job.pk, "zh-hans")
    again = client.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true"})

    assert drafted.headers["Location"] == f"/reports/{report.pk}/"
    assert "people.members" in preview
    assert sent.headers["Location"] == f"/jobs/{job.pk}/"
    assert again.headers["HX-Redirect"] == f"/reports/{report.pk}/"
    assert "正在印发这篇综述" in at_work and f"/jobs/{job.pk}/stop/" in at_work
    assert "/publish/" not in at_work and "/edit/" not in at_work
    report.refresh_from_db()
    assert report.state == WorkReport.State.PUBLISHED
    assert "已印发" in client.get(f"/reports/{report.pk}/").content.decode()


def test_a_preview_asks_the_same_with_one_number_and_with_every_one(
    client: Client, report: WorkReport, city_officer: User
) -> None:
    known = catalogue.figures_on(report.as_of)
    codes = [code for code, figure in known.items() if figure.kind != "place"]
    page = f"/reports/{report.pk}/preview/"
    client.force_login(city_officer)
    with_one = asked(client, page)
    report.text = "".join(f"折价{{{{{code}}}}}。" for code in codes)
    report.save()

    assert asked(client, page) == with_one <= 12
    assert f"n{len(codes):03}|" in client.get(page).content.decode()


def test_a_line_that_cannot_be_read_stands_beside_the_text(
    client: Client, town: Town, city_officer: User
) -> None:
    client.force_login(city_officer)
    given = {
        "title": "综述", "text": "{{people.members", "start": "2020-01-01",
        "as_of": "2020-06-30", "sign": "市委组织部",
    }  # fmt: skip

    page = client.post("/reports/new/", given).content.decode()

    assert "第1行看不懂" in page
    assert "{{people.members" in page
    assert not WorkReport.objects.exists()


def test_what_was_published_is_downloaded_with_its_evidence(
    client: Client, report: WorkReport, city_officer: User, tmp_path: Path
) -> None:
    publish_report(report=report, by=city_officer)
    client.force_login(city_officer)

    pdf = client.get(f"/reports/{report.pk}/report.pdf")
    packed = client.get(f"/reports/{report.pk}/report.zip")

    assert b"".join(pdf.streaming_content)[:5] == b"%PDF-"  # type: ignore[attr-defined]
    content = b"".join(packed.streaming_content)  # type: ignore[attr-defined]
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    name = f"综述-{report.area.name}-20200101-20200630"
    assert {finding.kind for finding in verify(tmp_path / f"{name}.docx")} == {"ok"}
    for answer, kind, way in ((pdf, "pdf", "inline"), (packed, "zip", "attachment")):
        header = f"{way}; filename*=utf-8''{quote(name)}.{kind}"
        assert answer.headers["Content-Disposition"] == header


def proved(client: Client, report: WorkReport) -> str:
    """The page of the proof after somebody asked for one and a worker made it."""
    asked = client.post(f"/reports/{report.pk}/prove/")
    job = Progress.objects.latest("pk")
    assert asked.headers["Location"] == f"/jobs/{job.pk}/"
    make_proof(job.pk, "zh-hans")
    over = client.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true"})
    assert over.headers["HX-Redirect"] == f"/reports/{report.pk}/proof/"
    return client.get(f"/reports/{report.pk}/proof/").content.decode()


def test_proving_again_says_what_differs(
    client: Client, report: WorkReport, city_officer: User, town: Town
) -> None:
    publish_report(report=report, by=city_officer)
    client.force_login(city_officer)
    assert "还没有核对过" in client.get(f"/reports/{report.pk}/proof/").content.decode()
    assert "全部数字与印发时相同" in proved(client, report)

    member = make_membership(area=town.community)

    page = proved(client, report)
    assert "1 个数字与印发时不同" in page
    assert f"新增记录 1：{member.pk}" in page


def test_a_proof_is_an_act_and_no_page(
    client: Client, report: WorkReport, city_officer: User
) -> None:
    publish_report(report=report, by=city_officer)
    client.force_login(city_officer)

    assert client.get(f"/reports/{report.pk}/prove/").status_code == 405
    client.get(f"/reports/{report.pk}/proof/")
    assert not Progress.objects.exists()


@pytest.mark.parametrize("page", ["", "preview/", "proof/", "report.pdf"])
def test_a_report_of_elsewhere_is_not_there(
    client: Client, report: WorkReport, clerk: User, page: str
) -> None:
    client.force_login(clerk)

    assert client.get(f"/reports/{report.pk}/{page}").status_code == 404


def test_what_a_city_printed_is_read_below_it_without_its_rows(
    client: Client, report: WorkReport, city_officer: User, clerk: User, town: Town
) -> None:
    """In the list, on its page, as a document; the evidence folder and new proofs stay above."""
    publish_report(report=report, by=city_officer)
    for reader in (clerk, make_grant(role="unit_liaison", organisation=town.branch).user):
        client.force_login(reader)
        assert report.title in client.get("/reports/").content.decode()
        page = client.get(f"/reports/{report.pk}/").content.decode()
        assert "report.html" in page and "report.zip" not in page and "proof" not in page
        html = b"".join(client.get(f"/reports/{report.pk}/report.html").streaming_content)  # type: ignore[attr-defined]
        assert "people.members" in html.decode()
        for closed in ("report.zip", "proof/"):
            assert client.get(f"/reports/{report.pk}/{closed}").status_code == 404
        assert client.post(f"/reports/{report.pk}/prove/").status_code == 404
    assert client.post(f"/reports/{report.pk}/publish/").status_code == 403


def test_what_a_township_printed_is_not_read_beside_it(
    client: Client, town: Town, city_officer: User, other_clerk: User
) -> None:
    report = draft_report(
        area=town.township, title="综述", text=TEXT, start=date(2020, 1, 1),
        as_of=date(2020, 6, 30), by=city_officer, sign="街道",
    )  # fmt: skip
    publish_report(report=report, by=city_officer)
    client.force_login(other_clerk)

    assert client.get(f"/reports/{report.pk}/").status_code == 404


def test_a_clerk_does_not_publish(client: Client, report: WorkReport, clerk: User) -> None:
    client.force_login(clerk)

    assert client.post(f"/reports/{report.pk}/publish/").status_code == 403
