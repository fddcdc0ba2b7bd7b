"""Finding clients: recent ones, names, phones, tax ids, neighbours and doubles."""

from __future__ import annotations

import random

import pytest
from geopy.distance import geodesic
from sqlalchemy.orm import Session

from db.models.clients import Client, Place
from services import client_nearby, client_search, clients
from services.actor import Actor, NotAllowed, Role
from services.client_search import RECENT
from tests.builders import NOON, actor_of, later, make_client, make_company, make_person


@pytest.fixture
def rita(session: Session) -> Actor:
    make_company(session)
    return actor_of(make_person(session))


def names(session: Session, by: Actor, query: str = "", *, page: int = 0, size: int = 6) -> list[str]:
    found = client_search.list_clients(session, by=by, page=page, size=size, query=query)
    return [one.client.name for one in found.items]


def test_clients_are_listed_by_name(session: Session, rita: Actor) -> None:
    for name in ("Ёлка", "Дом", "Жук"):
        make_client(session, name)

    page = client_search.list_clients(session, by=rita, page=0, size=2)

    assert [one.client.name for one in page.items] == ["Дом", "Ёлка"]
    assert (page.page, page.pages, page.more) == (0, 2, False)
    assert names(session, rita, page=9, size=2) == ["Жук"]


def test_those_of_the_last_orders_come_first_each_once(session: Session, rita: Actor) -> None:
    made = [make_client(session, f"Client {number}") for number in range(9)]
    for minute, at in enumerate((7, 2, 5, 7)):
        clients.note_used(session, made[at].id, by=rita, now=later(minutes=minute))
    other = actor_of(make_person(session, "Rob"))

    first = client_search.list_clients(session, by=rita, page=0, size=4)
    assert [(one.client.name, one.is_recent) for one in first.items] == [
        ("Client 7", True), ("Client 5", True), ("Client 2", True), ("Client 0", False),
    ]  # fmt: skip
    assert first.pages == 3
    assert names(session, rita, page=1, size=4) == ["Client 1", "Client 3", "Client 4", "Client 6"]
    assert names(session, rita, page=2, size=4) == ["Client 8"]
    assert names(session, rita, page=7, size=4) == ["Client 8"], "a page after the last one"
    assert names(session, other, size=2) == ["Client 0", "Client 1"]


def test_only_some_are_recent_and_a_page_may_hold_no_other(session: Session, rita: Actor) -> None:
    for number in range(RECENT + 2):
        client = make_client(session, f"Client {number}")
        clients.note_used(session, client.id, by=rita, now=later(minutes=number))

    assert names(session, rita, size=RECENT) == [f"Client {number}" for number in range(7, 1, -1)]
    assert names(session, rita, page=1, size=RECENT) == ["Client 0", "Client 1"]


def test_a_query_finds_the_beginning_first_then_the_middle(session: Session, rita: Actor) -> None:
    for name in ("Кафе Ёлка", "Елочка", "Жук", "100% сок", "1000 соков"):
        make_client(session, name)

    assert names(session, rita, "ЁЛ") == ["Елочка", "Кафе Ёлка"]
    assert names(session, rita, "100%") == ["100% сок"]
    assert names(session, rita, "нет такого") == []
    assert len(names(session, rita, " ")) == 5


def test_a_legal_name_is_found_too(session: Session, rita: Actor) -> None:
    make_client(session, "Corner Shop", legal_name="ООО «Берёзка-Юг»")

    assert names(session, rita, "березка") == ["Corner Shop"]


@pytest.mark.parametrize(
    "typed",
    ["+7 495 123-45-67", "8 (495) 123 45 67", "84951234567", "4951234567", "123-45-67", "4567", "+7495123", "495 123"],
)  # fmt: skip
def test_a_phone_is_found_however_it_is_written(session: Session, rita: Actor, typed: str) -> None:
    make_client(session, "Right", phone="+7 495 123-45-67")
    make_client(session, "Wrong", phone="+7 812 765-43-21")

    assert names(session, rita, typed) == ["Right"]


@pytest.mark.parametrize(
    ("typed", "found"), [("B881", "Spanish"), ("b-88120456", "Spanish"), ("7707", "Russian"), ("77 07 08", "Russian")]
)
def test_a_tax_id_is_found_by_its_beginning(session: Session, rita: Actor, typed: str, found: str) -> None:
    make_client(session, "Spanish", tax_id="B88120456", country="ES")
    make_client(session, "Russian", tax_id="7707083893")

    assert names(session, rita, typed) == [found]


