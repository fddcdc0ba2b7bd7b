"""One product: price, what is there, and how much of it goes into the order."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot import parsing
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import cart, catalogue, favourites, units
from services.actor import Role
from services.catalogue import ProductCard, UnitOption

WAREHOUSES_SHOWN = 5
FOLDED = 280
"""Characters of a description that are shown until more is asked for."""
_LISTS = {"search", "favourites", "catalogue", "cart"}
"""Screens that Back leads back to, on the page that was left."""


@dataclass(frozen=True)
class State:
    """Which product, in which of its units (0: the base unit) it is counted now, whether its description is unfolded,
    and the screen that it was opened from.
    """

    product_id: int = 0
    unit_id: int = 0
    unfolded: bool = False
    came_from: str = ""
    came_with: dict[str, Any] = field(default_factory=dict)


screen = Screen("product", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The card, steppers that carry what the quantity would become, and the product's other units."""
    card = catalogue.product_card(turn.session, state.product_id, by=turn.actor)
    unit = _unit(card, state.unit_id)
    draft = cart.current(turn.session, by=turn.actor)
    others = [known for known in card.units if known.unit_id != unit.unit_id]
    back = Button("back", "leave_product", (card.category_id,))
    to_cart = [Button("to_cart", "cart")] if draft is not None and draft.goods_minor else []
    rows = [
        _steppers(draft.id if draft else 0, unit),
        [Button("unit", "unit", (card.product_id, other.unit_id), facts={"other": other}) for other in others],
        _more(card, state),
        [back, *to_cart],
    ]
    facts = {
        "card": card,
        "unit": unit,
        "base": _unit(card, 0),
        "description": card.description if state.unfolded else _folded(card.description),
        "places": card.available[:WAREHOUSES_SHOWN] if len(card.available) > 1 else (),
        "more_places": max(0, len(card.available) - WAREHOUSES_SHOWN),
        "draft_total_minor": draft.total_minor if draft and draft.goods_minor else None,
    }
    return Face(facts, rows)


@screen.pressed("product")
def open_product(turn: Turn) -> Step:
    """Open a product's card; there is a draft from now on. A product that is not sold refuses here."""
    catalogue.check_sold(turn.session, turn.id())
    return to_product(turn, turn.id())


@screen.pressed("leave_product")
def leave(turn: Turn) -> Step:
    """Go back to the list that the card was opened from, else to the product's category."""
    if turn.state is not None and turn.state.came_from:
        return Step(turn.state.came_from, turn.state.came_with, at=turn.at)
    return turn.go("catalogue", category_id=turn.id())


@screen.pressed("unit")
def count_in_unit(turn: Turn) -> Step:
    """Count in another unit."""
    return _card(turn, turn.id(), unit_id=turn.id(1))


@screen.pressed("describe")
def describe(turn: Turn) -> Step:
    """Unfold the description, or fold it up."""
    return _card(turn, turn.id(), unfolded=bool(turn.amount(1)))


@screen.pressed("favourite")
def favourite(turn: Turn) -> Step:
    """Make it a favourite (1) or take it off them (0)."""
    if turn.amount(1):
        favourites.mark(turn.session, turn.id(), by=turn.actor, now=turn.now)
        return _card(turn, turn.id(), "starred")
    favourites.unmark(turn.session, turn.id(), by=turn.actor)
    return _card(turn, turn.id(), "unstarred")


@screen.pressed("product_photo")
def photo(turn: Turn) -> Step:
    """Send the photo, with the card below it."""
    catalogue.check_sold(turn.session, turn.id())
    found = catalogue.find_photo(turn.session, turn.id())
    if found is None:
        return _card(turn, turn.id(), "no_photo")
    return _card(turn, turn.id()).showing("photo", **asdict(found))


@screen.pressed("set_quantity")
def set_quantity(turn: Turn) -> Step:
    """Let the draft hold exactly what the button says, however often it is pressed."""
    order_id, unit_id, quantity_milli = turn.id(), turn.id(1), turn.amount(2)
    if not order_id:
        raise Stale
    product_id = catalogue.product_of_unit(turn.session, unit_id)
    cart.set_quantity(turn.session, order_id, unit_id, quantity_milli, by=turn.actor, now=turn.now)
    return _card(turn, product_id, unit_id=unit_id)


