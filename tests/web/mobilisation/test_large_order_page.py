"""The draft page while a job freezes its list."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from sanqiao.kernel.models import Progress, User
from sanqiao.work.mobilisation import large_orders
from tests.make import Town, make_grant, make_user
from tests.work.mobilisation.make import make_draft, members

SignIn = Callable[[User], Client]


def page(name: str, *arguments: object) -> str:
    return reverse(f"mobilisations:{name}", args=arguments)


def test_the_order_of_very_many_shows_its_progress_and_leads_to_the_command_page(
    town: Town, city_officer: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_orders, "AT_ONCE", 1)
    members(town, 2)
    mobilisation, client = make_draft(town, city_officer), signed_in(city_officer)

    answer = client.post(page("act", mobilisation.pk, "order"))
    job = Progress.objects.get()
    at = reverse("jobs:detail", args=[job.pk])
    assert answer.headers["Location"] == at
    assert "可以关掉本页" in client.get(at).content.decode()
    draft = client.get(page("detail", mobilisation.pk)).content.decode()
    assert "正在定这份名单" in draft
    assert f'href="{at}"' in draft and reverse("jobs:stop", args=[job.pk]) in draft
    assert page("edit", mobilisation.pk) not in draft
    assert page("act", mobilisation.pk, "order") not in draft
    other = make_grant(role="city_officer", area=town.city, user=make_user()).user
    looked_at = signed_in(other).get(page("detail", mobilisation.pk)).content.decode()
    assert "正在定这份名单" in looked_at and "/jobs/" not in looked_at
    assert page("edit", mobilisation.pk) not in looked_at
    client = signed_in(city_officer)

    large_orders.make_order(job.pk, "zh-hans")
    asked_again = client.get(
        reverse("jobs:progress", args=[job.pk]), headers={"HX-Request": "true"}
    )
    assert asked_again.headers["HX-Redirect"] == page("detail", mobilisation.pk)
    assert page("detail", mobilisation.pk) in client.get(at).content.decode()
    assert "已定名单" in client.get(page("detail", mobilisation.pk)).content.decode()
