"""The JSON door: the same figures and the same rights as the pages."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.security import django_auth

from .figures import router as figures


def signed_in(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What the door itself tells is for those who may come in, as what is behind it."""

    @wraps(page)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return page(request)
        return JsonResponse({"detail": "Unauthorized"}, status=401)

    return guarded


api = NinjaAPI(title="三桥", auth=django_auth, docs_url=None, docs_decorator=signed_in)
api.add_router("/figures", figures)
