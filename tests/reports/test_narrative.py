import re
from datetime import date

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.reports.narrative import Binding, ShownBlock, TextBlock, bindings, parse
from sanqiao.reports.reference import reference_text


def test_a_bound_figure_carries_area_period_and_style() -> None:
    (block,) = parse("全市{{people.members @420302 2020-01-23..2020-06-30 | wan}}名")

    assert isinstance(block, TextBlock)
    assert block.parts == (
        "全市",
        Binding(
            code="people.members", area="420302", start=date(2020, 1, 23),
            as_of=date(2020, 6, 30), style="wan",
        ),
        "名",
    )  # fmt: skip


def test_headings_pictures_and_tables_are_their_own_lines() -> None:
    heading, chart = parse("## 队伍\n\n:::chart people.members areas.communities | 党员数")

    assert heading == TextBlock(level=2, parts=("队伍",))
    assert chart == ShownBlock(
        show="chart", codes=("people.members", "areas.communities"), caption="党员数"
    )


@pytest.mark.parametrize(
    "line",
    ["{{people.members", "a }} b", "{{x | nostyle}}", "{{x 2020-13-01}}", ":::pie x | y", "{{}}"],
)
def test_what_cannot_be_read_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(f"好的一行\n{line}")

    assert refusal.value.code == "reports.bad_binding"
    assert "2" in refusal.value.message
    assert refusal.value.field == "text"


def test_the_reference_report_binds_at_least_25_figures_a_chart_and_a_map() -> None:
    blocks = parse(reference_text())

    assert len({binding.code for binding in bindings(blocks)}) >= 25
    shown = {block.show for block in blocks if isinstance(block, ShownBlock)}
    assert {"chart", "map", "table"} <= shown


def test_the_first_section_stands_on_at_least_40_figures_of_its_own() -> None:
    """Of the emergency; figures that later sections use too are not counted."""
    section, rest = reference_text().split("\n# ", 1)
    first, others = ({b.code for b in bindings(parse(text))} for text in (section, f"# {rest}"))
    assert len(first - others) >= 40
    domains = {"mobilisation", "contributions", "service", "returns", "squads", "areas"}
    assert {code.split(".")[0] for code in first} == domains


def test_the_reference_report_has_no_bare_digit() -> None:
    for block in parse(reference_text()):
        if isinstance(block, TextBlock):
            words = "".join(part for part in block.parts if isinstance(part, str))
            text = re.sub(r"\d{4}年\d{1,2}月\d{1,2}日", "", words)
            assert not any(c.isdigit() for c in text), text
