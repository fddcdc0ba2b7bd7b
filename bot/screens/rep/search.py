"""What reps type where no screen asks for it: a list of goods, an article, or words to look for in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards, parsing_lists
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import goods_rows, product, quick_order
from bot.screens.screen import Face, Screen, Step, Turn
from services import catalogue_search
from services import quick_order as lists
from services.actor import Role
from services.quick_order import ListLine

LONGEST_QUERY = 100


@dataclass(frozen=True)
class State:
    """What is looked for, and which page of what was found."""

    query: str = ""
    page: int = 0


screen = Screen("search", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of what was found; for nothing, the articles that come nearest."""
    found = catalogue_search.find(turn.session, state.query, page=state.page, by=turn.actor)
    near = [] if found.items else catalogue_search.nearest(turn.session, state.query)
    rows = goods_rows.products(found.items or near)
    rows.append(keyboards.pages(found, "found"))
    rows.append([Button("catalogue", "category", (0, 0)), *goods_rows.to_cart(turn)])
    return Face({"query": state.query, "found": found, "near": near}, rows)


@screen.pressed("found")
def turn_page(turn: Turn) -> Step:
    """Show another page; the words are known while the list is the living screen."""
    if turn.state is None or not turn.state.query:
        return turn.go("catalogue")
    return turn.go("search", query=turn.state.query, page=turn.id())


@screen.otherwise(Kind.TEXT)
def answer_text(turn: Turn) -> Step:
    """First try it as a list of goods, then as one product, then look for it."""
    lines = parsing_lists.parse_list(turn.text)
    wanted = lists.read(turn.session, lines) if lines else None
    if wanted is not None:
        return quick_order.take(turn, wanted)
    if len(turn.text) > LONGEST_QUERY:
        return turn.back("too_long", largest=LONGEST_QUERY)
    query = " ".join(turn.text.split())
    product_id = catalogue_search.find_one(turn.session, query, by=turn.actor)
    if product_id is not None:
        return product.to_product(turn, product_id)
    product_id = _begins_with_article(turn, lines)
    if product_id is not None:
        return product.to_product(turn, product_id, "quantity_unclear")
    return turn.go("search", query=query)


def is_list_of_goods(turn: Turn) -> bool:
    """Tell whether what was typed has quantities of known articles: on a screen that takes other words too (a note, an
    address), it is a list nevertheless. It may have been written offline, when another screen was there.
    """
    lines = parsing_lists.parse_list(turn.text) if screen.open_to(turn.who) else []
    wanted = (lists.read(turn.session, lines) if lines else None) or ()
    return any(one.product is not None and one.reading is not None and one.reading.amount is not None for one in wanted)


def _begins_with_article(turn: Turn, lines: list[ListLine]) -> int | None:
    """The product whose article begins a single line that goes on with no quantity: ``A-103 ½``."""
    if len(lines) != 1:
        return None
    article, _, rest = lines[0].text.partition(" ")
    if not rest or any(sign.isalpha() for sign in rest) or not any(sign.isdigit() for sign in article):
        return None
    return catalogue_search.find_article(turn.session, article, by=turn.actor)
