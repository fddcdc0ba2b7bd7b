"""The pick list: a press per line as it goes onto the vehicle, another one to change that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Step, Turn
from bot.screens.storekeeper import photo_answers
from services import claims, loading, picking
from services.actor import Role
from services.paging import page_of_all

if TYPE_CHECKING:
    from db.models.orders import OrderLine

LINES_PER_PAGE = 8
"""Each is a button of its own, and a wrong one costs: fewer pages are worth the larger keyboard."""


@dataclass(frozen=True)
class State:
    """Which order, and which page of its lines."""

    order_id: int = 0
    page: int = 0


screen = Screen("pick", roles=frozenset({Role.STOREKEEPER}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The lines with what is known of them; the main action is what is left to do."""
    order = loading.get(turn.session, state.order_id, by=turn.actor)
    claims.check(order, by=turn.actor, action="picking.read")
    goods = picking.goods_of(order)
    page = page_of_all(list(enumerate(goods, start=1)), page=state.page, size=LINES_PER_PAGE)
    rows = []
    for number, line in page.items:
        is_marked = line.loaded_milli is not None
        amount = () if is_marked else (line.quantity_milli,)
        facts = {"line": line, "number": number}
        rows.append(
            [
                Button(
                    "one_line",
                    "pick_line" if is_marked else "loaded_line",
                    (order.id, line.id, *amount),
                    facts=facts,
                )
            ]
        )
    marked = picking.count_marked(order)
    rows += [
        keyboards.pages(page, "pick", order.id),
        [Button("card", "loading", (order.id,)), Button("release", "release", (order.id,), order.version)],
        [_onwards(order.id, len(goods) - marked)],
    ]
    facts = {"order": order, "page": page, "marked": marked, "count": len(goods)}
    return Face(facts, rows)


@screen.pressed("pick")
def open_list(turn: Turn) -> Step:
    """Show the list."""
    return turn.go("pick", order_id=turn.id(), page=turn.id(1) if len(turn.ids) > 1 else 0)


@screen.pressed("loaded_line")
def mark_loaded(turn: Turn) -> Step:
    """This much of a line is on the vehicle: what the button says, however often it is pressed."""
    order_id, line_id, milli = turn.id(), turn.id(1), turn.amount(2)
    order = picking.mark(turn.session, order_id, line_id, milli, by=turn.actor, now=turn.now)
    goods = picking.goods_of(order)
    if picking.count_marked(order) == len(goods):
        return turn.go("dispatch", order_id=order_id)
    index = next((index for index, line in enumerate(goods) if line.id == line_id), 0)
    return turn.go("pick", order_id=order_id, page=_next_page(goods, index))


@screen.pressed("load_rest")
def mark_rest(turn: Turn) -> Step:
    """All that is not marked yet is on the vehicle."""
    picking.mark_rest(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("dispatch", order_id=turn.id())


@screen.typed(Kind.PHOTO, Kind.FILE)
def take_photo(turn: Turn) -> Step:
    """A photo of the loading."""
    return photo_answers.take(turn)


@screen.heard("file.fetched")
def show_kept_photo(turn: Turn) -> Step | None:
    """A photo is kept now."""
    return photo_answers.show_kept(turn)


def _onwards(order_id: int, still_open: int) -> Button:
    return Button("all_loaded", "load_rest", (order_id,)) if still_open else Button("dispatch", "dispatch", (order_id,))


def _next_page(goods: Sequence[OrderLine], index: int) -> int:
    """The page of the line that was marked, or of the first open one where that page is done."""
    page = index // LINES_PER_PAGE
    here = goods[page * LINES_PER_PAGE : (page + 1) * LINES_PER_PAGE]
    if any(line.loaded_milli is None for line in here):
        return page
    first_open = next(index for index, line in enumerate(goods) if line.loaded_milli is None)
    return first_open // LINES_PER_PAGE
