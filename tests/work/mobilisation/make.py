"""Mobilisations of the small town, as far along as a test wants them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.test import override_settings

from sanqiao.kernel.models import User
from sanqiao.registers.people.models import Person
from sanqiao.work.mobilisation import commands, providers
from sanqiao.work.mobilisation.audience import Rule
from sanqiao.work.mobilisation.counting import Equation
from sanqiao.work.mobilisation.models import Batch, CallOut, Mobilisation
from sanqiao.work.mobilisation.providers import Down, Message, Outcome, Receipt
from tests.make import Town, make_grant, make_membership, make_user

DAY = date(2020, 1, 26)


def route(*channels: str, patience: int = 60) -> list[dict[str, Any]]:
    return [{"channel": channel, "patience_minutes": patience} for channel in channels]


def order(**given: Any) -> dict[str, Any]:
    """What an officer writes: all members, by text message and then the telephone list."""
    usual = {
        "title": "防汛动员", "kind": "natural", "basis": "突发事件应对法", "number": "",
        "letter": "请就地参加。", "notice": "请回复：", "issued_on": DAY,
        "rule": Rule(members="all"), "route": route("sms", "phone"),
    }  # fmt: skip
    return usual | given


def officer(town: Town) -> User:
    """Who may order in the whole city."""
    return make_grant(role="city_officer", area=town.city, user=make_user()).user


def make_draft(town: Town, by: User, **given: Any) -> Mobilisation:
    area = given.pop("area", town.city)
    is_exercise = given.pop("is_exercise", False)
    return commands.draft_mobilisation(area=area, is_exercise=is_exercise, by=by, **order(**given))


def make_ordered(town: Town, by: User, **given: Any) -> Mobilisation:
    """With a frozen list of those who are members on `DAY`."""
    draft = make_draft(town, by, **given)
    return commands.order_mobilisation(mobilisation=draft, on=DAY, by=by)


def make_sending(town: Town, by: User, **given: Any) -> Mobilisation:
    return commands.start_sending(mobilisation=make_ordered(town, by, **given), by=by)


def members(town: Town, count: int, **given: Any) -> list[Person]:
    """So many members of the branch of 三桥社区."""
    return [make_membership(organisation=town.branch, **given).person for _n in range(count)]


def of(mobilisation: Mobilisation, person: Person) -> CallOut:
    return CallOut.objects.get(mobilisation=mobilisation, person=person)


def counted(mobilisation: Mobilisation) -> Equation:
    """From the rows themselves."""
    rows = CallOut.objects.filter(mobilisation=mobilisation).values_list("state", flat=True)
    found = list(rows)
    return Equation(**{state: found.count(state) for state in Equation._fields})


def batch_ids(mobilisation: Mobilisation) -> list[int]:
    return list(Batch.objects.filter(mobilisation=mobilisation).values_list("pk", flat=True))


class Scripted:
    """A provider that does what the test says: an outcome by phone, `accepted` for the rest."""

    chunk = 2

    def __init__(self, **outcomes: Outcome | str) -> None:
        self.outcomes = outcomes
        self.seen: list[Message] = []
        self.downs = 0

    def deliver(self, messages: Sequence[Message]) -> list[Receipt]:
        if self.downs:
            self.downs -= 1
            raise Down("scripted")
        self.seen += messages
        return [Receipt(m.key, self.outcomes.get(f"p{m.phone}", "accepted")) for m in messages]  # type: ignore[arg-type]


def carried_by(provider: object, monkeypatch: Any, **more: Any) -> Any:
    """Every channel by this provider, without waiting between tries."""
    monkeypatch.setattr(providers, "_provider", lambda name, options: provider)
    monkeypatch.setattr("sanqiao.work.mobilisation.dispatch.FIRST_PAUSE", 0)
    return override_settings(CHANNELS={"sms": {"provider": "sms", **more}})
