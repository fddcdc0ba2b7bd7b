"""A rep's day for the walk over every text: goods, places, an order until it is cancelled, and the book of clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from bot.events import Kind
from db.models.catalogue import Product
from db.models.clients import Place
from db.models.company import Company
from db.models.people import Person
from services import clients, files, places
from tests.builders import actor_of, make_draft, make_product, make_warehouse, receive, unit_of

if TYPE_CHECKING:
    from tests.templates.test_every_text import Walk


def look_for_goods(walk: Walk) -> None:
    """Search, favourites, a card with all that it can have, typed lists with every kind of mistake, the last order."""
    rita, hall = walk.hall.desk.rita.id, walk.hall
    with walk.talk.transaction() as session:
        milk = session.get_one(Product, hall.milk.id)
        milk.description = milk.name * 20
        photo = files.record(
            session, sha256="0" * 64, name=milk.name, content_type="image/png", size=9, created_by=None,
            now=walk.talk.clock(),
        )  # fmt: skip
        milk.photo_file_id = photo.id
        unit = unit_of(milk, "box")
        unit.minimum_milli, unit.multiple_milli = 24000, 12000
        for number in range(7):
            place = make_warehouse(session, f"{number}{milk.name[:190]}")
            receive(session, milk, 3, warehouse=place)
        old = make_product(session, milk.name, article="OLD-1", hidden=True).article
        steps = make_product(session, milk.name, article="STEP-6", minimum=6, multiple=6).article
        article = milk.article
    walk.say(rita, article)
    for unfolded in (1, 0):
        walk.press(rita, "describe", hall.milk.id, unfolded)
    walk.press(rita, "product_photo", hall.milk.id)
    for marked in (0, 1):
        walk.press(rita, "favourite", hall.milk.id, marked)
    walk.say(rita, "3 kg")
    walk.press(rita, "category", 0, 0)
    walk.press(rita, "favourites", 0)
    walk.press(rita, "recent", 0)
    with walk.talk.transaction() as session:
        session.execute(update(Product).where(Product.id == hall.milk.id).values(photo_file_id=None))
        name = walk.hall.milk.name[:100]
    walk.press(rita, "product_photo", hall.milk.id)
    walk.press(rita, "leave_product", hall.category.id)
    for typed in (name, "a-", "AAA-100", "nobody knows <this>", "x" * 101, f"{article} ½"):
        walk.say(rita, typed)
    walk.say(rita, f"{article} 99999; {article} 1; {old} 1; {steps} 2; {steps} 7; {article}0 1; {article} 1,5 box")
    walk.say(
        rita, "\n".join([f"{article} 3 box, {article} 5 kg, {steps} 9999999, {article} 0", *(["<b>"] * 9), steps, name])
    )
    walk.press(rita, "quick_order", 1)
    walk.say(rita, "\n".join([f"{steps} 6"] * 120))
    walk.press(rita, "repeat_last", hall.client.id)


def rep(walk: Walk) -> None:
    """Goods, client, place, day, review; then the orders in all states."""
    rita, hall = walk.hall.desk.rita.id, walk.hall
    pieces, boxes = hall.unit_ids
    walk.say(rita, "/menu")
    for page in (0, 1):
        walk.press(rita, "category", hall.category.id, page)
    walk.press(rita, "category", 0, 0)
    walk.press(rita, "product", hall.milk.id)
    walk.press(rita, "unit", hall.milk.id, boxes)
    for typed in ("3", "?!", "1,5", "x"):
        walk.say(rita, typed)
    look_for_goods(walk)
    walk.press(rita, "cart")
    draft, version = walk.draft()
    walk.press(rita, "order", draft)
    walk.press(rita, "clear", draft, version=walk.version(draft))
    walk.press(rita, "set_quantity", draft, pieces, 7000)
    walk.press(rita, "cart")
    for page in (0, 1):
        walk.press(rita, "clients", page)
    for typed in ("shop", "nobody is called so <b>"):
        walk.say(rita, typed)
    walk.press(rita, "all_clients")
    walk.press(rita, "client", hall.client.id)
    walk.press(rita, "cart")
    where_and_when(walk)
    walk.press(rita, "review")
    walk.press(rita, "why", 1)
    walk.say(rita, "Ring twice & <wait>")
    draft, version = walk.draft()
    with walk.talk.transaction() as session:
        session.execute(update(Product).values(price_minor=Product.price_minor + 100))
    walk.press(rita, "submit", draft, version=version)
    walk.press(rita, "submit", draft, version=walk.version(draft))
    walk.press(rita, "cart")
    walk.press(rita, "review")
    with walk.talk.transaction() as session:
        other = make_draft(session, session.get_one(Person, rita), {hall.milk: 1}, client=hall.client).id
        session.execute(update(Product).where(Product.id == hall.milk.id).values(hidden=True))
    walk.press(rita, "cart")
    walk.press(rita, "take_out", other, pieces)
    for page in (0, 1):
        walk.press(rita, "orders", page)
    for order, _ in hall.orders.values():
        walk.press(rita, "order", order)
    walk.press(rita, "ask_cancel", draft)
    walk.press(rita, "cancel", draft, version=walk.version(draft))


def where_and_when(walk: Walk) -> None:
    """An address that is looked for, found thrice, nowhere and too far; a pin; days with windows and without."""
    rita, hall = walk.hall.desk.rita.id, walk.hall
    found = f"{hall.milk.name[:150]}, Тверь"
    hits = [{"found": f"{number} {found}", "latitude": 55.75, "longitude": 37.6 + number} for number in range(3)]
    with walk.talk.transaction() as session:
        places.learn(session, "three of them", hits, "geocoder", now=walk.talk.clock())
        places.learn(session, "nowhere at all", [], "geocoder", now=walk.talk.clock())
        far = [{"found": found, "latitude": -55.0, "longitude": 137.0}]
        places.learn(session, "far away", far, "geocoder", now=walk.talk.clock())
    walk.press(rita, "place")
    walk.say(rita, "where?")
    walk.send(rita, Kind.PLACE, latitude=55.7601, longitude=37.6402)
    walk.press(rita, "place")
    for typed in ("nowhere at all", "far away", "three of them"):
        walk.say(rita, typed)
    mark = places.fingerprint("three of them")
    walk.press(rita, "place_hit", 1, mark)
    walk.press(rita, "place_yes", 0, mark)
    walk.press(rita, "place")
    walk.send(rita, Kind.PLACE, latitude=55.7601, longitude=37.6402)
    walk.press(rita, "day", hall.day.toordinal())
    walk.press(rita, "days")
    walk.say(rita, "tomorrow")
    with walk.talk.transaction() as session:
        session.execute(update(Company).values(delivery_windows=["09:00-13:00", "13:00-18:00"], cut_off_minutes=1))
    walk.press(rita, "days")
    walk.press(rita, "day", hall.day.toordinal() + 1)
    walk.press(rita, "window", hall.day.toordinal() + 1, 540, 780)
    with walk.talk.transaction() as session:
        session.execute(update(Company).values(delivery_windows=[], cut_off_minutes=None))
    walk.press(rita, "day", hall.day.toordinal())
    walk.press(rita, "place")


def book(walk: Walk) -> None:
    """The clients: found, looked at, corrected, written down, and taken for one that is known."""
    rita, hall = walk.hall.desk.rita.id, walk.hall
    pin = {"latitude": 55.7601, "longitude": 37.6402}
    client_id = hall.client.id
    with walk.talk.transaction() as session:
        clients.change(
            session, client_id, by=actor_of(hall.desk.ann), now=walk.talk.clock(), tax_id="ES B88120456",
            phone="8 495 123-45-67", legal_name=hall.client.name, contact=hall.client.name[:200], address="Ё" * 500,
        )  # fmt: skip
        session.add_all(Place(client_id=client_id, latitude=1.0, longitude=float(at)) for at in range(8))
    walk.say(rita, "/clients")
    walk.press(rita, "client_near", 0)
    walk.send(rita, Kind.PLACE, **pin)
    walk.press(rita, "client_near", 1)
    walk.send(rita, Kind.PLACE, latitude=-50.0, longitude=-100.0)
    walk.press(rita, "client_card", client_id)
    walk.press(rita, "client_map", client_id)
    walk.press(rita, "client_order", client_id)
    for field in range(10):
        walk.press(rita, "client_edit", client_id)
        walk.press(rita, "client_field", client_id, field)
        walk.say(rita, "?")
    walk.press(rita, "client_field", client_id, 3)
    with walk.talk.transaction() as session:
        clients.change(session, client_id, by=actor_of(hall.desk.ann), now=walk.talk.clock(), email="")
    walk.say(rita, "late")
    walk.press(rita, "client_card", client_id)
    _write_down(walk, rita, pin)
    walk.press(rita, "client_language", client_id, 1, version=walk.scalar_version(client_id))


def _write_down(walk: Walk, rita: int, pin: dict[str, float]) -> None:
    walk.press(rita, "client_new", 0)
    form = walk.form(rita)
    for answer in (walk.hall.client.name[:200], "B88120456", "7707083894", "500100732259", "Contact", "phone"):
        walk.say(rita, answer)
        if walk.state(rita)["step"] == "doubts":
            walk.say(rita, "hm")
            walk.press(rita, "client_is_new", form, version=walk.state(rita)["version"])
    walk.send(rita, Kind.CONTACT, phone="74951234567")
    walk.press(rita, "client_is_new", form, version=walk.state(rita)["version"])
    walk.send(rita, Kind.CONTACT, phone="74951234567")
    walk.press(rita, "client_question", form, 3)
    walk.press(rita, "client_question", form, 4)
    for answer in ("mail", "shop@example.com", "Ё" * 500, "where"):
        walk.say(rita, answer)
    walk.send(rita, Kind.PLACE, **pin)
    walk.press(rita, "client_is_new", form, version=walk.state(rita)["version"])
    for step in range(11):
        walk.press(rita, "client_question", form, step)
    walk.press(rita, "client_question", form, 9)
    walk.press(rita, "client_speaks", form, 1)
    walk.say(rita, "hm")
    for _ in range(2):
        walk.press(rita, "client_save", form, version=walk.state(rita).get("version", 0))
        walk.press(rita, "client_save", form, version=0)


STORIES: tuple[Any, ...] = (rep, book)
