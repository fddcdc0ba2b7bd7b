"""A new product, one question after the other: article, name, category, unit, price, VAT, weight."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal

from bot import choices, parsing
from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import category_rows
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import category_admin, company_form, forms, product_admin
from services.actor import Role

UNITS = tuple(product_admin.BASE_UNITS)
STEPS = ("article", "name", "category_id", "unit_code", "price_minor", "vat_rate", "weight_g")
"""What is asked, in this order; the answer to the last one adds the product."""


@dataclass(frozen=True)
class State:
    """The answers so far, and where in the tree one looks for a category. None: not answered yet."""

    article: str | None = None
    name: str | None = None
    category_id: int | None = None
    unit_code: str | None = None
    price_minor: int | None = None
    vat_rate: str | None = None
    """A fraction, as text."""
    at: int = 0


screen = Screen("product_new", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The answers so far and the next question, with what can be pressed for it."""
    asked = _asked(state)
    rows = _offered(turn, state, asked)
    rows.append([Button("back", "goods_new_back") if asked != STEPS[0] else Button("back", "goods", (0, 0))])
    facts = {
        "state": state,
        "asked": asked,
        "profile": turn.company,
        "category": " › ".join(category_rows.path(turn, state.category_id)) if state.category_id else "",
        "path": category_rows.path(turn, state.at),
    }
    return Face(facts, rows)


@screen.pressed("goods_new")
def begin(turn: Turn) -> Step:
    """Ask for the article."""
    return turn.go("product_new")


@screen.pressed("goods_new_back")
def go_back(turn: Turn) -> Step:
    """Ask the last question once more."""
    if turn.state is None:
        raise Stale
    known = asdict(turn.state)
    before = STEPS[max(0, STEPS.index(_asked(turn.state)) - 1)]
    return turn.go("product_new", **{**known, before: None})


@screen.pressed("goods_new_browse")
def browse(turn: Turn) -> Step:
    """Look into a category."""
    return _known(turn, at=turn.id())


@screen.pressed("goods_new_into")
def choose_category(turn: Turn) -> Step:
    """Take this category."""
    return _known(turn, category_id=turn.id())


@screen.pressed("goods_new_unit")
def choose_unit(turn: Turn) -> Step:
    """Take this unit to count in."""
    if turn.id() >= len(UNITS):
        raise Stale
    return _known(turn, unit_code=UNITS[turn.id()])


@screen.pressed("goods_new_rate")
def choose_rate(turn: Turn) -> Step:
    """Take one of the usual VAT rates."""
    rate = choices.find(turn.id(), company_form.usual_rates(turn.company.country))
    if rate is None:
        raise Stale
    return _known(turn, vat_rate=str(forms.percent("vat_rate")(rate)))


@screen.pressed("goods_new_light")
def without_weight(turn: Turn) -> Step:
    """Add the product without a weight."""
    return _add(turn, 0)


@screen.typed(Kind.TEXT)
def type_answer(turn: Turn) -> Step:
    """A typed text answers the question; for the category it is the name of a new one."""
    asked, text = _asked(turn.state), turn.text
    if asked == "category_id":
        added = category_admin.add(turn.session, text, turn.state.at or None, by=turn.actor, now=turn.now)
        return _known(turn, category_id=added.id)
    if asked == "weight_g":
        return _add(turn, forms.grams(asked, product_admin.HEAVIEST_KG)(text))
    answer = _read(turn, asked, text)
    return turn.stay("unit_unclear") if answer is None else _known(turn, **{asked: answer})


def _read(turn: Turn, asked: str, text: str) -> object:
    """What was typed for one of the other questions; None for a unit that nobody knows."""
    if asked == "article":
        return product_admin.check_article(turn.session, text)
    if asked == "name":
        return forms.words("name", product_admin.LONGEST["name"], may_be_empty=False)(text)
    if asked == "unit_code":
        return parsing.match_unit(text.rstrip("."), UNITS)
    if asked == "price_minor":
        return forms.amount(turn.company.currency)(text)
    return str(forms.percent("vat_rate")(text))


def _asked(state: State) -> str:
    """The first question without an answer."""
    return next(step for step in STEPS if step == STEPS[-1] or getattr(state, step) is None)


def _known(turn: Turn, **answer: object) -> Step:
    if turn.state is None:
        raise Stale
    return turn.go("product_new", **{**asdict(turn.state), **answer})


def _add(turn: Turn, weight_g: int) -> Step:
    state = turn.state
    if state is None or _asked(state) != STEPS[-1]:
        raise Stale
    new = product_admin.NewProduct(
        article=state.article,
        name=state.name,
        category_id=state.category_id,
        unit_code=state.unit_code,
        price_minor=state.price_minor,
        vat_rate=Decimal(state.vat_rate),
        weight_g=weight_g,
    )
    product = product_admin.add(turn.session, new, by=turn.actor, now=turn.now)
    return turn.go("product_edit", "added", {"name": product.name}, product_id=product.id)


def _offered(turn: Turn, state: State, asked: str) -> list[list[Button]]:
    if asked == "category_id":
        return _tree(turn, state.at)
    if asked == "unit_code":
        units = [Button("unit", "goods_new_unit", (number,), facts={"code": code}) for number, code in enumerate(UNITS)]
        return [units[:3], units[3:]]
    if asked == "vat_rate":
        rates = company_form.usual_rates(turn.company.country)
        return [[Button("rate", "goods_new_rate", (choices.number_of(one),), facts={"rate": one}) for one in rates]]
    return [[Button("light", "goods_new_light")]] if asked == "weight_g" else []


def _tree(turn: Turn, at: int) -> list[list[Button]]:
    """The categories below ``at``; the one that is looked into can be taken."""
    rows = [
        [Button("category", "goods_new_browse", (number,), facts={"child": name})]
        for number, name in category_rows.children(turn, at)
    ]
    if at:
        up = Button("up", "goods_new_browse", (category_rows.above(turn, at),))
        rows.append([up, Button("here", "goods_new_into", (at,))])
    return rows
