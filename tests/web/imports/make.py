"""Files as a clerk sends them, and the jobs over them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from sanqiao.kernel.models import Progress
from sanqiao.kernel.sheets.exporting import export_csv
from sanqiao.reference.identity import id_number, phone
from sanqiao.registers.people.sheets import MEMBERS
from sanqiao.web.imports import large
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


def sent(client: Client, file: Any) -> Progress:
    answer = client.post("/import/members/", {"file": file})
    job = Progress.objects.latest("pk")
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    return job


def committed(client: Client, preview: Progress) -> Progress:
    """The job that the button leaves it to."""
    answer = client.post(f"{page(preview)}commit/")
    return Progress.objects.get(pk=int(answer.headers["Location"].split("/")[2]))


def page(job: Progress) -> str:
    return f"/import/members/{job.result['token']}/"


def previewed_by_job(job: Progress) -> Progress:
    large.make_preview(job.pk, "zh-hans")
    job.refresh_from_db()
    return job


def imported(job: Progress) -> Progress:
    large.make_commit(job.pk, "zh-hans")
    job.refresh_from_db()
    return job


def jobs_of(progress: Progress) -> int:
    return int(ProcrastinateJob.objects.filter(args__progress=progress.pk).count())


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()
