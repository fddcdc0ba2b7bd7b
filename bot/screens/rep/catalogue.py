"""The catalogue: categories and their products, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.rep import goods_rows
from bot.screens.screen import Face, Screen, Step, Turn
from services import cart, catalogue, favourites
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which category (0: the top), which page of its products, and which of the categories below it."""

    category_id: int = 0
    page: int = 0
    below: int = 0


screen = Screen("catalogue", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The categories below this one, then its own products; at the top what the rep marked and ordered lately."""
    path = catalogue.list_path(turn.session, state.category_id) if state.category_id else []
    children = catalogue.list_categories(turn.session, state.category_id or None, page=state.below)
    rows = [] if path else [_own(turn), _repeat(turn)]
    rows += [[Button("category", "category", (child.id, 0), facts={"child": child.name})] for child in children.items]
    rows.append(keyboards.pages(children, "categories", state.category_id))
    products = None
    if path:
        own = turn.actor.warehouse_ids
        products = catalogue.list_products(turn.session, state.category_id, page=state.page, warehouse_ids=own)
        rows += goods_rows.products(products.items)
        rows.append(keyboards.pages(products, "category", state.category_id))
        parent_id = path[-1].parent_id or 0
        rows.append([Button("up", "category", (parent_id, 0)), *goods_rows.to_cart(turn)])
    else:
        rows.append([*keyboards.menu(), *goods_rows.to_cart(turn)])
    names = [category.name for category in path]
    return Face({"path": names, "products": products, "has_below": bool(children.items)}, rows)


@screen.pressed("category")
@screen.command("catalogue", menu="command_catalogue")
def open_category(turn: Turn) -> Step:
    """Show a category; without one, the top."""
    category_id = turn.id() if turn.ids else 0
    same = turn.state is not None and turn.state.category_id == category_id
    page = turn.id(1) if len(turn.ids) > 1 else 0
    return turn.go("catalogue", category_id=category_id, page=page, below=turn.state.below if same else 0)


@screen.pressed("categories")
def turn_page(turn: Turn) -> Step:
    """Show other categories below the same one."""
    same = turn.state is not None and turn.state.category_id == turn.id()
    return turn.go("catalogue", category_id=turn.id(), page=turn.state.page if same else 0, below=turn.id(1))


def _repeat(turn: Turn) -> list[Button]:
    """For an order that has a client and no goods yet, those of the client's last one."""
    draft = cart.current(turn.session, by=turn.actor)
    return [] if draft is None or draft.goods_minor else goods_rows.repeat_last(turn, draft)


def _own(turn: Turn) -> list[Button]:
    marked, recent = favourites.count(turn.session, by=turn.actor)
    row = [Button("favourites", "favourites", (0,), facts={"marked": marked})] if marked else []
    return row + ([Button("recent", "recent", (0,))] if recent else [])
