"""What became of a typed list, or of the client's last order: the lines that were set, and those that were not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot import keyboards
from bot.buttons import Button
from bot.screens.rep import goods_rows
from bot.screens.screen import Face, Screen, Step, Turn
from services import cart, draft_list, quick_order
from services.actor import Role
from services.paging import page_of_all
from services.quick_order import NothingToRepeat, Outcome, Taken, Untaken, Wanted

ONE_BURST = timedelta(seconds=15)
"""Lists that were typed offline arrive within moments of each other, and the screens of the first ones are replaced
before anybody sees them: within this time what one has brought stays beside what the next one brings."""
TAKEN_SHOWN = 8
UNTAKEN_PER_PAGE = 6
MOST_KEPT = 3 * quick_order.MOST_LINES


@dataclass(frozen=True)
class State:
    """The lines as ``services.quick_order`` gave them, when (ISO), and which page of those that were not set."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    untaken: list[dict[str, Any]] = field(default_factory=list)
    at: str = ""
    repeated: bool = False
    of_ticket: bool = False
    page: int = 0


screen = Screen("quick_order", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What is in the order now, then line by line what is not and why."""
    untaken = page_of_all(state.untaken, page=state.page, size=UNTAKEN_PER_PAGE)
    short = [line for line in state.taken if line["available_milli"] is not None]
    shown = [*short, *(line for line in state.taken if line not in short)][:TAKEN_SHOWN]
    rows = [keyboards.pages(untaken, "quick_order")]
    rows.append([Button("catalogue", "category", (0, 0)), *goods_rows.to_cart(turn)])
    facts = {
        "taken": shown,
        "more": len(state.taken) - len(shown),
        "untaken": untaken,
        "repeated": state.repeated,
        "of_ticket": state.of_ticket,
    }
    return Face(facts, rows)


@screen.pressed("quick_order")
def turn_page(turn: Turn) -> Step:
    """Show others of the lines that were not set, while this is the living screen."""
    if turn.state is None:
        return turn.go("cart")
    return turn.go("quick_order", **{**asdict(turn.state), "page": turn.id()})


@screen.pressed("repeat_last")
def repeat_last(turn: Turn) -> Step:
    """Set what the client ordered last into a draft of this client: the current one, if it is, else a new one."""
    last = quick_order.find_last(turn.session, turn.id(), by=turn.actor)
    if last is None:
        raise NothingToRepeat
    draft = cart.open_draft(turn.session, by=turn.actor, now=turn.now)
    if draft.edits_id is not None or draft.client_id not in {None, turn.id()}:
        draft = draft_list.begin(turn.session, by=turn.actor, now=turn.now)
    if draft.client_id is None:
        cart.choose_client(turn.session, draft.id, turn.id(), by=turn.actor, now=turn.now)
    outcome = quick_order.repeat(turn.session, draft.id, last, by=turn.actor, now=turn.now)
    return _told(turn, outcome, repeated=True)


def take(turn: Turn, wanted: Iterable[Wanted]) -> Step:
    """Set the lines of a typed list into the current draft, and show what became of them."""
    draft = cart.open_draft(turn.session, by=turn.actor, now=turn.now)
    outcome = quick_order.set_lines(turn.session, draft.id, wanted, by=turn.actor, now=turn.now)
    return _told(turn, outcome, repeated=False)


def show_of_ticket(turn: Turn, taken: Iterable[Taken], untaken: Iterable[Untaken]) -> Step:
    """Show what became of the lines of a ticket, which were set into a draft of their own."""
    held, left = [asdict(line) for line in taken], [asdict(line) for line in untaken]
    return turn.go("quick_order", taken=held[-MOST_KEPT:], untaken=left[-MOST_KEPT:], of_ticket=True)


def _told(turn: Turn, outcome: Outcome, *, repeated: bool) -> Step:
    before = _of_this_burst(turn)
    taken = {(line["product_id"], line["unit_code"]): line for line in before.taken}
    for line in outcome.taken:
        taken[line.product_id, line.unit_code] = asdict(line)
    untaken = [*before.untaken, *(asdict(line) for line in outcome.untaken)]
    return turn.go(
        "quick_order",
        taken=list(taken.values())[-MOST_KEPT:],
        untaken=untaken[-MOST_KEPT:],
        at=turn.now.isoformat(),
        repeated=repeated,
    )


def _of_this_burst(turn: Turn) -> State:
    """What the list that came just before this one has brought."""
    last = turn.last_screen
    if last is None or last.screen != screen.name:
        return State()
    state = screen.read_state(last.state)
    if not isinstance(state, State) or not state.at or turn.now - datetime.fromisoformat(state.at) > ONE_BURST:
        return State()
    return state
