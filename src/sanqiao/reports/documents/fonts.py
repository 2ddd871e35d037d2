"""Which typefaces a document really gets: the office's own, or an open one in their place."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

VARIABLE = "SANQIAO_FONTS"
SERIF = ("Noto Serif SC", "Noto Serif CJK SC")
SANS = ("Noto Sans SC", "Noto Sans CJK SC")
SHOWN = {
    "Noto Serif SC": gettext_lazy("思源宋体"),
    "Noto Serif CJK SC": gettext_lazy("思源宋体"),
    "Noto Sans SC": gettext_lazy("思源黑体"),
    "Noto Sans CJK SC": gettext_lazy("思源黑体"),
}


@dataclass(frozen=True, kw_only=True)
class Face:
    """`office`: the name GB/T 9704 practice asks for; `own`: its families; then stand-ins."""

    office: str
    own: tuple[str, ...]
    open: tuple[str, ...]


FACES = {
    "title": Face(
        office="方正小标宋简体",
        own=("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体"),
        open=("Noto Serif CJK SC", "Noto Serif SC"),
    ),
    "body": Face(
        office="仿宋_GB2312",
        own=("FangSong_GB2312", "仿宋_GB2312", "FangSong"),
        open=("FandolFang R", *SERIF),
    ),
    "kai": Face(
        office="楷体_GB2312",
        own=("KaiTi_GB2312", "楷体_GB2312", "KaiTi"),
        open=("FandolKai", *SERIF),
    ),
    "hei": Face(office="黑体", own=("SimHei",), open=("FandolHei", *SANS)),
    "song": Face(office="宋体", own=("SimSun",), open=("FandolSong", *SERIF)),
}


def font_folders() -> tuple[Path, ...]:
    """The folder named by SANQIAO_FONTS, then the fonts of the wheel."""
    own = os.environ.get(VARIABLE)
    wheel = pylopdf_fonts_zh_cn.sans_path().parent
    return (Path(own), wheel) if own else (wheel,)


def font_book() -> typst.Fonts:
    """All fonts that the typesetter sees: of the folders and of the system."""
    return _book(font_folders())


def used_fonts() -> dict[str, str]:
    """{role: family that the PDF uses}, roles as in `FACES`."""
    families = set(font_book().families())
    return {
        role: next(family for family in (*face.own, *face.open) if family in families)
        for role, face in FACES.items()
    }


def font_lists() -> dict[str, list[str]]:
    """{role: family used, then the two of the wheel for characters it lacks}."""
    return {role: [family, SERIF[0], SANS[0]] for role, family in used_fonts().items()}


def has_bold(family: str) -> bool:
    return any(font.family == family and font.weight >= 600 for font in font_book().fonts())


def substitutions() -> str:
    """字体：以思源宋体代替仿宋_GB2312… Empty when every typeface is the office's own."""
    used = used_fonts()
    swapped = [
        _("以%(open)s代替%(office)s")
        % {"open": SHOWN.get(used[role], used[role]), "office": face.office}
        for role, face in FACES.items()
        if used[role] not in face.own
    ]
    return _("字体：%(list)s。") % {"list": "，".join(swapped)} if swapped else ""


@lru_cache(maxsize=4)
def _book(folders: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(include_embedded_fonts=False, font_paths=[str(f) for f in folders])
