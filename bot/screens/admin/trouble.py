"""What could not leave or could not be understood: to be looked at, tried again, or put aside."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import dead_rows, paging
from services.actor import Role
from services.dead_rows import DeadLetter, DeadRow


@dataclass(frozen=True)
class State:
    """Which page of the list, and which row is looked at (0: none)."""

    page: int = 0
    row_id: int = 0


screen = Screen("trouble", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """One row, or all that waits to be looked at: what could not leave first."""
    if state.row_id:
        return _one(turn, state)
    found: list[DeadRow | DeadLetter] = [*dead_rows.list_rows(turn.session), *dead_rows.list_letters(turn.session)]
    page = paging.page_of_all(found, page=state.page)
    rows = [[_button(item)] for item in page.items]
    rows += [keyboards.pages(page, "trouble"), keyboards.menu()]
    listed = [{"item": item, "left": isinstance(item, DeadRow)} for item in page.items]
    return Face({"listed": listed, "row": None, "page": page, "zone": turn.company.time_zone}, rows)


def _one(turn: Turn, state: State) -> Face:
    row = dead_rows.find(turn.session, state.row_id, by=turn.actor)
    retry = [] if row.secret else [Button("retry", "trouble_retry", (row.id,))]
    all_like_it = [] if row.secret else [Button("retry_all", "trouble_retry_all", (row.id,))]
    order = [Button("order", "order", (row.order_id,), facts={"order_id": row.order_id})] if row.order_id else []
    rows = [order, [Button("aside", "trouble_aside", (row.id,)), Button("back", "trouble", (0,))], all_like_it, retry]
    return Face({"listed": [], "row": row, "page": None, "zone": turn.company.time_zone}, rows)


def _button(item: DeadRow | DeadLetter) -> Button:
    if isinstance(item, DeadRow):
        return Button("row", "trouble_row", (item.id,), facts={"row": item})
    return Button("letter_aside", "trouble_letter_aside", (item.id,), facts={"letter": item})


@screen.pressed("trouble")
def open_trouble(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("trouble", page=turn.id() if turn.ids else 0)


@screen.pressed("trouble_row")
def open_row(turn: Turn) -> Step:
    """Look at one row."""
    dead_rows.find(turn.session, turn.id(), by=turn.actor)
    return turn.go("trouble", row_id=turn.id())


@screen.pressed("trouble_retry")
def retry(turn: Turn) -> Step:
    """Let it leave after all."""
    dead_rows.retry(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("trouble", "retried", {"rows": 1})


@screen.pressed("trouble_retry_all")
def retry_all(turn: Turn) -> Step:
    """Let all of its kind leave after all."""
    row = dead_rows.find(turn.session, turn.id(), by=turn.actor)
    rows = dead_rows.retry_kind(turn.session, row.kind, by=turn.actor, now=turn.now)
    return turn.go("trouble", "retried", {"rows": rows})


@screen.pressed("trouble_aside")
def put_aside(turn: Turn) -> Step:
    """Show it no more."""
    dead_rows.put_aside(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("trouble", "put_aside")


@screen.pressed("trouble_letter_aside")
def put_letter_aside(turn: Turn) -> Step:
    """Forget an update that failed for good."""
    dead_rows.put_letter_aside(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("trouble", "put_aside")
