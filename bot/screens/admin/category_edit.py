"""One category of the catalogue: add below it, rename, move, take away when it is empty."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import category_rows
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import catalogue, category_admin
from services.actor import Role

MODES = ("add", "rename", "move")


@dataclass(frozen=True)
class State:
    """Which category (0: the top), what is to be done with it, and where one looks for a place."""

    category_id: int = 0
    mode: str = MODES[0]
    at: int = 0


screen = Screen("category_edit", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The category, and what can be done; with it the tree, where it is to be moved."""
    number = state.category_id
    path = category_rows.path(turn, number)
    rows: list[list[Button]] = []
    if path and state.mode == "move":
        rows = _tree(turn, number, state.at)
    if path:
        modes = [
            Button("mode", "category_mode", (number, place), facts={"mode": mode, "on": mode == state.mode})
            for place, mode in enumerate(MODES)
        ]
        rows += [modes[:2], [modes[2], Button("remove", "category_remove", (number,))]]
        rows.append([Button("count_units", "category_units", (number,))])
    rows.append([Button("back", "goods", (number, 0))])
    place = category_rows.path(turn, state.at)
    return Face({"path": path, "mode": state.mode, "place": place}, rows)


@screen.pressed("category_edit")
def open_category(turn: Turn) -> Step:
    """Show what can be done with a category."""
    return turn.go("category_edit", category_id=turn.id())


@screen.pressed("category_mode")
def choose(turn: Turn) -> Step:
    """Add below it, rename it, or move it."""
    if turn.id(1) >= len(MODES):
        raise Stale
    return turn.go("category_edit", category_id=turn.id(), mode=MODES[turn.id(1)])


@screen.pressed("category_browse")
def browse(turn: Turn) -> Step:
    """Look into a category for the place to move to."""
    return turn.go("category_edit", category_id=turn.id(), mode="move", at=turn.id(1))


@screen.pressed("category_into")
def move(turn: Turn) -> Step:
    """Move it below this one, or to the top."""
    category_admin.move(turn.session, turn.id(), turn.id(1) or None, by=turn.actor, now=turn.now)
    return turn.go("products", "moved", category_id=turn.id())


@screen.pressed("category_remove")
def remove(turn: Turn) -> Step:
    """Take it away, if nothing is in it."""
    parent_id = category_admin.remove(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("products", "removed", category_id=parent_id or 0)


@screen.typed(Kind.TEXT)
def type_name(turn: Turn) -> Step:
    """A typed text is the name of a new category, or the new name of this one."""
    state = turn.state
    if state.mode == "move":
        return turn.stay("press_category")
    if state.mode == "rename" and state.category_id:
        category_admin.rename(turn.session, state.category_id, turn.text, by=turn.actor, now=turn.now)
        return turn.go("products", "renamed", category_id=state.category_id)
    parent_id = state.category_id or None
    added = category_admin.add(turn.session, turn.text, parent_id, by=turn.actor, now=turn.now)
    return turn.go("products", "added", {"name": added.name}, category_id=state.category_id)


def _tree(turn: Turn, number: int, at: int) -> list[list[Button]]:
    """The categories below ``at`` without the moved one; where one is can be the place."""
    rows = [
        [Button("category", "category_browse", (number, child), facts={"child": name})]
        for child, name in category_rows.children(turn, at)
        if child != number
    ]
    up = [Button("up", "category_browse", (number, category_rows.above(turn, at)))] if at else []
    if (catalogue.list_path(turn.session, number)[-1].parent_id or 0) != at:
        up.append(Button("here", "category_into", (number, at)))
    return [*rows, up]
