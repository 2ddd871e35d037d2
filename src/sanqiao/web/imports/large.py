"""A large file: previewed by a job, then imported by another, whole or not at all."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from psycopg.sql import SQL

from sanqiao.kernel import working
from sanqiao.kernel.errors import Refused
from sanqiao.kernel.importing import Preview, import_file
from sanqiao.kernel.models import Progress, User
from sanqiao.kernel.staging import run
from sanqiao.kernel.working import Work, carry_out, leave_to_job
from sanqiao.registers.importing import registers
from sanqiao.web.actions import Action
from sanqiao.web.addresses import address

from .answers import Shown
from .keeping import Upload, forget, found

KINDS = PREVIEW, COMMIT = "import.preview", "import.commit"
PREVIEW_TASK = "sanqiao.web.tasks.preview_import"
COMMIT_TASK = "sanqiao.web.tasks.commit_import"
AT_ONCE = 512 * 1024
"""Bytes of a file that a request may wait for: our template with 5,000 members, or 4,000 of them as
csv. That takes half a second."""
LOCK = "imports"
"""One at a time, so that the worker has a hand free for what cannot wait."""
SHOWN, REFUSED = "preview", "refused"
CHECKED_NOW = SQL("SET CONSTRAINTS ALL IMMEDIATE")
"""What the database leaves to the commit, while the job can still be stopped."""
State = Progress.State


def ask_preview(*, upload: Upload, by: User) -> Progress:
    title = _("预览导入：%(register)s") % {"register": registers()[upload.register].sheet.title}
    return _leave(PREVIEW, title, PREVIEW_TASK, upload.register, upload.token, by)


@transaction.atomic
def ask_commit(*, register: str, token: str, by: User) -> Progress | None:
    """The job that imports it; asked twice, it is the same one, also when it is done.

    None for a file that no job has previewed.
    """
    asked = _jobs(by, token).filter(kind=PREVIEW).select_for_update(of=("self",)).first()
    if asked is None:
        return None
    before = committing(token) or _jobs(by, token).filter(kind=COMMIT, state=State.DONE).first()
    if before:
        return before
    title = _("导入：%(register)s") % {"register": registers()[register].sheet.title}
    return _leave(COMMIT, title, COMMIT_TASK, register, token, by)


def latest(token: str, by: User) -> Progress | None:
    """The last job over this file."""
    return _jobs(by, token).order_by("-pk").first()


def committing(token: str) -> Progress | None:
    """The job that imports it now, or soon."""
    return working.under_way(COMMIT, token=token)


def _jobs(by: User, token: str) -> QuerySet[Progress]:
    return Progress.objects.filter(started_by=by, result__token=token)


def _leave(kind: str, title: str, task: str, register: str, token: str, by: User) -> Progress:
    about = {"register": register, "token": token}
    return leave_to_job(kind=kind, title=title, task=task, lock=LOCK, by=by, about=about)


def make_preview(pk: int, language: str) -> None:
    """The job's side. A file whose preview was stopped or refused is not kept."""
    carry_out(pk, language, _preview)
    job = Progress.objects.select_related("started_by").get(pk=pk)
    if job.state != State.DONE:
        _forget(job)


def make_commit(pk: int, language: str) -> None:
    """The job's side. The file goes once what it says stands."""
    carry_out(pk, language, _commit)
    job = Progress.objects.select_related("started_by").get(pk=pk)
    if job.state == State.DONE:
        _forget(job)


def _forget(job: Progress) -> None:
    if upload := _upload_of(job):
        forget(upload)


def _upload_of(job: Progress) -> Upload | None:
    return found(job.started_by, job.result["register"], job.result["token"])


def _preview(work: Work) -> None:
    """Raises Stopped, Refused."""
    upload = _still_kept(work)
    shown = _put(upload, _run(work, upload, dry_run=True))
    work.finish(_counts(shown))


def _commit(work: Work) -> None:
    """Raises Stopped, Refused: import.refused, import.gone, and those of `import_file`."""
    upload = _still_kept(work)
    preview = _run(work, upload, dry_run=False)
    if preview.done is None:
        _put(upload, preview)
        raise Refused("import.refused", _("没有导入：现在有行不能导入，请看预览里的原因。"))
    words = _("已导入：新增 %(created)d 条，修改 %(changed)d 条，未变 %(unchanged)d 条")
    work.finish(words % preview.done._asdict())


def _still_kept(work: Work) -> Upload:
    upload = found(work.by, work.about["register"], work.about["token"])
    if upload is None:
        raise Refused("import.gone", _("文件已不在，请重新上传。"))
    return upload


def _run(work: Work, upload: Upload, *, dry_run: bool) -> Preview:
    """Raises Stopped, Refused."""
    preview = import_file(
        register=registers()[upload.register], content=upload.content, filename=upload.name,
        by=work.by, dry_run=dry_run, tell=work.tell,
    )  # fmt: skip
    run(CHECKED_NOW)
    rows = len(preview.reading.rows)
    work.tell(rows, rows)
    return preview


def _put(upload: Upload, preview: Preview) -> Shown:
    """Beside the file; the refused rows first, because their link goes by them."""
    if preview.refused:
        upload.put(REFUSED, preview.refused_file())
    shown = Shown.of(preview)
    upload.put(SHOWN, shown.dump())
    return shown


def _counts(shown: Shown) -> str:
    words = _(
        "新增 %(created)d 条，修改 %(changed)d 条，未变 %(unchanged)d 条，不能导入 %(refused)d 条"
    )
    return words % vars(shown)


def outcomes_of(job: Progress) -> list[Action]:
    """What is kept of the file, for who sent it: its preview, and the rows to mend."""
    upload = _upload_of(job)
    if upload is None or not upload.has(SHOWN):
        return []
    place = upload.register, upload.token
    ways = [Action(_("看预览"), address("imports:preview", *place), "right")]
    if upload.has(REFUSED):
        ways.append(Action(_("下载有问题的行"), address("imports:refused", *place), "export"))
    return ways
