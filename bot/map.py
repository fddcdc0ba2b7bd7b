"""The map of the conversation, read from what the screens declare: ``docs/screens.md``.

``python -m bot.map`` writes it; with ``--check`` it ends with 1 where the file is out of date.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from bot import notices
from bot.screens import calendar, registry
from bot.screens.registry import Registry
from bot.screens.screen import Reply, Screen
from services.actor import Actor, Role

FILE = Path(__file__).resolve().parents[1] / "docs" / "screens.md"
BEFORE = "(where the chat stood)"
"""What ``turn.back()`` leads to."""
_OF_KEYBOARDS = {"menu": "home"}
"""Rows of ``bot.keyboards`` that always carry the same verb."""
_OF_DAYS = frozenset({"day", "month", "opens", "begins", "ends"})
"""What ``bot.screens.calendar`` calls the verbs that it is given."""


class NotOnTheMap(ValueError):
    """An answer or a button says with something else than a literal where it leads."""


@dataclass(frozen=True, slots=True)
class Way:
    """One answer: what it answers to, its promise, and the screens that it may lead to."""

    trigger: str
    promise: str
    leads_to: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """What the code of one function says itself, and what it calls: ``name`` or ``module.name``."""

    goes: set[str] = field(default_factory=set)
    verbs: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)


# what a screen's code says


def leads_to(screen: Screen, answer: Reply) -> tuple[str, ...]:
    """The names of the screens that an answer goes to, sorted. Raises NotOnTheMap for a name that is no literal."""
    found = _reached(_module_of(answer), answer.__name__)
    named = {screen.name if goal == "." else goal for function in found for goal in function.goes}
    return tuple(sorted(named))


def shown_verbs(show: Callable[..., Any]) -> tuple[str, ...]:
    """The verbs of the buttons that a function may show, sorted. Raises NotOnTheMap like ``leads_to``."""
    found = _reached(_module_of(show), show.__name__)
    return tuple(sorted({verb for function in found for verb in function.verbs}))


def ways_of(screen: Screen) -> list[Way]:
    """All answers of a screen: to its verbs, to what is typed on it or of no use elsewhere, to what says that it is
    meant for it, to commands, to what is meant for it anywhere.
    """
    answers: list[tuple[str, Reply]] = [(f"`{verb}`", answer) for verb, answer in screen.presses.items()]
    answers += [(f"typed: {kind.value}", answer) for kind, answer in screen.inputs.items()]
    answers += [(f"otherwise: {kind.value}", answer) for kind, answer in screen.others.items()]
    answers += [(f"claimed: {kind.value}", answer) for kind, (_, answer) in screen.claims.items()]
    answers += [(f"anywhere: {kind.value}", answer) for kind, answer in screen.everywhere.items()]
    answers += [(f"/{name}", answer) for name, answer in screen.commands.items()]
    return [Way(trigger, _promise(answer), leads_to(screen, answer)) for trigger, answer in answers]


def _promise(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def _module_of(function: Callable[..., Any]) -> ModuleType:
    return sys.modules[function.__module__]


def _reached(module: ModuleType, name: str) -> list[_Found]:
    """What a function says, and the functions of screens' modules that it calls, however deep."""
    waiting, reached = [(module, name)], dict[tuple[str, str], _Found]()
    while waiting:
        module, name = waiting.pop()
        following, place = _read(module).get(name), (module.__name__, name)
        if following is not None and place not in reached:
            reached[place] = following
            waiting += [_where(module, call) for call in following.calls]
    return list(reached.values())


def _where(module: ModuleType, call: str) -> tuple[ModuleType, str]:
    """The module that a called function stands in: this one, or a neighbour in its package."""
    owner, _, name = call.rpartition(".")
    called = getattr(module, owner or name, None)
    neighbour = called if owner else inspect.getmodule(called)
    if isinstance(neighbour, ModuleType) and neighbour.__package__ == module.__package__:
        return neighbour, name
    return module, call


@cache
def _read(module: ModuleType) -> Mapping[str, _Found]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: _look_into(node) for node in tree.body if isinstance(node, ast.FunctionDef)}


def _look_into(function: ast.FunctionDef) -> _Found:
    found = _Found()
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "Button":
            found.verbs.update(_verb(node))
        elif isinstance(node.func, ast.Name):
            found.calls.add(node.func.id)
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            _look_at_method(found, node.func.value.id, node.func.attr, node)
    return found


def _look_at_method(found: _Found, owner: str, method: str, call: ast.Call) -> None:
    if owner == "turn" and method == "go":
        found.goes.update(_literals(call, 0))
    elif owner == "turn" and method in {"stay", "back"}:
        found.goes.add("." if method == "stay" else BEFORE)
    elif owner == "calendar" and method.startswith("rows"):
        found.verbs.add(calendar.BLANK)
        found.verbs.update(verb for given in call.keywords if given.arg in _OF_DAYS for verb in _chosen(given.value))
    elif owner != "keyboards":
        found.calls.add(f"{owner}.{method}")
    else:
        found.verbs.update({_OF_KEYBOARDS[method]} if method in _OF_KEYBOARDS else _literals(call, 1))


