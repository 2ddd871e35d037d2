"""Who may open which page: the guard of every URL, and where to try it.

A URL that is not here fails `test_access.py`: whoever adds a page says here who may see it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

SIGNED_IN: tuple[str, ...] = ()


class Page(NamedTuple):
    """`acts` any of which opens it; none for everybody who signed in."""

    acts: tuple[str, ...]
    at: dict[str, Any] = {}


COMMUNITY = {"key": "420302001001"}
GRID = {"key": "420302001001001"}
NONE = {"pk": 999_999}
FIGURE = {"code": "people.members"}
UPLOAD = {"register": "areas", "token": "none"}
REPORT = {"report_id": 999_999}

MATRIX: dict[str, Page] = {
    "home": Page(SIGNED_IN),
    "mine": Page(SIGNED_IN),
    "my_data": Page(SIGNED_IN),
    "preferences": Page(SIGNED_IN),
    "map": Page(("areas.view",)),
    "duty": Page(SIGNED_IN, NONE),
    "duty_act": Page(SIGNED_IN, {**NONE, "act": "note"}),
    "duty_file": Page(SIGNED_IN, {**NONE, "step": 1}),
    "find": Page(SIGNED_IN),
    "gallery": Page(SIGNED_IN),
    "history": Page(
        ("areas.view", "organisations.view", "people.view"), {"label": "areas.Area", "pk": 999_999}
    ),
    "areas:list": Page(("areas.view",)),
    "areas:all": Page(("areas.view",)),
    "areas:switch": Page(("areas.view", "figures.view")),
    "areas:where": Page(("areas.view",)),
    "areas:boundaries": Page(("areas.view",)),
    "areas:boundaries_import": Page(("import",)),
    "areas:detail": Page(("areas.view",), COMMUNITY),
    "areas:edit": Page(("areas.change",), COMMUNITY),
    "areas:split": Page(("areas.split",), GRID),
    "areas:move": Page(("areas.move",), COMMUNITY),
    "compounds:list": Page(("areas.view",)),
    "compounds:detail": Page(("areas.view",), NONE),
    "organisations:list": Page(("organisations.view",)),
    "organisations:tree": Page(("organisations.view",)),
    "organisations:branch": Page(("organisations.view",), {"code": "none"}),
    "organisations:detail": Page(("organisations.view",), {"code": "none"}),
    "units:list": Page(("organisations.view",)),
    "units:detail": Page(("organisations.view",), NONE),
    "members:list": Page(("people.view",)),
    "appointments:list": Page(("people.view",)),
    "people:detail": Page(("people.view",), NONE),
    "people:unmask": Page(("people.unmask",), {**NONE, "field": "phone"}),
    "figures:catalogue": Page(("figures.view",)),
    "figures:band": Page(("figures.view",)),
    "figures:sums": Page(("figures.view",)),
    "figures:of_area": Page(("figures.view",), COMMUNITY),
    "figures:drawer": Page(("figures.view",), FIGURE),
    "figures:trend": Page(("figures.view",), FIGURE),
    "figures:rows": Page(("figures.view",), FIGURE),
    "grants:list": Page(("grants.give",)),
    "grants:give": Page(("grants.give",)),
    "grants:end": Page(("grants.give",), NONE),
    "events:list": Page(("events.view", "audit.view")),
    "looks:list": Page(("audit.view",)),
    "chains:list": Page(("audit.view",)),
    "chains:detail": Page(("audit.view",), {"name": "none"}),
    "jobs:list": Page(SIGNED_IN),
    "jobs:detail": Page(SIGNED_IN, NONE),
    "jobs:progress": Page(SIGNED_IN, NONE),
    "jobs:stop": Page(SIGNED_IN, NONE),
    "imports:list": Page(("import",)),
    "imports:upload": Page(("import",), {"register": "areas"}),
    "imports:template": Page(("import",), {"register": "areas"}),
    "imports:preview": Page(("import",), UPLOAD),
    "imports:refused": Page(("import",), UPLOAD),
    "imports:commit": Page(("import",), UPLOAD),
    "reports:list": Page(("reports.view",)),
    "reports:new": Page(("reports.build",)),
    "reports:detail": Page(("reports.view",), REPORT),
    "reports:edit": Page(("reports.build",), REPORT),
    "reports:preview": Page(("reports.view",), REPORT),
    "reports:publish": Page(("reports.publish",), REPORT),
    "reports:prove": Page(("reports.view",), REPORT),
    "reports:file": Page(("reports.view",), {**REPORT, "kind": "pdf"}),
}
