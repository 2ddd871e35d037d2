"""Production: secrets only from the environment, TLS only, and no start when something is unsafe.

SANQIAO_SECRET_KEY, SANQIAO_FIELD_KEY, DATABASE_URL, ALLOWED_HOSTS (comma-separated); see
docs/deploy.md. The proxy in front must set X-Forwarded-Proto itself.
"""

import os

from django.core.exceptions import ImproperlyConfigured

from sanqiao.config.logs import logging
from sanqiao.config.security import YEAR_SECONDS, problems
from sanqiao.config.settings import *  # noqa: F403
from sanqiao.config.settings import INSTALLED_APPS

DEBUG = False
AS_OF = ""
SECRET_KEY = os.environ.get("SANQIAO_SECRET_KEY", "")
FIELD_KEY = os.environ.get("SANQIAO_FIELD_KEY", "")
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
PUBLIC_URL = os.environ.get("SANQIAO_PUBLIC_URL") or f"https://{''.join(ALLOWED_HOSTS[:1])}"
CSRF_TRUSTED_ORIGINS = [f"https://{'*' * host.startswith('.')}{host}" for host in ALLOWED_HOSTS]

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = 1  # lock-out counts by the client's address, not the proxy's
SECURE_HSTS_SECONDS = YEAR_SECONDS
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

INSTALLED_APPS = [*INSTALLED_APPS, "sanqiao.config"]
WHITENOISE_USE_FINDERS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LOGGING = logging(os.environ.get("SANQIAO_LOG_LEVEL", "INFO"))

if found := problems(globals()):
    raise ImproperlyConfigured("Unsafe, so not started:\n- " + "\n- ".join(found))
