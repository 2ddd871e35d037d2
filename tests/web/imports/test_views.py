"""From a file to the register, at the register of areas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.registers.importing import registers
from tests.make import Town, make_compound

SignIn = Callable[[User], Client]
HEAD = "编码,统计用区划代码,名称,全称,层级,类型,上级区划编码,户数,设立日期"
GOOD = "420302001009,,桥东社区,,村（社区）,社区,420302001,120,2020-06-04"
BAD = "420302001010,,桥西社区,,村（社区）,社区,420302001,很多,2020-06-04"


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    yield


def upload(client: Client, *lines: str) -> str:
    """The address of the preview."""
    content = "\n".join((HEAD, *lines)).encode()
    file = SimpleUploadedFile("areas.csv", content)
    return client.post("/import/areas/", {"file": file})["Location"]


def test_a_preview_shows_and_changes_nothing(town: Town, clerk: User, signed_in: SignIn) -> None:
    client = signed_in(clerk)
    html = client.get(upload(client, GOOD)).content.decode()

    assert "桥东社区" in html and "全部导入" in html
    assert not Area.objects.filter(name="桥东社区").exists()


def test_a_good_file_is_committed_and_forgotten(
    town: Town, clerk: User, signed_in: SignIn, tmp_path: Path
) -> None:
    client = signed_in(clerk)
    page = upload(client, GOOD)
    html = client.post(f"{page}commit/", follow=True).content.decode()

    assert "新增 1 条" in html and Area.objects.filter(name="桥东社区").exists()
    assert not list((tmp_path / "imports").iterdir())
    assert client.get(page).status_code == 404


def test_a_button_sent_twice_tells_that_the_file_is_imported(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    client = signed_in(clerk)
    page = upload(client, GOOD)
    client.post(f"{page}commit/")
    again = client.post(f"{page}commit/", follow=True)

    assert again.status_code == 200 and "已经导入" in again.content.decode()
    assert Area.objects.filter(name="桥东社区").count() == 1


def test_a_column_that_nobody_reads_is_named(town: Town, clerk: User, signed_in: SignIn) -> None:
    client = signed_in(clerk)
    content = f"{HEAD},备注\n{GOOD},要紧".encode()
    file = SimpleUploadedFile("areas.csv", content)
    page = client.post("/import/areas/", {"file": file})["Location"]

    assert "未识别的列没有读取：备注" in client.get(page).content.decode()


def test_a_bad_row_is_named_in_its_cell_and_nothing_is_kept(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    client = signed_in(clerk)
    page = upload(client, GOOD, BAD)
    html = client.get(page).content.decode()

    assert 'class="why"' in html and "很多" in html and "全部导入" not in html
    client.post(f"{page}commit/")
    assert not Area.objects.filter(name="桥东社区").exists()


def test_refused_rows_come_back_as_a_file(town: Town, clerk: User, signed_in: SignIn) -> None:
    client = signed_in(clerk)
    answer = client.get(f"{upload(client, BAD)}refused/")

    assert (
        answer.content.startswith(b"PK")
        and quote("有问题的行.xlsx") in answer["Content-Disposition"]
    )


def test_somebody_elses_upload_does_not_exist(
    town: Town, clerk: User, county_officer: User, signed_in: SignIn
) -> None:
    page = upload(signed_in(clerk), GOOD)

    assert signed_in(county_officer).get(page).status_code == 404


def test_a_file_that_is_no_table_says_so(town: Town, clerk: User, signed_in: SignIn) -> None:
    client = signed_in(clerk)
    file = SimpleUploadedFile("areas.xlsx", b"PK nonsense")
    page = client.post("/import/areas/", {"file": file})["Location"]

    assert 'class="note bad"' in client.get(page).content.decode()


@pytest.mark.no_db
def test_every_register_has_a_page() -> None:
    assert {"areas", "members", "organisations", "units", "appointments"} <= set(registers())


def test_every_template_opens(town: Town, city_officer: User, signed_in: SignIn) -> None:
    client = signed_in(city_officer)
    for name in registers():
        assert client.get(f"/import/{name}/template/").content.startswith(b"PK"), name


def compounds(client: Client, *lines: str) -> str:
    """The page of the preview."""
    head = "所在区划,小区名称,有物业公司,有业主委员会,有责任单位或门卫,户数,建成年份,登记日期"
    file = SimpleUploadedFile("compounds.csv", "\n".join((head, *lines)).encode())
    return client.get(
        client.post("/import/compounds/", {"file": file})["Location"]
    ).content.decode()


def test_a_preview_names_places_instead_of_codes(
    town: Town, clerk: User, signed_in: SignIn
) -> None:
    make_compound(area=town.grid, name="阳光花园", households=10)
    html = compounds(
        signed_in(clerk),
        "420302001001001,阳光花园,否,否,否,20,,2000-01-01",
        "420302001001002,月光花园,否,否,否,20,,2000-01-01",
    )

    new, changed = html.split("<h2 class")[2], html.split("<h2 class")[1]
    assert "三桥第二网格" in new and "420302001001002" not in new
    assert "三桥第一网格" in changed and "<del>10</del> → <ins>20</ins>" in changed
