"""A company after a year of work, as large as a benchmark asks for, around a furnished hall.

Rows are written in bulk and belong together (lines to orders, stock to movements, invoices to numbers), so that every
screen shows what it would show in real life. The same numbers always give the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, insert, text
from sqlalchemy.orm import Session

from db.models import metadata
from db.session import Database
from services.client_keys import keys_of
from services.search import product_key
from tests.bot.hall import Hall, furnish
from tests.builders import NOON, make_person

GOODS = ("Молоко", "Кефир", "Сыр", "Масло", "Творог", "Йогурт", "Сметана", "Хлеб", "Печенье", "Вода", "Сок", "Чай")
SHOPS = ("Берёзка", "Ёлочка", "Лавка", "Универсам", "Гастроном", "Продукты", "Кафе", "Столовая", "Рынок", "Ларёк")
LINES = 4
OTHER_REPS = 19
OPEN_ORDERS = 100
"""How many orders wait for the storekeepers, however many there were before."""
IN_A_CATEGORY = 50
FIRST = 1001
"""The first id of each kind: those below belong to the hall."""
GOODS_MINOR, DELIVERY_MINOR = 20000 * LINES, 9000
TOTAL_MINOR = GOODS_MINOR + DELIVERY_MINOR
NET_MINOR = TOTAL_MINOR * 5 // 6
_VAT = Decimal("0.20")
_BATCH = 5000
_YEAR = timedelta(days=365)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything there is. A client orders ten times on the average, less often where that would leave so
    few clients that a common name is rare.
    """

    products: int
    orders: int

    @property
    def clients(self) -> int:
        """Who ordered all that."""
        return max(300, self.orders // 10)

    def __str__(self) -> str:
        return f"{self.products:,} products, {self.orders:,} orders"


def crowd(database: Database, size: Size) -> Hall:
    """Furnish an empty, migrated database and write the crowd around that. PostgreSQL then looks at what it holds, as
    its autovacuum would; SQLite never does so by itself.
    """
    with database.transaction() as session:
        hall = furnish(session)
        _ = hall.unit_ids  # read while the session is open
        for table in ("outbox", "lane"):  # what was billed for the furniture has left
            session.execute(metadata.tables[table].delete())
        stores = [hall.desk.warehouse.id, hall.kazan.id]
        reps = [hall.desk.rita.id, *(make_person(session, f"Rep {n}").id for n in range(OTHER_REPS))]
        _put(session, "category", _categories(size))
        _products(session, hall, size, stores)
        _clients(session, size)
        _orders(session, size, _Trade(stores, reps, hall.desk.bob.id, random.Random(7)))  # noqa: S311 - no secret
        if not database.is_sqlite:
            _move_sequences(session)
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    return hall


def _categories(size: Size) -> Iterator[Row]:
    """Ten at the top, ten below each of these, and so on."""
    for n in range(_count_categories(size)):
        parent = None if n < 10 else FIRST + (n - 10) // 10
        yield {"id": FIRST + n, "name": f"Раздел {n}", "position": n, "parent_id": parent}


def _count_categories(size: Size) -> int:
    return max(2, size.products // IN_A_CATEGORY)


def _products(session: Session, hall: Hall, size: Size, stores: list[int]) -> None:
    homes = [hall.category.id, *range(FIRST, FIRST + _count_categories(size))]
    each = range(FIRST, FIRST + size.products)
    articles = {n: (f"A-{n:06}", f"{GOODS[n % len(GOODS)]} № {n}") for n in each}
    _put(session, "product", (
        {"id": n, "category_id": homes[n % len(homes)], "article": article, "name": name, "hidden": False,
         "search_key": product_key(article, name), "description": "", "price_minor": 5000 + n % 700,
         "vat_rate": _VAT, "weight_g": 1000} for n, (article, name) in articles.items()))  # fmt: skip
    _put(session, "unit", (
        {"id": 2 * n + place, "product_id": n, "code": code, "factor_milli": factor, "decimals": 0,
         "minimum_milli": 0, "multiple_milli": 0}
        for n in each for place, (code, factor) in enumerate((("pcs", 1000), ("box", 12000)))))  # fmt: skip
    lies = [{"warehouse_id": store, "product_id": n} for n in each for store in stores]
    _put(session, "stock", ({**where, "on_hand_milli": 10**8, "reserved_milli": 0} for where in lies))
    _put(session, "stock_movement", (
        {**where, "delta_milli": 10**8, "reason": "receipt", "cause": "", "note": "", "at": NOON} for where in lies
    ))  # fmt: skip


def _clients(session: Session, size: Size) -> None:
    each = range(FIRST, FIRST + size.clients)
    names = {n: f"{SHOPS[n % len(SHOPS)]} {n}" for n in each}
    _put(session, "client", (
        {"id": n, "name": name, "legal_name": f"ООО «{name}»", "tax_id": f"{7700000000 + n}", "tax_reason_code": "",
         "country": "", "contact": "", "phone": f"+7 900 {n:07}", "version": 1, "email": f"c{n}@example.org",
         "address": f"Москва, дом {n}", "language": "ru", "created_at": NOON,
         **keys_of(name, legal_name=f"ООО «{name}»", phone=f"+7 900 {n:07}", country="RU")}
        for n, name in names.items()))  # fmt: skip
    _put(session, "place", (
        {"client_id": n, "address": f"Москва, дом {n}", "latitude": 55.5 + n % 997 / 2000,
         "longitude": 37.2 + n % 991 / 1200} for n in each))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Trade:
    """Who orders and loads, and where."""

    stores: list[int]
    reps: list[int]
    storekeeper: int
    chance: random.Random

    def rep(self, n: int) -> int:
        return self.reps[n % len(self.reps)]


def _orders(session: Session, size: Size, trade: _Trade) -> None:
    """Nearly all loaded over a year, a few cancelled, the last ones still to be loaded."""
    each = [(n, *_fate(size, n)) for n in range(FIRST, FIRST + size.orders)]
    loaded = [(n, at) for n, status, at in each if status == "loaded"]
    _put(session, "order", (_order(trade, size, n, status, at) for n, status, at in each))
    _put(session, "order_line", (line for n, status, _ in each for line in _lines(trade, size, n, status)))
    _put(session, "order_tax", (
        {"order_id": n, "vat_rate": _VAT, "net_minor": NET_MINOR, "vat_minor": TOTAL_MINOR - NET_MINOR}
        for n, _, _ in each))  # fmt: skip
    steps = [(n, at, step, trade.rep(n)) for n, status, at in each for step in _steps(status)]
    _put(session, "order_event", (
        {"order_id": n, "at": at, "person_id": who, "from_status": before, "to_status": after, "version": version,
         "facts": {}} for n, at, (before, after, version), who in steps))  # fmt: skip
    _put(session, "audit_entry", (
        {"at": at, "person_id": who, "origin": f"tg:1:{who}", "action": f"order.{after}", "subject": f"order:{n}",
         "before": {"status": before}, "after": {"status": after}}
        for n, at, (before, after, _), who in steps))  # fmt: skip
    _put(session, "invoice", (_invoice(n, at) for n, at in loaded))
    _core(session, trade, [(n, at) for n, _, at in each], [n for n, _ in loaded])


def _fate(size: Size, n: int) -> tuple[str, datetime]:
    """Of an order: where it stands, and when it was submitted."""
    at = NOON - _YEAR * (FIRST + size.orders - n) / size.orders
    if n >= FIRST + size.orders - OPEN_ORDERS:
        return "submitted", at
    return ("cancelled" if n % 25 == 0 else "loaded"), at


def _steps(status: str) -> list[tuple[str, str, int]]:
    begun = [("draft", "submitted", 2)]
    if status == "loaded":
        return [*begun, ("submitted", "loading", 3), ("loading", "loaded", 4)]
    return [*begun, ("submitted", "cancelled", 3)] if status == "cancelled" else begun


def _order(trade: _Trade, size: Size, n: int, status: str, at: datetime) -> Row:
    loaded = at + timedelta(hours=5) if status == "loaded" else None
    return {
        "id": n, "kind": "order", "status": status, "version": 3, "revision": 1, "shortage": "",
        "rep_id": trade.rep(n), "client_id": FIRST + n % size.clients,
        "warehouse_id": trade.stores[n % len(trade.stores)],
        "address": "Москва", "latitude": 55.7, "longitude": 37.6, "delivery_date": (at + timedelta(days=1)).date(),
        "delivery_window": "", "note": "", "currency": "RUB", "prices_include_vat": True, "distance_m": 9000,
        "distance_source": "detour", "has_all_goods": True, "rate_per_km_minor": 1000, "tariff": {},
        "weight_g": 4000 * LINES, "goods_minor": GOODS_MINOR, "delivery_minor": DELIVERY_MINOR,
        "net_minor": NET_MINOR, "vat_minor": TOTAL_MINOR - NET_MINOR, "total_minor": TOTAL_MINOR,
        "created_at": at, "touched_at": at, "submitted_at": at, "claimed_by": trade.storekeeper if loaded else None,
        "loaded_at": loaded, "vehicle": f"А{n % 40:03}ВС77" if loaded else "", "driver": "",
        "cancelled_at": at if status == "cancelled" else None,
    }  # fmt: skip


def _lines(trade: _Trade, size: Size, n: int, status: str) -> Iterator[Row]:
    for position, product in enumerate(trade.chance.sample(range(FIRST, FIRST + size.products), LINES), start=1):
        yield {
            "order_id": n, "position": position, "kind": "goods", "product_id": product, "unit_id": 2 * product,
            "article": f"A-{product:06}", "name": f"Товар {product}", "unit_code": "pcs", "factor_milli": 1000,
            "decimals": 0, "quantity_milli": 4000, "list_price_minor": 5000, "discount": Decimal(0),
            "price_minor": 5000, "vat_rate": _VAT, "net_minor": 16667, "vat_minor": 3333, "total_minor": 20000,
            "weight_g": 4000, "note": "", "loaded_milli": 4000 if status == "loaded" else None,
        }  # fmt: skip


def _invoice(n: int, at: datetime) -> Row:
    return {
        "id": n, "series": "TB", "year": 2026, "number": n, "order_id": n, "issued_at": at, "issue_date": at.date(),
        "due_date": at.date(), "language": "ru", "country": "RU", "seller": {"name": "x", "email": ""},
        "buyer": {"name": "y", "email": ""}, "shipment": {}, "delivery_address": "Москва", "currency": "RUB",
        "prices_include_vat": True, "net_minor": NET_MINOR, "vat_minor": TOTAL_MINOR - NET_MINOR,
        "total_minor": TOTAL_MINOR,
    }  # fmt: skip


def _core(session: Session, trade: _Trade, orders: list[tuple[int, datetime]], billed: list[int]) -> None:
    """What came in and what has left for these orders: updates, messages, papers and letters."""
    _put(session, "inbox", (
        {"source": "tg:1", "update_id": 10**7 + 2 * n + part, "chat_key": f"tg:1:{trade.rep(n)}", "received_at": at,
         "status": "done", "attempts": 1, "error": ""} for n, at in orders for part in range(2)))  # fmt: skip
    told = ((f"chat:tg:1:{trade.rep(n)}", "chat.screen", {"html": "…", "rows": [], "slot": 1}) for n, _ in orders)
    papers = ((f"pdf:{n}", "invoice.draw", {"invoice_id": n}) for n in billed)
    letters = ((f"mail:{n}", "invoice.mail", {"request_id": n}) for n in billed)
    _put(session, "outbox", (
        {"lane": lane, "kind": kind, "dedupe": None, "payload": payload, "secret": False, "status": "sent",
         "attempts": 1, "created_at": NOON, "done_at": NOON, "last_error": "", "provider_id": "1"}
        for part in (told, papers, letters) for lane, kind, payload in part))  # fmt: skip
    lanes = (f"{kind}:{n}" for n in billed for kind in ("pdf", "mail"))
    _put(session, "lane", ({"key": key, "due_at": None, "leased_until": None, "token": None} for key in lanes))


def _put(session: Session, name: str, rows: Iterable[Row]) -> None:
    table: Table = metadata.tables[name]
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            session.execute(insert(table), batch)
            batch = []
    if batch:
        session.execute(insert(table), batch)


def _move_sequences(session: Session) -> None:
    """Rows that brought their ids left PostgreSQL's sequences behind."""
    for name in ("category", "product", "unit", "client", "order", "invoice"):
        newest = text(f'SELECT max(id) FROM "{name}"')  # noqa: S608 - our own tables
        session.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :newest)"),
                        {"name": f'"{name}"', "newest": session.scalar(newest)})  # fmt: skip
