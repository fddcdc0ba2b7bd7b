"""A company after years of work: a database with as many products, clients and orders as a benchmark asks for.

Rows are written in bulk and belong together (lines to orders, stock to movements, invoices to numbers), so that every
screen shows what it would show in real life. The same numbers always give the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, insert, text
from sqlalchemy.orm import Session

from db.models import metadata
from db.session import Database
from services.actor import Role
from services.search import product_key, search_key
from tests.builders import make_company, make_person, make_warehouse

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
GOODS = ("Молоко", "Кефир", "Сыр", "Масло", "Творог", "Йогурт", "Сметана", "Хлеб", "Печенье", "Вода", "Сок", "Чай")
SHOPS = ("Берёзка", "Ёлочка", "Лавка", "Универсам", "Гастроном", "Продукты", "Кафе", "Столовая", "Рынок", "Ларёк")
LINES = 4
VAT = Decimal("0.20")
_BATCH = 5000
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Staff:
    """The chats (``tg:1:<number>``) of the people that the benchmark plays."""

    rep: int
    storekeeper: int
    admin: int


def fill(database: Database, *, products: int, clients: int, orders: int) -> Staff:
    """Write it all and have the database look at what it holds. Only for an empty, migrated database."""
    chance = random.Random(7)  # noqa: S311 - no secret
    with database.transaction() as session:
        make_company(session)
        stores = [make_warehouse(session, f"Склад {n}", latitude=55.7 + n / 10, longitude=37.6).id for n in range(3)]
        rep, storekeeper = make_person(session, "Rita"), make_person(session, "Bob", roles=[Role.STOREKEEPER])
        admin = make_person(session, "Ann", roles=[Role.ADMIN])
        reps = [rep.id, *(make_person(session, f"Rep {n}").id for n in range(19))]
        _put(session, "category", ({"id": n, "name": f"Раздел {n}", "position": n, "parent_id": None if n <= 10 else
                                    (n - 1) // 10} for n in range(1, max(12, products // 50))))  # fmt: skip
        _products(session, products, stores)
        _clients(session, clients)
        _orders(session, chance, orders, products=products, clients=clients, stores=stores, reps=reps,
                storekeeper=storekeeper.id)  # fmt: skip
        if not database.is_sqlite:
            _move_sequences(session)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    return Staff(rep.id, storekeeper.id, admin.id)


def _products(session: Session, count: int, stores: list[int]) -> None:
    last = max(12, count // 50) - 1
    names = [f"{GOODS[n % len(GOODS)]} № {n}" for n in range(count + 1)]
    each = range(1, count + 1)
    _put(session, "product", (
        {"id": n, "category_id": 1 + n % last, "article": f"A-{n:06}", "name": names[n], "hidden": False,
         "search_key": product_key(f"A-{n:06}", names[n]), "description": "", "price_minor": 5000 + n % 700,
         "vat_rate": VAT, "weight_g": 1000} for n in each))  # fmt: skip
    _put(session, "unit", (
        {"product_id": n, "code": code, "factor_milli": factor, "decimals": 0, "minimum_milli": 0, "multiple_milli": 0}
        for n in each for code, factor in (("pcs", 1000), ("box", 12000))))  # fmt: skip
    lies = [{"warehouse_id": store, "product_id": n} for n in each for store in stores]
    _put(session, "stock", ({**where, "on_hand_milli": 10**9, "reserved_milli": 0} for where in lies))
    _put(session, "stock_movement", (
        {**where, "delta_milli": 10**9, "reason": "receipt", "cause": "", "note": "", "at": NOW}
        for where in lies))  # fmt: skip


def _clients(session: Session, count: int) -> None:
    each = range(1, count + 1)
    _put(session, "client", (
        {"id": n, "name": f"{SHOPS[n % len(SHOPS)]} {n}", "search_key": search_key(f"{SHOPS[n % len(SHOPS)]} {n}"),
         "legal_name": f"ООО «{SHOPS[n % len(SHOPS)]} {n}»", "tax_id": f"{7700000000 + n}", "tax_reason_code": "",
         "country": "", "contact": "", "phone": f"+7 900 {n:07}", "phone_key": f"7900{n:07}", "version": 1,
         "email": f"c{n}@example.org", "address": f"Москва, дом {n}", "language": "ru", "created_at": NOW}
        for n in each))  # fmt: skip
    _put(session, "place", (
        {"client_id": n, "address": f"Москва, дом {n}", "latitude": 55.5 + n % 997 / 2000,
         "longitude": 37.2 + n % 991 / 1200} for n in each))  # fmt: skip


def _orders(
    session: Session, chance: random.Random, count: int, *, products: int, clients: int, stores: list[int],
    reps: list[int], storekeeper: int,
) -> None:  # fmt: skip
    """Nearly all loaded over a year, a few cancelled, the last hundred still to be loaded."""
    orders, lines, taxes, invoices, events = [], [], [], [], []
    for n in range(1, count + 1):
        at = NOW - _YEAR * (count - n) / count
        status = "submitted" if n > count - 100 else "cancelled" if n % 25 == 0 else "loaded"
        loaded = at + timedelta(hours=5) if status == "loaded" else None
        orders.append({
            "id": n, "kind": "order", "status": status, "version": 3, "revision": 1, "shortage": "",
            "rep_id": reps[n % len(reps)], "client_id": 1 + n % clients, "warehouse_id": stores[n % len(stores)],
            "address": "Москва", "latitude": 55.7, "longitude": 37.6, "delivery_date": (at + timedelta(days=1)).date(),
            "delivery_window": "", "note": "", "currency": "RUB", "prices_include_vat": True, "distance_m": 9000,
            "distance_source": "geodesic", "has_all_goods": True, "rate_per_km_minor": 1000, "tariff": {},
            "weight_g": 4000 * LINES, "goods_minor": 20000 * LINES, "delivery_minor": 9000,
            "net_minor": (20000 * LINES + 9000) * 5 // 6, "vat_minor": (20000 * LINES + 9000) // 6,
            "total_minor": 20000 * LINES + 9000, "created_at": at, "touched_at": at, "submitted_at": at,
            "claimed_by": storekeeper if loaded else None, "loaded_at": loaded, "vehicle": f"А{n % 40:03}ВС77",
            "driver": "", "cancelled_at": at if status == "cancelled" else None,
        })  # fmt: skip
        for position in range(1, LINES + 1):
            product = chance.randint(1, products)
            lines.append({
                "order_id": n, "position": position, "kind": "goods", "product_id": product,
                "unit_id": 2 * product - 1, "article": f"A-{product:06}", "name": f"Товар {product}",
                "unit_code": "pcs", "factor_milli": 1000, "decimals": 0, "quantity_milli": 4000,
                "list_price_minor": 5000, "discount": Decimal(0), "price_minor": 5000, "vat_rate": VAT,
                "net_minor": 16667, "vat_minor": 3333, "total_minor": 20000, "weight_g": 4000, "note": "",
                "loaded_milli": 4000 if loaded else None,
            })  # fmt: skip
        events.append({"order_id": n, "at": at, "person_id": reps[n % len(reps)], "from_status": "draft",
                       "to_status": "submitted", "version": 2, "facts": {}})  # fmt: skip
        taxes.append({"order_id": n, "vat_rate": VAT, "net_minor": (20000 * LINES + 9000) * 5 // 6,
                      "vat_minor": (20000 * LINES + 9000) // 6})  # fmt: skip
        if loaded:
            invoices.append(_invoice(n, loaded))
    lines = _without_repeats(lines)
    for table, rows in (("order", orders), ("order_line", lines), ("order_tax", taxes), ("order_event", events),
                        ("invoice", invoices)):  # fmt: skip
        _put(session, table, iter(rows))


def _invoice(order_id: int, at: datetime) -> dict[str, Any]:
    return {
        "series": "TB", "year": 2026, "number": order_id, "order_id": order_id, "issued_at": at,
        "issue_date": at.date(), "due_date": at.date(), "language": "ru", "country": "RU",
        "seller": {"name": "x", "email": ""}, "buyer": {"name": "y", "email": ""}, "shipment": {},
        "delivery_address": "Москва", "currency": "RUB", "prices_include_vat": True, "net_minor": 74167,
        "vat_minor": 14833, "total_minor": 89000,
    }  # fmt: skip


def _without_repeats(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An order has a unit once."""
    return list({(line["order_id"], line["unit_id"]): line for line in lines}.values())


def _put(session: Session, name: str, rows: Iterator[dict[str, Any]]) -> None:
    table: Table = metadata.tables[name]
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            session.execute(insert(table), batch)
            batch = []
    if batch:
        session.execute(insert(table), batch)


def _move_sequences(session: Session) -> None:
    """Rows that brought their ids left PostgreSQL's sequences behind."""
    for name in ("category", "product", "client", "order"):
        newest = text(f'SELECT max(id) FROM "{name}"')  # noqa: S608 - our own tables
        session.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :newest)"),
                        {"name": f'"{name}"', "newest": session.scalar(newest)})  # fmt: skip
