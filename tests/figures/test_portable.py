from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import transaction
from django.db.models import Avg, Count, F, Max, Q, QuerySet
from django.db.models.fields import IntegerField
from django.db.models.functions import Cast, Now, Round
from hypothesis import given
from hypothesis import strategies as st

from sanqiao.figures import catalogue, engine
from sanqiao.figures.portable import NotPortable, Parquet, carry, sql_of
from sanqiao.figures.snapshot import snapshot
from sanqiao.registers.areas.models import Area
from sanqiao.registers.people.models import Appointment, Membership

from .make import few, make_city

pytestmark = pytest.mark.django_db
JUNE = date(2020, 6, 30)
FIGURES = list(catalogue.figures_on(JUNE).values())
PERSONAL = {"name", "id_number", "phone", "id_number_key", "phone_key", "id_tail_key", "pinyin"}


@few(3)
@given(seed=st.integers(0, 10**6), day=st.dates(date(2018, 3, 1), date(2022, 3, 1)))
def test_every_figure_is_the_same_on_both_engines(
    tmp_path_factory: pytest.TempPathFactory, seed: int, day: date
) -> None:
    folder, start = tmp_path_factory.mktemp("frozen"), day - timedelta(days=300)
    with transaction.atomic():
        make_city(seed)
        snapshot(folder, max(day, JUNE), start)
        here = engine.values(FIGURES, day, start)
        there = engine.values(FIGURES, day, start, source=Parquet(folder))
        for code, column in here.items():
            assert dict(column) == dict(there[code]), code
        transaction.set_rollback(True)


def test_a_snapshot_holds_no_personal_data(tmp_path: Path) -> None:
    make_city(3)
    manifest = snapshot(tmp_path, JUNE)

    files = {table["file"] for table in manifest["tables"]}
    assert {"people_membership.parquet", "areas_areaedge.parquet"} <= files
    assert "people_person.parquet" not in files
    for file in files - {"areas_area.parquet"}:
        assert not PERSONAL & set(pq.read_schema(tmp_path / file).names), file


BAD: dict[str, Callable[[], QuerySet[Any, Any]]] = {
    "division": lambda: Membership.objects.values("area").annotate(x=Count("pk") / 2),
    "average": lambda: Area.objects.values("level").annotate(x=Avg("households")),
    "cast": lambda: Area.objects.annotate(x=Cast("key", IntegerField())).values("x"),
    "now": lambda: Area.objects.filter(valid_from__lte=Now()).values("pk"),
    "subtraction": lambda: Area.objects.annotate(x=F("valid_to") - F("valid_from")).values("x"),
    "interval": lambda: Area.objects.filter(valid_from__gt=F("valid_to") + timedelta(days=1)),
    "week": lambda: Area.objects.filter(valid_from__week_day=1).values("pk"),
    "DISTINCT ON": lambda: Area.objects.distinct("level").order_by("level").values("pk"),
    "rounding": lambda: Area.objects.values("level").annotate(x=Round(Max("households"))),
}


@pytest.mark.parametrize("reason", BAD)
def test_what_differs_between_engines_is_refused(reason: str) -> None:
    with pytest.raises(NotPortable):
        carry(sql_of(BAD[reason]()), "duckdb")


def test_an_unknown_function_is_refused() -> None:
    with pytest.raises(NotPortable, match="unknown function"):
        carry("SELECT sanqiao_link(1)", "duckdb")


def test_an_escaped_wildcard_means_itself(tmp_path: Path) -> None:
    names = ["100%", "1000", "a_b", "axb"]
    pq.write_table(pa.table({"id": [1, 2, 3, 4], "name": names}), tmp_path / "areas_area.parquet")
    duck = Parquet(tmp_path)
    for word, found in (("0%", [1]), ("a_b", [3]), ("00", [1, 2])):
        query = Area.objects.filter(name__contains=word).order_by("pk").values_list("pk")
        assert [pk for (pk,) in duck.rows(query)] == found


def test_what_figures_use_is_carried() -> None:
    query = Appointment.objects.filter(~Q(post__code="leader"), valid_from__lte=JUNE)
    carry(sql_of(query.values("area").annotate(n=Count("pk", filter=Q(rank="")))), "duckdb")
