"""The order as it is being built."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bot import keyboards
from bot.buttons import Button
from bot.screens.rep import goods_rows, order_gain
from bot.screens.screen import Face, Screen, Step, Turn
from services import cart, draft_lines, draft_list, paging
from services.actor import Role

if TYPE_CHECKING:
    from db.models.orders import Order, OrderLine
    from services.draft_lines import TakenOut

LINES_PER_PAGE = 8


@dataclass(frozen=True)
class State:
    """Which page of the lines, and the line that was just taken out and may be put back."""

    page: int = 0
    undo: dict[str, Any] = field(default_factory=dict)
    """As ``draft_lines.TakenOut`` has it."""


screen = Screen("cart", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """Its lines with sums, what is not sold any more, and what is still missing."""
    draft = cart.current(turn.session, by=turn.actor)
    others = draft_list.count(turn.session, by=turn.actor) - (draft is not None)
    drafts = [Button("drafts", "drafts", (0,), facts={"others": others})] if others else []
    lines = [line for line in draft.lines if line.kind == "goods"] if draft else []
    undo = _undo(draft, state.undo)
    if draft is None or not lines:
        drop = [Button("drop", "drop_edit", (draft.id,), draft.version)] if draft and draft.edits_id else []
        ways = [Button("catalogue", "category", (0, 0)), Button("menu", "home")]
        rows = [undo, goods_rows.repeat_last(turn, draft), [*drop, *drafts], ways]
        return Face({"draft": None, "edited": draft if drop else None}, rows)
    gone = cart.list_gone(turn.session, draft)
    page = paging.page_of_all(lines, page=state.page, size=LINES_PER_PAGE)
    rows = [[_line(line, is_gone=line in gone)] for line in page.items]
    rows += [keyboards.pages(page, "cart"), undo, goods_rows.repeat_last(turn, draft), *_ways(draft, drafts)]
    if not cart.missing(draft) and draft.edits_id is None:
        rows.append([Button("review", "review", facts={"draft": draft})])
    elif draft.client_id is not None:
        rows.append([Button("go_on", "review", facts={"draft": draft})])
    return Face({"draft": draft, "page": page, "gone": gone, **order_gain.of_open(turn, draft)}, rows)


@screen.pressed("cart")
@screen.command("cart", menu="command")
def open_cart(turn: Turn) -> Step:
    """Show the cart at today's prices."""
    draft = cart.current(turn.session, by=turn.actor)
    if draft is not None:
        cart.refresh(turn.session, draft.id, by=turn.actor, now=turn.now)
    return turn.go("cart", page=turn.id() if turn.ids else 0)


@screen.pressed("take_out")
def take_out(turn: Turn) -> Step:
    """Take out a line, sold or not; the next screen can put it back."""
    gone = draft_lines.take_out(turn.session, turn.id(), turn.id(1), by=turn.actor, now=turn.now)
    return turn.go("cart", "taken_out", **after_taking(gone))


@screen.pressed("put_back")
def put_back(turn: Turn) -> Step:
    """Put back the line that was taken out, as it was."""
    known = turn.state is not None and turn.state.undo.get("unit_id") == turn.id(1)
    place = turn.amount(3)
    cart.put_back(
        turn.session,
        turn.id(),
        turn.id(1),
        turn.amount(2),
        position=place,
        note=turn.state.undo["note"] if known else "",
        by=turn.actor,
        now=turn.now,
    )
    return turn.go("cart", "is_back", page=page_of_line(place))


@screen.pressed("clear")
def clear(turn: Turn) -> Step:
    """Empty the draft."""
    cart.clear(turn.session, turn.id(), version=turn.version, by=turn.actor, now=turn.now)
    return turn.go("cart", "cleared")


def page_of_line(place: int) -> int:
    """The page of the cart that shows the line at this place among the goods, both counted from 0."""
    return place // LINES_PER_PAGE


def after_taking(gone: TakenOut | None) -> dict[str, Any]:
    """The cart's state once a line was taken out: where it stood, and what puts it back."""
    return {"page": page_of_line(gone.place), "undo": asdict(gone)} if gone else {}


def _undo(draft: Order | None, gone: dict[str, Any]) -> list[Button]:
    if draft is None or not gone or any(line.unit_id == gone["unit_id"] for line in draft.lines):
        return []
    ids = (draft.id, gone["unit_id"], gone["quantity_milli"], gone["place"])
    return [Button("put_back", "put_back", ids, facts={"name": gone["name"]})]


def _ways(draft: Order, drafts: list[Button]) -> list[list[Button]]:
    add, menu = Button("add_more", "category", (0, 0)), Button("menu", "home")
    if draft.edits_id is not None:
        return [[add, Button("drop", "drop_edit", (draft.id,), draft.version)], [*drafts, menu]]
    begin = Button("another", "new_draft")
    clear, client = Button("clear", "clear", (draft.id,), draft.version), Button("choose_client", "clients", (0,))
    if draft.client_id is None:
        return [[add, clear], [*(drafts or [begin]), menu], [client]]
    return [[add, clear], drafts or [begin], [client, menu]]


def _line(line: OrderLine, *, is_gone: bool) -> Button:
    if is_gone:
        return Button("take_out", "take_out", (line.order_id, line.unit_id or 0), facts={"line": line})
    return Button("line", "line", (line.order_id, line.unit_id or 0), facts={"line": line})


@screen.heard("road.found")
def measured(turn: Turn) -> Step:
    """The road was measured, which has changed the delivery of the draft."""
    return turn.stay()
