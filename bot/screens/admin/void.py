"""An admin voids a recorded sale: why, and once more."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import company, reasons, tickets, voiding
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which sale, and why it is voided, once that was typed."""

    order_id: int = 0
    reason: str = ""


screen = Screen("void", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The sale, what voiding it means, and the button once the reason is there."""
    order = voiding.get(turn.session, state.order_id, by=turn.actor)
    facts = {
        "order": order,
        "sold_on": company.today(turn.company, order.loaded_at or turn.now),
        "ticket": tickets.find_of_order(turn.session, order.id),
        "reason": state.reason,
    }
    rows = [[Button("back", "order", (order.id,)), *keyboards.menu()]]
    if state.reason:
        rows.append([Button("do_void", "void_sale", (order.id,), order.version)])
    return Face(facts, rows)


@screen.pressed("void")
def open_void(turn: Turn) -> Step:
    """Ask why."""
    order = voiding.get(turn.session, turn.id(), by=turn.actor)
    return turn.go("void", order_id=order.id)


@screen.typed(Kind.TEXT)
def type_reason(turn: Turn) -> Step:
    """Why; typed once more, it is another reason."""
    return turn.go("void", order_id=turn.state.order_id, reason=reasons.kept(turn.text))


@screen.pressed("void_sale")
def void(turn: Turn) -> Step:
    """Void it, for the reason that stands on this screen."""
    voiding.get(turn.session, turn.id(), by=turn.actor)
    if turn.state is None or turn.state.order_id != turn.id():
        raise Stale
    order = voiding.void_sale(
        turn.session, turn.id(), turn.version, reason=turn.state.reason, by=turn.actor, now=turn.now
    )
    return turn.go("order", "voided", order_id=order.id)
