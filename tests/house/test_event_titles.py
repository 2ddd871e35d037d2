"""People read what happened in words: every kind of event and every chain has a title."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sanqiao
from sanqiao.web.titles import CHAIN_TITLES, EVENT_TITLES

pytestmark = pytest.mark.no_db

SRC = Path(sanqiao.__file__).parent
TREES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(SRC.rglob("*.py"))}


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def given(call: ast.Call, name: str, at: int | None) -> ast.expr | None:
    """The argument `name`, by keyword or as the `at`-th of them."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[at] if at is not None and len(call.args) > at else None


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Call))


def hands_on(function: ast.FunctionDef, noters: dict[str, int | None]) -> bool:
    """Does it pass its own `kind` to what notes?"""
    return any(
        isinstance(kind, ast.Name) and kind.id == "kind"
        for call in calls(function)
        if called(call) in noters
        and (kind := given(call, "kind", noters[called(call)])) is not None
    )


def noters_of(tree: ast.AST, known: dict[str, int | None]) -> dict[str, int | None]:
    """Functions that take a `kind` and note it, with the place of it."""
    found = dict(known)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            names = [a.arg for a in function.args.args]
            if "kind" in names and hands_on(function, known):
                found[function.name] = names.index("kind")
    return found


def patterns(node: ast.expr | None, scope: ast.AST) -> Iterator[str]:
    """What a kind may read, as regular expressions; a name is looked up where it was set."""
    if isinstance(node, ast.Constant):
        yield re.escape(str(node.value))
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body, scope)
        yield from patterns(node.orelse, scope)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z]+"
            for part in node.values
        )
    elif isinstance(node, ast.Name):
        set_here = [
            n.value
            for n in ast.walk(scope)
            if isinstance(n, ast.Assign)
            and any(isinstance(t, ast.Name) and t.id == node.id for t in n.targets)
        ]
        for value in set_here:
            yield from patterns(value, scope)
        if not set_here and node.id != "kind":
            yield f"<{node.id}>"
    elif node is not None:
        yield f"<{ast.unparse(node)}>"


SHARED = noters_of(
    TREES[SRC / "registers" / "areas" / "imports.py"],
    {"note": 0, "append_link": None, "sign": None},
)


def kinds() -> dict[str, str]:
    """Pattern → the file that notes it."""
    found: dict[str, str] = {}
    for path, tree in TREES.items():
        noters = noters_of(tree, SHARED)
        for scope in ast.walk(tree):
            if isinstance(scope, ast.FunctionDef):
                for call in calls(scope):
                    if called(call) in noters:
                        kind = given(call, "kind", noters[called(call)])
                        for one in patterns(kind, scope):
                            found[one] = str(path.relative_to(SRC))
    return {kind: where for kind, where in found.items() if "." in kind or kind[0] == "<"}


KINDS = kinds()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_event_has_a_title(kind: str) -> None:
    named = [known for known in EVENT_TITLES if re.fullmatch(kind, known)]
    assert named, f"{KINDS[kind]} notes {kind}: give it a title in EVENTS of its domain's events.py"


def test_no_title_is_of_a_kind_that_nobody_notes() -> None:
    assert [k for k in EVENT_TITLES if not any(re.fullmatch(p, k) for p in KINDS)] == []


def test_no_two_kinds_share_a_title() -> None:
    titles = [str(title) for title in EVENT_TITLES.values()]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


def test_every_chain_has_a_title() -> None:
    named = {
        keyword.value
        for tree in TREES.values()
        for call in calls(tree)
        if called(call) == "append_link"
        for keyword in call.keywords
        if keyword.arg == "chain"
    }
    constants = {
        target.id: node.value.value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    names = {n.value if isinstance(n, ast.Constant) else constants[ast.unparse(n)] for n in named}
    assert len(names) > 2
    assert names - set(CHAIN_TITLES) == set()