def _verb(button: ast.Call) -> Iterator[str]:
    named = {keyword.arg: keyword.value for keyword in button.keywords}
    if "link" not in named:
        yield from _literals(button, 1)


def _literals(call: ast.Call, position: int) -> set[str]:
    """The literals that the argument at a position can be."""
    return {literal for given in call.args[position : position + 1] for literal in _chosen(given)}


def _chosen(given: ast.expr) -> set[str]:
    """The literal that an expression is, or those that a condition chooses between."""
    if isinstance(given, ast.IfExp):
        return _chosen(given.body) | _chosen(given.orelse)
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return {given.value}
    raise NotOnTheMap(f"line {given.lineno}: {ast.unparse(given)}")


# the page


def draw(screens: Registry) -> str:
    """The whole page."""
    parts = [
        "# Screens",
        "Generated by `python -m bot.map` from what the screens declare; do not edit.",
        *_overview(screens),
        "## One by one",
    ]
    for screen in _sorted(screens):
        parts += _chapter(screen)
    parts += ["## Notices", *_notices(), "## Ways, by role"]
    for role in Role:
        parts += _graph(screens, role)
    return "\n\n".join(parts) + "\n"


def _sorted(screens: Registry) -> list[Screen]:
    return [screens.screens[name] for name in sorted(screens.screens)]


def _who(screen: Screen) -> str:
    return ", ".join(sorted(screen.roles)) or "everybody"


def _about(screen: Screen) -> str:
    return _promise(_module_of(_show_of(screen)))


def _show_of(screen: Screen) -> Callable[..., Any]:
    if screen.show is None:
        raise NotOnTheMap(f"{screen.name} does not say how it is shown")
    return screen.show


def _overview(screens: Registry) -> list[str]:
    rows = [
        (
            f"[{screen.name}](#{screen.name})",
            _who(screen),
            ", ".join(f"/{name}" for name in sorted(screen.commands)),
            _about(screen),
        )
        for screen in _sorted(screens)
    ]
    return [_table(("screen", "who may see it", "commands", "what it is"), rows)]


def _chapter(screen: Screen) -> list[str]:
    rows = [(way.trigger, way.promise, ", ".join(way.leads_to)) for way in ways_of(screen)]
    shown = ", ".join(f"`{verb}`" for verb in shown_verbs(_show_of(screen)))
    return [
        f"### {screen.name}",
        f"{_about(screen)} Who: {_who(screen)}.",
        f"Shown: {_promise(_show_of(screen))} Buttons: {shown}.",
        _table(("answers to", "by", "leads to"), rows) if rows else "It has no answers of its own.",
    ]


def _notices() -> list[str]:
    rows = [(f"`{name}`", ", ".join(f"`{verb}`" for verb in shown_verbs(of))) for name, of in notices.BUTTONS.items()]
    return [_table(("notice with a button", "verb"), rows)]


def _graph(screens: Registry, role: Role) -> list[str]:
    """What somebody with this role alone can reach by pressing and typing; commands work everywhere."""
    person = Actor(0, "", "", frozenset({role}), frozenset(), "")
    seen = [screen for screen in _sorted(screens) if screen.open_to(person)]
    names = {screen.name for screen in seen}
    lines = [f"    {screen.name}" for screen in seen]
    for screen in seen:
        for trigger, goal in _edges(screens, screen):
            if goal in names:
                lines.append(f"    {screen.name} -->|{trigger}| {goal}")
    return [f"### As {role.value}", "```mermaid\nflowchart LR\n" + "\n".join(lines) + "\n```"]


def _edges(screens: Registry, screen: Screen) -> Iterator[tuple[str, str]]:
    for verb in shown_verbs(_show_of(screen)):
        owner, answer = screens.presses[verb]
        for goal in leads_to(owner, answer):
            yield verb, goal
    for said, replies in (("typed", screen.inputs), ("otherwise", screen.others)):
        for kind, reply in replies.items():
            for goal in leads_to(screen, reply):
                yield f"{said} {kind.value}", goal


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(words: list[str], file: Path = FILE) -> None:
    """Write the page, or with ``--check`` end with 1 where it is not what it would be."""
    page = draw(registry.load())
    if "--check" not in words:
        file.write_text(page, encoding="utf-8")
    elif not file.exists() or file.read_text(encoding="utf-8") != page:
        sys.exit(f"{file.name} is out of date: python -m bot.map")


if __name__ == "__main__":
    main(sys.argv[1:])
