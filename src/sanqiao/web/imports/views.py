from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sanqiao.kernel.importing import Preview, import_file
from sanqiao.registers.importing import registers
from sanqiao.web.access import allowed
from sanqiao.web.forms import CommandForm
from sanqiao.web.request import Request

from . import large
from .answers import Shown, refused_file, template_file
from .keeping import LARGEST, is_done, keep, kept, mark_done
from .registers import register_named


class UploadForm(CommandForm):
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("xlsx、xls 或 csv，最大 50 MB。上传后先预览，不会改动任何记录。"),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise ValidationError(_("文件超过 50 MB，请拆成几个文件"), code="import.too_big")
        return file


@allowed("import")
def import_list(request: Request) -> HttpResponse:
    return render(request, "imports/import_list.html", {"registers": registers().values()})


@allowed("import")
def upload(request: Request, register: str) -> HttpResponse:
    """Take the file, and go to its preview, or to the job that makes it."""
    found = register_named(register)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        kept_as = keep(request.user, register, file.name, file.read())
        if file.size > large.AT_ONCE:
            return redirect("jobs:detail", large.ask_preview(upload=kept_as, by=request.user).pk)
        return redirect("imports:preview", register, kept_as.token)
    title = _("导入%(register)s") % {"register": found.sheet.title}
    return render(request, "imports/upload.html", {"form": form, "register": found, "title": title})


@allowed("import")
def template(request: Request, register: str) -> HttpResponse:
    found = register_named(register)
    return template_file(found, request.user)


@allowed("import")
def preview(request: Request, register: str, token: str) -> HttpResponse:
    """Row by row what would be created, changed, refused; nothing is kept."""
    found, file = register_named(register), kept(request.user, register, token)
    if file.has(large.SHOWN):
        shown = Shown.load(file.get(large.SHOWN))
    elif job := large.latest(token, request.user):
        return redirect("jobs:detail", job.pk)
    else:
        shown = Shown.of(_run(request, register, token, dry_run=True))
    context = shown.context(found, token) | {"committing": large.committing(token)}
    return render(request, "imports/preview.html", context)


@allowed("import")
def refused(request: Request, register: str, token: str) -> HttpResponse:
    found, file = register_named(register), kept(request.user, register, token)
    if file.has(large.REFUSED):
        return refused_file(file.get(large.REFUSED), found)
    if large.latest(token, request.user):
        raise Http404
    return refused_file(_run(request, register, token, dry_run=True).refused_file(), found)


@allowed("import")
@require_POST
def commit(request: Request, register: str, token: str) -> HttpResponse:
    """All or nothing; a file that is no longer good goes back to its preview, and one that was
    imported stays imported once."""
    if is_done(request, token):
        messages.info(request, _("这个文件已经导入，没有再导入一次"))
        return redirect("imports:list")
    found = register_named(register)
    if job := large.ask_commit(register=found.name, token=token, by=request.user):
        return redirect("jobs:detail", job.pk)
    done = _run(request, register, token, dry_run=False).done
    if done is None:
        messages.error(request, _("没有导入：现在有行不能导入，请看下面的原因"))
        return redirect("imports:preview", register, token)
    mark_done(request, kept(request.user, register, token))
    words = _("已导入：新增 %(created)d 条，修改 %(changed)d 条，未变 %(unchanged)d 条")
    messages.success(request, words % done._asdict())
    return redirect(reverse("imports:list"))


def _run(request: Request, register: str, token: str, *, dry_run: bool) -> Preview:
    found, file = register_named(register), kept(request.user, register, token)
    return import_file(
        register=found, content=file.content, filename=file.name, by=request.user, dry_run=dry_run
    )
