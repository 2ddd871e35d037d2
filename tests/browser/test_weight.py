"""What a first visit from a phone costs, compressed as a deployment serves it."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Page, Response

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEAVIEST = 200 * 1024


def test_a_first_visit_stays_below_200_kilobytes(browser_page: Page) -> None:
    weights: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if response.ok and response.url.startswith("http"):
            weights[response.url] = len(gzip.compress(response.body(), 9))

    browser_page.on("response", weigh)
    browser_page.goto("/members/")
    browser_page.wait_for_load_state("networkidle")

    assert sum(weights.values()) < HEAVIEST, weights
