"""The queue as it is looked at: by day, mine, by warehouse, by words; and photos of what has left."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.models.clients import Client
from db.models.files import File
from db.models.orders import Order
from services import announcements, loading, loading_photos, loading_queue
from services.actor import NotAllowed, Role
from services.announcements import Audience
from services.cart import NotYours
from services.errors import Moved
from services.loading_photos import TooManyPhotos
from services.loading_queue import Day, Filter
from services.search import search_key
from services.search_index import MOST_FOUND
from tests.builders import NOON, TOMORROW, actor_of, make_client, make_person, make_product, make_warehouse
from tests.services.desk import Desk, make_claimed, make_desk, make_submitted, told

TODAY = TOMORROW - timedelta(days=1)


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def on(session: Session, desk: Desk, day: date, **draft: object) -> Order:
    order = make_submitted(session, desk, {make_product(session, weight_g=1500): 2}, **draft)
    order.delivery_date = day
    session.flush()
    return order


def seen(session: Session, desk: Desk, wanted: Filter) -> list[Order]:
    return list(loading_queue.find(session, wanted, by=actor_of(desk.bob), now=NOON).page.items)


def test_days_are_chosen_and_added_up(session: Session, desk: Desk) -> None:
    late, today, tomorrow, later = (
        on(session, desk, day) for day in (TODAY - timedelta(days=3), TODAY, TOMORROW, TOMORROW + timedelta(days=4))
    )
    early = on(session, desk, TOMORROW)
    tomorrow.delivery_window, early.delivery_window = "14:00-18:00", "09:00-13:00"
    session.flush()

    assert seen(session, desk, Filter()) == [late, today, early, tomorrow, later]
    assert seen(session, desk, Filter(Day.TODAY)) == [late, today]
    assert seen(session, desk, Filter(Day.TOMORROW)) == [early, tomorrow]
    assert seen(session, desk, Filter(Day.LATER)) == [later]
    counts = loading_queue.count_by_day(session, Filter(Day.TODAY), by=actor_of(desk.bob), now=NOON)
    assert counts == {Day.ALL: 5, Day.TODAY: 2, Day.TOMORROW: 2, Day.LATER: 1}
    days = loading_queue.find(session, Filter(Day.TOMORROW), by=actor_of(desk.bob), now=NOON).days
    assert [(load.day, load.orders, load.weight_g) for load in days.values()] == [(TOMORROW, 2, 6000)]


def test_an_order_is_found_however_many_clients_have_that_name(session: Session, desk: Desk) -> None:
    names = [f"Kiosk {number:03}" for number in range(MOST_FOUND)]
    known = [{"name": name, "search_key": search_key(name), "created_at": NOON} for name in names]
    session.execute(insert(Client), known)
    order = on(session, desk, TOMORROW, client=make_client(session, "Kiosk zzz"))

    assert seen(session, desk, Filter(words="kiosk")) == [order]


def test_mine_by_warehouse_and_by_words(session: Session, desk: Desk) -> None:
    shop = make_client(session, "Лавка «Ёлка»")
    mine = make_claimed(session, desk, {make_product(session): 1}, client=shop)
    other = on(session, desk, TOMORROW)
    elsewhere = make_warehouse(session, "South")

    assert seen(session, desk, Filter(mine=True)) == [mine]
    assert seen(session, desk, Filter(warehouse_id=elsewhere.id)) == []
    assert seen(session, desk, Filter(words="елка")) == [mine]
    assert seen(session, desk, Filter(words=f"№ {other.id}")) == [other]
    assert seen(session, desk, Filter(words="nobody")) == []
    assert seen(session, desk, Filter(words=" , ")) == []
    bob = actor_of(desk.bob)
    assert [loading_queue.is_in(session, one, by=bob) for one in (mine.id, other.id, 999_999)] == [True, True, False]
    assert [loading_queue.read_number(words) for words in ("12", "#7", "№ 5", "x1", "99999999999", "٣")] == [
        12, 7, 5, 0, 0, 0,
    ]  # fmt: skip
    assert [house.name for house in loading_queue.list_warehouses(session, by=bob)] == ["Main"]
    for read in (loading_queue.find, loading_queue.count_by_day):
        with pytest.raises(NotAllowed):
            read(session, Filter(), by=actor_of(desk.ann), now=NOON)


def photo(session: Session, number: int) -> File:
    file = File(sha256=f"{number:064x}", name=f"{number}.jpg", content_type="image/jpeg", size=9, created_at=NOON)
    session.add(file)
    session.flush()
    return file


def test_up_to_ten_photos_are_kept_and_each_once(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 1})
    bob = desk.bob
    files = [photo(session, number) for number in range(11)]

    for file in [*files[:10], files[0]]:
        loading_photos.attach(session, file, order.id, bob.id, origin="tg:1:1", now=NOON)

    assert loading_photos.count(session, order.id) == 10
    assert loading_photos.is_kept(session, order.id, files[9].sha256)
    assert not loading_photos.is_kept(session, order.id, files[10].sha256)
    loading_photos.tell_kept(session, order.id, bob.id)
    assert told(session)[-1][1:] == (Audience(person_id=bob.id), {"order_id": order.id, "count": 10, "most": 10})
    assert loading_photos.find(session, order.id, 9, by=actor_of(desk.rita)) == files[9]
    with pytest.raises(TooManyPhotos):
        loading_photos.attach(session, files[10], order.id, bob.id, origin="tg:1:1", now=NOON)
    with pytest.raises(Moved):
        loading_photos.find(session, order.id, 10, by=actor_of(bob))


def test_photos_are_for_who_loads_it_and_after_that_for_the_warehouse(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 1})
    joe = make_person(session, "Joe", roles=[Role.STOREKEEPER], warehouse_ids=[desk.warehouse.id])
    kim = make_person(session, "Kim", roles=[Role.STOREKEEPER], warehouse_ids=[make_warehouse(session).id])
    waiting = make_submitted(session, desk, {make_product(session): 1})

    def ask(order_id: int, who: object) -> None:
        loading_photos.request(session, order_id, "f", chat_key="tg:1:1", by=actor_of(who), now=NOON)  # type: ignore[arg-type]

    with pytest.raises(NotYours):
        ask(order.id, joe)
    with pytest.raises(NotAllowed):
        ask(order.id, kim)
    with pytest.raises(Moved):
        ask(waiting.id, joe)
    with pytest.raises(NotAllowed):
        loading_photos.find(session, order.id, 0, by=actor_of(kim))
    loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)
    announcements.take(session)
    ask(order.id, joe)
    loading_photos.attach(session, photo(session, 1), order.id, joe.id, origin="tg:1:1", now=NOON)
    assert loading.claimer(session, order) == "Bob"
    joe.revoked_at = NOON
    with pytest.raises(NotAllowed):
        loading_photos.attach(session, photo(session, 2), order.id, joe.id, origin="tg:1:1", now=NOON)
    assert loading_photos.count(session, order.id) == 1
