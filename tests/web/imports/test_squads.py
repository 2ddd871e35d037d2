"""Squads from a file, on its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.work.squads.models import Squad
from tests.make import Town, make_person, make_unit
from tests.work.squads.make import make_head, make_posts, make_rule

HEAD = "编号,队名,组建单位,驻地,队长身份证号,组建日期"


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    yield


def test_a_csv_of_squads_is_previewed_with_its_reasons_and_committed_whole(
    town: Town, city_officer: User, signed_in: Callable[[User], Client]
) -> None:
    make_posts()
    make_rule()
    fit, stranger = (make_person(area=town.grid) for _n in range(2))
    unit = make_unit(area=town.community, name="交通局")
    make_head(unit, fit)
    client = signed_in(city_officer)
    good = f"TJ1,一队,交通局,三桥社区,{fit.id_number},2020-02-03"
    bad = f"TJ2,二队,交通局,三桥社区,{stranger.id_number},2020-02-03"

    def upload(*lines: str) -> str:
        file = SimpleUploadedFile("squads.csv", "\n".join((HEAD, *lines)).encode("gbk"))
        return client.post("/import/squads/", {"file": file})["Location"]

    html = client.get(upload(good, bad)).content.decode()
    assert "确需任命的，请写明原因" in html and "全部导入" not in html
    assert str(fit.id_number) not in html and str(stranger.id_number) not in html
    page = upload(good)
    assert "一队" in client.get(page).content.decode()
    assert "新增 1 条" in client.post(f"{page}commit/", follow=True).content.decode()
    assert Squad.objects.get().members.get().proof == "head"
    assert client.get("/import/squads/template/").status_code == 200
