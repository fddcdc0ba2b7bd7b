"""Rows for tests. Every builder flushes and returns the row; amounts and quantities are given, never derived."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Category, Product, Unit
from db.models.clients import Client, Place
from db.models.company import Company, Warehouse
from db.models.files import File
from db.models.orders import Order
from db.models.people import Account, Person
from db.models.stock import Stock, StockMovement
from db.models.tickets import Ticket
from services import cart, delivery, files, tickets
from services.actor import Actor, Role
from services.client_keys import keys_of
from services.search import product_key
from services.ticket_tags import Tags

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday; three in the afternoon in Moscow."""

TOMORROW = date(2026, 3, 3)
"""The day after NOON, a Tuesday: the first day to deliver on."""

NEAR = (55.7601, 37.6402)
"""A place in Moscow, 1,6 km from the default warehouse."""

_numbers = itertools.count(1)


def make_company(session: Session, **over: Any) -> Company:
    """The company (row 1): roubles, prices with VAT, Moscow time, 10 ₽ per km, roads as the crow flies; a second call
    changes it.
    """
    company = session.get(Company, 1)
    if company is None:
        company = Company(
            id=1, name="Molochny Dom", legal_name="ООО «Молочный дом»", tax_id="7701234567", detour_factor=Decimal(1)
        )
        session.add(company)
    for name, value in over.items():
        setattr(company, name, value)
    session.flush()
    return company


def make_warehouse(
    session: Session, name: str | None = None, *, latitude: float = 55.7512, longitude: float = 37.6184
) -> Warehouse:
    """A warehouse; in the middle of Moscow unless said."""
    warehouse = Warehouse(
        name=name or f"Warehouse {next(_numbers)}", address="Moscow", latitude=latitude, longitude=longitude
    )
    session.add(warehouse)
    session.flush()
    return warehouse


def make_category(session: Session, name: str = "Dairy", *, parent: Category | None = None) -> Category:
    """A category, at the top unless it has a parent."""
    category = Category(name=name, parent_id=parent.id if parent else None)
    session.add(category)
    session.flush()
    return category


def make_product(
    session: Session,
    name: str = "Milk",
    *,
    price_minor: int = 8900,
    vat_rate: Decimal = Decimal("0.20"),
    on_hand: int = 100,
    warehouse: Warehouse | None = None,
    category: Category | None = None,
    base: tuple[str, int] = ("pcs", 0),
    units: Iterable[tuple[str, int, int | None]] = (),
    minimum: int = 0,
    multiple: int = 0,
    **over: Any,
) -> Product:
    """A product with its base unit (``base``: code and decimals) and packs (code, factor in thousandths, own price).

    ``minimum``, ``multiple``: of the base unit, in whole base units.

    ``on_hand``: whole base units in ``warehouse`` (the first one, made if there is none); 0 makes no stock row.
    """
    article = over.pop("article", f"A-{next(_numbers)}")
    product = Product(
        category_id=(category or _first(session, Category) or make_category(session)).id,
        article=article,
        name=name,
        search_key=product_key(article, name),
        price_minor=price_minor,
        vat_rate=vat_rate,
        **over,
    )
    least = {"minimum_milli": minimum * 1000, "multiple_milli": multiple * 1000}
    product.units = [Unit(code=base[0], factor_milli=1000, decimals=base[1], **least)]
    product.units += [Unit(code=code, factor_milli=factor, price_minor=own) for code, factor, own in units]
    session.add(product)
    session.flush()
    if on_hand:
        receive(session, product, on_hand, warehouse=warehouse)
    return product


def receive(session: Session, product: Product, quantity: int, *, warehouse: Warehouse | None = None) -> Stock:
    """Put whole base units into a warehouse, with the movement that says so."""
    place = warehouse or _first(session, Warehouse) or make_warehouse(session)
    stock = session.get(Stock, (place.id, product.id))
    if stock is None:
        stock = Stock(warehouse_id=place.id, product_id=product.id, on_hand_milli=0, reserved_milli=0)
        session.add(stock)
    stock.on_hand_milli += quantity * 1000
    session.add(
        StockMovement(
            warehouse_id=place.id, product_id=product.id, delta_milli=quantity * 1000, reason="receipt", at=NOON
        )
    )
    session.flush()
    return stock


def unit_of(product: Product, code: str | None = None) -> Unit:
    """The product's unit of that code, else its base unit."""
    return next(unit for unit in product.units if (unit.code == code if code else unit.factor_milli == 1000))


def make_client(
    session: Session,
    name: str = "Corner Shop",
    *,
    email: str = "shop@example.com",
    place: tuple[float, float] | None = NEAR,
    address: str = "Pokrovka 1",
    **over: Any,
) -> Client:
    """A client with one place, or with none (``place=None``)."""
    keys = keys_of(name, legal_name=over.get("legal_name", ""), phone=over.get("phone", ""), country="RU")
    client = Client(name=name, **keys, email=email, address=address, **{"created_at": NOON} | over)
    if place:
        client.places = [Place(address=address, latitude=place[0], longitude=place[1])]
    session.add(client)
    session.flush()
    return client


