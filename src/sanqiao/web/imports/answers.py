"""What pages of an import answer with: a preview's lines, and files to fill in or mend."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from sanqiao.kernel.importing import Preview
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


def sheet_file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
