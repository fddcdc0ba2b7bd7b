"""One client: who it is, where, what was ordered last, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import cart, client_cards, world_names
from services.actor import Role

if TYPE_CHECKING:
    from services.client_cards import ClientCard

ORDERS_IN_A_ROW = 3


@dataclass(frozen=True)
class State:
    """Which client; ``form`` is the number of the form that it was just written down with."""

    client_id: int = 0
    form: int = 0


screen = Screen("client_card", roles=frozenset({Role.REP, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The card, its last orders to open, and for a rep the way to a new one."""
    card = client_cards.card(turn.session, state.client_id, by=turn.actor)
    client_id = card.client.id
    mine = [Button("one", "order", (one.order_id,), facts={"one": one}) for one in card.last_orders if one.may_open]
    rows = [mine[at : at + ORDERS_IN_A_ROW] for at in range(0, len(mine), ORDERS_IN_A_ROW)]
    ways = [Button("edit", "client_edit", (client_id,))]
    if card.places:
        ways.append(Button("map", "client_map", (client_id,)))
    rows += [ways, [Button("all_clients", "client_book", (0,)), Button("menu", "home")]]
    if Role.REP in turn.actor.roles:
        rows += _selling(card)
    country_name = world_names.country_name(card.country.code, turn.locale) if card.is_abroad else ""
    return Face({"card": card, "country_name": country_name}, rows)


@screen.pressed("client_card")
def open_card(turn: Turn) -> Step:
    """Show the card of a client."""
    return turn.go("client_card", client_id=turn.id())


@screen.pressed("client_map")
def show_on_map(turn: Turn) -> Step:
    """Send the client's place as a pin that leads there, with the card below it."""
    card = client_cards.card(turn.session, turn.id(), by=turn.actor)
    step = turn.go("client_card", client_id=turn.id())
    if not card.places:
        return step
    place = card.places[0]
    return step.showing(
        "map",
        latitude=place.latitude,
        longitude=place.longitude,
        title=card.client.name,
        address=place.address or card.client.address,
    )


@screen.pressed("client_order")
def order_for(turn: Turn) -> Step:
    """Sell to this client: goods first, or where the draft has some, the place."""
    draft = cart.open_draft(turn.session, by=turn.actor, now=turn.now)
    draft = cart.choose_client(turn.session, draft.id, turn.id(), by=turn.actor, now=turn.now)
    facts = {"name": draft.client.name if draft.client else ""}
    if draft.goods_minor:
        return turn.go("place", "chosen", facts)
    return turn.go("catalogue", "chosen", facts)


def _selling(card: ClientCard) -> list[list[Button]]:
    order = Button("order", "client_order", (card.client.id,))
    if not card.last_orders:
        return [[order]]
    return [[Button("repeat", "repeat_last", (card.client.id,))], [order]]
