"""What pages of an import answer with: a preview's lines, and files to fill in or mend."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from sanqiao.kernel.importing import Preview, Register, import_template
from sanqiao.kernel.models import User
from sanqiao.web.downloads import file_name, to_keep
from sanqiao.web.listing.export import XLSX

from .words import changed_lines, created_lines, names_of, refused_lines


def shown(preview: Preview, token: str) -> dict[str, Any]:
    """For `imports/preview.html`, and what extends it."""
    names = names_of(preview)
    return {
        "preview": preview,
        "register": preview.register,
        "token": token,
        "heads": [column.title for column in preview.register.sheet.columns],
        "refused": refused_lines(preview),
        "changed": changed_lines(preview, names),
        "created": created_lines(preview, names),
    }


def template_file(register: Register, by: User) -> HttpResponse:
    """To fill in."""
    return _sheet(import_template(register, by), register, _("模板"))


def refused_file(preview: Preview) -> HttpResponse:
    """The lines that cannot be taken, to mend and upload again."""
    return _sheet(preview.refused_file(), preview.register, _("有问题的行"))


def _sheet(content: bytes, register: Register, what: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    to_keep(answer, file_name(register.sheet.title, what, kind="xlsx"))
    return answer
