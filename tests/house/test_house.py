"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

import sanqiao
from sanqiao.config.domains import DOMAINS
from sanqiao.kernel.secure import our_models, tracked_models

pytestmark = pytest.mark.no_db

SRC = Path(sanqiao.__file__).parent
TESTS = Path(__file__).parent.parent
WRITES = {
    "save",
    "delete",
    "create",
    "update",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
FLOORS = ["kernel", "registers", "work", "joint", "figures", "reports"]
RECORDS_NOTHING = {"sanqiao.kernel.commands.jobs", "sanqiao.kernel.commands.chains"}
"""Progress is a counter, and a link of a chain is the record itself."""


def modules(pattern: str) -> list[Path]:
    return [p for p in sorted(SRC.rglob(pattern)) if "migrations" not in p.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(SRC))


def module_of(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(("sanqiao", *(part for part in parts if part != "__init__")))


def holds_commands(path: Path) -> bool:
    return path.name == "commands.py" or path.parent.name == "commands"


COMMANDS = [path for path in modules("*.py") if holds_commands(path)]


def public_commands(path: Path) -> set[str]:
    """Names of the acts in a file, but for those that record nothing."""
    if module_of(path) in RECORDS_NOTHING:
        return set()
    return {name for name, node in functions_of(path).items() if is_act(node)}


def functions_of(path: Path) -> dict[str, ast.FunctionDef]:
    body = ast.parse(path.read_text("utf-8")).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def is_act(node: ast.FunctionDef) -> bool:
    """An act says who: `by=`. What has no actor is a part of one."""
    return not node.name.startswith("_") and "by" in {a.arg for a in node.args.kwonlyargs}


PUBLIC = {name for path in COMMANDS for name in public_commands(path)}


def calls_of(node: ast.AST) -> list[ast.Call]:
    return [n for n in ast.walk(node) if isinstance(n, ast.Call)]


@pytest.mark.parametrize("path", modules("*.py"), ids=name_of)
def test_only_commands_write(path: Path) -> None:
    """A dict's update is no write; a queryset's is named by keyword or stands on `objects`."""
    if holds_commands(path) or path.name == "models.py" or path.parent.name == "models":
        return
    found = [
        f"{name_of(path)}:{call.lineno}"
        for call in calls_of(ast.parse(path.read_text("utf-8")))
        if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES and on_rows(call)
    ]
    assert not found


def on_rows(call: ast.Call) -> bool:
    """Does this call reach the database, as far as its words tell?"""
    assert isinstance(call.func, ast.Attribute)
    around = ast.unparse(call.func.value)
    if "objects" in around or "manager" in around:
        return True
    if call.func.attr == "update":
        return bool(call.keywords) and not call.args and "(" in around
    return call.func.attr not in {"save", "create", "delete"} or not call.args


@pytest.mark.parametrize("path", COMMANDS, ids=name_of)
def test_commands_take_keywords_and_say_what_they_do(path: Path) -> None:
    module = import_module(module_of(path))
    for name, command in vars(module).items():
        if not inspect.isfunction(command) or inspect.unwrap(command).__module__ != module.__name__:
            continue
        signature = inspect.signature(command)
        if name.startswith("_") or "by" not in signature.parameters:
            continue
        kinds = {p.kind for p in signature.parameters.values()}
        assert kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}, name
        assert signature.return_annotation is not inspect.Signature.empty, name
        assert command.__doc__, name


@pytest.mark.parametrize("path", COMMANDS, ids=name_of)
def test_every_command_notes_an_event_or_calls_one_that_does(path: Path) -> None:
    if module_of(path) in RECORDS_NOTHING or path.name == "__init__.py":
        return
    functions = functions_of(path)
    acts = [name for name, node in functions.items() if is_act(node)]
    assert not [name for name in acts if not notes(name, functions, set())]


def notes(name: str, functions: dict[str, ast.FunctionDef], seen: set[str]) -> bool:
    """Follow calls within the module; a call of a command of another module counts too."""
    if name in seen:
        return False
    called = {ast.unparse(call.func).rsplit(".", 1)[-1] for call in calls_of(functions[name])}
    if any(name.startswith("note") for name in called) or called & PUBLIC - set(functions):
        return True
    within = called & set(functions)
    return any(notes(other, functions, seen | {name}) for other in within)


def test_every_module_stays_under_four_hundred_lines() -> None:
    everything = [*modules("*.py"), *modules("*.html"), *TESTS.rglob("*.py")]
    assert not [str(p) for p in everything if p.read_text("utf-8").count("\n") > 400]


def test_every_domain_folder_is_listed() -> None:
    found = {f"{p.parent.parent.name}.{p.parent.name}" for p in SRC.glob("*/*/apps.py")}
    assert found == set(DOMAINS)


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m._meta.label)
def test_every_model_says_what_it_is(model: type[Model]) -> None:
    """Django writes `Name(field, …)` where nobody wrote anything; through tables have no words."""
    if model._meta.auto_created:
        return
    said = inspect.getdoc(model) or ""
    assert said and not said.startswith(f"{model.__name__}("), model


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m._meta.label)
def test_foreign_keys_point_down_and_never_across(model: type[Model]) -> None:
    """`ForeignKey("cases.Case")` is a string, which import-linter cannot see."""
    for field in model._meta.concrete_fields:
        target = field.related_model
        if isinstance(target, type) and target.__module__.startswith("sanqiao."):
            _, floor, domain, *_ = model.__module__.split(".")
            _, target_floor, target_domain, *_ = target.__module__.split(".")
            assert FLOORS.index(target_floor) <= FLOORS.index(floor), field
            assert (floor, target_floor) != ("work", "work") or domain == target_domain, field


def test_no_model_is_forgotten_by_the_history() -> None:
    """Histories, counters and sessions are the only tables of ours without history."""
    untracked = set(our_models()) - set(tracked_models())
    assert {model._meta.label for model in untracked} == {
        "kernel.Event", "kernel.Change", "kernel.Look", "kernel.Link",
        "kernel.Chain", "kernel.Progress", "kernel.Seat", "kernel.Session",
    }  # fmt: skip


def test_nobody_listens_to_signals() -> None:
    ours = [p for p in modules("*.py") if "receiver(" in p.read_text("utf-8")]
    assert not ours


def test_our_apps_have_a_migration_each() -> None:
    for config in apps.get_app_configs():
        if config.name.startswith("sanqiao.") and any(config.get_models()):
            assert (Path(config.path) / "migrations" / "0001_initial.py").exists(), config.label
