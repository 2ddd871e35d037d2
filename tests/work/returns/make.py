"""Makers of forms, rounds and tables: valid and dull. Commands run as a city officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area
from sanqiao.work.returns.clock import ZONE
from sanqiao.work.returns.commands import ask_round, define_form, file_return, register_table
from sanqiao.work.returns.models import ComparisonTable, Return, ReturnForm, ReturnVersion
from sanqiao.work.returns.rows import (
    Asking,
    Clock,
    EditionSpec,
    Filing,
    FormSpec,
    IdentitySpec,
    LineSpec,
    TableLine,
    TableSpec,
)

number = count(1)
LINES = (
    LineSpec("confirmed", "累计确诊", "例", "cumulative", by_area=True),
    LineSpec("discharged", "累计出院", "例", "cumulative", by_area=True),
    LineSpec("deaths", "累计病亡", "例", "cumulative"),
    LineSpec("in_hospital", "在院治疗", "例", "stock"),
    LineSpec("new", "新增确诊", "例", "flow", required=False),
)
IN_HOSPITAL = IdentitySpec(
    "在院 = 确诊 − 出院 − 病亡", "in_hospital", ("confirmed",), ("discharged", "deaths")
)
GOOD = {"confirmed": 395, "discharged": 24, "deaths": 0, "in_hospital": 371}


def edition_spec(**given: Any) -> EditionSpec:
    usual: dict[str, Any] = {
        "valid_from": date(2020, 1, 1), "document": "示例〔2020〕1号",
        "clock": Clock(1, due_in_workdays=False, counts_every_hour=True), "lines": LINES,
        "identities": (IN_HOSPITAL,),
    }  # fmt: skip
    return EditionSpec(**usual | given)


def make_form(*, by: User, edition: EditionSpec | None = None, **given: Any) -> ReturnForm:
    """A daily of the city, with the identity of those in hospital."""
    usual: dict[str, Any] = {
        "code": f"form{next(number)}", "name": "疫情日报", "competent_body": "卫生健康委员会",
        "basis": "", "level": "city", "period_kind": "day",
    }  # fmt: skip
    return define_form(spec=FormSpec(**usual | given), edition=edition or edition_spec(), by=by)


def at(text: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(hour), ZONE)


def make_return(form: ReturnForm, area: Area, *, by: User, period: str = "2020-02-06") -> Return:
    """Asked for in the morning of the period's day, or of the first day of a month."""
    day = period if len(period) == 10 else f"{period}-01"
    round = ask_round(form=form, areas=[area], asking=Asking(period, at(day)), by=by)
    return Return.objects.get(round=round, area=area)


def numbers(**values: float) -> dict[str, Decimal]:
    return {code: Decimal(str(value)) for code, value in values.items()}


def filed(
    record: Return,
    *,
    by: User,
    known: int = 0,
    parts: dict[tuple[str, str], int] | None = None,
    **given: Any,
) -> ReturnVersion:
    """A filing of GOOD unless other `values` are given."""
    values = numbers(**given.pop("values", GOOD))
    split = {key: Decimal(value) for key, value in (parts or {}).items()}
    filing = Filing(values=values, parts=split, **given)
    return file_return(record=record, filing=filing, known=known, by=by)  # fmt: skip


def make_table(
    form: ReturnForm, lines: Sequence[tuple[Any, ...]], *, by: User, **given: Any
) -> ComparisonTable:
    """Rows are (name, area key or None, confirmed, discharged, deaths)."""
    usual: dict[str, Any] = {
        "series": "hubei", "name": "全省分地区累计数", "scope": "全省各地区", "form": form.code,
        "on_day": date(2020, 3, 10), "source": "省通报",
        "columns": ("confirmed", "discharged", "deaths"),
    }  # fmt: skip
    rows = [
        TableLine(name, key, tuple(None if v is None else Decimal(v) for v in values))
        for name, key, *values in lines
    ]
    return register_table(spec=TableSpec(**usual | given), lines=rows, by=by)
