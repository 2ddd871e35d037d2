"""Facts of a report as sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sanqiao.web.templatetags.workbench import day_in_words
from sanqiao.work.service.facts import Fact


def sentences(facts: list[Fact]) -> list[str]:
    """One a fact, in their order; a fact that this version does not know is left out."""
    return [WORDS[fact["fact"]](_dated(fact)) for fact in facts if fact["fact"] in WORDS]


def _dated(fact: Fact) -> dict[str, Any]:
    return {**fact, "day": day_in_words(date.fromisoformat(fact["on"]))}


def _checked_in(fact: Fact) -> str:
    return _("%(day)s向%(community)s报到。") % fact


def _accepted(fact: Fact) -> str:
    if fact["team"]:
        return _("%(day)s社区接收，编入%(grid)s、%(team)s。") % fact
    return _("%(day)s社区接收，编入%(grid)s。") % fact


def _post(fact: Fact) -> str:
    return _("%(day)s起在%(area)s担任%(post)s。") % fact


def _paired(fact: Fact) -> str:
    if fact["lead"]:
        return _("%(day)s起包联该社区，为牵头单位。") % fact
    return _("%(day)s起包联该社区。") % fact


def _unit_in(fact: Fact) -> str:
    if fact["plan"]:
        return _("%(day)s单位报到，共建项目：%(plan)s。") % fact
    return _("%(day)s单位报到。") % fact


def _people(fact: Fact) -> str:
    return _("本单位有%(members)s名党员、%(staff)s名非党员干部职工在该社区报到。") % fact


WORDS: dict[str, Callable[[Fact], str]] = {
    "checked_in": _checked_in,
    "accepted": _accepted,
    "post": _post,
    "paired": _paired,
    "unit_in": _unit_in,
    "people": _people,
}
