"""Rules of the house that import-linter cannot see, read off the syntax trees of our own code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "db", "delivery", "sandbox", "services", "templates", "web")
DOORS = ("settings.py", "telbot_polling.py", "telbot_webhooks.py")
PRODUCT = tuple(room for room in ROOMS if room != "sandbox")

MAY_COMMIT = {"db/session.py", "db/migrate.py", "db/migrations/env.py"}
MAY_KNOW_FLASK = {"telbot_webhooks.py"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
MOST_PARAMETERS = 6


def _modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    """Path and syntax tree of every module of these rooms and of the doors; revisions are no code of ours to read."""
    paths = [ROOT / door for door in DOORS]
    paths += [path for room in rooms for path in sorted((ROOT / room).rglob("*.py")) if path.parent.name != "versions"]
    for path in paths:
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def _found(kind: type[ast.AST], *rooms: str) -> Iterator[tuple[str, ast.AST]]:
    for path, tree in _modules(*rooms):
        yield from ((f"{path}:{getattr(node, 'lineno', 0)}", node) for node in ast.walk(tree) if isinstance(node, kind))


def test_only_the_session_commits() -> None:
    commits = {
        where.partition(":")[0]
        for where, node in _found(ast.Attribute, *PRODUCT)
        if isinstance(node, ast.Attribute) and node.attr == "commit" and ast.unparse(node.value) != "savepoint"
    }

    assert commits - MAY_COMMIT == set()


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        where
        for where, node in _found(ast.Attribute, *PRODUCT)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
    ]
    importers = [
        where
        for where, node in _found(ast.ImportFrom, *PRODUCT)
        if isinstance(node, ast.ImportFrom)
        and node.module == "os"
        and {name.name for name in node.names} & {"environ", "environb", "getenv"}
    ]

    assert (readers, importers) == ([], [])


def test_only_the_doors_read_the_settings() -> None:
    readers = [where for where, node in _found(ast.ImportFrom, *ROOMS) if _module_of(node) == "settings"]
    readers += [where for where, node in _found(ast.Import, *ROOMS) if "settings" in ast.unparse(node).split()]

    assert {where.partition(":")[0] for where in readers} <= {"telbot_polling.py", "telbot_webhooks.py"}


def test_of_the_doors_only_the_webhook_knows_flask() -> None:
    knowing = {where.partition(":")[0] for where, node in _found(ast.ImportFrom) if _module_of(node) == "flask"}
    knowing |= {where.partition(":")[0] for where, node in _found(ast.Import) if "flask" in ast.unparse(node).split()}

    assert knowing <= MAY_KNOW_FLASK


def test_secrets_are_never_compared_with_operators() -> None:
    """``==`` ends at the first byte that differs, which tells an attacker how many were right."""
    compared = [
        f"{where} {ast.unparse(node)}"
        for where, node in _found(ast.Compare, "web", "bot")
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for operator in node.ops)
        and any(word in ast.unparse(node).lower() for word in ("secret", "expected", "password", "token"))
        and not _only_constants(node)
    ]

    assert compared == []


def test_no_markup_is_built_for_a_paragraph() -> None:
    """What ReportLab's Paragraph takes is markup: text that is not escaped embeds files or fails for ever."""
    raw = [
        where
        for where, node in _found(ast.Call, *PRODUCT)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] == "Paragraph"
        and any(isinstance(word, ast.JoinedStr | ast.BinOp) for word in node.args)
    ]

    assert raw == []


def test_nobody_sleeps_inside_the_rules() -> None:
    sleeping = [
        where
        for where, node in _found(ast.Call, "bot", "services")
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"time.sleep", "sleep"}
    ]

    assert sleeping == []


def test_modules_are_small_and_named_after_what_they_are() -> None:
    paths = [path for path, _ in _modules(*ROOMS)]
    long = [path for path in paths if len((ROOT / path).read_text("utf-8").splitlines()) >= LONGEST_MODULE]
    vague = [path for path in paths if Path(path).stem in VAGUE]

    assert (long, vague) == ([], [])


@pytest.mark.parametrize("kind", [ast.FunctionDef, ast.AsyncFunctionDef])
def test_functions_are_short(kind: type[ast.FunctionDef | ast.AsyncFunctionDef]) -> None:
    long = [
        f"{where} {node.name}: {lines} lines"
        for where, node in _found(kind, *ROOMS)
        if isinstance(node, kind) and (lines := _lines_without_docstring(node)) >= LONGEST_FUNCTION
    ]

    assert long == []


@pytest.mark.parametrize("kind", [ast.FunctionDef, ast.AsyncFunctionDef])
def test_functions_take_few_things(kind: type[ast.FunctionDef | ast.AsyncFunctionDef]) -> None:
    """At most six in order; options come by name."""
    many = [
        f"{where} {node.name}: {count} parameters"
        for where, node in _found(kind, *PRODUCT)
        if isinstance(node, kind) and (count := _positional(node)) > MOST_PARAMETERS
    ]

    assert many == []


def _module_of(node: ast.AST) -> str:
    return (node.module or "").partition(".")[0] if isinstance(node, ast.ImportFrom) else ""


def _only_constants(node: ast.Compare) -> bool:
    """``kind == "password"`` compares with a word of ours, which is no secret."""
    sides = [
        each for side in node.comparators for each in (side.elts if isinstance(side, ast.Set | ast.Tuple) else [side])
    ]
    return all(isinstance(side, ast.Constant) for side in sides)


def _lines_without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def _positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [*node.args.posonlyargs, *node.args.args]
    return len(named) - (1 if named and named[0].arg in {"self", "cls"} else 0)
