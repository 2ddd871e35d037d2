import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sanqiao.kernel.embedded import Server


@pytest.fixture
def root() -> Iterator[Path]:
    """A directory that the server's user can enter, as pytest's own cannot be under root."""
    place = Path(tempfile.mkdtemp(prefix="sanqiao-test-"))
    place.chmod(0o711)
    yield place / "pg"
    Server(place / "pg").stop()
    shutil.rmtree(place)
