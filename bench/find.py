"""The find box over the registers: every kind of question, the slowest of them counts."""

from __future__ import annotations

from bench import Report, best
from bench._city import CLERK, OFFICER
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import acting_as
from sanqiao.registers.people.finding import find
from sanqiao.registers.people.models import Person

TEXTS = ("王", "王明", "三桥", "wangming", "wm", "zhang", "0012", "420302", "电力", "不存在的名字")


def run(report: Report) -> None:
    with acting_as(User.objects.get(username=OFFICER)):
        people = Person.objects.count()
    for username, words in ((OFFICER, "city officer"), (CLERK, "township clerk")):
        text, slowest = worst(username)
        name = f"find over {people:,} people, {words}, slowest: {text}"
        report.line(name, measured=slowest, goal=50)


def worst(username: str) -> tuple[str, float]:
    """(text, ms) of the slowest question."""
    with acting_as(user := User.objects.get(username=username)):
        times = [(best(lambda text=text: find(text, user), 5), text) for text in TEXTS]  # type: ignore[misc]
    slowest, text = max(times)
    return text, slowest
