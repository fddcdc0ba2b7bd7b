"""Finding a client: recent ones first, by whatever is typed, or who is near; to look at, or for the order."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep.search import is_list_of_goods
from bot.screens.screen import Ask, Face, Screen, Step, Turn
from services import cart, client_fields, client_search
from services.actor import Role

if TYPE_CHECKING:
    from services.client_search import Found
    from services.paging import Page

LONGEST_QUERY = 60
ASKED, GIVEN = "asked", "given"


@dataclass(frozen=True)
class State:
    """Which page of whom: of all, of those found by ``query``, or of those near a pin (``near``: asked or given).

    ``choosing``: for the order; else to look at.
    """

    page: int = 0
    query: str = ""
    choosing: bool = False
    near: str = ""
    latitude: float = 0.0
    longitude: float = 0.0


screen = Screen("clients", roles=frozenset({Role.REP, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of clients; typing narrows it, a pin brings those around it."""
    found = _find(turn, state)
    rows = [[_one(one, state)] for one in found.items] if state.near != ASKED else []
    rows.append(keyboards.pages(found, "clients") if state.choosing else keyboards.pages(found, "client_book"))
    narrowed = state.query or state.near
    rows.append([Button("near", "client_near", (int(state.choosing),))] if state.near != ASKED else [])
    rows[-1] += [Button("all_clients", "all_clients")] if narrowed else []
    back = Button("back", "cart") if state.choosing else Button("menu", "home")
    rows.append([back, Button("new_client", "client_new", (int(state.choosing),))])
    ask = Ask("place", prompt="ask_pin", label="send_pin") if state.near == ASKED else None
    return Face({"state": state, "found": found}, rows, ask=ask)


@screen.pressed("clients")
def open_clients(turn: Turn) -> Step:
    """Show a page to choose from for the order; what was searched stays while its list is the living screen."""
    return turn.go("clients", **asdict(replace(_state(turn), page=turn.id(), choosing=Role.REP in turn.actor.roles)))


@screen.pressed("client_book")
@screen.command("clients", menu="command")
def open_book(turn: Turn) -> Step:
    """Show a page to look at; what was searched stays while its list is the living screen."""
    page = turn.id() if turn.ids else 0
    return turn.go("clients", **asdict(replace(_state(turn), page=page, choosing=False)))


@screen.pressed("all_clients")
def all_clients(turn: Turn) -> Step:
    """Forget the search."""
    return turn.go("clients", choosing=_state(turn).choosing)


@screen.pressed("client_near")
def ask_where(turn: Turn) -> Step:
    """Ask for a place to look around."""
    return turn.go("clients", near=ASKED, choosing=bool(turn.id()) and Role.REP in turn.actor.roles)


@screen.typed(Kind.TEXT)
def search(turn: Turn) -> Step | None:
    """Look for a name, a phone or a tax id; a list of goods is none of them."""
    if is_list_of_goods(turn):
        return None
    return turn.go("clients", query=turn.text[:LONGEST_QUERY], choosing=turn.state.choosing)


@screen.typed(Kind.PLACE)
def look_around(turn: Turn) -> Step:
    """Look for who is near this place; it may be one's own or any other."""
    pin = turn.incoming.latitude, turn.incoming.longitude
    client_fields.check_pin(*pin)
    return turn.go("clients", near=GIVEN, latitude=pin[0], longitude=pin[1], choosing=turn.state.choosing)


@screen.pressed("client")
def choose(turn: Turn) -> Step:
    """Sell to this client."""
    draft = cart.open_draft(turn.session, by=turn.actor, now=turn.now)
    cart.choose_client(turn.session, draft.id, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("place")


def _state(turn: Turn) -> State:
    return turn.state if isinstance(turn.state, State) else State()


def _find(turn: Turn, state: State) -> Page[Found]:
    if state.near == GIVEN:
        pin = state.latitude, state.longitude
        return client_search.list_nearest(turn.session, pin, by=turn.actor, page=state.page)
    return client_search.list_clients(turn.session, by=turn.actor, page=state.page, query=state.query)


def _one(one: Found, state: State) -> Button:
    if state.choosing:
        return Button("client", "client", (one.client.id,), facts={"one": one})
    return Button("client", "client_card", (one.client.id,), facts={"one": one})
