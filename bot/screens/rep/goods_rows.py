"""Rows that all lists of goods have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.buttons import Button
from bot.screens.screen import Turn
from services import cart, quick_order
from services.catalogue import ProductItem

if TYPE_CHECKING:
    from db.models.orders import Order

Rows = list[list[Button]]


def products(items: Iterable[ProductItem]) -> Rows:
    """A button per product that opens its card."""
    return [[Button("one_product", "product", (item.product_id,), facts={"item": item})] for item in items]


def to_cart(turn: Turn) -> list[Button]:
    """The way to the order with its total, once there is something in it."""
    draft = cart.current(turn.session, by=turn.actor)
    if draft is None or not draft.goods_minor:
        return []
    return [Button("cart_total", "cart", facts={"total_minor": draft.total_minor, "currency": draft.currency})]


def repeat_last(turn: Turn, draft: Order | None) -> list[Button]:
    """What the draft's client ordered last, to be set again, if there is such an order."""
    if draft is None or draft.client_id is None or draft.edits_id is not None:
        return []
    if quick_order.find_last(turn.session, draft.client_id, by=turn.actor) is None:
        return []
    return [Button("repeat_last", "repeat_last", (draft.client_id,))]
