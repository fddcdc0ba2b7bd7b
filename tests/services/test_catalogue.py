from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from services import catalogue, favourites, files, order_edits
from services.catalogue import Available, CategoryGone, Photo, ProductGone, ProductItem, UnitOption
from services.paging import PAGES_AHEAD
from tests.builders import (
    NOON,
    actor_of,
    make_category,
    make_company,
    make_draft,
    make_person,
    make_product,
    make_warehouse,
    receive,
    unit_of,
)
from tests.services.desk import make_desk, make_submitted


def test_categories_are_listed_by_level_and_position(session: Session) -> None:
    drinks, dairy = make_category(session, "Drinks"), make_category(session, "Dairy")
    drinks.position = 2
    milk = make_category(session, "Milk", parent=dairy)
    fresh = make_category(session, "Fresh", parent=milk)

    assert catalogue.list_categories(session, None).items == (dairy, drinks)
    assert catalogue.list_categories(session, dairy.id).items == (milk,)
    assert catalogue.list_path(session, fresh.id) == [dairy, milk, fresh]


def test_a_circle_of_categories_ends(session: Session) -> None:
    one = make_category(session)
    two = make_category(session, parent=one)
    one.parent_id = two.id
    session.flush()

    assert catalogue.list_path(session, two.id) == [one, two]


def test_unknown_category(session: Session) -> None:
    with pytest.raises(CategoryGone):
        catalogue.list_path(session, 999)
    with pytest.raises(CategoryGone):
        catalogue.list_products(session, 999, page=0)


def test_products_are_paged_by_name_without_the_hidden(session: Session) -> None:
    make_company(session)
    dairy, other = make_category(session), make_category(session, "Other")
    for name in "hgfedcba":
        make_product(session, name, category=dairy, on_hand=0, units=[("box", 12000, None)])
    make_product(session, "aa", category=dairy, hidden=True)
    make_product(session, "ab", category=other)

    first = catalogue.list_products(session, dairy.id, page=0)
    second = catalogue.list_products(session, dairy.id, page=1)
    after_the_end = catalogue.list_products(session, dairy.id, page=10**30)

    assert [item.name for item in first.items] == list("abcdef")
    assert (first.page, first.pages, first.more) == (0, 2, False)
    assert [item.name for item in second.items] == ["g", "h"]
    assert after_the_end == second
    item = second.items[0]
    assert item == ProductItem(item.product_id, item.article, "g", 8900, "RUB", "pcs")


def test_an_empty_category_has_one_empty_page(session: Session) -> None:
    make_company(session)
    page = catalogue.list_products(session, make_category(session).id, page=3)
    assert (page.items, page.page, page.pages) == ((), 0, 1)


def test_a_long_list_is_not_counted_to_its_end(session: Session) -> None:
    make_company(session)
    dairy = make_category(session)
    for number in range(PAGES_AHEAD + 2):
        make_product(session, f"P{number:03}", category=dairy, on_hand=0)

    page = catalogue.list_products(session, dairy.id, page=0, size=1)
    last = catalogue.list_products(session, dairy.id, page=PAGES_AHEAD + 1, size=1)

    assert (page.pages, page.more) == (PAGES_AHEAD, True)
    assert (last.pages, last.more, last.items[0].name) == (PAGES_AHEAD + 2, False, f"P{PAGES_AHEAD + 1:03}")


def test_product_card(session: Session) -> None:
    make_company(session)
    near, far, foreign = (make_warehouse(session) for _ in range(3))
    milk = make_product(
        session,
        on_hand=10,
        warehouse=near,
        units=[("box", 12000, 99900), ("pallet", 600000, None)],
        description="3.2 %",
        article="M-1",
    )
    receive(session, milk, 5, warehouse=far).reserved_milli = 2000
    receive(session, milk, 100, warehouse=foreign)
    rep = make_person(session, warehouse_ids=[near.id, far.id])
    box = unit_of(milk, "box")
    make_draft(session, rep, {milk: 3, box: 2})

    card = catalogue.product_card(session, milk.id, by=actor_of(rep))

    pcs, pallet = unit_of(milk), unit_of(milk, "pallet")
    assert card.units == (
        UnitOption(pcs.id, "pcs", 1000, 0, 8900, 3000),
        UnitOption(box.id, "box", 12000, 0, 99900, 24000),
        UnitOption(pallet.id, "pallet", 600000, 0, 5340000, 0),
    )
    assert (card.name, card.article, card.description) == ("Milk", "M-1", "3.2 %")
    assert (card.price_minor, card.currency, card.vat_rate, card.prices_include_vat) == (
        8900,
        "RUB",
        Decimal("0.2"),
        True,
    )
    assert card.available_milli == 13000
    anywhere = replace(actor_of(rep), warehouse_ids=frozenset())
    assert catalogue.product_card(session, milk.id, by=anywhere).available_milli == 113000


