"""Names of areas as people write them: official and short, alone and with what is above."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sanqiao.kernel.sheets.columns import LookupTable, lookup_table

from .models import Area

_ENDINGS = (
    ("社区居民委员会", "社区"), ("社区居委会", "社区"), ("居民委员会", "社区"), ("居委会", "社区"),
    ("村村民委员会", "村"), ("村民委员会", "村"), ("村村委会", "村"), ("村委会", "村"),
    ("街道办事处", "街道"), ("人民政府", ""), ("管理委员会", ""), ("管委会", ""),
)  # fmt: skip
_DOUBLED = re.compile(r"(社区|街道|村)\1+$")


def short_name(official: str) -> str:
    """三桥社区居民委员会 → 三桥社区, 东沟村村民委员会 → 东沟村, 武当路街道办事处 → 武当路街道.

    Full-width letters and spaces are made regular; a name without such an ending stays.
    """
    name = "".join(unicodedata.normalize("NFKC", official).split())
    for ending, kept in _ENDINGS:
        if name.endswith(ending) and name != ending:
            stem = name.removesuffix(ending) + kept
            return _DOUBLED.sub(r"\1", stem)
    return name


def area_names(areas: Iterable[Area] | None = None) -> LookupTable:
    """Look-up table: every usual way to name an area → its key. Without `areas`, of all.

    A name that several areas share is told apart by what is above it: 武当路街道三桥社区.
    """
    found = list(areas if areas is not None else _all())
    by_id = {area.pk: area for area in (found if areas is None else _all())}
    shared = _shared(area.name for area in found)
    return lookup_table(
        (area.key, _label(area, by_id, shared), _other_names(area, by_id)) for area in found
    )


def _all() -> Iterable[Area]:
    columns = ("id", "key", "official_code", "name", "official_name", "path", "level")
    return Area.objects.filter(valid_to=None).only(*columns).order_by("path")


def _shared(names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]


def _label(area: Area, by_id: dict[int, Area], shared: set[str]) -> str:
    return _with_ancestors(area, by_id) if area.name in shared else area.name


def _with_ancestors(area: Area, by_id: dict[int, Area]) -> str:
    """From the county down."""
    above = [by_id[pk].name for pk in area.ancestor_ids[1:] if pk in by_id]
    return "".join((*above, area.name))


def _other_names(area: Area, by_id: dict[int, Area]) -> list[str]:
    above = [by_id[pk].name for pk in area.ancestor_ids if pk in by_id]
    spans = ["".join((*above[at:], area.name)) for at in range(len(above))]
    names = {area.name, area.key, area.official_code or "", area.official_name, *spans}
    names.add(short_name(area.official_name) if area.official_name else "")
    return sorted(names - {""})
