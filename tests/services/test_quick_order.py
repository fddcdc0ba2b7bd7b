"""Typed lists and repeated orders: what can be set is set at once, the rest is told."""

from __future__ import annotations

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from bot.parsing_lists import parse_list
from db.models.catalogue import Product, Unit
from services import cart, order_edits, quick_order
from services.actor import NotAllowed, Role
from services.cart import NoLongerDraft, NotYours
from services.quick_order import Outcome, TooManyLines
from tests.builders import (
    NOON,
    actor_of,
    later,
    make_client,
    make_company,
    make_draft,
    make_person,
    make_product,
    make_warehouse,
    unit_of,
)
from tests.services.desk import make_desk, make_invoice, make_submitted


class Shelf:
    """A rep with an empty draft, and some goods."""

    def __init__(self, session: Session) -> None:
        make_company(session)
        self.session = session
        self.rita = make_person(session)
        self.by = actor_of(self.rita)
        self.kefir = make_product(session, "Kefir", article="A-103", units=[("box", 10000, None)], on_hand=100)
        self.cheese = make_product(session, "Cheese", article="C-7", base=("kg", 3), on_hand=5)
        self.water = make_product(session, "Water", article="W-6", minimum=12, multiple=6)
        self.old = make_product(session, "Old", article="O-1", hidden=True)
        self.draft = cart.open_draft(session, by=self.by, now=NOON)

    def type(self, text: str) -> Outcome:
        """Set a typed list into the draft."""
        wanted = quick_order.read(self.session, parse_list(text))
        assert wanted is not None
        return quick_order.set_lines(self.session, self.draft.id, wanted, by=self.by, now=NOON)

    @property
    def goods(self) -> dict[tuple[str, str], int]:
        """What the draft holds, by article and unit."""
        lines = (line for line in self.draft.lines if line.kind == "goods")
        return {(line.article, line.unit_code): line.quantity_milli for line in lines}


@pytest.fixture
def shelf(session: Session) -> Shelf:
    return Shelf(session)


def test_good_lines_are_set_and_bad_ones_handed_back_with_the_reason(shelf: Shelf) -> None:
    outcome = shelf.type(
        "а-103 12шт; A-103 2 кор; C-7 1,5 кг; W-6 7; W-6 13; O-1 1; A-104 5; A-103 3; C-7; C-7 3 box; "
        "W-6 12,5; W-6 2000000; A-103 ½"
    )

    assert shelf.goods == {("A-103", "pcs"): 12000, ("A-103", "box"): 20000, ("C-7", "kg"): 1500}
    assert [(line.article, line.unit_code, line.quantity_milli) for line in outcome.taken] == [
        ("A-103", "pcs", 12000),
        ("A-103", "box", 20000),
        ("C-7", "kg", 1500),
    ]
    assert [(line.text, line.reason) for line in outcome.untaken] == [
        ("W-6 7", "quantity_below_minimum"),
        ("W-6 13", "quantity_not_multiple"),
        ("O-1 1", "product_gone"),
        ("A-104 5", "unknown_article"),
        ("A-103 3", "twice"),
        ("C-7", "no_quantity"),
        ("C-7 3 box", "unit_not_sold"),
        ("W-6 12,5", "not_divisible"),
        ("W-6 2000000", "quantity_unfit"),
        ("A-103 ½", "unclear"),
    ]
    facts = {line.text: line.facts for line in outcome.untaken}
    assert facts["W-6 7"]["minimum_milli"] == 12000
    assert (facts["W-6 13"]["below_milli"], facts["W-6 13"]["above_milli"]) == (12000, 18000)
    assert facts["A-104 5"] == {"nearest": [["A-103", "Kefir"]]}
    assert facts["C-7 3 box"] == {"asked": "box", "units": ["kg"]}


def test_a_list_sets_and_does_not_add_and_zero_takes_out(shelf: Shelf) -> None:
    for _ in range(2):
        shelf.type("A-103 12; C-7 2")
    assert shelf.goods == {("A-103", "pcs"): 12000, ("C-7", "kg"): 2000}

    outcome = shelf.type("A-103 0; C-7 3")

    assert shelf.goods == {("C-7", "kg"): 3000}
    assert [line.quantity_milli for line in outcome.taken] == [0, 3000]
    assert outcome.taken[0].available_milli is None


def test_what_is_more_than_there_is_is_set_and_told(shelf: Shelf) -> None:
    outcome = shelf.type("A-103 95; A-103 1 box; C-7 2")

    assert [line.available_milli for line in outcome.taken] == [100_000, 100_000, None]
    assert shelf.goods[("A-103", "pcs")] == 95000


