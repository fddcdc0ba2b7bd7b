"""One warehouse: where it lies, what a delivery from it costs, and whether anything new is loaded there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import logistics, warehouses
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which warehouse."""

    warehouse_id: int = 0


screen = Screen("warehouse", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The card with the tariff and what it comes to for two ways, and a button for each field."""
    house = warehouses.get(turn.session, state.warehouse_id, by=turn.actor)
    profile = turn.company
    tariff = logistics.tariff_of(house, profile)
    examples = [
        (metres, logistics.price(tariff, distance_m=metres, goods_minor=0, weight_g=0).cost_minor)
        for metres in warehouses.example_distances()
    ]
    buttons = [
        Button("field", "warehouse_field", (house.id, number), facts={"field": field})
        for number, field in enumerate(warehouses.FIELDS)
    ]
    rows = [buttons[:3], *(buttons[start : start + 2] for start in range(3, len(buttons), 2))]
    rows.append([Button("on_map", "warehouse_map", (house.id,))])
    close = Button("open", "warehouse_close", (house.id, 0)) if house.closed else None
    rows.append([Button("back", "warehouses", (0,)), close or Button("close", "warehouse_close", (house.id, 1))])
    facts = {
        "house": house,
        "profile": profile,
        "examples": examples,
        "orders": warehouses.count_open_orders(turn.session, house.id),
    }
    return Face(facts, rows)


@screen.pressed("warehouse")
def open_warehouse(turn: Turn) -> Step:
    """Show a warehouse."""
    return turn.go("warehouse", warehouse_id=turn.id())


@screen.pressed("warehouse_map")
def on_map(turn: Turn) -> Step:
    """Show where it lies, on a map above the screen."""
    house = warehouses.get(turn.session, turn.id(), by=turn.actor)
    step = turn.go("warehouse", warehouse_id=house.id)
    return step.showing("map", latitude=house.latitude, longitude=house.longitude)


@screen.pressed("warehouse_close")
def close(turn: Turn) -> Step:
    """Load nothing new there, or load there again, as the button says."""
    if turn.id(1) > 1:
        raise Stale
    house = warehouses.close(turn.session, turn.id(), closed=bool(turn.id(1)), by=turn.actor, now=turn.now)
    return turn.go("warehouse", "closed" if house.closed else "opened", warehouse_id=house.id)
