"""A typed list of goods that came in, to look at before it is booked."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.parsing_lists import parse_list
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import goods_in, quick_order, stock_levels
from services.actor import Role
from services.goods_in import Receipt
from services.paging import page_of_all

MOST_SHOWN, MOST_UNREAD = 20, 8


@dataclass(frozen=True)
class State:
    """What came in, as pairs of product and thousandths of its base unit; the lines that were not understood, as
    ``quick_order.Untaken`` has them; where to; the supplier's paper.
    """

    receipts: list[list[int]] = field(default_factory=list)
    unread: list[dict[str, Any]] = field(default_factory=list)
    warehouse_id: int = 0
    paper: str = ""
    page: int = 0

    @property
    def as_receipts(self) -> list[Receipt]:
        """As the service takes them."""
        return [Receipt(product_id, milli) for product_id, milli in self.receipts]


screen = Screen("stock_list", roles=frozenset({Role.STOREKEEPER, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The lines as they were understood; the warehouse has to be chosen where there are several."""
    houses = stock_levels.warehouses_of(turn.session, by=turn.actor)
    chosen = houses[0] if len(houses) == 1 else next((one for one in houses if one.id == state.warehouse_id), None)
    page = page_of_all(houses, page=state.page)
    rows = []
    if len(houses) > 1:
        rows += [[Button("house", "list_house", (one.id,), facts={"house": one})] for one in page.items]
        rows.append(keyboards.pages(page, "list_houses"))
    rows.append([Button("stock", "stock"), Button("menu", "home")])
    lines = [_line(turn, receipt, chosen.id if chosen else 0) for receipt in state.as_receipts[:MOST_SHOWN]]
    if chosen is not None and lines:
        stamp = stock_levels.stamp(turn.session, chosen.id, [one.product_id for one in state.as_receipts])
        rows.append([Button("book_list", "list_book", (chosen.id,), stamp)])
    facts = {
        "lines": lines,
        "count": len(state.receipts),
        "unread": state.unread[:MOST_UNREAD],
        "unread_count": len(state.unread),
        "house": chosen,
        "paper": state.paper,
    }
    return Face(facts, rows)


@screen.pressed("list_houses")
def turn_page(turn: Turn) -> Step:
    """Another page of the warehouses."""
    return turn.go("stock_list", **asdict(replace(_living(turn), page=turn.id())))


@screen.pressed("list_house")
def choose_house(turn: Turn) -> Step:
    """Where the goods came to."""
    stock_levels.check_seen(turn.id(), by=turn.actor)
    return turn.go("stock_list", **asdict(replace(_living(turn), warehouse_id=turn.id())))


@screen.pressed("list_book")
def book(turn: Turn) -> Step:
    """Put all of it on the shelves."""
    state = _living(turn)
    goods_in.receive(
        turn.session, turn.id(), state.as_receipts, paper=state.paper, stamp=turn.version, by=turn.actor, now=turn.now
    )
    return turn.go("stock", "booked", {"count": len(state.receipts)})


@screen.typed(Kind.TEXT)
def type_more(turn: Turn) -> Step:
    """Another list instead of this one, or else the supplier's paper."""
    wanted = quick_order.read(turn.session, parse_list(turn.text))
    if wanted is None:
        return turn.go("stock_list", **asdict(replace(turn.state, paper=turn.text[: goods_in.LONGEST_NOTE])))
    delivered = goods_in.read_list(wanted)
    receipts = [[one.product_id, one.milli] for one in delivered.receipts]
    again = replace(turn.state, receipts=receipts, unread=[asdict(line) for line in delivered.unread])
    return turn.go("stock_list", **asdict(again))


def _living(turn: Turn) -> State:
    if not isinstance(turn.state, State):
        raise Stale
    return turn.state


def _line(turn: Turn, receipt: Receipt, warehouse_id: int) -> dict[str, object]:
    product = stock_levels.product(turn.session, receipt.product_id, by=turn.actor)
    base = stock_levels.base_unit(product)
    return {
        "name": product.name,
        "article": product.article,
        "milli": receipt.milli,
        "unit": base.code,
        "decimals": base.decimals,
        "lies": stock_levels.level(turn.session, warehouse_id, product.id).on_hand_milli,
        "unusual": goods_in.is_unusual(turn.session, warehouse_id, product.id, receipt.milli),
    }