def test_only_the_reps_own_warehouses_count(shelf: Shelf) -> None:
    kazan = make_warehouse(shelf.session, "Kazan")
    shelf.rita.warehouse_ids = [kazan.id]
    shelf.by = actor_of(shelf.rita)

    assert [line.available_milli for line in shelf.type("A-103 1; C-7 1").taken] == [0, 0]


def test_what_is_reserved_for_the_order_that_is_being_changed_counts(shelf: Shelf) -> None:
    desk = make_desk(shelf.session)
    shelf.by = actor_of(desk.rita)
    milk = make_product(shelf.session, warehouse=desk.warehouse, article="M-1", on_hand=10)
    order = make_submitted(shelf.session, desk, {milk: 10})
    shelf.draft = order_edits.begin(shelf.session, order.id, by=shelf.by, now=NOON)

    assert [line.available_milli for line in shelf.type("M-1 9").taken] == [None]
    assert [line.available_milli for line in shelf.type("M-1 11").taken] == [10_000]


def test_a_hundred_lines_are_priced_once(shelf: Shelf) -> None:
    goods = [make_product(shelf.session, f"P{number}", article=f"Q-{number}", on_hand=0) for number in range(100)]
    text = "\n".join(f"{product.article} 3" for product in goods)
    writes: list[str] = []
    connection = shelf.session.connection()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        writes.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    outcome = shelf.type(text)
    event.remove(connection, "before_cursor_execute", note)

    assert (len(outcome.taken), outcome.untaken) == (100, ())
    assert shelf.draft.total_minor == 100 * 3 * 8900
    assert sum(statement.startswith('UPDATE "order"') for statement in writes) == 1
    assert sum(statement.startswith("SELECT") for statement in writes) < 20


def test_too_many_lines_change_nothing(shelf: Shelf) -> None:
    with pytest.raises(TooManyLines) as refused:
        shelf.type("\n".join("A-103 1" for _ in range(101)))

    assert refused.value.facts == {"lines": 101, "largest": 100}
    assert shelf.goods == {}


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ("A-103 12", True),
        ("A-103", False),
        ("A-999 12", False),
        ("kefir 3", False),
        ("кефир", False),
        ("A-103; C-7", True),
        ("kefir 3; cheese 2", True),
        ("kefir; cheese", False),
        ("hello, how are you", False),
        ("A-999 1\nA-998 2", True),
        ("O-1 5", True),
    ],
)
def test_what_is_a_list_and_what_are_words_to_look_for(shelf: Shelf, text: str, is_list: bool) -> None:  # noqa: FBT001
    assert (quick_order.read(shelf.session, parse_list(text)) is not None) is is_list


def test_names_instead_of_articles_get_the_articles_told(shelf: Shelf) -> None:
    outcome = shelf.type("kefir 3; cheese 2")

    assert [line.facts for line in outcome.untaken] == [
        {"nearest": [["A-103", "Kefir"]]},
        {"nearest": [["C-7", "Cheese"]]},
    ]


def test_an_article_with_a_space_and_two_of_one_look(shelf: Shelf) -> None:
    spaced = make_product(shelf.session, "Spaced", article="AB 12", on_hand=1)
    make_product(shelf.session, "Latin", article="B-1", hidden=True)
    cyrillic = make_product(shelf.session, "Cyrillic", article="В-1")

    taken = shelf.type("ab 12 5; B-1 2").taken

    assert [line.product_id for line in taken] == [spaced.id, cyrillic.id]


def test_only_reps_and_only_their_own_drafts(shelf: Shelf) -> None:
    rob = actor_of(make_person(shelf.session, "Rob"))
    keeper = actor_of(make_person(shelf.session, "Bob", roles=[Role.STOREKEEPER]))
    wanted = quick_order.read(shelf.session, parse_list("A-103 1")) or []

    with pytest.raises(NotYours):
        quick_order.set_lines(shelf.session, shelf.draft.id, wanted, by=rob, now=NOON)
    with pytest.raises(NotAllowed):
        quick_order.set_lines(shelf.session, shelf.draft.id, wanted, by=keeper, now=NOON)
    with pytest.raises(NotAllowed):
        quick_order.find_last(shelf.session, 1, by=keeper)
    assert shelf.goods == {}


# repeat


