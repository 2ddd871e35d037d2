"""Copies what the pages need out of node_modules to src/sanqiao/web/vendor. No bundler."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src/sanqiao/web/vendor"
FILES = (
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "htmx.org/dist/htmx.min.js",
)
# collectstatic fails on the name of a map that is not there.
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=.*$", re.MULTILINE)


def copy(source: Path, target: Path) -> None:
    target.write_text(SOURCE_MAP.sub("", source.read_text(encoding="utf-8")), encoding="utf-8")


def main() -> int:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        copy(ROOT / "node_modules" / name, VENDOR / Path(name).name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
