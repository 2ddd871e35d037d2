"""Finding the row of headers and which column of the file is which of ours."""

import re
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .cells import Cell, folded, raw, wordings
from .sheet import Sheet
from .words import REASON

HEADER_WITHIN = 10
_MARKS = re.compile(r"[*::]|[(\[【](必填|选填|可选|required|optional)[)\]】]")
_HINT = re.compile(r"[(\[【][^)\]】]*[)\]】]$")


@dataclass
class Layout:
    """`first` is the index of the first row of data, `places` maps column name → index in the
    file, `ignored` are headers that mean nothing to us, `repeated` those that stand twice."""

    first: int = 0
    places: dict[str, int] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    def missing(self, sheet: Sheet) -> list[str]:
        """Titles of required columns that the file lacks."""
        needed = (c for c in sheet.columns if c.required or c.name in sheet.key)
        return [str(c.title) for c in needed if c.name not in self.places]


class Headers:
    """The header texts of one sheet, folded."""

    def __init__(self, sheet: Sheet) -> None:
        self.names = {text: column.name for column in sheet.columns for text in column.headers()}
        self.reason = {folded(text) for text in wordings(REASON)}

    def name(self, cell: Cell) -> str | None:
        """The column that a header cell means. Marks such as * and a closing (…) don't count."""
        text = _MARKS.sub("", folded(raw(cell)))
        return self.names.get(text) or self.names.get(_HINT.sub("", text))

    def layout(self, rows: list[list[Cell]]) -> Layout:
        """The best of the first ten rows; a header of two rows wins only if it names more."""
        head = rows[:HEADER_WITHIN]
        single = [(row, at + 1) for at, row in enumerate(head)]
        double = [
            (self._merged(upper, lower), at + 2)
            for at, (upper, lower) in enumerate(zip(head, head[1:], strict=False))
        ]
        layouts = [self._laid(row, first) for row, first in single + double]
        return max(layouts, key=lambda layout: len(layout.places), default=Layout())

    def _merged(self, upper: list[Cell], lower: list[Cell]) -> list[Cell]:
        """Two rows as one: names stand below their group, or above where cells are merged down."""
        width = max(len(upper), len(lower))
        pairs = zip(_padded(upper, width), _padded(lower, width), strict=True)
        return [low if self.name(low) or self.name(up) is None else up for up, low in pairs]

    def _laid(self, row: list[Cell], first: int) -> Layout:
        layout = Layout(first)
        named = [(at, cell, self.name(cell)) for at, cell in enumerate(row)]
        for at, cell, name in named:
            if name is not None:
                layout.places.setdefault(name, at)
            elif folded(raw(cell)) not in self.reason | {""}:
                layout.ignored.append(raw(cell).strip())
        counts = Counter(name for _at, _cell, name in named if name)
        twice = (cell for _at, cell, name in named if name and counts[name] > 1)
        layout.repeated = list(dict.fromkeys(raw(cell).strip() for cell in twice))
        return layout


def _padded(row: list[Cell], width: int) -> list[Cell]:
    return row + [""] * (width - len(row))


def problems(sheet: Sheet, layout: Layout) -> list[str]:
    """Why the rows cannot be read at all, for the user."""
    if not layout.places:
        expected = "、".join(str(column.title) for column in sheet.columns[:8])
        message = _("没有找到表头，可能选错了文件或工作表。“%(sheet)s”的表头应有：%(columns)s")
        return [message % {"sheet": sheet.title, "columns": expected}]
    found = []
    if missing := layout.missing(sheet):
        found.append(_("缺少必需的列：%(columns)s") % {"columns": "、".join(missing)})
    if layout.repeated:
        found.append(_("表头重复：%(columns)s") % {"columns": "、".join(layout.repeated)})
    return found