def test_what_is_reserved_for_the_order_that_is_being_changed_is_available_to_it(session: Session) -> None:
    desk = make_desk(session)
    by = actor_of(desk.rita)
    milk = make_product(session, warehouse=desk.warehouse, on_hand=10)
    order = make_submitted(session, desk, {milk: 10})
    assert catalogue.product_card(session, milk.id, by=by).available == ()

    order_edits.begin(session, order.id, by=by, now=NOON)

    assert catalogue.product_card(session, milk.id, by=by).available == (Available("Main", 10_000),)


def test_a_pack_price_is_rounded_once() -> None:
    assert catalogue.unit_price(333, factor_milli=1500, own_price_minor=None) == 500  # 499.5
    assert catalogue.unit_price(333, factor_milli=1500, own_price_minor=0) == 0


def test_a_product_that_is_not_sold_has_no_card(session: Session) -> None:
    make_company(session)
    by = actor_of(make_person(session))
    hidden = make_product(session, hidden=True)

    with pytest.raises(ProductGone) as refused:
        catalogue.product_card(session, hidden.id, by=by)
    assert refused.value.facts == {"product": "Milk"}
    with pytest.raises(ProductGone) as refused:
        catalogue.product_card(session, 999_999, by=by)
    assert refused.value.facts == {"product": ""}


def test_a_page_takes_few_statements_however_many_products(session: Session) -> None:
    _kept = make_company(session)  # the session holds its rows weakly
    dairy = make_category(session)
    for number in range(6):
        make_product(session, f"P{number}", category=dairy, on_hand=0)
    statements: list[str] = []
    connection = session.connection()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    catalogue.list_products(session, dairy.id, page=0)
    event.remove(connection, "before_cursor_execute", note)

    assert len(statements) == 4  # how many, which, what is there of them, and what they are


def test_a_card_has_the_places_the_photo_the_star_and_what_may_be_ordered(session: Session) -> None:
    make_company(session)
    main, kazan, shut = (make_warehouse(session, name) for name in ("Main", "Kazan", "Shut"))
    rita, rob = make_person(session), make_person(session, "Rob", warehouse_ids=[kazan.id])
    milk = make_product(
        session, warehouse=main, on_hand=3, minimum=6, multiple=3, units=[("box", 12000, 100000)], description="Cool"
    )
    receive(session, milk, 5, warehouse=kazan)
    receive(session, milk, 9, warehouse=shut)
    shut.closed = True
    stored = files.record(
        session, sha256="0" * 64, name="milk.png", content_type="image/png", size=9, created_by=None, now=NOON
    )
    milk.photo_file_id = stored.id
    session.flush()
    favourites.mark(session, milk.id, by=actor_of(rita), now=NOON)

    card = catalogue.product_card(session, milk.id, by=actor_of(rita))
    robs = catalogue.product_card(session, milk.id, by=actor_of(rob))

    assert [(place.warehouse, place.available_milli) for place in card.available] == [("Kazan", 5000), ("Main", 3000)]
    assert (card.available_milli, robs.available_milli) == (8000, 5000)
    assert (card.is_favourite, robs.is_favourite) == (True, False)
    assert card.photo == Photo("0" * 64, "milk.png", "image/png")
    assert [(unit.minimum_milli, unit.multiple_milli) for unit in card.units] == [(6000, 3000), (0, 0)]
    assert [unit.base_price_minor for unit in card.units] == [8900, 8333]
    assert catalogue.find_photo(session, make_product(session, "Kefir").id) is None
