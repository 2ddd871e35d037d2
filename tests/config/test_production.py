import os
import subprocess
import sys
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from sanqiao.config import channels as config_channels
from sanqiao.config import security
from sanqiao.config.headers import ContentSecurityPolicy
from tests.make import make_user

SAFE = {
    "SANQIAO_SECRET_KEY": "s" + "kT7pQ2xW9vB4nM6cR1zL8hJ3gF5dY0aE" * 2,
    "SANQIAO_FIELD_KEY": "f" + "kT7pQ2xW9vB4nM6cR1zL8hJ3gF5dY0aE" * 2,
    "DATABASE_URL": "postgresql://sanqiao_web@db/sanqiao",
    "ALLOWED_HOSTS": "grid.example.cn,.city.example.cn",
}
NAMES = {*SAFE, "DATABASE_OWNER_URL", "SANQIAO_TEST", "PYTEST_VERSION", "SANQIAO_DB_ROLE"}


def start(code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own that starts with the production settings."""
    clean = {name: value for name, value in os.environ.items() if name not in NAMES}
    here = {"DJANGO_SETTINGS_MODULE": "sanqiao.config.production"}
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        env=clean | here | environment,
        capture_output=True,
        text=True,
    )


def test_production_starts_when_all_is_safe() -> None:
    code = "from django.conf import settings as s\n"
    code += (
        "assert s.CSRF_TRUSTED_ORIGINS == ['https://grid.example.cn', 'https://*.city.example.cn']"
    )
    done = start(code, **SAFE)

    assert done.returncode == 0, done.stderr


def test_production_names_everything_that_is_missing_at_once() -> None:
    done = start()

    assert done.returncode != 0
    for name in SAFE:
        assert name in done.stderr


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"SANQIAO_SECRET_KEY": "short"}, "SANQIAO_SECRET_KEY"),
        ({"SANQIAO_SECRET_KEY": "a" * 60}, "SANQIAO_SECRET_KEY"),
        ({"SANQIAO_FIELD_KEY": SAFE["SANQIAO_SECRET_KEY"]}, "are the same"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"SANQIAO_PUBLIC_URL": "http://grid.example.cn"}, "SANQIAO_PUBLIC_URL"),
        ({"SANQIAO_PUBLIC_URL": "https://elsewhere.cn"}, "SANQIAO_PUBLIC_URL"),
        ({"ALLOWED_HOSTS": ".city.example.cn"}, "SANQIAO_PUBLIC_URL"),
        ({"SANQIAO_CHAIN_ALGORITHM": "md5"}, "SANQIAO_CHAIN_ALGORITHM"),
        ({"SANQIAO_CHANNELS": "sms"}, "SANQIAO_CHANNELS"),
        ({"SANQIAO_CHANNELS": '["sms"]'}, "SANQIAO_CHANNELS"),
        ({"SANQIAO_CHANNELS": '{"sms": "https://gateway/"}'}, "SANQIAO_CHANNELS"),
    ],
)
def test_production_does_not_start_unsafely(changed: dict[str, str], complaint: str) -> None:
    done = start(**SAFE | changed)

    assert done.returncode != 0
    assert complaint in done.stderr


def test_a_secret_never_stands_in_the_complaint() -> None:
    channels = '{"sms": {"token": "hunter2"}'
    for unsafe in ({"SANQIAO_FIELD_KEY": "hunter2hunter2"}, {"SANQIAO_CHANNELS": channels}):
        done = start(**SAFE | unsafe)

        assert done.returncode != 0
        assert "hunter2" not in done.stderr


def test_links_in_messages_lead_to_the_first_host_unless_said_otherwise() -> None:
    code = "from sanqiao.work.mobilisation.links import link_of; print(link_of(1, 2))"

    assert start(code, **SAFE).stdout.startswith("https://grid.example.cn/a/")
    other = {"SANQIAO_PUBLIC_URL": "https://a.city.example.cn"}
    assert start(code, **SAFE | other).stdout.startswith("https://a.city.example.cn/a/")


@pytest.mark.parametrize(
    ("channels", "complaint"),
    [
        ({}, "reach nobody"),
        ({"pigeon": {"provider": "console"}}, "pigeon"),
        ({"sms": {"provider": "pigeon"}}, "KeyError"),
        ({"sms": {"provider": "sms", "adress": "https://x/"}}, "TypeError"),
    ],
)
def test_channels_that_nobody_carries_are_named(
    channels: dict[str, Any], complaint: str, settings: Any
) -> None:
    settings.CHANNELS = channels
    (found,) = config_channels.problems(channels)

    assert complaint in found


def test_channels_that_somebody_carries_are_fine(settings: Any) -> None:
    settings.CHANNELS = {"sms": {"provider": "sms", "url": "https://x/", "per_second": 5}}

    assert config_channels.problems(settings.CHANNELS) == []


def safe() -> dict[str, Any]:
    """Settings that nothing is wrong with."""
    return {
        **dict.fromkeys(security.MUST_BE_ON, True),
        "SECRET_KEY": SAFE["SANQIAO_SECRET_KEY"],
        "FIELD_KEY": SAFE["SANQIAO_FIELD_KEY"],
        "SECURE_HSTS_SECONDS": security.YEAR_SECONDS,
        "ALLOWED_HOSTS": ["grid.example.cn"],
        "PUBLIC_URL": "https://grid.example.cn",
        "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
        "DEBUG": False,
    }


def test_safe_settings_have_no_problem() -> None:
    assert security.problems(safe()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[(name, False) for name in security.MUST_BE_ON],
        ("SECURE_HSTS_SECONDS", 3600),
        ("DEBUG", True),
        ("PUBLIC_URL", "http://grid.example.cn"),
        ("CHAIN_ALGORITHM", "md5"),
        ("ALLOWED_HOSTS", []),
    ],
)
def test_each_weak_setting_is_one_problem(name: str, value: object) -> None:
    found = security.problems({**safe(), name: value})

    assert len(found) == 1
    assert name in found[0]


@pytest.mark.django_db
def test_trial_settings_are_not_safe_and_the_database_is_asked_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_user(username="demo_clerk", is_demo=True)

    assert security.main([]) == 1
    said = capsys.readouterr().out
    assert "SECRET_KEY" in said
    assert "demo_clerk" in said


def test_scripts_come_only_from_us() -> None:
    answer = ContentSecurityPolicy(lambda request: HttpResponse())(HttpRequest())
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    assert "unsafe-eval" not in policy
