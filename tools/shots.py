"""`make shots`: the README's screenshots, from a running demo at 1440 and 360 px."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import django
from playwright.sync_api import Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanqiao.config.settings")

BASE = "http://127.0.0.1:8000"
PLACE = Path(__file__).resolve().parent.parent / "docs" / "images"
PAGES = {
    "home": "/?as_of=2020-06-30",
    "areas": "/areas/?as_of=2020-06-30",
    "members": "/members/?area=420302001&as_of=2020-06-30",
    "drawer": "/figures/areas.microgrids/?as_of=2020-06-30",
    "reports": "/reports/",
}


def sign_in(page: Page, user: str, password: str) -> None:
    page.goto(f"{BASE}/accounts/login/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{BASE}/")


def main(args: list[str]) -> int:
    django.setup()
    from sanqiao.reference.accounts import PASSWORD

    PLACE.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for width, height in ((1440, 900), (360, 740)):
            page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
            sign_in(page, "city", PASSWORD)
            for name, path in PAGES.items():
                page.goto(BASE + path)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=str(PLACE / f"{name}-{width}.png"))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
