"""A demo company, to try the product with: a wholesaler with warehouses, goods, stock and clients, and no people.

The data lie in ``demo_data/`` as tables that anybody may edit (semicolons, UTF-8). Prices are in roubles with VAT,
weights in grams, stock and packs in base units. Names, phones, tax ids, bank and e-mail addresses are made up: they
have the right form and check digits, but belong to no tax office, bank or domain that exists.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Category, Product, Unit
from db.models.clients import Client, Place
from db.models.company import Company, Warehouse
from db.models.stock import Stock, StockMovement
from db.session import Transaction
from services import audit, commission_rules
from services.client_keys import keys_of
from services.commission_rules import Terms
from services.search import product_key

FOLDER = Path(__file__).parent / "demo_data"
PATH_SEPARATOR = " > "

Row = dict[str, str]


class AlreadyPlanted(SystemExit):
    """There is a company with goods in this database: the demo one goes only into an empty one."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The database has a company already ({name}); the demo company needs an empty one.")


def plant(transaction: Transaction, *, now: datetime) -> str:
    """Put the demo company into an empty database, all of it or nothing; returns what to print.

    Raises AlreadyPlanted.
    """
    with transaction() as session:
        if session.scalar(select(Product.id).limit(1)) is not None:
            raise AlreadyPlanted(session.get_one(Company, 1).name)
        profile = session.merge(_company({row["field"]: row["value"] for row in _rows("company")}))
        warehouses = [_warehouse(row) for row in _rows("warehouses")]
        session.add_all(warehouses)
        session.flush()
        goods = list(_rows("products"))
        products = _add_products(session, goods)
        _receive(session, warehouses, zip(products, goods, strict=True), now)
        session.add_all(clients := _clients(now))
        _pay(session, now)
        audit.write(session, by=None, origin="cli", action="demo.planted", subject="company:1", now=now)
        return (
            f"{profile.name} is there: {len(warehouses)} warehouses, {len(products)} products, {len(clients)} clients, "
            "nobody of the staff yet."
        )


def _rows(table: str) -> Iterator[Row]:
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=";", strict=True)


def _company(profile: Row) -> Company:
    exact = {
        "prices_include_vat": profile.pop("prices_include_vat") == "yes",
        "delivery_vat_rate": Decimal(profile.pop("delivery_vat_rate")),
        "rate_per_km_minor": _kopecks(profile.pop("rate_per_km")),
        "invoice_due_days": int(profile.pop("invoice_due_days")),
    }
    return Company(id=1, **profile, **exact)


def _warehouse(row: Row) -> Warehouse:
    return Warehouse(
        name=row["name"], address=row["address"], latitude=float(row["latitude"]), longitude=float(row["longitude"])
    )


def _add_products(session: Session, goods: Iterable[Row]) -> list[Product]:
    """Add the products and the categories on their paths, in the order of the table; the units of some are counted."""
    categories: dict[str, Category] = {}
    products = [_product(row, _category(session, categories, row["category"])) for row in goods]
    for row in _rows("counted_categories"):
        category = _category(session, categories, row["category"])
        category.counts_units, category.unit_words = True, row["unit_words"]
    session.add_all(products)
    session.flush()
    return products


def _category(session: Session, known: dict[str, Category], path: str) -> Category:
    if path not in known:
        above, _, name = path.rpartition(PATH_SEPARATOR)
        parent = _category(session, known, above) if above else None
        known[path] = Category(name=name, parent_id=parent.id if parent else None, position=len(known))
        session.add(known[path])
        session.flush()
    return known[path]


def _product(row: Row, category: Category) -> Product:
    base = Unit(code=row["unit"], factor_milli=1000, decimals=3 if row["unit"] == "kg" else 0)
    base.minimum_milli, base.multiple_milli = _milli(row["minimum"] or "0"), _milli(row["multiple"] or "0")
    units = [base]
    units += [_pack(text) for text in row["packs"].split(", ") if text]
    return Product(
        category_id=category.id,
        article=row["article"],
        name=row["name"],
        search_key=product_key(row["article"], row["name"]),
        description=row["description"],
        price_minor=_kopecks(row["price"]),
        vat_rate=Decimal(row["vat"]),
        weight_g=int(row["weight_g"]),
        low_stock_milli=_milli(row["low_stock"]) if row["low_stock"] else None,
        units=units,
    )


def _pack(text: str) -> Unit:
    """``box 12`` holds 12 base units at the product's price; ``box 12 = 1020.00`` has a price of its own."""
    size, _, price = text.partition(" = ")
    code, _, count = size.partition(" ")
    return Unit(code=code, factor_milli=_milli(count), price_minor=_kopecks(price) if price else None)


def _receive(
    session: Session, warehouses: list[Warehouse], goods: Iterable[tuple[Product, Row]], now: datetime
) -> None:
    """Write what lies in the warehouses, with the receipts that it came by."""
    for product, row in goods:
        for warehouse in warehouses:
            lies = _milli(row[warehouse.name] or "0")
            if lies:
                where = {"warehouse_id": warehouse.id, "product_id": product.id}
                session.add(Stock(**where, on_hand_milli=lies))
                session.add(StockMovement(**where, delta_milli=lies, reason="receipt", at=now))


def _pay(session: Session, now: datetime) -> None:
    """What the staff earns by selling and loading."""
    commission_rules.ensure_default(session, now=now)
    for row in _rows("commission_rules"):
        terms = Terms(
            name=row["name"],
            kind=row["kind"],
            role=row["role"],
            scope=row["scope"],
            amount_minor=_kopecks(row["amount"]),
            rate=Decimal(row["rate"]),
        )
        commission_rules.begin_with(session, terms, now=now)


def _clients(now: datetime) -> list[Client]:
    clients = {row["name"]: Client(**row, **_keys(row), created_at=now) for row in _rows("clients")}
    for row in _rows("places"):
        place = Place(address=row["address"], latitude=float(row["latitude"]), longitude=float(row["longitude"]))
        clients[row["client"]].places.append(place)
    return list(clients.values())


def _keys(row: Row) -> Row:
    return keys_of(row["name"], legal_name=row["legal_name"], phone=row["phone"], country=row["country"] or "RU")


def _kopecks(roubles: str) -> int:
    return int(Decimal(roubles) * 100)


def _milli(count: str) -> int:
    return int(Decimal(count) * 1000)
