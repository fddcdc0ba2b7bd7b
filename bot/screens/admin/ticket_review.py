"""A recorded sale beside its ticket: an admin accepts it or asks the rep."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens import ticket_photos
from bot.screens.screen import Face, Screen, Step, Turn
from services import ticket_duplicates, ticket_facts, ticket_reviews, tickets
from services.actor import Role

DUPLICATES_SHOWN = 3


@dataclass(frozen=True)
class State:
    """Which ticket, which of its photos is shown next, and whether a question is being typed for which version."""

    ticket_id: int = 0
    photo: int = 0
    asking: int = 0


screen = Screen("ticket_review", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What was typed and read, why it was recorded so, and what was decided."""
    ticket = tickets.get(turn.session, state.ticket_id, by=turn.actor)
    ids, is_open = (ticket.id,), ticket.review == "wanted"
    facts = {
        "ticket": ticket,
        "compared": ticket_facts.compare(turn.session, ticket),
        "duplicates": ticket_duplicates.find(turn.session, ticket)[:DUPLICATES_SHOWN],
        "asking": bool(state.asking) and is_open,
    }
    if facts["asking"]:
        return Face(facts, [[Button("back", "ticket_review", ids)]])
    photo = [Button("photo", "review_photo", (ticket.id, state.photo))] if ticket.photos else []
    order = [Button("to_order", "order", (ticket.order_id,))] if ticket.order_id is not None else []
    rows = [[*photo, *order], [Button("back", "ticket_reviews", (0,))]]
    if is_open:
        rows.append([Button("ask", "review_ask", ids, ticket.version)])
        rows.append([Button("accept", "review_accept", ids, ticket.version)])
    return Face(facts, rows)


@screen.pressed("ticket_review")
def open_review(turn: Turn) -> Step:
    """Show the sale and its ticket."""
    return turn.go("ticket_review", ticket_id=turn.id())


@screen.pressed("review_photo")
def show_photo(turn: Turn) -> Step:
    """Send one of its photos, with the card below."""
    photo = ticket_photos.asked_for(turn)
    return photo.above(turn.go("ticket_review", ticket_id=turn.id(), photo=photo.following))


@screen.pressed("review_accept")
def accept(turn: Turn) -> Step:
    """The sale is right as it is."""
    ticket_reviews.accept(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("ticket_reviews", "accepted")


@screen.pressed("review_ask")
def ask(turn: Turn) -> Step:
    """Let the admin type what to ask the rep."""
    return turn.go("ticket_review", ticket_id=turn.id(), asking=turn.version)


@screen.typed(Kind.TEXT)
def type_question(turn: Turn) -> Step | None:
    """A typed text goes to the rep as a question, where one is to be asked."""
    state = turn.state
    if not state.asking:
        return None
    ticket_reviews.question(turn.session, state.ticket_id, state.asking, turn.text, by=turn.actor, now=turn.now)
    return turn.go("ticket_reviews", "asked")
