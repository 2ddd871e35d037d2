"""Many gifts at once: all of them or none, and the same again changes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from sanqiao.kernel.importing import import_file
from sanqiao.kernel.models import User
from sanqiao.kernel.staging import Imported, RowsRefused
from sanqiao.work.contributions.commands import import_contributions
from sanqiao.work.contributions.models import Batch, Contribution
from sanqiao.work.contributions.sheets import SHEETS
from tests.make import Town, make_membership, make_user

from .make import gift_row, make_gift


def test_the_same_rows_again_change_nothing(town: Town, secretary: User) -> None:
    rows = [gift_row(make_membership(organisation=town.branch)) for _n in range(4)]

    assert import_contributions(rows=rows, by=secretary) == Imported(4, 0, 0)
    assert import_contributions(rows=rows, by=secretary) == Imported(0, 0, 4)
    assert Batch.objects.get().content == (4, Decimal(400))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"organisation_code": "none"}, "organisations.unknown"),
        ({"id_number": "42030019800101001X"}, "people.unknown"),
        ({"name": "李四"}, "contributions.other_name"),
        ({"amount": Decimal(0)}, "contributions.amount"),
        ({"amount": Decimal("1.001")}, "contributions.amount"),
        ({"way": "gold"}, "contributions.way"),
        ({"receipt": ""}, "contributions.no_receipt"),
        ({"given_on": date(2009, 1, 1)}, "contributions.not_member"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_none_is(
    town: Town, secretary: User, given: dict[str, Any], code: str
) -> None:
    rows = [gift_row(make_membership(organisation=town.branch)) for _n in range(2)]
    with pytest.raises(RowsRefused) as refusal:
        import_contributions(rows=[rows[0], rows[1]._replace(**given)], by=secretary)

    assert {(error.row, error.code) for error in refusal.value.errors} == {(1, code)}
    assert not Contribution.objects.exists()


def test_a_receipt_twice_in_a_file_is_refused(town: Town, secretary: User) -> None:
    row = gift_row(make_membership(organisation=town.branch))
    with pytest.raises(RowsRefused) as refusal:
        import_contributions(rows=[row, row], by=secretary)

    assert refusal.value.code == "import.twin"


def test_an_entered_receipt_in_other_words_is_refused(town: Town, secretary: User) -> None:
    gift = make_gift(town.branch, secretary, receipt="R-1")
    member = gift.person.memberships.get()
    with pytest.raises(RowsRefused) as refusal:
        import_contributions(rows=[gift_row(member, "7", receipt="R-1")], by=secretary)

    assert refusal.value.code == "contributions.receipt_taken"


def test_a_receipt_of_another_branch_is_refused_unseen(
    town: Town, clerk: User, other_clerk: User, as_seen_by: Any
) -> None:
    make_gift(town.branch, clerk, receipt="R-1")
    row = gift_row(make_membership(organisation=town.other_branch), receipt="R-1")
    with as_seen_by(other_clerk), pytest.raises(RowsRefused) as refusal:
        import_contributions(rows=[row], by=other_clerk)

    assert refusal.value.code == "contributions.receipt_taken"


def test_only_those_who_collect_there_import(
    town: Town, city_officer: User, clerk: User, as_seen_by: Any
) -> None:
    row = gift_row(make_membership(organisation=town.branch))
    with as_seen_by(city_officer), pytest.raises(RowsRefused) as refusal:
        import_contributions(rows=[row], by=city_officer)
    assert refusal.value.code == "contributions.not_allowed"

    with as_seen_by(clerk):
        assert import_contributions(rows=[row], by=clerk).created == 1


def test_nobody_imports_without_a_grant(town: Town, as_seen_by: Any) -> None:
    row = gift_row(make_membership(organisation=town.branch))
    nobody = make_user()
    with as_seen_by(nobody), pytest.raises(RowsRefused):
        import_contributions(rows=[row], by=nobody)


def test_a_spreadsheet_of_the_branch_is_read(town: Town, clerk: User) -> None:
    person = make_membership(organisation=town.branch).person
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    head = ["收据号", "姓名", "身份证号", "支部", "日期", "金额", "方式", "经手人", "上缴批次"]
    sheet.append(head)
    line = ["R-9", person.name, person.id_number, town.branch.name, "2020年3月2日"]
    sheet.append([*line, "¥1,000.50", "扫码", "周", ""])
    file = BytesIO()
    book.save(file)
    preview = import_file(
        register=SHEETS["contributions"], content=file.getvalue(), filename="a.xlsx", by=clerk,
        dry_run=False,
    )  # fmt: skip

    assert (preview.problems, preview.refused, preview.done) == ([], [], Imported(1, 0, 0))
    gift = Contribution.objects.get()
    assert (gift.amount, gift.way, gift.batch.key) == (Decimal("1000.50"), "scan", "1")
