"""Where the goods go: a pin, an address to be looked for, or the client's own place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import parsing_places
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep.search import is_list_of_goods
from bot.screens.screen import Ask, Face, NoState, Screen, Step, Turn
from services import cart, delivery, places
from services.actor import Role

if TYPE_CHECKING:
    from db.models.orders import Order

ASK = Ask("place", prompt="ask_pin", label="send_pin")

screen = Screen("place", roles=frozenset({Role.REP}))


@screen.shown
def show(turn: Turn, _state: NoState) -> Face:
    """Ask for a pin or an address; offer what is known."""
    draft = cart.current(turn.session, by=turn.actor)
    known = draft is not None and draft.latitude is not None
    rows = [[Button("back", "review" if draft and not cart.missing(draft) else "cart")]]
    if known:
        rows.append([Button("keep", "review")])
    client = draft.client.name if draft and draft.client else ""
    return Face({"client": client, "address": draft.address if draft else "", "known": known}, rows, ask=ASK)


@screen.pressed("place")
def open_place(turn: Turn) -> Step:
    """Ask for the place."""
    return turn.go("place")


@screen.typed(Kind.PLACE)
def pin(turn: Turn) -> Step:
    """Deliver to where the pin is."""
    return take_pin(turn, turn.incoming.latitude, turn.incoming.longitude, turn.text)


@screen.typed(Kind.TEXT)
def address(turn: Turn) -> Step | None:
    """Look for what was typed, unless it is a list of goods."""
    return None if is_list_of_goods(turn) else look_for(turn)


def take_pin(turn: Turn, latitude: float, longitude: float, address: str = "") -> Step:
    """Deliver to a pin: nobody sends one by mistake. ``address``: what the map called the place."""
    by, now = turn.actor, turn.now
    draft = cart.open_draft(turn.session, by=by, now=now)
    address = address[: delivery.LONGEST_ADDRESS]
    draft = delivery.set_place(turn.session, draft.id, latitude, longitude, address=address, by=by, now=now)
    return after_place(turn, draft, "pin_taken")


def look_for(turn: Turn) -> Step:
    """Look for the address that was typed; coordinates and links to a map are taken as a pin."""
    typed = parsing_places.parse_point(turn.text)
    if typed is not None:
        return take_pin(turn, *typed)
    wanted = " ".join(turn.text.split())
    answer = places.look_up(turn.session, wanted, by=turn.actor, now=turn.now)
    return show_hit(turn, wanted, answer.hits if answer else ())


def show_hit(turn: Turn, wanted: str, hits: tuple[places.Hit, ...], choice: int = 0) -> Step:
    """Show where an address may lie, on a map above; without hits, that it is looked for or that nobody knows it."""
    step = turn.go("place_found", address=wanted, choice=choice)
    if choice >= len(hits):
        return step
    hit = hits[choice]
    title, address = _for_map(hit)
    return step.showing("map", latitude=hit.latitude, longitude=hit.longitude, title=title, address=address)


def after_place(turn: Turn, draft: Order, notice: str) -> Step:
    """Ask for the day, unless there is one already: then all of it is shown."""
    return turn.go("days" if draft.delivery_date is None else "review", notice)


def _for_map(hit: places.Hit) -> tuple[str, str]:
    """What a map shows large, the house or the town, and below it the rest."""
    parts = hit.found.split(", ")
    head = 2 if any(part[:1].isdigit() for part in parts[:2]) else 1
    rest = ", ".join(parts[head:]) or f"{hit.latitude:.5f}, {hit.longitude:.5f}"
    return ", ".join(parts[:head])[:60], rest[:200]
