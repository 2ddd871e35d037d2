"""What may not be declared: numbers that have no meaning together, however they are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from django.utils.translation import override

from .figure import Figure

PERSONS = {"人", "人次"}
COUNTED = {"count", "distinct"}
Rule = Callable[[Figure, Sequence[Figure]], Iterator[str]]


class Misdeclared(Exception):
    """A declaration breaks a rule; the message names each figure and why."""


def check(figures: Iterable[Figure]) -> None:
    """Every derived figure against the rules. Raises Misdeclared."""
    declared = list(figures)
    with override("zh-hans"):
        faults = [fault for figure in declared for fault in faults_of(figure, _known(declared))]
    if faults:
        raise Misdeclared("\n".join(faults))


def _known(figures: Iterable[Figure]) -> dict[str, Figure]:
    return {figure.code: figure for figure in figures}


def faults_of(figure: Figure, known: Mapping[str, Figure]) -> Iterator[str]:
    """What is wrong with one declaration, in words."""
    missing = [code for code in figure.parts if code not in known]
    if missing:
        yield f"{figure.code}: unknown part {', '.join(missing)}"
        return
    parts = [known[code] for code in figure.parts]
    for rule in RULES:
        yield from (f"{figure.code}: {words}" for words in rule(figure, parts))


def _places(figure: Figure, parts: Sequence[Figure]) -> Iterator[str]:
    """An ordinal is no amount."""
    yield from (f"a place enters no sum or ratio: {p.code}" for p in parts if p.kind == "place")


def _totals(figure: Figure, parts: Sequence[Figure]) -> Iterator[str]:
    """Units agree; persons counted once here and once there add up to 人次, not to persons."""
    if figure.kind != "total":
        return
    units = {str(part.unit) for part in parts}
    if len(units) > 1:
        yield f"units are not added: {sorted(units)}"
    is_repeated = any(part.kind == "distinct" for part in parts)
    if is_repeated == (units == {str(figure.unit)}):
        yield f"a total of {'distinct' if is_repeated else 'plain'} numbers in {figure.unit}"


def _differences(figure: Figure, parts: Sequence[Figure]) -> Iterator[str]:
    """One unit, or counts of things that belong to each other one to one."""
    if figure.kind != "difference":
        return
    units = {str(part.unit) for part in parts}
    if len(units) > 1 and any(part.kind not in COUNTED for part in parts):
        yield f"units are not subtracted: {sorted(units)}"


def _shares(figure: Figure, parts: Sequence[Figure]) -> Iterator[str]:
    """A share, and persons in percent of persons, are of one population."""
    persons = all(str(part.unit) in PERSONS for part in parts) and str(figure.unit) == "%"
    if figure.kind == "share" or figure.combine == "ratio" and persons:
        populations = {str(part.population) for part in parts}
        if len(populations) > 1:
            yield f"two populations: {sorted(populations)}"


def _apart(figure: Figure, parts: Sequence[Figure]) -> Iterator[str]:
    """Stand beside each other; only their difference may be said."""
    if figure.combine == "difference":
        return
    codes = {part.code for part in parts}
    for part in parts:
        yield from (f"{part.code} stands apart from {code}" for code in codes & set(part.apart))


RULES: tuple[Rule, ...] = (_places, _totals, _differences, _shares, _apart)
