"""Settings for a trial, tests and development; `production.py` hardens them."""

import os
from pathlib import Path

from sanqiao.config import channels
from sanqiao.config.database import databases
from sanqiao.config.domains import DOMAINS
from sanqiao.config.logs import logging
from sanqiao.web import oidc

SRC = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("SANQIAO_HOME", "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)
"""Made here: the cache would make it for its own user alone, and shut PostgreSQL's out."""

LOGGING = logging("WARNING")
SECRET_KEY = os.environ.get("SANQIAO_SECRET_KEY", "only-for-trials-never-in-production")
FIELD_KEY = os.environ.get("SANQIAO_FIELD_KEY", "only-for-trials-never-in-production")
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [SRC / "locale"]
FORMAT_MODULE_PATH = ["sanqiao.config.formats"]
ROOT_URLCONF = "sanqiao.config.urls"
WSGI_APPLICATION = "sanqiao.config.wsgi.application"
AUTH_USER_MODEL = "kernel.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = databases()

INSTALLED_APPS = [
    "sanqiao.kernel",
    *(f"sanqiao.{domain}" for domain in DOMAINS),
    "sanqiao.figures",
    "sanqiao.reports",
    "sanqiao.reference",
    "sanqiao.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "sanqiao.config.headers.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "sanqiao.web.signed_in.WhoAsks",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sanqiao.web.middleware.NoNullCharacters",
    "sanqiao.web.middleware.SignInMiddleware",
    "sanqiao.web.middleware.ScopeMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SRC / "web"],
        "OPTIONS": {
            "loaders": [
                (
                    "sanqiao.web.folding.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sanqiao.web.context.workbench",
            ],
            "builtins": ["sanqiao.web.templatetags.workbench"],
        },
    }
]

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(HOME / "cache"),
    }
}
"""Shared by the processes of one machine: the lock-out counts in it."""

CHANNELS = channels.from_environment(os.environ)
PUBLIC_URL = os.environ.get("SANQIAO_PUBLIC_URL", "http://127.0.0.1:8000")
"""Where the links in messages lead."""
CHAIN_ALGORITHM = os.environ.get("SANQIAO_CHAIN_ALGORITHM", "sha256")

AS_OF = os.environ.get("SANQIAO_AS_OF", "")
"""The day on which pages open that name none; empty is today. The demo's city stands in 2020."""

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [SRC / "web" / "vendor", SRC / "web" / "assets"]
MEDIA_ROOT = HOME / "media"
OUT = Path(os.environ.get("SANQIAO_OUT", "out")).resolve()
WHITENOISE_USE_FINDERS = True

AUTHENTICATION_BACKENDS = ["sanqiao.web.signed_in.SignedIn"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "sanqiao.web.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "sanqiao.web.accounts.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = oidc.providers(os.environ)
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
"""Clocks of phones drift: the code of half a minute ago, or ahead, is good as well."""
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
"""A trial is opened as http://localhost; browsers give keys to no other place without TLS."""
SESSION_ENGINE = "sanqiao.web.signed_in"
SESSION_COOKIE_AGE = 30 * 60
"""Idle time-out in seconds; every request renews it."""
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
KEEP_LOG_DAYS = int(os.environ.get("SANQIAO_KEEP_LOG_DAYS", "1096"))
"""The log of who looked at whom: three years, as 个人信息保护法 第五十六条 has it for assessments.
The law wants 183 days at least, and the database refuses less."""
ONE_SESSION_PER_USER = os.environ.get("SANQIAO_ONE_SESSION") == "1"
