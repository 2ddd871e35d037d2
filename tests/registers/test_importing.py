"""From a file to the registers: all or nothing, and what the clerk is shown."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from sanqiao.kernel.importing import Preview, export_rows, import_file, import_template
from sanqiao.kernel.models import Change, Event, User
from sanqiao.kernel.sheets.exporting import export_csv
from sanqiao.kernel.staging import Imported
from sanqiao.registers.importing import registers
from sanqiao.registers.people.models import Membership, Person
from tests.make import Town, impossible_id_number, make_compound

HEAD = [
    "姓名", "性别", "出生日期", "学历", "身份证号", "手机号", "居住地", "所在党组织", "党员类别",
    "入党日期", "转正日期",
]  # fmt: skip


def member(n: int, **given: object) -> list[object]:
    usual = dict(zip(HEAD, [
        f"王小{n}", "女", "1980.5.4", "大学", impossible_id_number(700 + n), f"1991{n:07}",
        "三桥社区", "三桥社区党支部", "正式党员", "二〇一〇年七月一日", "2011/7/1",
    ], strict=True))  # fmt: skip
    return list((usual | given).values())


def xlsx(rows: list[list[object]], head: list[str] = HEAD) -> bytes:
    book: Any = Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(content: bytes, by: User, register: str = "members", *, dry_run: bool = False) -> Preview:
    return import_file(
        register=registers()[register], content=content, filename="a.xlsx", by=by, dry_run=dry_run
    )


def test_the_clerks_sheet_becomes_persons_and_memberships(town: Town, clerk: User) -> None:
    preview = read(xlsx([member(n) for n in range(3)]), clerk)

    assert (preview.problems, preview.refused) == ([], [])
    assert preview.done == Imported(3, 0, 0)
    membership = Membership.objects.select_related("person").get(person__name="王小1")
    assert membership.organisation_id == town.branch.pk
    assert (membership.joined_on, membership.valid_from) == (date(2010, 7, 1), date(2010, 7, 1))
    assert membership.person.id_number == impossible_id_number(701)
    assert membership.person.phone == "19910000001"
    assert membership.person.pinyin == "wangxiao1"


def test_a_dry_run_counts_and_keeps_nothing(town: Town, clerk: User) -> None:
    preview = read(xlsx([member(1)]), clerk, dry_run=True)

    assert (len(preview.create), preview.done) == (1, None)
    assert not Person.objects.exists()
    assert not Event.objects.filter(kind="people.members_imported").exists()


def test_the_same_file_again_changes_nothing(town: Town, clerk: User) -> None:
    content = xlsx([member(n) for n in range(3)])
    read(content, clerk)
    changes = Change.objects.count()

    preview = read(content, clerk)

    assert (preview.create, preview.change, preview.unchanged) == ([], [], 3)
    assert preview.done == Imported(0, 0, 3)
    assert Change.objects.count() == changes


def test_what_would_change_is_shown_with_old_and_new(town: Town, clerk: User) -> None:
    read(xlsx([member(1), member(2)]), clerk)

    preview = read(xlsx([member(1, 学历="研究生"), member(2)]), clerk, dry_run=True)

    ((row, changes),) = preview.change
    assert (row.number, changes) == (2, {"education": ("大学", "研究生")})
    assert preview.unchanged == 1


def test_refused_rows_keep_their_numbers_among_rows_that_say_nothing_new(
    town: Town, clerk: User
) -> None:
    read(xlsx([member(1), member(2)]), clerk)
    again = [member(1), member(2), member(3, 转正日期="2009-01-01"), member(4)]

    preview = read(xlsx(again), clerk)

    (row,) = preview.refused
    assert (row.number, list(row.errors)) == (4, ["full_on"])
    assert ([new.number for new in preview.create], preview.unchanged) == ([5], 2)
    again[2] = member(3)
    assert read(xlsx(again), clerk).done == Imported(2, 0, 2)


def test_a_blank_cell_leaves_what_is_there(town: Town, clerk: User) -> None:
    read(xlsx([member(1)]), clerk)

    preview = read(xlsx([member(1, 手机号="", 学历="", 转正日期="")]), clerk)

    assert preview.unchanged == 1
    assert Person.objects.get().phone == "19910000001"


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"身份证号": "42030219500231700X"}, "id_number"),
        ({"身份证号": 420302195002317009.0}, "id_number"),
        ({"居住地": "没有的社区"}, "area_key"),
        ({"所在党组织": "没有的支部"}, "organisation_code"),
        ({"性别": "不详"}, "gender"),
        ({"转正日期": "2009-01-01"}, "full_on"),
        ({"转正日期": ""}, "full_on"),
        ({"所在党组织": "五堰社区党支部"}, "organisation_code"),
    ],
)
def test_one_bad_row_refuses_all_and_says_why_in_its_cell(
    town: Town, clerk: User, given: dict[str, object], column: str
) -> None:
    preview = read(xlsx([member(1), member(2, **given), member(3)]), clerk)

    (row,) = preview.refused
    assert (row.number, list(row.errors)) == (3, [column])
    assert preview.done is None
    assert not Person.objects.exists()


def test_a_second_membership_at_the_same_time_is_refused(town: Town, clerk: User) -> None:
    read(xlsx([member(1)]), clerk)
    head = [*HEAD, "转入日期"]

    preview = read(xlsx([[*member(1), "2015-01-01"]], head), clerk)

    assert list(preview.refused[0].errors) == ["valid_from"]
    assert Membership.objects.count() == 1


def test_the_refused_file_is_mended_and_read_again(town: Town, clerk: User) -> None:
    preview = read(xlsx([member(1), member(2, 居住地="没有的社区")]), clerk)

    book: Any = load_workbook(io.BytesIO(preview.refused_file()))
    page = book.active
    assert page.max_row == 2
    assert "没有的社区" in page.cell(2, 7).value
    page.cell(2, 7).value = "武当路街道三桥社区"
    buffer = io.BytesIO()
    book.save(buffer)
    assert read(buffer.getvalue(), clerk).done == Imported(1, 0, 0)


def test_refused_by_the_register_comes_back_as_typed(town: Town, clerk: User) -> None:
    preview = read(xlsx([member(1, 转正日期="2009-01-01")]), clerk)

    book: Any = load_workbook(io.BytesIO(preview.refused_file()))
    cells = [cell.value for cell in book.active[2]]
    assert cells[:2] == ["王小1", "女"]
    assert "转正日期早于入党日期" in cells[-1]


def test_a_member_may_live_outside_of_the_clerks_township(
    town: Town, clerk: User, as_seen_by: Any
) -> None:
    with as_seen_by(clerk):
        fresh = User.objects.get(pk=clerk.pk)
        preview = read(xlsx([member(1, 居住地="五堰社区")]), fresh)
        assert preview.done == Imported(1, 0, 0)
        assert Person.objects.get().area_id == town.other_community.pk


def test_somebody_registered_out_of_sight_is_refused(
    town: Town, clerk: User, other_clerk: User, as_seen_by: Any
) -> None:
    with as_seen_by(other_clerk):
        theirs = member(1, 居住地="五堰社区", 所在党组织="五堰社区党支部")
        assert read(xlsx([theirs]), User.objects.get(pk=other_clerk.pk)).done
    with as_seen_by(clerk):
        preview = read(xlsx([member(2), member(1)]), User.objects.get(pk=clerk.pk))

    (row,) = preview.refused
    assert (row.number, list(row.errors)) == (3, ["id_number"])
    assert "范围外" in row.errors["id_number"]


def test_without_the_right_nothing_is_read(town: Town, grid_worker: User) -> None:
    from sanqiao.kernel.errors import Refused

    with pytest.raises(Refused) as refusal:
        read(xlsx([member(1)]), grid_worker)
    assert refusal.value.code == "import.not_allowed"


@pytest.mark.parametrize("register", sorted(registers()))
def test_every_register_has_a_template_and_exports_what_it_reads(
    town: Town, city_officer: User, register: str
) -> None:
    make_compound(area=town.grid, name="三桥小区")
    read(xlsx([member(1)]), city_officer)
    assert load_workbook(
        io.BytesIO(import_template(registers()[register], city_officer))
    ).worksheets

    head, rows = export_rows(registers()[register], city_officer)
    content = b"".join(export_csv(head, rows))
    preview = read(content, city_officer, register)

    assert (preview.problems, preview.refused, preview.create, preview.change) == ([], [], [], [])


@pytest.mark.no_db
def test_the_command_line_knows_the_sheets_of_the_work_domains() -> None:
    assert {"returns", "comparison_tables", "contributions", "members"} <= set(registers())
