"""The whole order before it is submitted or its changes are saved, and why the delivery costs what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import order_gain
from bot.screens.rep.search import is_list_of_goods
from bot.screens.screen import Face, Screen, Step, Turn
from services import cart, logistics, order_edits, order_revisions, orders, shortages
from services.actor import Role
from services.order_edits import Saved
from services.orders import Repriced, Short, Status, Submitted

if TYPE_CHECKING:
    from db.models.orders import Order


@dataclass(frozen=True)
class State:
    """Whether the price of the delivery is explained, and which page of the lines."""

    explained: bool = False
    page: int = 0


screen = Screen("review", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """Everything that will be ordered; the main action last, once nothing is missing."""
    draft = cart.current(turn.session, by=turn.actor)
    if draft is None:
        return Face({"draft": None}, [[Button("menu", "home")]])
    quote = logistics.quote(draft)
    facts = {
        "draft": draft,
        "page": orders.goods_of(draft, state.page),
        "missing": cart.missing(draft),
        "quote": quote,
        "explained": state.explained,
        **order_gain.of_open(turn, draft),
        **_edit(turn, draft),
    }
    rows = [keyboards.pages(facts["page"], "review"), *_changes(draft)]
    if quote is not None:
        rows.append([Button("hide_why" if state.explained else "why", "why", (int(not state.explained),))])
    return Face(facts, [*rows, *_actions(draft, facts)])


def _edit(turn: Turn, draft: Order) -> dict[str, Any]:
    """Of a draft that changes an order: what is different, and whether it can still be saved."""
    order = order_edits.find_edited(turn.session, draft)
    if order is None:
        return {"difference": None, "too_late": ""}
    content = order_revisions.content_of
    return {
        "difference": order_revisions.difference(content(order), content(draft)),
        "too_late": "" if order_edits.can_be_saved(draft, order) else order.status,
    }


def _changes(draft: Order) -> list[list[Button]]:
    client = [] if draft.edits_id is not None else [Button("change_client", "clients", (0,))]
    rows = [
        [Button("change_goods", "cart"), *client],
        [Button("change_place", "place"), Button("change_day", "days")],
    ]
    return [*rows, [Button("drop_note", "drop_note", (draft.id,))]] if draft.note else rows


def _actions(draft: Order, facts: dict[str, Any]) -> list[list[Button]]:
    menu = Button("menu", "home")
    if draft.edits_id is None:
        return [[menu], [] if facts["missing"] else [Button("submit", "submit", (draft.id,), draft.version)]]
    ways = [[menu, Button("drop", "drop_edit", (draft.id,), draft.version)]]
    if facts["too_late"]:
        ways.append([Button("detach", "detach_edit", (draft.id,), draft.version)])
    elif facts["difference"] and not facts["missing"]:
        ways.append([Button("save", "save_edit", (draft.id,), draft.version)])
    return ways


@screen.pressed("review")
def open_review(turn: Turn) -> Step:
    """Show the order at today's prices, or ask for what is missing."""
    draft = cart.current(turn.session, by=turn.actor)
    if draft is None:
        return turn.go("cart")
    cart.refresh(turn.session, draft.id, by=turn.actor, now=turn.now)
    missing = cart.missing(draft)
    if "goods" in missing:
        return turn.go("cart")
    if "client" in missing:
        return turn.go("clients")
    if "place" in missing:
        return turn.go("place")
    return turn.go("days") if "day" in missing else turn.go("review", page=turn.id() if turn.ids else 0)


@screen.pressed("why")
def why(turn: Turn) -> Step:
    """Explain the delivery's price, or fold the explanation up."""
    return turn.go("review", explained=bool(turn.id()), page=turn.state.page if turn.state else 0)


@screen.typed(Kind.TEXT)
def note(turn: Turn) -> Step | None:
    """A typed text is the note for the warehouse, unless it is a list of goods."""
    if is_list_of_goods(turn):
        return None
    draft = cart.open_draft(turn.session, by=turn.actor, now=turn.now)
    cart.set_note(turn.session, draft.id, turn.text, by=turn.actor, now=turn.now)
    return turn.stay("noted")


@screen.pressed("drop_note")
def drop_note(turn: Turn) -> Step:
    """Take the note away."""
    cart.set_note(turn.session, turn.id(), "", by=turn.actor, now=turn.now)
    return turn.go("review", "note_gone")


@screen.pressed("submit")
def submit(turn: Turn) -> Step:
    """Send the order to the warehouse; what has changed meanwhile, or is not there, is shown first."""
    return _come_of(turn, orders.submit(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now))


@screen.pressed("cut")
def cut(turn: Turn) -> Step:
    """Bring the quantities down to what is there, and show what that costs before it is submitted."""
    shortages.cut(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("review", "was_cut")


@screen.pressed("back_order")
def back_order(turn: Turn) -> Step:
    """Send what is there; the rest waits for stock as an order of its own."""
    session, by, now = turn.session, turn.actor, turn.now
    draft = cart.lock_own(session, turn.id(), by=by, action="order.submit")
    send = orders.submit if draft.edits_id is None else order_edits.save
    return _come_of(turn, send(session, turn.id(), turn.version, by=by, now=now, back_order=True))


@screen.pressed("save_edit")
def save(turn: Turn) -> Step:
    """Give the order its new content; what has changed meanwhile, or is not there, is shown first."""
    return _come_of(turn, order_edits.save(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now))


@screen.pressed("drop_edit")
def drop(turn: Turn) -> Step:
    """Throw the changes away."""
    order = order_edits.drop(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("order", "dropped", order_id=order.id)


@screen.pressed("detach_edit")
def detach(turn: Turn) -> Step:
    """Make a new order of the changes that came too late."""
    order_edits.detach(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("review", "detached")


def _come_of(turn: Turn, outcome: Submitted | Saved | Repriced | Short) -> Step:
    if isinstance(outcome, Repriced):
        facts = {
            "old_minor": outcome.old_total_minor,
            "new_minor": outcome.new_total_minor,
            "currency": outcome.order.currency,
        }
        return turn.go("review", "repriced", facts)
    if isinstance(outcome, Short):
        return turn.go("shortage")
    said = "saved" if isinstance(outcome, Saved) else "submitted"
    if outcome.order.status == Status.WAITING:
        said = "waits"
    elif outcome.child is not None:
        said += "_in_part"
    facts = {"child": outcome.child.id} if outcome.child is not None else {}
    return turn.go("order", said, facts, order_id=outcome.order.id)


@screen.heard("road.found")
def measured(turn: Turn) -> Step:
    """The road was measured, which has changed the delivery of the draft."""
    return turn.stay()
