"""A company for a crowd: goods enough for a day, some that are fought over, clients with and without e-mail."""

from __future__ import annotations

from sqlalchemy import select

from db.models.stock import Stock
from db.session import Database
from tests.builders import make_category, make_client, make_company, make_product, make_warehouse, receive

PLENTY = 20_000
SCARCE = 40
MAILED_CLIENTS, UNMAILED_CLIENTS = 6, 2

Shelves = dict[tuple[int, int], int]
"""What lies in a warehouse of a product, by both ids, in thousandths of the base unit."""


def furnish(database: Database) -> Shelves:
    """Fill an empty database; returns what lies where. Every product lies in both warehouses."""
    with database.transaction() as session:
        make_company(session, director_phone="+7 495 000-00-00", email="office@example.org")
        moscow = make_warehouse(session, "Москва")
        kazan = make_warehouse(session, "Казань", latitude=55.7963, longitude=49.1088)
        for shelf, on_hand in (("Plenty", PLENTY), ("Scarce", SCARCE)):
            category = make_category(session, shelf)
            for number in range(1, 5):
                product = make_product(
                    session,
                    f"{shelf} {number}",
                    price_minor=1000 * number,
                    warehouse=moscow,
                    on_hand=on_hand,
                    category=category,
                    units=[("box", 6000, None)] if number % 2 else [],
                )
                receive(session, product, on_hand, warehouse=kazan)
        for number in range(MAILED_CLIENTS):
            make_client(session, f"Mailed {number}", email=f"client{number}@example.org")
        for number in range(UNMAILED_CLIENTS):
            make_client(session, f"Unmailed {number}", email="", language="es")
    return shelves(database)


def shelves(database: Database) -> Shelves:
    """What lies where now."""
    with database.reading() as session:
        found = session.execute(select(Stock.warehouse_id, Stock.product_id, Stock.on_hand_milli))
        return {(row.warehouse_id, row.product_id): row.on_hand_milli for row in found}
