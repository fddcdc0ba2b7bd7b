"""One field of a product: what it holds and what shall be there instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot import choices
from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import category_rows
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import company_form, product_admin
from services.actor import Role
from services.forms import Change

FIELDS = product_admin.FIELDS


@dataclass(frozen=True)
class State:
    """Which product, which of its fields, and where in the tree one looks for a category."""

    product_id: int = 0
    field: str = FIELDS[0]
    at: int = 0


screen = Screen("product_field", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What the field holds, what may be typed, and what may be pressed."""
    product = product_admin.get(turn.session, state.product_id, by=turn.actor)
    field, number = state.field, FIELDS.index(state.field)
    value: Any = getattr(product, field)
    rows: list[list[Button]] = []
    if field == "category_id":
        value = " › ".join(category_rows.path(turn, product.category_id))
        rows = _tree(turn, product.id, state.at)
    elif field == "vat_rate":
        rates = company_form.usual_rates(turn.company.country)
        rows = [
            [Button("rate", "goods_rate", (product.id, choices.number_of(one)), facts={"rate": one}) for one in rates]
        ]
    elif field in product_admin.MAY_BE_EMPTY and value:
        rows = [[Button("empty", "goods_empty", (product.id, number))]]
    rows.append([Button("back", "goods_edit", (product.id,))])
    facts = {
        "product": product,
        "field": field,
        "value": value,
        "profile": turn.company,
        "base": product_admin.base_of(product),
        "path": category_rows.path(turn, state.at),
    }
    return Face(facts, rows)


@screen.pressed("goods_field")
def open_field(turn: Turn) -> Step:
    """Ask for a new value of a field."""
    return turn.go("product_field", product_id=turn.id(), field=_field(turn))


@screen.pressed("goods_browse")
def browse(turn: Turn) -> Step:
    """Look into a category for the product."""
    return turn.go("product_field", product_id=turn.id(), field="category_id", at=turn.id(1))


@screen.pressed("goods_into")
def put_into(turn: Turn) -> Step:
    """Put the product into this category."""
    product_admin.set_category(turn.session, turn.id(), turn.id(1), by=turn.actor, now=turn.now)
    return turn.go("product_edit", "moved", product_id=turn.id())


@screen.pressed("goods_rate")
def choose_rate(turn: Turn) -> Step:
    """Take one of the usual VAT rates."""
    rate = choices.find(turn.id(1), company_form.usual_rates(turn.company.country))
    if rate is None:
        raise Stale
    return _saved(turn, turn.id(), _set(turn, turn.id(), "vat_rate", rate))


@screen.pressed("goods_empty")
def empty(turn: Turn) -> Step:
    """Take the value away."""
    return _saved(turn, turn.id(), _set(turn, turn.id(), _field(turn), ""))


@screen.typed(Kind.TEXT)
def type_value(turn: Turn) -> Step:
    """A typed text is the new value; a category is pressed."""
    state = turn.state
    if state.field == "category_id":
        return turn.stay("press_category")
    return _saved(turn, state.product_id, _set(turn, state.product_id, state.field, turn.incoming.text))


def _set(turn: Turn, product_id: int, field: str, text: str) -> Change:
    return product_admin.set_field(turn.session, product_id, field, text, by=turn.actor, now=turn.now)


def _saved(turn: Turn, product_id: int, change: Change) -> Step:
    product = product_admin.get(turn.session, product_id, by=turn.actor)
    facts = {
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "profile": turn.company,
        "base": product_admin.base_of(product),
    }
    return turn.go("product_edit", "saved", facts, product_id=product_id)


def _tree(turn: Turn, product_id: int, at: int) -> list[list[Button]]:
    """The categories below ``at``; the one that is looked into can be taken."""
    rows = [
        [Button("category", "goods_browse", (product_id, number), facts={"child": name})]
        for number, name in category_rows.children(turn, at)
    ]
    if at:
        up = Button("up", "goods_browse", (product_id, category_rows.above(turn, at)))
        rows.append([up, Button("here", "goods_into", (product_id, at))])
    return rows


def _field(turn: Turn) -> str:
    if turn.id(1) >= len(FIELDS):
        raise Stale
    return FIELDS[turn.id(1)]
