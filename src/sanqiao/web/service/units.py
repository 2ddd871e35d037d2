"""The liaison's page: what the own unit has agreed, who has checked in, what is to be confirmed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanqiao.kernel.importing import Preview, import_file
from sanqiao.registers.people.models import Person
from sanqiao.web.access import allowed
from sanqiao.web.forms import form_page
from sanqiao.web.imports.answers import Shown, refused_file, template_file
from sanqiao.web.imports.keeping import forget, keep, kept
from sanqiao.web.request import Request
from sanqiao.work.service.commands import exempt
from sanqiao.work.service.sheets import SHEETS, own_list

from .forms import ExemptForm, ListForm
from .unit_pages import page_of, units_of

LIST = SHEETS["check_ins"]


@allowed("service.liaise")
def own_unit(request: Request) -> HttpResponse:
    context = page_of(request.user, request.GET.get("unit", ""), timezone.localdate())
    return render(request, "service/unit.html", context)


@allowed("service.liaise")
def exempt_one(request: Request, unit: int, person: int) -> HttpResponse:
    """免报到 of one member of the own unit."""
    own = {u.pk: u for u in units_of(request.user)}
    found = get_object_or_404(Person.objects.visible_to(request.user), pk=person)
    form = ExemptForm(request.POST or None)
    context = {"unit": own.get(unit), "person": found, "by": request.user}
    if context["unit"] is None:
        return redirect("service:unit")
    if form.run(exempt, **context):
        messages.success(request, _("已登记免报到"))
        return redirect("service:unit")
    title = _("免报到 · %(name)s") % {"name": found}
    return form_page(request, form, title, _("保存"), reverse("service:unit"))


@allowed("service.liaise")
def upload(request: Request) -> HttpResponse:
    """Take the unit's list, and go to its preview."""
    form = ListForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        kept_as = keep(request.user, LIST.name, file.name, file.read())
        return redirect("service:preview", kept_as.token)
    context = {"form": form, "units": units_of(request.user)}
    return render(request, "service/upload.html", context)


@allowed("service.liaise")
def template(request: Request) -> HttpResponse:
    return template_file(LIST, request.user)


@allowed("service.liaise")
def preview(request: Request, token: str) -> HttpResponse:
    """Line by line what would become of it; nothing is kept."""
    context = Shown.of(_run(request, token, dry_run=True)).context(LIST, token)
    return render(request, "service/preview.html", context)


@allowed("service.liaise")
def refused(request: Request, token: str) -> HttpResponse:
    """The lines that cannot be taken, to mend and upload again."""
    return refused_file(_run(request, token, dry_run=True).refused_file(), LIST)


@allowed("service.liaise")
@require_POST
def commit(request: Request, token: str) -> HttpResponse:
    """All or nothing."""
    done = _run(request, token, dry_run=False).done
    if done is None:
        return redirect("service:preview", token)
    forget(kept(request.user, LIST.name, token))
    words = _("已交到社区：新增 %(created)d 人，补充 %(changed)d 人，未变 %(unchanged)d 人")
    messages.success(request, words % done._asdict())
    return redirect("service:unit")


def _run(request: Request, token: str, *, dry_run: bool) -> Preview:
    file, by = kept(request.user, LIST.name, token), request.user
    return import_file(
        register=own_list(by), content=file.content, filename=file.name, by=by, dry_run=dry_run
    )
