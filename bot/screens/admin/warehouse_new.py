"""A new warehouse: its name, then where it lies."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Ask, Face, Screen, Step, Turn
from services import figures, warehouses
from services.actor import Role


@dataclass(frozen=True)
class State:
    """The name, once it is known."""

    name: str = ""


screen = Screen("warehouse_new", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(_turn: Turn, state: State) -> Face:
    """Ask for the name, then for the place."""
    rows = [[Button("back", "warehouse_new")] if state.name else [Button("back", "warehouses", (0,))]]
    ask = Ask("place", prompt="ask_pin", label="send_pin") if state.name else None
    return Face({"name": state.name}, rows, ask=ask)


@screen.pressed("warehouse_new")
def begin(turn: Turn) -> Step:
    """Ask for the name."""
    return turn.go("warehouse_new")


@screen.typed(Kind.TEXT)
def type_text(turn: Turn) -> Step:
    """First the name is typed, then coordinates may be."""
    if not turn.state.name:
        return turn.go("warehouse_new", name=warehouses.check_name(turn.session, turn.text))
    point = figures.parse_coordinates(turn.text)
    return turn.stay("no_coordinates") if point is None else _add(turn, point)


@screen.typed(Kind.PLACE)
def pin(turn: Turn) -> Step | None:
    """A pin says where it lies, once it has a name."""
    if not turn.state.name:
        return None
    return _add(turn, (turn.incoming.latitude, turn.incoming.longitude))


def _add(turn: Turn, point: tuple[float, float]) -> Step:
    house = warehouses.add(turn.session, turn.state.name, point, by=turn.actor, now=turn.now)
    return turn.go("warehouse", "added", {"name": house.name}, warehouse_id=house.id)
