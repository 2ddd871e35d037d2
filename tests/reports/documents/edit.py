"""What people and programmes do to a document after it left the house."""

import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

BODY = "word/document.xml"


def rewrite(path: Path, change: Callable[[str], str], member: str = BODY) -> None:
    """Change one member of a .docx in place; the change must change something."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    before = members[member].decode()
    after = change(before)
    assert after != before
    members[member] = after.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def office(path: Path, kind: str, home: Path) -> Path:
    """Save `path` again as `kind` by LibreOffice, into a folder of that name."""
    target = path.parent / kind
    profile = f"-env:UserInstallation={home.as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", str(target)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    return target / path.with_suffix(f".{kind}").name


def pages(path: Path) -> list[list[str]]:
    """Lines of text of each page of a PDF, page numbers left out."""
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True)
    return [
        [line.strip() for line in page.splitlines() if line.strip() and "—" not in line]
        for page in text.stdout.decode().split("\f")
    ]
