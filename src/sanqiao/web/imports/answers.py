"""What pages of an import answer with: a preview's lines, and files to fill in or mend."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.http import HttpResponse
from django.utils.translation import gettext as _

from sanqiao.kernel.importing import Preview, Register, import_template
from sanqiao.kernel.models import User
from sanqiao.web.downloads import file_name, to_keep
from sanqiao.web.listing.export import XLSX

from .words import Cell, Line, changed_lines, created_lines, names_of, refused_lines

LINES = ("refused_lines", "changed_lines", "created_lines")


@dataclass(frozen=True)
class Shown:
    """A preview as its page says it, which can be kept: numbers of rows, and the first of them."""

    created: int
    changed: int
    unchanged: int
    refused: int
    problems: list[str]
    warnings: list[str]
    refused_lines: list[Line]
    changed_lines: list[Line]
    created_lines: list[Line]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        names = names_of(preview)
        return cls(
            len(preview.create), len(preview.change), preview.unchanged, len(preview.refused),
            [str(words) for words in preview.problems], preview.warnings, refused_lines(preview),
            changed_lines(preview, names), created_lines(preview, names),
        )  # fmt: skip

    @classmethod
    def load(cls, content: bytes) -> Self:
        parts = json.loads(content)
        for name in LINES:
            parts[name] = [Line(number, [Cell(*c) for c in cells]) for number, cells in parts[name]]
        return cls(**parts)

    def dump(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @property
    def is_good(self) -> bool:
        """Nothing stands in the way of committing it all."""
        return not self.problems and not self.refused

    def context(self, register: Register, token: str) -> dict[str, Any]:
        """For `imports/preview.html`, and what extends it."""
        heads = [column.title for column in register.sheet.columns]
        return {"preview": self, "register": register, "token": token, "heads": heads}


def template_file(register: Register, by: User) -> HttpResponse:
    """To fill in."""
    return _sheet(import_template(register, by), register, _("模板"))


def refused_file(content: bytes, register: Register) -> HttpResponse:
    """The lines that cannot be taken, to mend and upload again."""
    return _sheet(content, register, _("有问题的行"))


def _sheet(content: bytes, register: Register, what: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    to_keep(answer, file_name(register.sheet.title, what, kind="xlsx"))
    return answer
