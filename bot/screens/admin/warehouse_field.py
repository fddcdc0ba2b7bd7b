"""One field of a warehouse: what it holds and what shall be there instead."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Ask, Face, Screen, Stale, Step, Turn
from services import figures, warehouses
from services.actor import Role
from services.forms import Change

FIELDS = warehouses.FIELDS


@dataclass(frozen=True)
class State:
    """Which warehouse, and which of its fields."""

    warehouse_id: int = 0
    field: str = FIELDS[0]


screen = Screen("warehouse_field", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What the field holds, and what may be typed."""
    house = warehouses.get(turn.session, state.warehouse_id, by=turn.actor)
    number = FIELDS.index(state.field)
    is_pin = state.field == "pin"
    value = f"{house.latitude:.5f}, {house.longitude:.5f}" if is_pin else getattr(house, state.field)
    rows = [[Button("back", "warehouse", (house.id,))]]
    may_go = state.field in warehouses.WITHOUT or state.field == "address"
    if may_go and value not in {"", warehouses.WITHOUT.get(state.field)}:
        rows.insert(0, [Button("empty", "warehouse_empty", (house.id, number))])
    ask = Ask("place", prompt="ask_pin", label="send_pin") if is_pin else None
    return Face({"house": house, "profile": turn.company, "field": state.field, "value": value}, rows, ask=ask)


@screen.pressed("warehouse_field")
def open_field(turn: Turn) -> Step:
    """Ask for a new value of a field."""
    return turn.go("warehouse_field", warehouse_id=turn.id(), field=_field(turn))


@screen.pressed("warehouse_empty")
def empty(turn: Turn) -> Step:
    """Take the value away."""
    if _field(turn) == "pin":
        raise Stale
    return _saved(turn, turn.id(), _set(turn, turn.id(), _field(turn), ""))


@screen.typed(Kind.TEXT)
def type_value(turn: Turn) -> Step:
    """A typed text is the new value; for the pin, coordinates."""
    warehouse_id, field = turn.state.warehouse_id, turn.state.field
    if field != "pin":
        return _saved(turn, warehouse_id, _set(turn, warehouse_id, field, turn.text))
    point = figures.parse_coordinates(turn.text)
    if point is None:
        return turn.stay("no_coordinates")
    return _moved(turn, warehouse_id, point)


@screen.typed(Kind.PLACE)
def pin(turn: Turn) -> Step | None:
    """A pin says where the warehouse lies; no other field has one."""
    if turn.state.field != "pin":
        return None
    return _moved(turn, turn.state.warehouse_id, (turn.incoming.latitude, turn.incoming.longitude))


def _set(turn: Turn, warehouse_id: int, field: str, text: str) -> Change:
    return warehouses.set_field(turn.session, warehouse_id, field, text, by=turn.actor, now=turn.now)


def _moved(turn: Turn, warehouse_id: int, point: tuple[float, float]) -> Step:
    warehouses.move(turn.session, warehouse_id, point, by=turn.actor, now=turn.now)
    return turn.go("warehouse", "moved", warehouse_id=warehouse_id)


def _saved(turn: Turn, warehouse_id: int, change: Change) -> Step:
    facts = {"field": change.field, "before": change.before, "after": change.after, "profile": turn.company}
    return turn.go("warehouse", "saved", facts, warehouse_id=warehouse_id)


def _field(turn: Turn) -> str:
    if turn.id(1) >= len(FIELDS):
        raise Stale
    return FIELDS[turn.id(1)]
