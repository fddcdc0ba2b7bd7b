"""The catalogue as admins keep it: the tree with all its products, hidden ones too, and what was searched for."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Step, Turn
from services import catalogue, product_admin
from services.actor import Role

LONGEST_QUERY = 100


@dataclass(frozen=True)
class State:
    """Which category (0: the top) and pages of it; or what was searched for."""

    category_id: int = 0
    page: int = 0
    below: int = 0
    query: str = ""


screen = Screen("products", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A category with what is in it, or the products found."""
    return _found(turn, state) if state.query else _category(turn, state)


@screen.pressed("goods")
def open_category(turn: Turn) -> Step:
    """Show a category."""
    same = turn.state is not None and turn.state.category_id == turn.id() and not turn.state.query
    return turn.go("products", category_id=turn.id(), page=turn.id(1), below=turn.state.below if same else 0)


@screen.pressed("goods_below")
def turn_categories(turn: Turn) -> Step:
    """Show other categories below the same one."""
    return turn.go("products", category_id=turn.id(), below=turn.id(1))


@screen.pressed("goods_found")
def turn_found(turn: Turn) -> Step:
    """Show another page of what was found."""
    return turn.go("products", query=turn.state.query if turn.state else "", page=turn.id())


@screen.typed(Kind.TEXT)
def search(turn: Turn) -> Step:
    """Look for a typed text in names and articles."""
    return turn.go("products", query=turn.text[:LONGEST_QUERY])


def _found(turn: Turn, state: State) -> Face:
    found = product_admin.find_products(turn.session, state.query, by=turn.actor, page=state.page)
    currency = turn.company.currency
    rows = [
        [Button("product", "goods_edit", (item.id,), facts={"item": item, "currency": currency})]
        for item in found.items
    ]
    rows.append(keyboards.pages(found, "goods_found"))
    rows.append([Button("whole", "goods", (0, 0)), *_add()])
    return Face({"query": state.query, "found": found, "path": []}, rows)


def _category(turn: Turn, state: State) -> Face:
    number = state.category_id
    path = catalogue.list_path(turn.session, number) if number else []
    children = catalogue.list_categories(turn.session, number or None, page=state.below)
    rows = [[Button("category", "goods", (child.id, 0), facts={"child": child.name})] for child in children.items]
    rows.append(keyboards.pages(children, "goods_below", number))
    edit = [Button("edit_category", "category_edit", (number,)), Button("prices", "price_list")]
    if not path:
        rows += [edit, [*keyboards.menu(), *_add()]]
        return Face({"query": "", "found": None, "path": []}, rows)
    found = product_admin.list_products(turn.session, number, by=turn.actor, page=state.page)
    currency = turn.company.currency
    rows += [
        [Button("product", "goods_edit", (item.id,), facts={"item": item, "currency": currency})]
        for item in found.items
    ]
    rows.append(keyboards.pages(found, "goods", number))
    rows += [edit, [Button("up", "goods", (path[-1].parent_id or 0, 0)), *_add()]]
    return Face({"query": "", "found": found, "path": [category.name for category in path]}, rows)


def _add() -> list[Button]:
    return [Button("new", "goods_new")]
