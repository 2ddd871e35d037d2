"""What makes an installation unsafe, as sentences: at start in production, and when asked."""

import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http.request import validate_host

CHAIN_ALGORITHMS = ("sha256", "sm3")
SECRET_LENGTH = 50
YEAR_SECONDS = 365 * 24 * 60 * 60
ENVIRONMENT = {"SECRET_KEY": "SANQIAO_SECRET_KEY", "FIELD_KEY": "SANQIAO_FIELD_KEY"}
MUST_BE_ON = {
    "SECURE_SSL_REDIRECT": "Plain HTTP is not redirected to TLS",
    "SESSION_COOKIE_SECURE": "The session cookie travels without TLS",
    "SESSION_COOKIE_HTTPONLY": "Scripts can read the session cookie",
    "CSRF_COOKIE_SECURE": "The CSRF cookie travels without TLS",
}


def problems(settings: Mapping[str, Any]) -> list[str]:
    """Everything unsafe in these settings, one sentence each; empty when safe."""
    return [*_bad_secrets(settings), *_bad_transport(settings), *_bad_exposure(settings)]


def main(arguments: list[str]) -> int:
    """`sanqiao check-security`: settings, our role, and what the database answers; 1 when bad."""
    from django.conf import settings

    from sanqiao.config import channels
    from sanqiao.config.checks import database_role
    from sanqiao.kernel import security_check

    known = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    found = [*problems(known), *(error.msg for error in database_role())]
    found += channels.problems(settings.CHANNELS)
    sys.stdout.writelines(f"!!  settings               {line}\n" for line in found)
    return max(security_check.main(arguments), int(bool(found)))


def _bad_secrets(settings: Mapping[str, Any]) -> list[str]:
    found = [
        f"{name} is shorter than {SECRET_LENGTH} characters or a sample; set {variable}"
        for name, variable in ENVIRONMENT.items()
        if not _is_strong(str(settings.get(name, "")))
    ]
    if settings.get("SECRET_KEY") and settings["SECRET_KEY"] == settings.get("FIELD_KEY"):
        found.append("SECRET_KEY and FIELD_KEY are the same")
    return found


def _is_strong(secret: str) -> bool:
    return len(secret) >= SECRET_LENGTH and len(set(secret)) >= 10 and "never" not in secret


def _bad_transport(settings: Mapping[str, Any]) -> list[str]:
    found = [f"{why}; {name} is off" for name, why in MUST_BE_ON.items() if not settings.get(name)]
    if int(settings.get("SECURE_HSTS_SECONDS", 0)) < YEAR_SECONDS:
        found.append("SECURE_HSTS_SECONDS is less than a year")
    return found


def _bad_exposure(settings: Mapping[str, Any]) -> list[str]:
    found = ["DEBUG is on"] if settings.get("DEBUG") else []
    hosts = [host for host in settings.get("ALLOWED_HOSTS", []) if host]
    if not hosts or "*" in hosts:
        found.append("ALLOWED_HOSTS is empty or *; set ALLOWED_HOSTS")
    if hosts and not _is_reachable(str(settings.get("PUBLIC_URL", "")), hosts):
        found.append("PUBLIC_URL is not https://HOST of ALLOWED_HOSTS; set SANQIAO_PUBLIC_URL")
    if settings.get("CHAIN_ALGORITHM", "sha256") not in CHAIN_ALGORITHMS:
        found.append("CHAIN_ALGORITHM is neither sha256 nor sm3; set SANQIAO_CHAIN_ALGORITHM")
    if _is_embedded(settings):
        found.append("DATABASE_URL is not set: the embedded PostgreSQL is for trials")
    return found


def _is_reachable(url: str, hosts: list[str]) -> bool:
    """Links in messages lead to us, over TLS."""
    parts = urlsplit(url)
    host = parts.hostname or "."
    return parts.scheme == "https" and not host.startswith(".") and validate_host(host, hosts)


def _is_embedded(settings: Mapping[str, Any]) -> bool:
    return str(settings["DATABASES"]["default"]["ENGINE"]) == "sanqiao.config.postgres"
