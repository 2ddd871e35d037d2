"""Skills on slips are a rule of whom to call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User
from sanqiao.work.mobilisation.audience import SKILLS, Rule, preview, skills_on
from sanqiao.work.mobilisation.models import Mobilisation
from tests.make import Town, make_membership, make_person
from tests.work.mobilisation.make import DAY, make_draft
from tests.work.service.make import make_bureau, make_check_in

SignIn = Callable[[User], Client]


def skilled(town: Town, **given: object) -> None:
    """A member of a bureau whose slip says so."""
    bureau = make_bureau(town)
    person = make_person(area=town.grid)
    make_membership(person=person, organisation=bureau.branch)
    make_check_in(person, bureau.unit, town.community, **given)


def test_only_those_are_found_whose_slip_names_the_skill(town: Town, city_officer: User) -> None:
    skilled(town, skill="医疗", checked_in_on=DAY)
    skilled(town, skill="写作", checked_in_on=DAY)
    skilled(town, skill="", checked_in_on=DAY)
    draft = make_draft(town, city_officer, rule=Rule(members="all", skills=("医疗",)))

    assert preview(draft, DAY).people == 1
    assert preview(draft, date(2019, 12, 31)).people == 0, "before the slip was handed in"
    assert skills_on(DAY) == ["写作", "医疗"]


def test_a_skill_that_nobody_has_is_refused(town: Town, city_officer: User) -> None:
    with pytest.raises(Refused) as refusal:
        make_draft(town, city_officer, rule=Rule(members="all", skills=("飞行",)))

    assert (refusal.value.code, refusal.value.field) == ("mobilisation.rule", "skills")


def test_without_a_register_of_skills_nobody_is_asked_for_one(
    town: Town, city_officer: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    skilled(town, skill="医疗", checked_in_on=DAY)
    page, client = reverse("mobilisations:new"), signed_in(city_officer)
    assert "医疗" in client.get(page).content.decode()

    monkeypatch.delitem(SKILLS, "service")

    assert "特长" not in client.get(page).content.decode()


def test_the_order_form_keeps_skills(town: Town, city_officer: User, signed_in: SignIn) -> None:
    skilled(town, skill="医疗", checked_in_on=DAY)
    given = {
        "title": "义诊", "kind": "health", "basis": "突发事件应对法", "issued_on": "2020-01-26",
        "letter": "请参加。", "notice": "请回复：", "members": "all", "first": "sms", "patience": 60,
        "skills": ["医疗"],
    }  # fmt: skip

    page = signed_in(city_officer).post(reverse("mobilisations:new"), given, follow=True)

    assert Mobilisation.objects.get().rule["skills"] == ["医疗"]
    assert "特长：医疗" in page.content.decode()
