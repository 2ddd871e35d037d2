from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from sanqiao.kernel import scope


class ScopeMiddleware:
    """One transaction a request, in which the database knows who asks and what they may see."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with transaction.atomic():
            scope.apply(request.user.scope, actor=request.user.pk, request=uuid.uuid4().hex[:12])
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
