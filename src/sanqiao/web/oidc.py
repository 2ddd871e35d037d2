"""Single sign-on by OpenID Connect. The settings import this: no Django here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def providers(environ: Mapping[str, str]) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS from SANQIAO_OIDC_ISSUER, _CLIENT_ID, _SECRET, _NAME; {} without."""
    issuer = environ.get("SANQIAO_OIDC_ISSUER")
    if not issuer:
        return {}
    app = {
        "provider_id": "sso",
        "name": environ.get("SANQIAO_OIDC_NAME", "SSO"),
        "client_id": environ.get("SANQIAO_OIDC_CLIENT_ID", ""),
        "secret": environ.get("SANQIAO_OIDC_SECRET", ""),
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}
