"""The rep's own short lists: favourites, and what was ordered lately."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.rep import goods_rows
from bot.screens.screen import Face, Screen, Step, Turn
from services import favourites
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which of the two lists, and which page."""

    recent: bool = False
    page: int = 0


screen = Screen("favourites", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of one list, with the way to the other."""
    read = favourites.list_recent if state.recent else favourites.list_favourites
    found = read(turn.session, by=turn.actor, page=state.page)
    other = Button("favourites", "favourites", (0,)) if state.recent else Button("recent", "recent", (0,))
    rows = goods_rows.products(found.items)
    rows.append(keyboards.pages(found, "recent" if state.recent else "favourites"))
    rows.append([Button("catalogue", "category", (0, 0)), other])
    rows.append(goods_rows.to_cart(turn))
    return Face({"recent": state.recent, "found": found}, rows)


@screen.pressed("favourites")
@screen.command("favourites", menu="command_favourites")
def open_favourites(turn: Turn) -> Step:
    """Show a page of the favourites."""
    return turn.go("favourites", page=turn.id() if turn.ids else 0)


@screen.pressed("recent")
def open_recent(turn: Turn) -> Step:
    """Show a page of what was ordered lately."""
    return turn.go("favourites", recent=True, page=turn.id() if turn.ids else 0)
