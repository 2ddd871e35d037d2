"""Made files on our disk: for who asked, for a day."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from django.conf import settings

from sanqiao.kernel.models import Progress

DAY_SECONDS = 24 * 60 * 60


def place_of(progress: Progress) -> Path:
    return exports() / f"{progress.pk}.xlsx"


def work_folder(progress: Progress) -> Path:
    """Empty, whatever a worker that died left in it."""
    folder = exports() / f"{progress.pk}.making"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def kept(progress: Progress) -> Path | None:
    """The file, while its day lasts."""
    path = place_of(progress)
    return path if path.is_file() and not _is_old(path) else None


def sweep() -> int:
    """Remove what is older than a day; how many."""
    old = [path for path in exports().iterdir() if _is_old(path)]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)


def exports() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _is_old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > DAY_SECONDS