def test_the_last_order_is_repeated_at_todays_prices(session: Session) -> None:
    desk = make_desk(session)
    shop, other = make_client(session, "Shop"), make_client(session, "Other")
    milk = make_product(session, units=[("box", 12000, 100000)], on_hand=500)
    kefir, old, few = (make_product(session, name, on_hand=500) for name in ("Kefir", "Old", "Few"))
    make_submitted(session, desk, {milk: 1}, client=shop, now=later(hours=-2))
    goods: dict[Product | Unit, int] = {unit_of(milk, "box"): 2, kefir: 5, old: 1, few: 400}
    last = make_invoice(session, desk, goods, client=shop).order_id
    make_submitted(session, desk, {milk: 9}, client=other)
    rob = make_person(session, "Rob")
    by = actor_of(rob)
    draft = make_draft(session, rob, {kefir: 7}, client=shop)
    assert quick_order.find_last(session, shop.id, by=by) == last
    kefir.price_minor, old.hidden = 9900, True
    session.flush()

    outcome = quick_order.repeat(session, draft.id, last, by=by, now=later(hours=1))

    held = {
        (line.name, line.unit_code): (line.quantity_milli, line.price_minor) for line in draft.lines if line.unit_id
    }
    assert held == {
        ("Milk", "box"): (24000, 100000),
        ("Kefir", "pcs"): (5000, 9900),
        ("Few", "pcs"): (400_000, 8900),
    }
    assert [(line.reason, line.facts) for line in outcome.untaken] == [("product_gone", {"product": "Old"})]
    assert outcome.untaken[0].text == f"{old.article} 1 pcs"
    assert {line.name: line.available_milli for line in outcome.taken} == {"Milk": None, "Kefir": None, "Few": 100_000}


def test_what_was_ordered_is_repeated_not_what_was_loaded(session: Session) -> None:
    desk = make_desk(session)
    milk = make_product(session, on_hand=10)
    order = make_submitted(session, desk, {milk: 6})
    order.lines[0].ordered_milli, order.lines[0].quantity_milli = 6000, 2000
    session.flush()
    draft = make_draft(session, desk.rita, {}, client=order.client)

    quick_order.repeat(session, draft.id, order.id, by=actor_of(desk.rita), now=NOON)

    assert [line.quantity_milli for line in draft.lines if line.kind == "goods"] == [6000]


def test_a_unit_that_is_sold_no_more_or_otherwise_is_told(session: Session) -> None:
    desk = make_desk(session)
    milk = make_product(session, units=[("box", 12000, None)], on_hand=100)
    order = make_submitted(session, desk, {unit_of(milk, "box"): 2, milk: 5})
    session.execute(update(Unit).where(Unit.id == unit_of(milk, "box").id).values(code="pack"))
    session.execute(update(Unit).where(Unit.id == unit_of(milk).id).values(minimum_milli=6000))
    session.expire_all()
    draft = make_draft(session, desk.rita, {}, client=order.client)

    outcome = quick_order.repeat(session, draft.id, order.id, by=actor_of(desk.rita), now=NOON)

    assert [line.reason for line in outcome.untaken] == ["unit_not_sold", "quantity_below_minimum"]
    assert [line for line in draft.lines if line.kind == "goods"] == []


def test_only_orders_of_the_same_client_that_were_submitted(session: Session) -> None:
    desk = make_desk(session)
    shop, other = make_client(session, "Shop"), make_client(session, "Other")
    milk = make_product(session)
    foreign = make_submitted(session, desk, {milk: 1}, client=other)
    begun = make_draft(session, make_person(session, "Rob"), {milk: 1}, client=shop)
    draft = make_draft(session, desk.rita, {}, client=shop)
    by = actor_of(desk.rita)

    for order_id in (foreign.id, begun.id, draft.id, 999_999):
        with pytest.raises(NotYours):
            quick_order.repeat(session, draft.id, order_id, by=by, now=NOON)
    with pytest.raises(NoLongerDraft):
        quick_order.repeat(session, foreign.id, foreign.id, by=by, now=NOON)
    assert quick_order.find_last(session, shop.id, by=by) is None
    assert [line for line in draft.lines if line.kind == "goods"] == []


def test_back_orders_and_cancelled_orders_are_not_the_last_one(session: Session) -> None:
    desk = make_desk(session)
    shop = make_client(session, "Shop")
    milk = make_product(session)
    first = make_submitted(session, desk, {milk: 1}, client=shop)
    child = make_submitted(session, desk, {milk: 1}, client=shop)
    child.parent_id, child.submitted_at = first.id, later(hours=1)
    cancelled = make_submitted(session, desk, {milk: 1}, client=shop)
    cancelled.status, cancelled.submitted_at = "cancelled", later(hours=2)
    session.flush()

    assert quick_order.find_last(session, shop.id, by=actor_of(desk.rita)) == first.id
