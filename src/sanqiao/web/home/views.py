from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanqiao.kernel.models import Duty
from sanqiao.registers.people.models import Person
from sanqiao.web.access import allowed
from sanqiao.web.actions import Action
from sanqiao.web.addresses import address
from sanqiao.web.context import THEMES
from sanqiao.web.doors import closed
from sanqiao.web.forms import form_page
from sanqiao.web.menu import menu_for
from sanqiao.web.people.pages import looks_at, own_roles, person_facts
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from .duties import ACTS, is_open, open_acts
from .maps import area_map
from .worklist import notices_for, waiting_for

YEAR_SECONDS = 365 * 24 * 60 * 60
FIGURES = (
    "people.members", "organisations.organisations", "organisations.branches", "areas.communities",
    "areas.urban_grids", "areas.microgrids", "areas.compounds", "people.stewards",
)  # fmt: skip


@allowed()
def home(request: Request) -> HttpResponse:
    """What waits for me; then numbers; then the map."""
    viewing, today = viewing_of(request), timezone.localdate()
    sees_figures = "figures.view" in request.user.acts and viewing.area is not None
    context = {
        "waiting": waiting_for(request.user, today),
        "notices": notices_for(request.user, viewing),
        "viewing": viewing,
        "closed": closed(FIGURES, viewing) if sees_figures else [],
        "sees_map": sees_figures and "areas.view" in request.user.acts,
    }
    return render(request, "home/home.html", context)


@allowed("areas.view")
def home_map(request: Request) -> HttpResponse:
    """Members by area one level down, on a map: a fragment of the home page, or a page."""
    context = {"map": area_map(viewing_of(request)), "viewing": viewing_of(request)}
    page = "home/map.html" if request.htmx else "home/map_page.html"
    return render(request, page, context)


@allowed()
def mine(request: Request) -> HttpResponse:
    """Language, theme, sign-out: the panel at the top right, or a page of its own, where a phone
    has the whole menu as well."""
    context = {"next": request.GET.get("next", "")}
    if request.htmx:
        return render(request, "shell/person.html", context)
    menu = menu_for(request.user.acts, "mine", "")
    return render(request, "home/mine.html", {**context, "menu": menu})


@allowed()
def my_data(request: Request) -> HttpResponse:
    """What is held about the reader, and who looked at it (个人信息保护法 第四十四、四十五条)."""
    person = Person.objects.filter(pk=request.user.person_id or 0).select_related("area").first()
    context = {
        "person": person,
        "facts": person_facts(person, may_unmask=False) if person else [],
        "roles": own_roles(person.pk, request.user) if person else [],
        "looks": looks_at(person, request.user) if person else [],
    }
    return render(request, "home/my_data.html", context)


@allowed()
@require_POST
def preferences(request: Request) -> HttpResponse:
    """Language and theme, in cookies."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    answer = redirect(target if is_ours else "home")
    language, theme = request.POST.get("language"), request.POST.get("theme")
    if language and check_for_language(language):
        answer.set_cookie("django_language", language, max_age=YEAR_SECONDS, samesite="Lax")
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=YEAR_SECONDS, samesite="Lax")
    elif theme == "":
        answer.delete_cookie("theme")
    return answer


@allowed()
def duty_detail(request: Request, pk: int) -> HttpResponse:
    duty = get_object_or_404(Duty.objects.visible_to(request.user).select_related("owner"), pk=pk)
    steps = duty.steps.select_related("by").order_by("-id")
    acts = open_acts(duty, request.user)
    context = {
        "duty": duty,
        "steps": steps,
        "actions": [
            Action(act.title, address("duty_act", pk, name), act.icon, n == 0)
            for n, (name, act) in enumerate(acts)
        ],
        "facts": [
            (_("责任人"), duty.owner),
            (_("办理期限"), duty.due_on),
            (_("状态"), duty.get_state_display()),
            (
                _("重新打开"),
                _("%(n)d 次") % {"n": duty.reopened_count} if duty.reopened_count else "",
            ),
        ],
        "seal": [
            (s.by, s.get_step_display(), s.at) for s in steps if s.step in {"hand_in", "sign_off"}
        ],
    }
    return render(request, "home/duty_detail.html", context)


@allowed()
def duty_act(request: Request, pk: int, act: str) -> HttpResponse:
    duty = get_object_or_404(Duty.objects.visible_to(request.user), pk=pk)
    if act not in ACTS or not is_open(ACTS[act], duty, request.user):
        raise Http404
    form = ACTS[act].form(request.POST or None, request.FILES or None)
    if form.run(ACTS[act].command, duty=duty, by=request.user):
        messages.success(request, _("已保存"))
        return redirect("duty", pk)
    title = f"{ACTS[act].title} · {duty}"
    return form_page(request, form, title, str(ACTS[act].title), address("duty", pk))


@allowed()
def duty_file(request: Request, pk: int, step: int) -> FileResponse:
    duty = get_object_or_404(Duty.objects.visible_to(request.user), pk=pk)
    found = get_object_or_404(duty.steps.exclude(file=""), pk=step)
    return FileResponse(found.file.open(), as_attachment=True)
