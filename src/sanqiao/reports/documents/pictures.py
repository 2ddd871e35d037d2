"""SVG from the screen, made fit for paper: no CSS variables, an installed font, a PNG."""

import re
from functools import lru_cache

import vl_convert

from .fonts import font_folders, used_fonts

VARIABLE = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")
FAMILY = re.compile(r"font-family:[^;\"]+")
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
SCALE = 2.5


def for_paper(svg: str) -> str:
    """Variables replaced by their fallbacks, text in the sans face that documents use."""
    plain = VARIABLE.sub(r"\1", svg)
    return FAMILY.sub(f"font-family:'{used_fonts()['hei']}'", plain)


def size_on_paper(svg: str) -> tuple[float, float]:
    """Width and height in millimetres: as wide as the text, no taller than 195 mm.

    ValueError without a viewBox that starts at 0 0.
    """
    size = SIZE.search(svg)
    if size is None:
        raise ValueError("a picture needs a viewBox that starts at 0 0")
    shape = float(size[2]) / float(size[1])
    width = min(156, 195 / shape)
    return width, width * shape


@lru_cache(maxsize=16)
def png_of(svg: str) -> bytes:
    """About 250 dots an inch at the width of the text block. ValueError without a size."""
    size_on_paper(svg)
    _register(font_folders())
    return bytes(vl_convert.svg_to_png(for_paper(svg), scale=SCALE))


@lru_cache(maxsize=4)
def _register(folders: tuple[object, ...]) -> None:
    for folder in folders:
        vl_convert.register_font_directory(str(folder))
