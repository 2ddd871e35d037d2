"""How allauth signs people in here: accounts are made by an administrator, never by signing up."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sanqiao.kernel.commands import sign_in
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import acting_as

log = logging.getLogger(__name__)
USERNAME_CLAIM = "preferred_username"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Every sign-in is an event; a failed one is a line in the log, without what was typed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        with acting_as(user, request="sign-in"):
            sign_in(
                by=user,
                session_key=request.session.session_key or "",
                only_one=settings.ONE_SESSION_PER_USER,
            )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        log.warning("sign-in failed from %s", self.get_client_ip(request))


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on opens an account that exists, by the provider's user name; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.extra_data
        name = claims.get("userinfo", claims).get(USERNAME_CLAIM, "")
        user = User.objects.filter(username=name, is_active=True).first() if name else None
        if user is None:
            raise ImmediateHttpResponse(_unknown(request))
        sociallogin.connect(request, user)


def no_mail(request: HttpRequest, page: str) -> HttpResponseBase:
    """Nothing is sent by mail here: a lost password is the security administrator's."""
    raise Http404(page)


def _unknown(request: HttpRequest) -> HttpResponseBase:
    messages.error(request, _("本系统没有与该身份对应的账号，请联系安全管理员。"))
    return redirect("account_login")
