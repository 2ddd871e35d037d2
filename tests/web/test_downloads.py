from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.kernel.models import User
from sanqiao.web.downloads import LONGEST, file_name, to_keep
from tests.make import Town


@pytest.mark.no_db
def test_a_file_is_called_by_what_is_in_it() -> None:
    name = file_name("党员/名册：全部", "三桥社区", date(2020, 6, 30), kind="xlsx")

    assert name == "党员 名册：全部-三桥社区-20200630.xlsx"
    assert file_name("边界", None, kind="geojson") == "边界.geojson"


@pytest.mark.no_db
@given(title=st.text(max_size=200), part=st.text(max_size=20))
def test_every_file_system_takes_the_name_and_every_header(title: str, part: str) -> None:
    name = file_name(title, part, kind="docx")
    answer = HttpResponse()
    to_keep(answer, name)

    assert len(name.encode()) <= LONGEST
    assert name.endswith(".docx") and not set(name) & set('\\/:*?"<>|\n\r\0')


def test_a_list_is_kept_by_its_title_area_and_day(
    client: Client, city_officer: User, town: Town
) -> None:
    client.force_login(city_officer)
    answer = client.get("/organisations/?export=csv&as_of=2020-06-30")

    name = quote(f"党组织-{town.city.name}-20200630.csv")
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