@screen.typed(Kind.TEXT)
def type_quantity(turn: Turn) -> Step | None:
    """A typed figure is the quantity in the unit that was typed with it, else in the one that is shown.

    A unit's name alone chooses the unit; other words are for the search.
    """
    card = catalogue.product_card(turn.session, turn.state.product_id, by=turn.actor)
    typed = parsing.parse_quantity(turn.text)
    if typed is None:
        return _not_a_figure(turn, card)
    unit = _unit(card, turn.state.unit_id)
    if typed.word:
        named = _named(card, typed.word)
        if named is None:
            return turn.stay("unit_not_sold", units=[known.code for known in card.units], asked=typed.word)
        unit = named
    quantity_milli = units.quantity_of(
        typed.amount, code=unit.code, factor_milli=unit.factor_milli, decimals=unit.decimals
    )
    draft = cart.open_draft(turn.session, by=turn.actor, now=turn.now)
    cart.set_quantity(turn.session, draft.id, unit.unit_id, quantity_milli, by=turn.actor, now=turn.now)
    return _card(turn, card.product_id, "quantity_set", unit_id=unit.unit_id)


def to_product(turn: Turn, product_id: int, notice: str = "") -> Step:
    """The step to a product's card, which remembers the list that it is opened from. Its buttons need a draft."""
    cart.open_draft(turn.session, by=turn.actor, now=turn.now)
    last = turn.last_screen
    came: dict[str, Any] = {}
    if last is not None and last.screen in _LISTS:
        came = {"came_from": last.screen, "came_with": last.state}
    elif last is not None and last.screen == screen.name:
        came = {name: last.state[name] for name in ("came_from", "came_with") if name in last.state}
    return turn.go("product", notice, product_id=product_id, **came)


def _card(turn: Turn, product_id: int, notice: str = "", /, **changes: Any) -> Step:
    """The same card with these changes, or another product's."""
    state = turn.state if turn.state is not None and turn.state.product_id == product_id else State(product_id)
    return turn.go("product", notice, **asdict(replace(state, **changes)))


def _not_a_figure(turn: Turn, card: ProductCard) -> Step | None:
    """What was typed instead of a quantity: a unit to count in, figures that make no sense, or words for the search."""
    named = _named(card, turn.text.rstrip("."))
    if named is not None:
        return _card(turn, card.product_id, unit_id=named.unit_id)
    if any(sign.isalpha() for sign in turn.text):
        return None
    return turn.stay("quantity_unclear")


def _named(card: ProductCard, word: str) -> UnitOption | None:
    code = parsing.match_unit(word, [known.code for known in card.units])
    return next((known for known in card.units if known.code == code), None)


def _unit(card: ProductCard, unit_id: int) -> UnitOption:
    base = next((unit for unit in card.units if unit.factor_milli == 1000), card.units[0])
    return next((unit for unit in card.units if unit.unit_id == unit_id), base)


def _folded(description: str) -> str:
    """The beginning of a long description, cut where a word ends; the … is the template's."""
    if len(description) <= FOLDED:
        return description
    return description[:FOLDED].rsplit(" ", 1)[0]


def _more(card: ProductCard, state: State) -> list[Button]:
    """What else can be done with the card."""
    star = Button("unstar", "favourite", (card.product_id, 0))
    row = [star if card.is_favourite else Button("star", "favourite", (card.product_id, 1))]
    if card.photo is not None:
        row.append(Button("photo", "product_photo", (card.product_id,)))
    if len(card.description) > FOLDED:
        label = "fold" if state.unfolded else "unfold"
        row.append(Button(label, "describe", (card.product_id, int(not state.unfolded))))
    return row


def _steppers(draft_id: int, unit: UnitOption) -> list[Button]:
    """Fewer and more, by what the unit is ordered in; each button carries the quantity that it leads to."""
    held = unit.in_draft_milli
    row = [Button("remove", "set_quantity", (draft_id, unit.unit_id, 0))] if held else []
    for target in units.steps_around(
        held, factor_milli=unit.factor_milli, minimum_milli=unit.minimum_milli, multiple_milli=unit.multiple_milli
    ):
        label = "less" if target < held else "more"
        facts = {"difference_milli": abs(target - held)}
        row.append(Button(label, "set_quantity", (draft_id, unit.unit_id, target), facts=facts))
    return row
