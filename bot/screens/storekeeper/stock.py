"""What lies in the warehouses: found by typing; a typed list of articles and quantities is what came in."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.parsing_lists import parse_list
from bot.screens.screen import Face, Screen, Step, Turn
from bot.screens.storekeeper.stock_product import way_to
from services import goods_in, quick_order, stock_levels
from services.actor import Role

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class State:
    """Which page of what; without words what moved last, or what is low."""

    page: int = 0
    words: str = ""
    low: bool = False


screen = Screen("stock", roles=frozenset({Role.STOREKEEPER, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A button per product."""
    found = stock_levels.find(turn.session, state.words, by=turn.actor, page=state.page, low_only=state.low)
    rows = [[Button("one", "stock_of", (item.product_id,), facts={"item": item})] for item in found.items]
    rows.append(keyboards.pages(found, "stock_page"))
    if state.words or state.low:
        rows.append([Button("last_moved", "stock")])
    if not state.low:
        rows.append([Button("low", "stock_low")])
    return Face({"found": found, "words": state.words, "low": state.low}, [*rows, keyboards.menu()])


@screen.pressed("stock")
@screen.command("stock", menu="command")
def open_stock(turn: Turn) -> Step:
    """Show what moved last."""
    return turn.go("stock")


@screen.pressed("stock_page")
def turn_page(turn: Turn) -> Step:
    """Another page of the same."""
    state = turn.state if isinstance(turn.state, State) else State()
    return turn.go("stock", page=turn.id(), words=state.words, low=state.low)


@screen.pressed("stock_low")
def show_low(turn: Turn) -> Step:
    """Only what there is too little of."""
    return turn.go("stock", low=True)


@screen.typed(Kind.TEXT)
def search(turn: Turn) -> Step:
    """Part of a name or an article; or a list of what came in, ``A-103 120; B-22 5 box``."""
    wanted = quick_order.read(turn.session, parse_list(turn.text))
    if wanted is not None:
        delivered = goods_in.read_list(wanted)
        receipts = [[one.product_id, one.milli] for one in delivered.receipts]
        return turn.go("stock_list", receipts=receipts, unread=[asdict(line) for line in delivered.unread])
    words = turn.text[:LONGEST_SEARCH]
    found = stock_levels.find(turn.session, words, by=turn.actor)
    if len(found.items) == 1:
        return way_to(turn, found.items[0].product_id)
    return turn.go("stock", words=words)
