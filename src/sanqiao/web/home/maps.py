"""The map of the home page: members, one level down."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sanqiao.figures import engine
from sanqiao.web.areas.maps import children_map
from sanqiao.web.doors import drawer, known
from sanqiao.web.viewing import Viewing

FIGURE = "people.members"


def area_map(viewing: Viewing) -> SafeString | None:
    """None where no area below has a boundary, or the figure is not in force."""
    figures = known([FIGURE], viewing.as_of)
    if viewing.area is None or not figures:
        return None
    if not viewing.area.children.exclude(boundary=None).exists():
        return None
    found = engine.drill(figures[0], viewing.area, viewing.as_of, viewing.start)
    values = {area.key: value.value for area, value in found}
    hrefs = {area.key: drawer(FIGURE, viewing.query_at(area.key)) for area, _value in found}
    title = _("%(area)s党员分布") % {"area": viewing.area.name}
    return children_map(viewing.area, title, str(figures[0].unit), values, hrefs)
