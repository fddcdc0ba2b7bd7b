"""Whether the units of a category are counted on tickets, and by which words they are known there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import category_rows
from bot.screens.screen import Face, Screen, Step, Turn
from services import ticket_settings, ticket_units
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which category."""

    category_id: int = 0


screen = Screen("category_units", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What tickets call a unit of it; to type the words is to count it."""
    one = next((known for known in ticket_units.counted(turn.session) if known.id == state.category_id), None)
    rows = [[Button("stop", "units_stop", (state.category_id,))]] if one is not None else []
    rows.append([Button("category_back", "category_edit", (state.category_id,)), Button("setup", "tickets_setup")])
    return Face({"path": category_rows.path(turn, state.category_id), "one": one}, rows)


@screen.pressed("category_units")
def open_units(turn: Turn) -> Step:
    """Ask for the words."""
    return turn.go("category_units", category_id=turn.id())


@screen.pressed("units_stop")
def stop(turn: Turn) -> Step:
    """Count its units no more."""
    ticket_settings.stop_counting(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("tickets_setup", "saved")


@screen.typed(Kind.TEXT)
def type_words(turn: Turn) -> Step:
    """The words, with commas; from now on its units are counted."""
    ticket_settings.count_units(turn.session, turn.state.category_id, turn.text, by=turn.actor, now=turn.now)
    return turn.go("tickets_setup", "saved")
