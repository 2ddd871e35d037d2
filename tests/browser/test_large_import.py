"""A large file by the page, with a worker that runs beside: chosen, previewed, imported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from playwright.sync_api import Page, expect

from sanqiao.registers.people.models import Membership
from sanqiao.web.imports import keeping, large
from tests.killed import BEGIN, ROOT
from tests.make import Town
from tests.web.imports.make import members_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PEOPLE = 5_000
WORKER = """
from django.conf import settings
from django.core.management import call_command
settings.MEDIA_ROOT = sys.argv[2]
call_command("procrastinate", "worker", "--queues", "imports", "--concurrency", "1")
"""
WORDS = {
    "zh-hans": ("文件", "上传并预览", "新增", "全部导入", "已导入：新增 5000 条"),
    "en": ("File", "Upload and preview", "New", "Import all", "Imported: 5000 new"),
}


@pytest.fixture
def worker(small_town: Town, settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "sanqiao.config.settings", "SANQIAO_TEST": "1",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }  # fmt: skip
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-c", BEGIN + WORKER, name, str(tmp_path)]
    with subprocess.Popen(command, env=environment) as process:
        yield
        process.terminate()


@pytest.mark.parametrize("language", WORDS)
def test_a_large_file_is_previewed_and_imported_beside_the_page(
    language: str, worker: None, small_town: Town, browser_page: Page, tmp_path: Path,
    no_barriers: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    label, upload, new, commit, done = WORDS[language]
    page, file = browser_page, tmp_path / "members.csv"
    file.write_bytes(members_file(small_town, PEOPLE).read())
    assert file.stat().st_size > large.AT_ONCE
    speak(page, language)

    page.goto("/import/members/")
    page.get_by_label(label).set_input_files(file)
    page.get_by_role("button", name=upload).click()
    page.wait_for_url("**/jobs/*/")
    assert no_barriers(page) == []
    page.wait_for_url("**/import/members/*/")
    expect(page.locator("dl.facts")).to_contain_text(f"{new}5,000")
    assert no_barriers(page) == []

    page.get_by_role("button", name=commit).click()
    page.wait_for_url("**/jobs/*/")
    expect(page.locator(".progress-card")).to_contain_text(done, timeout=20_000)
    expect(page.get_by_role("button", name="停止")).to_have_count(0)
    assert no_barriers(page) == []
    assert Membership.objects.count() == PEOPLE + 2
    assert not list(keeping._uploads().iterdir())


def speak(page: Page, language: str) -> None:
    """Whose the browser's cookie is."""
    url = page.url
    page.context.add_cookies([{"name": "django_language", "value": language, "url": url}])
