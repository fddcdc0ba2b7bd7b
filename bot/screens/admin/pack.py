"""One unit of a product: what it holds, its own price, minimum and multiple."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import packs, product_admin
from services.actor import Role
from services.forms import Change

FIELDS = packs.FIELDS
OF_BASE = ("minimum_milli", "multiple_milli")
"""What can be said of a base unit: its price is the product's."""


@dataclass(frozen=True)
class State:
    """Which unit, and which of its fields is to be typed, if any."""

    unit_id: int = 0
    field: str = ""


screen = Screen("pack", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The unit, a button for each field, and the question for the one that was pressed."""
    unit = packs.get(turn.session, state.unit_id, by=turn.actor)
    product = product_admin.get(turn.session, unit.product_id, by=turn.actor)
    is_base = unit.factor_milli == 1000
    buttons = [
        Button("field", "pack_field", (unit.id, number), facts={"field": field, "on": field == state.field})
        for number, field in enumerate(FIELDS)
        if not is_base or field in OF_BASE
    ]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    if state.field in packs.MAY_BE_EMPTY and getattr(unit, state.field):
        rows.append([Button("empty", "pack_empty", (unit.id, FIELDS.index(state.field)))])
    back = Button("back", "packs", (product.id,))
    rows.append([back] if is_base else [back, Button("remove", "pack_remove", (unit.id,))])
    facts = {
        "product": product,
        "unit": unit,
        "is_base": is_base,
        "base": product_admin.base_of(product),
        "price_minor": product_admin.prices_of(product)[unit.id],
        "profile": turn.company,
        "asked": state.field,
    }
    return Face(facts, rows)


@screen.pressed("pack")
def open_pack(turn: Turn) -> Step:
    """Show a unit."""
    return turn.go("pack", unit_id=turn.id())


@screen.pressed("pack_field")
def ask_field(turn: Turn) -> Step:
    """Ask for a new value of a field."""
    return turn.go("pack", unit_id=turn.id(), field=_field(turn))


@screen.pressed("pack_empty")
def empty(turn: Turn) -> Step:
    """Take the value away."""
    return _saved(
        turn, turn.id(), packs.set_field(turn.session, turn.id(), _field(turn), "", by=turn.actor, now=turn.now)
    )


@screen.pressed("pack_remove")
def remove(turn: Turn) -> Step:
    """Offer this pack no more."""
    product = packs.remove(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("packs", "removed", product_id=product.id)


@screen.typed(Kind.TEXT)
def type_value(turn: Turn) -> Step:
    """A typed text is the new value of the field that was pressed."""
    state = turn.state
    if not state.field:
        return turn.stay("press_field")
    change = packs.set_field(turn.session, state.unit_id, state.field, turn.text, by=turn.actor, now=turn.now)
    return _saved(turn, state.unit_id, change)


def _saved(turn: Turn, unit_id: int, change: Change) -> Step:
    return turn.go("pack", "saved", {"field": change.field}, unit_id=unit_id)


def _field(turn: Turn) -> str:
    if turn.id(1) >= len(FIELDS):
        raise Stale
    return FIELDS[turn.id(1)]
