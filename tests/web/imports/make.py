"""Files as a clerk sends them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from sanqiao.kernel.sheets.exporting import export_csv
from sanqiao.reference.identity import id_number, phone
from sanqiao.registers.people.sheets import MEMBERS
from tests.make import Town


def members_file(town: Town, people: int, **given: str) -> SimpleUploadedFile:
    """New members of the branch; `given` replaces what a column of each row says."""
    rows = [_row(town, n) | given for n in range(people)]
    head = [str(column.title) for column in MEMBERS.columns]
    lines = ([row.get(column.name) for column in MEMBERS.columns] for row in rows)
    return SimpleUploadedFile("党员.csv", b"".join(export_csv(head, lines)))


def _row(town: Town, n: int) -> dict[str, Any]:
    return {
        "name": f"王小{chr(0x4E00 + n)}", "gender": "男", "born_on": date(1970, 1, 1),
        "id_number": id_number(n, county="420302", born=1970, is_male=True), "phone": phone(n),
        "area_key": town.grid.key, "organisation_code": town.branch.code, "kind": "正式党员",
        "joined_on": date(1999, 7, 1), "full_on": date(2000, 7, 1), "valid_from": date(1999, 7, 1),
    }  # fmt: skip
