"""Where a typed address may lie, to be confirmed: nothing is set before the rep says yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep.place import ASK, after_place, look_for, show_hit, take_pin
from bot.screens.rep.search import is_list_of_goods
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import cart, delivery, places
from services.actor import Role
from services.delivery import PlaceTooFar
from services.places import Answer, Hit

if TYPE_CHECKING:
    from db.models.orders import Order


@dataclass(frozen=True)
class State:
    """The address that was typed, and which of its hits is shown."""

    address: str = ""
    choice: int = 0


screen = Screen("place_found", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The hit with what it would cost to bring the goods there; or that it is still looked for, or not to be found."""
    answer = places.find(turn.session, state.address, now=turn.now)
    hits = answer.hits if answer else ()
    hit = hits[state.choice] if state.choice < len(hits) else None
    facts = {
        "wanted": state.address,
        "looking": answer is None,
        "hit": hit,
        "is_town": answer is not None and answer.is_town,
        "too_far": None,
        "outlook": None,
        "others": len(hits) - 1,
    }
    draft = cart.current(turn.session, by=turn.actor)
    if hit is not None and draft is not None:
        facts |= _weighed(turn, draft, hit)
    mark = places.fingerprint(state.address)
    rows = [
        [Button("other_hit", "place_hit", (number, mark), facts={"other": other, "far_m": _far_m(turn, draft, other)})]
        for number, other in enumerate(hits)
        if number != state.choice
    ]
    rows.append([Button("back", "place")])
    if hit is not None and not facts["too_far"]:
        rows.append([Button("yes", "place_yes", (state.choice, mark))])
    return Face(facts, rows, ask=ASK)


def _weighed(turn: Turn, draft: Order, hit: Hit) -> dict[str, object]:
    """How far it is and what it costs, or that it is too far."""
    try:
        delivery.check_place(turn.session, draft, hit.latitude, hit.longitude)
    except PlaceTooFar as refusal:
        return {"too_far": refusal.facts}
    return {"outlook": delivery.outlook(turn.session, draft, hit.latitude, hit.longitude, now=turn.now)}


def _far_m(turn: Turn, draft: Order | None, hit: Hit) -> int:
    """To the kilometre: it tells places of one name apart."""
    return round(delivery.about_m(turn.session, draft, hit.latitude, hit.longitude), -3) if draft else 0


@screen.pressed("place_hit")
def other_hit(turn: Turn) -> Step:
    """Show another one of the hits on the map."""
    answer = _answer(turn)
    if turn.id() >= len(answer.hits):
        raise Stale
    return show_hit(turn, turn.state.address, answer.hits, turn.id())


@screen.pressed("place_yes")
def yes(turn: Turn) -> Step:
    """Deliver there."""
    answer = _answer(turn)
    if turn.id() >= len(answer.hits):
        raise Stale
    hit = answer.hits[turn.id()]
    draft = cart.open_draft(turn.session, by=turn.actor, now=turn.now)
    draft = delivery.set_place(
        turn.session, draft.id, hit.latitude, hit.longitude, address=hit.found, by=turn.actor, now=turn.now
    )
    return after_place(turn, draft, "pin_taken")


def _answer(turn: Turn) -> Answer:
    """What is known of the address that the pressed button belongs to."""
    if turn.state is None or turn.id(1) != places.fingerprint(turn.state.address):
        raise Stale
    answer = places.find(turn.session, turn.state.address, now=turn.now)
    if answer is None:
        raise Stale
    return answer


@screen.typed(Kind.TEXT)
def another_address(turn: Turn) -> Step | None:
    """Look for something else, unless it is a list of goods."""
    return None if is_list_of_goods(turn) else look_for(turn)


@screen.typed(Kind.PLACE)
def pin(turn: Turn) -> Step:
    """Deliver to where the pin is."""
    return take_pin(turn, turn.incoming.latitude, turn.incoming.longitude, turn.text)


@screen.heard("place.found")
def found(turn: Turn) -> Step | None:
    """What was looked for was found, or not."""
    if turn.heard["address"] != turn.state.address:
        return None
    answer = places.find(turn.session, turn.state.address, now=turn.now)
    return show_hit(turn, turn.state.address, answer.hits if answer else ())
