from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Change, Event, User
from sanqiao.work.returns.models import Return, ReturnEntry, ReturnForm, ReturnVersion
from sanqiao.work.returns.policies import NoteMissing
from tests.make import Town

from .make import GOOD, at, filed, make_form, make_return, numbers


@pytest.fixture
def form(city_officer: User) -> ReturnForm:
    return make_form(by=city_officer)


@pytest.fixture
def record(form: ReturnForm, town: Town, city_officer: User) -> Return:
    return make_return(form, town.city, by=city_officer)


def test_filing_says_who_and_when(record: Return, city_officer: User) -> None:
    version = filed(record, by=city_officer, source="通报", filed_at=at("2020-02-07", 8))

    record.refresh_from_db()
    assert (version.number, version.is_current, version.filed_by) == (1, True, city_officer)
    assert (version.valid_from, version.valid_to) == (date(2020, 2, 6), None)
    assert (record.filed_on, record.is_late) == (date(2020, 2, 7), False)
    assert Event.objects.filter(kind="returns.return_filed").count() == 1


def test_after_the_due_time_it_is_late_and_a_correction_changes_nothing_of_that(
    record: Return, city_officer: User
) -> None:
    filed(record, by=city_officer, filed_at=at("2020-02-07", 18))
    values = {**GOOD, "new": 42}
    filed(record, by=city_officer, known=1, values=values, why="补新增", filed_at=at("2020-02-07"))

    record.refresh_from_db()
    assert (record.is_late, record.filed_on) == (True, date(2020, 2, 7))


def test_a_correction_is_a_new_version_and_the_old_one_stays(
    record: Return, city_officer: User
) -> None:
    filed(record, by=city_officer)
    changed = {**GOOD, "confirmed": 396, "in_hospital": 372}
    second = filed(record, by=city_officer, known=1, values=changed, why="漏报1例")

    said = dict(
        ReturnEntry.objects.filter(line__code__endswith=".confirmed").values_list(
            "version__number", "value"
        )
    )
    assert said == {1: 395, 2: 396}
    assert list(record.versions.current()) == [second]


def test_a_correction_without_a_reason_is_refused(record: Return, city_officer: User) -> None:
    filed(record, by=city_officer)
    with pytest.raises(Refused) as refusal:
        filed(record, by=city_officer, known=1, values={**GOOD, "new": 1})
    assert (refusal.value.code, refusal.value.field) == ("returns.why_missing", "why")


def test_a_version_that_was_not_looked_at_is_not_overwritten(
    record: Return, city_officer: User
) -> None:
    filed(record, by=city_officer)
    with pytest.raises(Refused) as refusal:
        filed(record, by=city_officer, known=0, values={**GOOD, "new": 1}, why="改")
    assert refusal.value.code == "returns.changed_meanwhile"


def test_the_same_again_is_nothing_new(record: Return, city_officer: User) -> None:
    filed(record, by=city_officer)
    with pytest.raises(Refused) as refusal:
        filed(record, by=city_officer, known=1, why="手误")
    assert refusal.value.code == "returns.nothing_new"
    assert ReturnVersion.objects.count() == 1


def test_a_broken_identity_warns_and_asks_for_a_note(record: Return, city_officer: User) -> None:
    odd = {**GOOD, "in_hospital": 300}
    with pytest.raises(NoteMissing) as refusal:
        filed(record, by=city_officer, values=odd)
    assert [(m.line, int(m.stated), int(m.computed)) for m in refusal.value.mismatches] == [
        ("in_hospital", 300, 371)
    ]
    version = filed(record, by=city_officer, values=odd, note="另一口径")
    assert version.warnings == [
        {"kind": "identity", "line": "in_hospital", "name": "在院 = 确诊 − 出院 − 病亡",
         "stated": "300", "computed": "371"},
    ]  # fmt: skip


def test_a_cumulative_number_that_falls_asks_for_a_note(
    record: Return, form: ReturnForm, town: Town, city_officer: User
) -> None:
    filed(record, by=city_officer)
    later = make_return(form, town.city, by=city_officer, period="2020-02-07")
    less = {**GOOD, "confirmed": 390, "in_hospital": 366}
    with pytest.raises(NoteMissing):
        filed(later, by=city_officer, values=less)
    assert filed(later, by=city_officer, values=less, note="核减5例").warnings


BAD: list[tuple[dict[str, Any], str]] = [
    ({"values": {"confirmed": 1}}, "returns.missing_line"),
    ({"values": {**GOOD, "beds": 1}}, "returns.unknown_line"),
    ({"values": {**GOOD, "new": -1}}, "returns.negative"),
    ({"parts": {("420302", "deaths"): 0}}, "returns.no_parts"),
    ({"parts": {("4203", "confirmed"): 1}}, "returns.unknown_area"),
    ({"parts": {("420300", "confirmed"): 395}}, "returns.part_outside"),
]


