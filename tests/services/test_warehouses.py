"""Warehouses as admins keep them: name, place, tariff, open or closed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.company import Warehouse
from db.models.record import AuditEntry
from services import cart, warehouses
from services.actor import Actor, NotAllowed, Role
from services.client_fields import PinUnclear
from services.forms import AmountUnclear, FieldOutOfRange, FieldUnclear
from services.warehouses import WarehouseGone, WarehouseNameTaken
from tests.builders import NOON, actor_of, make_company, make_draft, make_person, make_product, make_warehouse
from tests.services.desk import make_desk, make_submitted


def ann(session: Session) -> Actor:
    return actor_of(make_person(session, "Ann", roles=[Role.ADMIN]))


def test_a_warehouse_is_added_once_by_name(session: Session) -> None:
    make_company(session)
    by = ann(session)

    house = warehouses.add(session, " Север ", (59.9, 30.3), address="Невский, 1", by=by, now=NOON)

    assert (house.name, house.address, house.latitude, house.closed) == ("Север", "Невский, 1", 59.9, False)
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1
    with pytest.raises(WarehouseNameTaken):
        warehouses.add(session, "север", (59.9, 30.3), by=by, now=NOON)
    for point in ((0, 0), (91, 5), (float("nan"), 5)):
        with pytest.raises(PinUnclear):
            warehouses.add(session, "Юг", point, by=by, now=NOON)
    with pytest.raises(FieldUnclear):
        warehouses.add(session, " ", (59.9, 30.3), by=by, now=NOON)
    with pytest.raises(NotAllowed):
        warehouses.add(session, "Юг", (59.9, 30.3), by=actor_of(make_person(session)), now=NOON)
    assert session.scalar(select(func.count()).select_from(Warehouse)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("name", "Юг", "Юг"),
        ("address", "Садовая, 5", "Садовая, 5"),
        ("address", "", ""),
        ("tariff_base_minor", "150", 15000),
        ("tariff_base_minor", "", 0),
        ("tariff_per_km_minor", "12,5", 1250),
        ("tariff_per_km_minor", "", None),
        ("tariff_minimum_minor", "300", 30000),
        ("tariff_free_from_minor", "10 000", 1_000_000),
        ("tariff_heavy_from_g", "500", 500_000),
        ("tariff_heavy_from_g", "", None),
        ("tariff_heavy_per_kg_minor", "2,50", 250),
    ],
)
def test_every_field_of_a_warehouse(session: Session, field: str, typed: str, value: object) -> None:
    make_company(session)
    house = make_warehouse(session)

    change = warehouses.set_field(session, house.id, field, typed, by=ann(session), now=NOON)

    assert (change.after, getattr(house, field)) == (value, value)


def test_what_does_not_fit_a_warehouse(session: Session) -> None:
    make_company(session)
    house, other, by = make_warehouse(session, "Юг"), make_warehouse(session, "Север"), ann(session)
    for field, typed, refusal in (
        ("name", "СЕВЕР", WarehouseNameTaken),
        ("tariff_base_minor", "-5", AmountUnclear),
        ("tariff_heavy_from_g", "1000000", FieldOutOfRange),
        ("tariff_heavy_from_g", "heavy", FieldUnclear),
        ("closed", "yes", FieldUnclear),
    ):
        with pytest.raises(refusal):
            warehouses.set_field(session, house.id, field, typed, by=by, now=NOON)
    with pytest.raises(WarehouseGone):
        warehouses.set_field(session, other.id + 1, "name", "x", by=by, now=NOON)
    with pytest.raises(WarehouseGone):
        warehouses.get(session, other.id + 1, by=by)
    with pytest.raises(PinUnclear):
        warehouses.move(session, house.id, (0, 0), by=by, now=NOON)

    assert (house.name, house.tariff_base_minor, house.latitude) == ("Юг", 0, 55.7512)
    warehouses.set_field(session, house.id, "name", "юг", by=by, now=NOON)
    warehouses.move(session, house.id, (55.0, 37.0), by=by, now=NOON)
    assert (house.name, house.latitude, house.longitude) == ("юг", 55.0, 37.0)


def test_a_closed_warehouse_keeps_its_orders_and_gets_no_new_ones(session: Session) -> None:
    desk = make_desk(session)
    other = make_warehouse(session, "Far", latitude=55.9, longitude=37.9)
    milk = make_product(session, warehouse=desk.warehouse)
    order = make_submitted(session, desk, {milk: 2})
    assert warehouses.count_open_orders(session, desk.warehouse.id) == 1

    for _ in range(2):
        warehouses.close(session, desk.warehouse.id, closed=True, by=actor_of(desk.ann), now=NOON)

    assert (order.status, order.warehouse_id) == ("submitted", desk.warehouse.id)
    draft = make_draft(session, desk.rita, {milk: 1})
    assert draft.warehouse_id == other.id
    warehouses.close(session, desk.warehouse.id, closed=False, by=actor_of(desk.ann), now=NOON)
    cart.refresh(session, draft.id, by=actor_of(desk.rita), now=NOON)
    assert draft.warehouse_id == desk.warehouse.id
