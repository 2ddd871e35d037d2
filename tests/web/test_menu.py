"""One line of the menu is where the reader is."""

from __future__ import annotations

import pytest

from sanqiao.kernel.roles import ROLES
from sanqiao.web.menu import MENU, menu_for

EVERYTHING = frozenset().union(*ROLES.values())


@pytest.mark.no_db
@pytest.mark.parametrize(
    ("here", "title"),
    [
        ("returns:list", "填报任务"),
        ("returns:detail", "填报任务"),
        ("returns:board", "报送情况"),
        ("returns:form", "报表"),
        ("returns:ask", "报表"),
        ("returns:table", "对照表"),
        ("returns:say", "对照表"),
        ("service:pairing_new", "单位包联"),
        ("service:queue_accept", "待接收"),
        ("service:check_in", "报到名册"),
        ("service:upload", "本单位"),
        ("service:report", "双报告"),
        ("service:move_mine", "我的报到"),
        ("members:list", "党员"),
        ("compounds:detail", "小区"),
    ],
)
def test_a_page_is_under_one_line(here: str, title: str) -> None:
    items = menu_for(EVERYTHING, here, "")
    (above,) = [item for item in items if item.is_here]
    assert [str(item.title) for item in above.below if item.is_here] == [title]


@pytest.mark.no_db
@pytest.mark.parametrize("here", ["home", "reports:detail", "contributions:mine", "nowhere:page"])
def test_a_page_without_lines_below_is_under_at_most_one(here: str) -> None:
    current = [item for item in menu_for(EVERYTHING, here, "") if item.is_here]
    assert len(current) == (here != "nowhere:page")
    assert len(menu_for(EVERYTHING, here, "")) == len(MENU)
