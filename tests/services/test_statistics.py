"""Figures: what was formed and loaded in a period, read from stored totals, per currency, in the company's days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models.catalogue import Product
from db.models.clients import Client
from db.models.orders import Order, OrderLine
from db.models.people import Person
from services import statistics
from services.actor import NotAllowed, Role
from services.periods import Period
from services.statistics import Basis, By, Scope, Sums
from tests.builders import actor_of, make_client, make_person, make_product
from tests.services.desk import Desk, make_desk

DAY = date(2026, 3, 2)
THE_DAY = Period(DAY, DAY)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LAST_MOMENT = datetime(2026, 3, 2, 20, 59, 59, tzinfo=UTC)
"""One second before midnight in Moscow."""
MIDNIGHT = datetime(2026, 3, 2, 21, tzinfo=UTC)


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def put(
    session: Session, desk: Desk, client: Client, total_minor: int, *, rep: Person | None = None,
    lines: dict[Product, tuple[int, int]] | None = None, **over: Any,
) -> Order:  # fmt: skip
    """An order of that total, 1000 of it delivery and a sixth of it VAT; lines: product -> (milli, total)."""
    order = Order(
        **{
            "status": "submitted", "rep_id": (rep or desk.rita).id, "client_id": client.id, "currency": "RUB",
            "warehouse_id": desk.warehouse.id, "prices_include_vat": True, "goods_minor": total_minor - 1000,
            "delivery_minor": 1000, "net_minor": total_minor - total_minor // 6, "vat_minor": total_minor // 6,
            "total_minor": total_minor, "weight_g": 500, "created_at": NOON, "touched_at": NOON, "submitted_at": NOON,
        }
        | over
    )  # fmt: skip
    order.lines = [
        OrderLine(position=position, product_id=product.id, unit_id=product.units[0].id, name=product.name,
                  quantity_milli=milli, net_minor=total, vat_minor=0, total_minor=total, weight_g=100)
        for position, (product, (milli, total)) in enumerate((lines or {}).items(), start=1)
    ]  # fmt: skip
    session.add(order)
    session.flush()
    return order


def loaded(desk: Desk, at: datetime = NOON, vehicle: str = "А123ВС77", by: Person | None = None) -> dict[str, Any]:
    return {"status": "loaded", "loaded_at": at, "vehicle": vehicle, "claimed_by": (by or desk.bob).id}


def test_a_day_counts_what_was_submitted_loaded_and_cancelled_in_it(session: Session, desk: Desk) -> None:
    shop, ann = make_client(session), actor_of(desk.ann)
    put(session, desk, shop, 60000)
    put(session, desk, shop, 30000, submitted_at=LAST_MOMENT)
    put(session, desk, shop, 90000, submitted_at=MIDNIGHT)
    put(session, desk, shop, 12000, **loaded(desk), submitted_at=datetime(2026, 2, 20, tzinfo=UTC))
    put(session, desk, shop, 6000, status="cancelled", cancelled_at=NOON)
    put(session, desk, shop, 7000, status="cancelled", cancelled_at=NOON, submitted_at=None)
    put(session, desk, shop, 8000, status="draft", submitted_at=None)

    found = statistics.figures(session, THE_DAY, scope=Scope(), by=ann)

    assert [(sums.orders, sums.total_minor) for sums in found.formed] == [(3, 96000)]
    assert found.loaded == (Sums("RUB", 1, 11000, 1000, 10000, 2000, 12000, 500),)
    assert [(sums.orders, sums.total_minor) for sums in found.cancelled] == [(1, 6000)]
    assert found.formed[0].average_minor == 32000


def test_currencies_are_never_added_up(session: Session, desk: Desk) -> None:
    shop = make_client(session)
    put(session, desk, shop, 6000, **loaded(desk))
    put(session, desk, shop, 600, currency="EUR", **loaded(desk))

    found = statistics.figures(session, THE_DAY, scope=Scope(), by=actor_of(desk.ann)).loaded

    assert [(sums.currency, sums.total_minor) for sums in found] == [("EUR", 600), ("RUB", 6000)]


def test_top_lists_by_everything(session: Session, desk: Desk) -> None:
    shop, stall = make_client(session, "Shop"), make_client(session, "Stall")
    rob, bill = make_person(session, "Rob"), make_person(session, "Bill", roles=[Role.STOREKEEPER])
    milk, honey = make_product(session, "Milk"), make_product(session, "Honey", base=("kg", 3))
    put(session, desk, shop, 6000, **loaded(desk), lines={milk: (2000, 3000), honey: (1500, 2000)})
    put(session, desk, shop, 3000, **loaded(desk, vehicle=""), lines={milk: (1000, 2000)})
    put(session, desk, stall, 18000, rep=rob, **loaded(desk, by=bill), lines={honey: (500, 17000)})

    def top(what: By, **over: Any) -> list[tuple[str, int, int]]:
        asked = {"scope": Scope(), "basis": Basis.LOADED, "by": actor_of(desk.ann), "page": 0} | over
        return [
            (row.name, row.orders, row.total_minor) for row in statistics.top(session, THE_DAY, what, **asked).items
        ]

    assert top(By.CLIENT) == [("Stall", 1, 18000), ("Shop", 2, 9000)]
    assert top(By.REP) == [("Rob", 1, 18000), ("Rita", 2, 9000)]
    assert top(By.STOREKEEPER) == [("Bill", 1, 18000), ("Bob", 2, 9000)]
    assert top(By.VEHICLE) == [("А123ВС77", 2, 24000), ("", 1, 3000)]
    assert top(By.WAREHOUSE) == [("Main", 3, 27000)]
    assert top(By.PRODUCT) == [("Honey", 2, 19000), ("Milk", 2, 5000)]
    assert top(By.PRODUCT, scope=Scope(client_id=shop.id)) == [("Milk", 2, 5000), ("Honey", 1, 2000)]
    assert top(By.CLIENT, scope=Scope(product_id=honey.id)) == [("Stall", 1, 17000), ("Shop", 1, 2000)]
    assert top(By.VEHICLE, scope=Scope(product_id=milk.id)) == [("А123ВС77", 1, 3000), ("", 1, 2000)]
    assert top(By.CLIENT, basis=Basis.CANCELLED) == []
    product = statistics.entries(session, THE_DAY, By.PRODUCT, Scope(), most=1)
    assert [(row.quantity_milli, row.unit_code, row.decimals) for row in product] == [(2000, "kg", 3)]


def test_one_products_sums_are_those_of_its_lines(session: Session, desk: Desk) -> None:
    milk, honey = make_product(session, "Milk"), make_product(session, "Honey")
    put(session, desk, make_client(session), 6000, **loaded(desk), lines={milk: (2000, 3000), honey: (1000, 2000)})

    found = statistics.figures(session, THE_DAY, scope=Scope(product_id=milk.id), by=actor_of(desk.ann))

    assert found.loaded == (Sums("RUB", 1, 3000, 0, 3000, 0, 3000, 100),)


def test_a_rep_sees_only_what_is_his(session: Session, desk: Desk) -> None:
    shop, rob = make_client(session), make_person(session, "Rob")
    put(session, desk, shop, 6000)
    put(session, desk, shop, 3000, rep=rob)

    mine = statistics.figures(session, THE_DAY, scope=Scope(), by=actor_of(rob))

    assert [sums.total_minor for sums in mine.formed] == [3000]
    with pytest.raises(NotAllowed):
        statistics.figures(session, THE_DAY, scope=Scope(rep_id=desk.rita.id), by=actor_of(rob))
    with pytest.raises(NotAllowed):
        statistics.top(session, THE_DAY, By.CLIENT, scope=Scope(), basis=Basis.LOADED, by=actor_of(desk.bob), page=0)


def test_names_of_what_is_looked_at_closely(session: Session, desk: Desk) -> None:
    assert statistics.name_of(session, By.REP, desk.rita.id) == desk.rita.name
    assert statistics.name_of(session, By.CLIENT, 10**6) == ""