def test_a_storekeeper_sees_no_clients(session: Session, rita: Actor) -> None:
    bob = actor_of(make_person(session, roles=[Role.STOREKEEPER]))
    with pytest.raises(NotAllowed):
        client_search.list_clients(session, by=bob, page=0)
    with pytest.raises(NotAllowed):
        client_search.list_nearest(session, (55.0, 37.0), by=bob, page=0)
    assert client_search.list_clients(session, by=rita, page=0).items == ()


# near


@pytest.mark.parametrize("middle", [(55.75, 37.62), (40.41, -3.7), (66.0, 179.99), (-33.45, -179.98), (-0.001, 0.001)])
def test_the_nearest_are_those_that_measuring_all_would_give(session: Session, middle: tuple[float, float]) -> None:
    rng = random.Random(7)  # noqa: S311 - places, no secrets
    spots = []
    for number in range(120):
        spread = rng.choice([0.001, 0.05, 1.5])
        longitude = middle[1] + rng.uniform(-spread, spread)
        spot = (middle[0] + rng.uniform(-spread, spread), (longitude + 180) % 360 - 180)
        client = make_client(session, f"Client {number}", place=spot)
        spots.append((round(geodesic(middle, spot).meters), client.id))

    found = client_nearby.nearest(session, middle, wanted=12)

    assert [(one.distance_m, one.client_id) for one in found] == sorted(spots)[:12]


def test_a_client_with_two_places_is_near_by_the_nearer_one(session: Session, rita: Actor) -> None:
    both = make_client(session, "Both", place=(55.80, 37.62))
    both.places.append(Place(latitude=55.751, longitude=37.62))
    make_client(session, "Between", place=(55.76, 37.62))
    make_client(session, "Nowhere", place=None)
    make_client(session, "Far", place=(-33.0, 18.0))
    session.flush()

    found = client_search.list_nearest(session, (55.75, 37.62), by=rita, page=0)

    assert [(one.client.name, one.distance_m) for one in found.items] == [("Both", 111), ("Between", 1113)]


def test_a_crowd_at_one_door_is_cut_to_the_nearest(session: Session) -> None:
    crowd = [Client(name=f"Stall {number}", search_key="stall", created_at=NOON) for number in range(420)]
    for number, client in enumerate(crowd):
        client.places = [Place(latitude=55.75 + number * 1e-6, longitude=37.62)]
    session.add_all(crowd)
    session.flush()

    found = client_nearby.nearest(session, (55.75, 37.62), wanted=3)

    assert [one.client_id for one in found] == [client.id for client in crowd[:3]]


# doubles


def test_doubles_are_found_by_tax_id_phone_name_and_place(session: Session, rita: Actor) -> None:
    known = make_client(
        session, "Ёлочка", legal_name="ООО «Ёлка»", tax_id="7707083893", phone="+7 495 123-45-67", place=(55.75, 37.62)
    )
    make_client(session, "Ёлочка-2", tax_id="9602003118", phone="+7 495 765-43-21", place=(55.76, 37.62))

    def reasons(pin: tuple[float, float] | None = None, **values: str) -> list[tuple[int, tuple[str, ...]]]:
        return [(one.client.id, one.reasons) for one in client_search.list_alike(session, values, pin)]

    assert reasons(tax_id="7707083893") == [(known.id, ("tax_id",))]
    assert reasons(phone="+7 495 123-45-67", name="елочка") == [(known.id, ("phone", "name"))]
    assert reasons(name="ИП «Ёлка»") == [(known.id, ("name",))]
    assert reasons(pin=(55.7504, 37.62)) == [(known.id, ("place",))]
    assert reasons(pin=(55.7506, 37.62), name="Ёл", tax_id="", phone="") == []
    assert reasons(name="ООО") == []
    assert reasons(name="«»") == []


def test_the_surest_double_comes_first_and_five_are_enough(session: Session, rita: Actor) -> None:
    for _ in range(6):
        make_client(session, "Маяк", place=None)
    sure = make_client(session, "Иначе", tax_id="7707083893", place=None)

    alike = client_search.list_alike(session, {"name": "Маяк", "tax_id": "7707083893"})

    assert len(alike) == 5
    assert alike[0].client is sure
