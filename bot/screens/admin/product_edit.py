"""One product as an admin sees it: all its fields, its packs and photo, and whether it is sold."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import catalogue, product_admin
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which product."""

    product_id: int = 0


screen = Screen("product_edit", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The card, and a button for everything that can be changed."""
    product = product_admin.get(turn.session, state.product_id, by=turn.actor)
    profile = turn.company
    buttons = [
        Button("field", "goods_field", (product.id, number), facts={"field": field})
        for number, field in enumerate(product_admin.FIELDS)
    ]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    rows.append([Button("packs", "packs", (product.id,)), Button("photo", "goods_photo", (product.id,))])
    back = Button("back", "goods", (product.category_id, 0))
    shows = Button("sell", "goods_hide", (product.id, 0)) if product.hidden else None
    rows.append([back, shows or Button("hide", "goods_hide", (product.id, 1))])
    path = catalogue.list_path(turn.session, product.category_id)
    facts = {
        "product": product,
        "path": [category.name for category in path],
        "profile": profile,
        "base": product_admin.base_of(product),
        "prices": product_admin.prices_of(product),
    }
    return Face(facts, rows)


@screen.pressed("goods_edit")
def open_product(turn: Turn) -> Step:
    """Show a product."""
    return turn.go("product_edit", product_id=turn.id())


@screen.pressed("goods_hide")
def hide(turn: Turn) -> Step:
    """Sell it no more, or again, as the button says."""
    if turn.id(1) > 1:
        raise Stale
    product = product_admin.hide(turn.session, turn.id(), hidden=bool(turn.id(1)), by=turn.actor, now=turn.now)
    return turn.go("product_edit", "hidden" if product.hidden else "sold", product_id=product.id)
