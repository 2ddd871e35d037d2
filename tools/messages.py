"""The English catalogue: `python -m tools.messages` extracts, keeps what is translated, compiles.

python -m tools.messages             update src/sanqiao/locale/en/LC_MESSAGES/django.po
python -m tools.messages --check     exit 1 when a string is missing, unused or untranslated
python -m tools.messages --compile   only write the .mo file
python -m tools.messages --take FILE take translations from another .po
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SRC = Path(__file__).resolve().parent.parent / "src" / "sanqiao"
PO = SRC / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "gettext_noop": None,
    "pgettext": ((1, "c"), 2),
}  # fmt: skip


def sources() -> Iterator[tuple[Path, bytes]]:
    """Every module and template, as Python source that the extractor reads."""
    for path in sorted(SRC.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_bytes()
    if not settings.configured:
        settings.configure(USE_I18N=True)
    for path in sorted([*SRC.rglob("*.html"), *SRC.rglob("*.txt")]):
        if {"vendor", "assets", "narratives"} & set(path.parts):
            continue
        yield path, _flush(templatize(path.read_text("utf-8"), origin=str(path))).encode()


def _flush(source: str) -> str:
    """Without the template's indentation, which Python would take for its own."""
    return "\n".join(line.lstrip() for line in source.splitlines())


def found() -> dict[str | tuple[str, ...], set[str]]:
    """{message: files that use it}."""
    messages: dict[str | tuple[str, ...], set[str]] = {}
    for path, source in sources():
        for _line, message, _comments, _context in extract(
            "python", BytesIO(source), keywords=KEYWORDS
        ):
            if message and message != ("", ""):
                messages.setdefault(message, set()).add(str(path.relative_to(SRC)))
    return messages


def load(path: Path = PO) -> Catalog:
    if not path.exists():
        return Catalog(locale="en", project="sanqiao", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def updated(old: Catalog, others: list[Catalog]) -> Catalog:
    """The messages in use, each with the translation that some catalogue has."""
    new = Catalog(locale="en", project="sanqiao", charset="utf-8")
    for message in sorted(found(), key=str):
        known = [c.get(message if isinstance(message, str) else message[0]) for c in (old, *others)]
        texts = [entry.string for entry in known if entry is not None and entry.string]
        full = [t for t in texts if isinstance(t, str) or all(t)]
        flags = [entry.flags for entry in known if entry is not None]
        new.add(message, full[0] if full else "", flags=set().union(*flags) - {"fuzzy"})
    return new


def missing(catalog: Catalog) -> list[str]:
    """Messages in use without an English text, and texts of messages no longer in use."""
    used = found()
    plain = {m if isinstance(m, str) else m[0] for m in used}
    without = []
    for message in sorted(plain):
        entry = catalog.get(message)
        if entry is None or not entry.string or not all(entry.string):
            without.append(f"untranslated: {message}")
    stale = [m.id if isinstance(m.id, str) else m.id[0] for m in catalog if m.id]
    return without + [f"unused: {m}" for m in stale if m not in plain]


def compile_catalog() -> None:
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, load())


def main(args: list[str]) -> int:
    if args[:1] == ["--check"]:
        problems = missing(load())
        print("\n".join(problems) or "messages: complete")
        return 1 if problems else 0
    if args[:1] != ["--compile"]:
        others = [load(Path(name)) for name in args[1:]] if args[:1] == ["--take"] else []
        PO.parent.mkdir(parents=True, exist_ok=True)
        catalog = updated(load(), others)
        with PO.open("wb") as file:
            write_po(
                file, catalog, width=100, omit_header=False, no_location=True, sort_output=True
            )
    compile_catalog()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
