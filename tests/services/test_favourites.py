"""What a rep has marked, and what a rep has ordered lately."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from db.models.catalogue import Favourite, Product, RecentProduct, Unit
from services import favourites, orders
from services.actor import NotAllowed, Role
from services.catalogue import ProductGone
from tests.builders import NOON, actor_of, later, make_category, make_draft, make_person, make_product
from tests.services.desk import make_desk


def test_marking_twice_is_marking_once_and_others_see_nothing_of_it(session: Session) -> None:
    desk = make_desk(session)
    rita, rob = actor_of(desk.rita), actor_of(make_person(session, "Rob"))
    milk, ayran, old = (make_product(session, name, on_hand=3) for name in ("Milk", "Ayran", "Old"))
    for product in (milk, ayran, old, milk):
        favourites.mark(session, product.id, by=rita, now=NOON)
    old.hidden = True
    session.flush()

    page = favourites.list_favourites(session, by=rita, page=0)

    assert [(item.name, item.available_milli) for item in page.items] == [("Ayran", 3000), ("Milk", 3000)]
    assert favourites.count(session, by=rita) == (2, 0)
    assert favourites.list_favourites(session, by=rob, page=0).items == ()
    for _ in range(2):
        favourites.unmark(session, milk.id, by=rita)
    assert [item.name for item in favourites.list_favourites(session, by=rita, page=5).items] == ["Ayran"]


def test_only_reps_mark_and_only_what_is_sold(session: Session) -> None:
    desk = make_desk(session)
    milk = make_product(session, hidden=True)
    keeper = actor_of(make_person(session, "Kim", roles=[Role.STOREKEEPER]))

    for product_id in (milk.id, 999_999):
        with pytest.raises(ProductGone):
            favourites.mark(session, product_id, by=actor_of(desk.rita), now=NOON)
    with pytest.raises(NotAllowed):
        favourites.mark(session, milk.id, by=keeper, now=NOON)
    with pytest.raises(NotAllowed):
        favourites.unmark(session, milk.id, by=keeper)
    assert session.query(Favourite).count() == 0


def test_what_is_ordered_is_recent_the_latest_first(session: Session) -> None:
    desk = make_desk(session)
    by = actor_of(desk.rita)
    milk, kefir, cheese = (make_product(session, name) for name in ("Milk", "Kefir", "Cheese"))
    days: list[tuple[dict[Product | Unit, int], int]] = [({milk: 1, kefir: 1}, 1), ({cheese: 2, kefir: 3}, 2)]
    for goods, hours in days:
        order = make_draft(session, desk.rita, goods)
        orders.submit(session, order.id, order.version, by=by, now=later(hours=hours))

    assert [item.name for item in favourites.list_recent(session, by=by, page=0).items] == ["Cheese", "Kefir", "Milk"]
    assert favourites.count(session, by=by) == (0, 3)
    assert {row.used_at for row in session.query(RecentProduct).where(RecentProduct.product_id == kefir.id)} == {
        later(hours=2)
    }
    assert favourites.list_recent(session, by=actor_of(desk.ann), page=0).items == ()


def test_the_lists_are_paged(session: Session) -> None:
    desk = make_desk(session)
    by, category = actor_of(desk.rita), make_category(session)
    for number in range(8):
        product = make_product(session, f"P{number}", category=category, on_hand=0)
        favourites.mark(session, product.id, by=by, now=NOON)

    second = favourites.list_favourites(session, by=by, page=1)

    assert ([item.name for item in second.items], second.page, second.pages) == (["P6", "P7"], 1, 2)
