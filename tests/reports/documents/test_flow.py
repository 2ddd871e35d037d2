from dataclasses import replace
from pathlib import Path

from sanqiao.reports.documents.flow import flow_of
from sanqiao.reports.documents.layout import Grid, Line, marked, marked_lines
from sanqiao.reports.documents.model import Block, Heading, Table

from .make import bound, make_evidence, make_report


def headings(*blocks: Block) -> list[str]:
    lines = [item for item in flow_of(make_report((), blocks)) if isinstance(item, Line)]
    return [marked(line.pieces) for line in lines if line.style.startswith("heading")]


def test_headings_are_numbered_in_the_three_ways_of_the_standard() -> None:
    blocks = [Heading(level=1, text=f"第{n}章") for n in range(11)]
    tail = [Heading(level=2, text="甲"), Heading(level=3, text="乙"), Heading(level=2, text="丙")]

    assert headings(*blocks, *tail)[10:] == ["十一、第10章", "（一）甲", "1.乙", "（二）丙"]


def test_a_heading_that_has_its_number_keeps_it() -> None:
    assert headings(Heading(level=1, text="三、工作要求")) == ["三、工作要求"]


def test_a_lower_count_starts_again_under_each_higher_heading() -> None:
    one, two = Heading(level=1, text="甲"), Heading(level=2, text="乙")

    assert headings(one, two, one, two) == ["一、甲", "（一）乙", "二、甲", "（一）乙"]


def test_the_signer_stands_centred_over_a_date_four_characters_from_the_edge() -> None:
    lines = {i.style: i for i in flow_of(make_report(())) if isinstance(i, Line)}

    assert lines["date"].right == 4
    assert lines["date"].pieces == ("2020年9月3日",)
    assert lines["sign"].right == 4 + (6 - 9) / 2


def test_without_an_organ_there_is_no_red_head() -> None:
    styles = [getattr(item, "style", "") for item in flow_of(replace(make_report(()), organ=""))]

    assert styles[:2] == ["title", "addressee"]


def test_the_annex_has_a_row_for_every_number_and_every_check(tmp_path: Path) -> None:
    grids = [i for i in flow_of(make_report((make_evidence(tmp_path),))) if isinstance(i, Grid)]
    cells = "".join(marked(cell) for grid in grids for row in grid.rows for cell in row)

    assert [len(grid.rows) for grid in grids] == [1, 2]
    for part in ("党员总数", "口径：截至当日", "2020年9月3日", "{members}人", "存疑两个口径"):
        assert part in cells


def test_a_column_of_numbers_is_set_to_the_right(tmp_path: Path) -> None:
    evidence = make_evidence(tmp_path)
    table = Table(
        head=("县", "应办", "率"), rows=(("郧西县", bound(evidence), "91.60%"),), caption="表1"
    )
    grid = next(i for i in flow_of(make_report((evidence,), (table,))) if isinstance(i, Grid))

    assert grid.numeric == {1, 2}
    assert sum(grid.widths) == 156


def test_what_is_marked_leaves_out_the_value_and_white_space(tmp_path: Path) -> None:
    lines = marked_lines(flow_of(make_report((make_evidence(tmp_path),))))

    assert "{members}人，" in lines
    assert not any(" " in line or "\n" in line for line in lines)


def test_headings_of_another_language_are_left_as_written() -> None:
    report = replace(make_report((), (Heading(level=1, text="Overview"),)), language="en")
    lines = [item for item in flow_of(report) if getattr(item, "style", "") == "heading1"]

    assert [marked(line.pieces) for line in lines if isinstance(line, Line)] == ["Overview"]
