from __future__ import annotations

from sanqiao.kernel.models import Grant, User
from sanqiao.kernel.roles import ROLES
from sanqiao.registers.areas.models import Area


def may_see(user: User, area: Area) -> bool:
    """May `user` see figures of `area`? The value itself never depends on it.

    A grant with figures.view opens the figures of its subtree and, as totals, of every area above
    it. A grant over organisations opens the figures of the whole city alone: a total there tells
    nothing about a neighbour.
    """
    grants = [grant for grant in user.grants_today if "figures.view" in ROLES[grant.role]]
    return any(_opens(grant, area) for grant in grants)


def _opens(grant: Grant, area: Area) -> bool:
    if grant.tree == Grant.Tree.ORGANISATION:
        return area.parent_id is None
    return area.path.startswith(grant.path) or grant.path.startswith(area.path)
