"""The units that a product is sold in: pressed to change, typed to add."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot import parsing
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Step, Turn
from services import packs, product_admin
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which product."""

    product_id: int = 0


screen = Screen("packs", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The units with their prices, and a button for each."""
    product = product_admin.get(turn.session, state.product_id, by=turn.actor)
    buttons = [Button("unit", "pack", (unit.id,), facts={"unit": unit}) for unit in product.units]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    rows.append([Button("back", "goods_edit", (product.id,))])
    facts = {
        "product": product,
        "profile": turn.company,
        "base": product_admin.base_of(product),
        "prices": product_admin.prices_of(product),
    }
    return Face(facts, rows)


@screen.pressed("packs")
def open_packs(turn: Turn) -> Step:
    """Show the units of a product."""
    return turn.go("packs", product_id=turn.id())


@screen.typed(Kind.TEXT)
def type_pack(turn: Turn) -> Step:
    """A typed line such as ``box 12 = 1020`` is a new pack."""
    new = packs.parse(turn.text, turn.company.currency)
    if new is None:
        return turn.stay("unclear")
    known = replace(new, code=parsing.match_unit(new.code, packs.CODES) or new.code)
    unit = packs.add(turn.session, turn.state.product_id, known, by=turn.actor, now=turn.now)
    return turn.go("packs", "added", {"code": unit.code}, product_id=turn.state.product_id)