def make_person(
    session: Session,
    name: str = "Rita",
    *,
    roles: Iterable[Role] = (Role.REP,),
    warehouse_ids: Iterable[int] = (),
    language: str = "en",
    **over: Any,
) -> Person:
    """Somebody of the staff, a rep unless said, with a Telegram account in the chat ``tg:1:<id>``."""
    person = Person(
        name=name,
        language=language,
        roles=[role.value for role in roles],
        warehouse_ids=list(warehouse_ids),
        **{"created_at": NOON} | over,
    )
    session.add(person)
    session.flush()
    key = f"tg:1:{person.id}"
    session.add(Account(platform="tg", external_id=str(person.id), person_id=person.id, chat_key=key, linked_at=NOON))
    session.flush()
    return person


def actor_of(person: Person) -> Actor:
    """That person, acting in the own chat."""
    return Actor(
        person_id=person.id,
        name=person.name,
        language=person.language,
        roles=frozenset(Role(role) for role in person.roles),
        warehouse_ids=frozenset(person.warehouse_ids),
        origin=f"tg:1:{person.id}",
    )


def make_draft(
    session: Session,
    rep: Person,
    goods: Mapping[Product | Unit, int],
    *,
    client: Client | None = None,
    place: tuple[float, float] | None = NEAR,
    delivery_date: date | None = TOMORROW,
    now: datetime = NOON,
) -> Order:
    """A draft that lacks nothing, built as a rep does it.

    ``goods``: whole base units of a product, or whole packs of a unit. ``place=None`` keeps the client's own,
    ``delivery_date=None`` leaves the day open. Makes the company and a client where there are none.
    """
    if session.get(Company, 1) is None:
        make_company(session)
    by = actor_of(rep)
    order = cart.open_draft(session, by=by, now=now)
    for what, count in goods.items():
        unit = what if isinstance(what, Unit) else unit_of(what)
        cart.set_quantity(session, order.id, unit.id, count * unit.factor_milli, by=by, now=now)
    buyer = client or _first(session, Client) or make_client(session)
    cart.choose_client(session, order.id, buyer.id, by=by, now=now)
    if place:
        delivery.set_place(session, order.id, place[0], place[1], address="Pokrovka 1", by=by, now=now)
    if delivery_date:
        delivery.set_delivery_date(session, order.id, delivery_date, by=by, now=now)
    return order


def make_file(session: Session, content: str = "a photo", *, name: str = "photo.jpg") -> File:
    """A stored file, known by what it holds."""
    return files.record(
        session,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        name=name,
        content_type="image/jpeg",
        size=len(content),
        created_by=None,
        now=NOON,
    )


def make_reading(*lines: tuple[str, int | None, int | None, int | None], **over: Any) -> dict[str, Any]:
    """What recognition says of a ticket in roubles that it is sure of; lines: name, quantity (milli), price, sum."""
    keys = ("quantity_milli", "price_minor", "sum_minor")
    read = [
        {"text": name, "article": None, "name": name, **dict(zip(keys, figures, strict=True))}
        for name, *figures in lines
    ]
    return {
        "total_minor": None,
        "currency": "RUB",
        "sold_on": None,
        "sold_at": None,
        "shop": None,
        "tax_id": None,
        "lines": read,
        "fiscal_id": None,
        "barcodes": [],
        "payment_code": None,
        "text": "\n".join(name for name, *_ in lines),
        "source": "tesseract",
        "confident": True,
        "trouble": None,
    } | over


def make_ticket(
    session: Session,
    rep: Person,
    reading: dict[str, Any] | None = None,
    *,
    tags: Tags | None = None,
    content: str | None = None,
    picture_hash: str | None = None,
    now: datetime = NOON,
) -> Ticket:
    """A ticket of one photo that was read, as it comes about; without a reading one that was typed."""
    by, said = actor_of(rep), tags or Tags()
    ref = f"m{next(_numbers)}"
    if reading is None:
        return tickets.take_text(session, said, "typed", chat_key=by.origin, message_ref=ref, by=by, now=now)
    sent = {"album": "", "caption": "", "tags": said, "chat_key": by.origin, "message_ref": ref, "name": "photo.jpg"}
    ticket = tickets.take_photo(session, f"ref-{ref}", **sent, by=by, now=now)
    file = make_file(session, content or ref)
    tickets.attach(session, file, ticket.id, rep.id, origin=by.origin, now=now)
    photos = [{"file_id": file.id, "picture_hash": picture_hash}]
    tickets.learn(session, ticket.id, ticket.revision, reading, photos, now=now)
    return ticket


def later(**delta: float) -> datetime:
    """NOON and then some: ``later(minutes=5)``."""
    return NOON + timedelta(**delta)


def _first(session: Session, model: Any) -> Any:
    return session.scalars(select(model).order_by(model.id).limit(1)).first()
