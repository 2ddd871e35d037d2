import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .edit import office


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`save_as` tests run once for each office programme that is on the machine."""
    if "office_name" in metafunc.fixturenames:
        installed = [name for name in ("soffice",) if shutil.which(name)]
        metafunc.parametrize("office_name", installed)


@pytest.fixture
def save_as(tmp_path: Path, office_name: str) -> Callable[[Path, str], Path]:
    """LibreOffice with a profile of its own: save_as(path, "pdf")."""
    return lambda path, kind: office(path, kind, tmp_path / office_name)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Where a test writes; its evidence folder is `report.evidence`."""
    return tmp_path / "report.docx"


@pytest.fixture
def evidence_folder(document: Path) -> Path:
    return document.with_suffix(".evidence")
