"""The posts of the city, and the titles and ranks that go with some of them."""

from __future__ import annotations

from sanqiao.registers.people.rows import PostRow

POSTS = [
    PostRow("leader", "市县领导干部", "leader", False, 10),
    PostRow("township_cadre", "乡镇干部", "township", False, 20),
    PostRow("secretary", "村（社区）党组织书记", "community", True, 30),
    PostRow("community_cadre", "村（社区）干部", "community", False, 31),
    PostRow("first_secretary", "驻村第一书记", "village_support", True, 40),
    PostRow("team_leader", "驻村工作队队长", "village_support", False, 41),
    PostRow("team_member", "驻村工作队队员", "village_support", False, 42),
    PostRow("graduate", "一村多名大学生学员", "village_support", False, 43),
    PostRow("grid_worker", "网格员", "grid", False, 50),
    PostRow("grid_head", "网格长", "grid", False, 51),
    PostRow("auxiliary", "协警等辅助力量", "grid", False, 52),
    PostRow("building_head", "楼栋长", "grid", False, 53),
    PostRow("volunteer", "志愿者", "grid", False, 54),
    PostRow("unit_head", "单位主要负责人", "unit", False, 60),
    PostRow("unit_liaison", "单位联络员", "unit", False, 61),
    PostRow("squad_captain", "突击队队长", "squad", False, 70),
    PostRow("squad_member", "突击队队员", "squad", False, 71),
]

SECTION_DEPUTY, SECTION_HEAD, COUNTY_DEPUTY, COUNTY_HEAD, BUREAU_DEPUTY = "1", "2", "3", "4", "5"
CITY_LEADERS = ["市委常委", "市人大常委会副主任", "副市长", "市政协副主席", "市级领导干部"]
COUNTY_LEADERS = ["县委常委", "县人大常委会副主任", "副县长", "县政协副主席", "县级领导干部"]
TOWNSHIP_TITLES = ["党委书记", "乡镇长", "党委副书记", "党委委员", "副乡镇长", "人大主席"]
COMMUNITY_TITLES = ["副书记", "妇联主席", "委员", "民兵连长", "会计", "治保主任"]


def township_rank(n: int) -> str:
    """Of the n-th cadre of a township."""
    return SECTION_HEAD if n < 2 else SECTION_DEPUTY if n < len(TOWNSHIP_TITLES) else ""