@pytest.mark.parametrize(
    ("given", "code"), BAD, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_the_form_does_not_ask_is_refused(
    given: dict[str, Any], code: str, record: Return, city_officer: User
) -> None:
    with pytest.raises(Refused) as refusal:
        filed(record, by=city_officer, **given)
    assert refusal.value.code == code
    assert not ReturnVersion.objects.exists()


def test_only_who_keeps_the_area_files(record: Return, clerk: User, auditor: User) -> None:
    for user in (clerk, auditor):
        with pytest.raises(Refused) as refusal:
            filed(record, by=user)
        assert refusal.value.code == "returns.not_allowed"


def test_totals_and_their_parts_are_never_counted_twice(
    record: Return, town: Town, city_officer: User
) -> None:
    filed(record, by=city_officer, parts={("420302", "confirmed"): 390}, note="5例待定区划")

    entries = ReturnEntry.objects.filter(line__code__endswith=".confirmed")
    assert {(e.area_id, int(e.value), int(e.amount)) for e in entries} == {
        (town.city.pk, 395, 5), (town.county.pk, 390, 390),
    }  # fmt: skip
    assert entries.aggregate(all=Sum("amount"))["all"] == 395


def test_a_total_that_is_left_blank_is_the_sum_of_its_parts(
    record: Return, city_officer: User
) -> None:
    values = {code: value for code, value in GOOD.items() if code != "confirmed"}
    filed(record, by=city_officer, values=values, parts={("420302", "confirmed"): 395})
    total = ReturnEntry.objects.get(line__code__endswith=".confirmed", is_part=False)
    assert (int(total.value), int(total.amount), total.has_parts) == (395, 0, True)


@settings(max_examples=25)
@given(order=st.permutations([1, 2, 3, 4]), corrected=st.sets(st.integers(1, 4)))
def test_spans_tile_the_days_in_whatever_order_returns_come(
    order: list[int], corrected: set[int], form: ReturnForm, town: Town, city_officer: User
) -> None:
    """Each current version holds from its day to the next one's; corrected or not."""
    with transaction.atomic():
        for n in order:
            record = make_return(form, town.city, by=city_officer, period=f"2020-03-0{n}")
            filed(record, by=city_officer)
            if n in corrected:
                values = {**GOOD, "new": n}
                filed(record, by=city_officer, known=1, values=values, why="补")
        spans = ReturnVersion.objects.current().order_by("valid_from")
        days = [date(2020, 3, n) for n in (1, 2, 3, 4)]
        found = list(spans.values_list("valid_from", "valid_to"))
        assert found == list(zip(days, [*days[1:], None], strict=True))
        transaction.set_rollback(True)


def test_what_was_filed_cannot_be_changed_by_anybody(record: Return, city_officer: User) -> None:
    version = filed(record, by=city_officer)
    entry = version.entries.earliest("id")
    attempts = (
        lambda: ReturnEntry.objects.filter(pk=entry.pk).update(value=1, amount=1),
        lambda: ReturnEntry.objects.filter(pk=entry.pk).delete(),
        lambda: ReturnVersion.objects.filter(pk=version.pk).update(note="改"),
    )
    for attempt in attempts:
        with pytest.raises(IntegrityError, match="stays as filed"), transaction.atomic():
            attempt()


def test_the_database_keeps_one_current_version_with_its_note_and_reason(
    record: Return, city_officer: User
) -> None:
    version = filed(record, by=city_officer)
    facts = {
        f.attname: getattr(version, f.attname)
        for f in ReturnVersion._meta.concrete_fields
        if not f.primary_key
    }
    for change, name in (
        ({"number": 2, "why": "改", "is_current": True}, "return_version_o"),
        ({"number": 2, "is_current": False}, "return_version_says_why"),
        ({"number": 2, "why": "改", "is_current": False, "warnings": [{}]}, "warning_has_note"),
        ({"number": 2, "why": "改", "is_current": False, "form_id": 0}, "return_version_of_return"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ReturnVersion.objects.create(**facts | change)


def test_history_knows_every_version(record: Return, city_officer: User) -> None:
    filed(record, by=city_officer)
    changes = Change.objects.filter(table="returns_returnentry", op="I")
    assert changes.count() == 4


def test_numbers_keep_their_decimals(record: Return, city_officer: User) -> None:
    values = {**GOOD, "new": Decimal("0.1234")}
    version = filed(record, by=city_officer, values=values)
    assert version.entries.get(line__code__endswith=".new").value == Decimal("0.1234")
    assert numbers(new=1) == {"new": Decimal(1)}
