"""One order, for its rep and for admins: where it stands, how it came to that, and what became of its invoice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import order_gain
from bot.screens.screen import Face, Screen, Step, Turn
from services import (
    back_orders,
    company,
    credit_notes,
    invoicing,
    mailing,
    order_edits,
    order_story,
    orders,
    ticket_orders,
    tickets,
    voiding,
)  # fmt: skip
from services.actor import Role
from services.orders import Status

if TYPE_CHECKING:
    from db.models.orders import Order
    from db.models.tickets import Ticket


@dataclass(frozen=True)
class State:
    """Which order, whether cancelling it was asked for once and why, which page of its lines, or its history."""

    order_id: int = 0
    cancelling: bool = False
    page: int = 0
    history: bool = False
    reason: str = ""


screen = Screen("order", roles=frozenset({Role.REP, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The order as it stands now."""
    order = orders.get(turn.session, state.order_id, by=turn.actor)
    page = orders.goods_of(order, state.page)
    is_mine = order.rep_id == turn.actor.person_id
    may_cancel = order.status in order_edits.EDITABLE and (is_mine or Role.ADMIN in turn.actor.roles)
    children = back_orders.children_of(turn.session, order.id)
    facts = {
        "order": order,
        "page": page,
        "rep": "" if is_mine else order.rep.name,
        "invoice": invoicing.find_of_order(turn.session, order.id),
        "mail": mailing.mail_state(turn.session, order.id),
        "cancelling": state.cancelling and may_cancel,
        "reason": state.reason,
        "children": children,
        "notes": credit_notes.of_order(turn.session, order.id, by=turn.actor),
        "voided": order_story.voided(turn.session, order),
        "story": order_story.tell(turn.session, order) if state.history else None,
        "zone": turn.company.time_zone,
        "ticket": tickets.find_of_order(turn.session, order.id),
        "units": ticket_orders.units_of(turn.session, order.id),
        "sold_on": company.today(turn.company, order.loaded_at or turn.now),
        "earned": order_gain.of_done(turn, order.id),
    }
    if facts["cancelling"]:
        keep = Button("keep", "order", (order.id,))
        return Face(facts, [[keep, Button("do_cancel", "cancel", (order.id,), order.version)]])
    rows = [[] if state.history else keyboards.pages(page, "order", order.id), _family(order, children)]
    rows += [_changes(turn, order, may_cancel=may_cancel), _corrections(turn, order)]
    return Face(facts, [*rows, *_ways(turn, order, facts)])


def _family(order: Order, children: list[Order]) -> list[Button]:
    """The order that this one is the rest of, and the ones that are the rest of this."""
    row = [Button("parent", "order", (order.parent_id,))] if order.parent_id is not None else []
    return [*row, *(Button("child", "order", (one.id,), facts={"child": one}) for one in children[:2])]


def _changes(turn: Turn, order: Order, *, may_cancel: bool) -> list[Button]:
    is_mine = order.rep_id == turn.actor.person_id and Role.REP in turn.actor.roles
    if order.status == Status.DRAFT and is_mine:
        return [Button("continue_order", "draft", (order.id,))]
    row = [Button("edit", "edit_order", (order.id,))] if may_cancel and is_mine else []
    return [*row, Button("cancel", "ask_cancel", (order.id,))] if may_cancel else row


def _corrections(turn: Turn, order: Order) -> list[Button]:
    """What an admin may take back of what was sold."""
    if Role.ADMIN not in turn.actor.roles:
        return []
    if voiding.can_be_voided(order):
        return [Button("void", "void", (order.id,))]
    return [Button("credit", "credit", (order.id,))] if credit_notes.can_be_credited(turn.session, order) else []


def _ways(turn: Turn, order: Order, facts: dict[str, Any]) -> list[list[Button]]:
    known = order.status != Status.DRAFT
    told = facts["story"] is not None
    for_admins = Role.ADMIN in turn.actor.roles
    history = Button("history", "order_history" if for_admins else "story", (order.id,))
    story = Button("goods", "order", (order.id,)) if told else history
    refresh, menu = Button("refresh", "order", (order.id,)), Button("menu", "home")
    papers = [Button("papers", "papers", (order.id,))] if facts["invoice"] is not None else []
    first = [story, *papers, *_ticket(turn, facts["ticket"]), refresh] if known else [refresh]
    if Role.REP not in turn.actor.roles:
        return [first, [menu]]
    return [first, [Button("my_orders", "orders", (0,)), menu], [Button("new_order", "new_draft")]]


def _ticket(turn: Turn, ticket: Ticket | None) -> list[Button]:
    """The way to the ticket that it was made of."""
    if ticket is None:
        return []
    if ticket.person_id == turn.actor.person_id and Role.REP in turn.actor.roles:
        return [Button("ticket", "ticket", (ticket.id,))]
    return [Button("ticket", "ticket_review", (ticket.id,))]


@screen.pressed("order")
def open_order(turn: Turn) -> Step:
    """Show the order as it is now."""
    return turn.go("order", order_id=turn.id(), page=turn.id(1) if len(turn.ids) > 1 else 0)


@screen.pressed("story")
def show_story(turn: Turn) -> Step:
    """Show how the order came to where it stands."""
    return turn.go("order", order_id=turn.id(), history=True)


@screen.pressed("edit_order")
def edit(turn: Turn) -> Step:
    """Change it in a draft of its own; until that is saved it stays as it is."""
    order_edits.begin(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("cart")


@screen.pressed("ask_cancel")
def ask_cancel(turn: Turn) -> Step:
    """Ask once more before cancelling."""
    return turn.go("order", order_id=turn.id(), cancelling=True)


@screen.typed(Kind.TEXT)
def reason(turn: Turn) -> Step | None:
    """Where cancelling was asked for, a typed text says why."""
    if not turn.state.cancelling:
        return None
    return turn.go("order", order_id=turn.state.order_id, cancelling=True, reason=turn.text[: orders.LONGEST_REASON])


@screen.pressed("cancel")
def cancel(turn: Turn) -> Step:
    """Cancel an order that nobody is loading yet."""
    known = turn.state is not None and turn.state.order_id == turn.id()
    why = turn.state.reason if known else ""
    orders.cancel(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now, reason=why)
    return turn.go("order", "cancelled", order_id=turn.id())
