"""The warehouses: where they lie, what a delivery from them costs, and whether anything new is loaded there.

Tariffs: minor units of the company's currency. Weights: grams.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.company import Warehouse
from db.models.orders import Order
from services import audit, client_fields, company, forms
from services.actor import Actor, Role, require
from services.errors import DomainError
from services.forms import Change, FieldUnclear
from services.order_states import Status

LONGEST_NAME: Final = 200
LONGEST_ADDRESS: Final = 500
HEAVIEST_KG: Final = 100_000
TARIFF: Final = (
    "tariff_base_minor",
    "tariff_per_km_minor",
    "tariff_minimum_minor",
    "tariff_free_from_minor",
    "tariff_heavy_from_g",
    "tariff_heavy_per_kg_minor",
)
FIELDS: Final = ("name", "address", "pin", *TARIFF)
WITHOUT: Final[MappingProxyType[str, int | None]] = MappingProxyType(
    {
        "tariff_base_minor": 0,
        "tariff_per_km_minor": None,
        "tariff_minimum_minor": 0,
        "tariff_free_from_minor": None,
        "tariff_heavy_from_g": None,
        "tariff_heavy_per_kg_minor": 0,
    }
)
"""What a tariff has where nothing was said."""


class WarehouseGone(DomainError):
    """There is no such warehouse. No facts."""


class WarehouseNameTaken(DomainError):
    """Another warehouse is called so. Facts: name."""


def get(session: Session, warehouse_id: int, *, by: Actor) -> Warehouse:
    """One warehouse, for admins. Raises NotAllowed or WarehouseGone."""
    require(by, Role.ADMIN, action="warehouse.read", subject=f"warehouse:{warehouse_id}")
    house = company.find_warehouse(session, warehouse_id)
    if house is None:
        raise WarehouseGone
    return house


def count_open_orders(session: Session, warehouse_id: int) -> int:
    """How many submitted orders wait to be loaded there, or are being loaded."""
    waiting = Order.status.in_([Status.SUBMITTED, Status.LOADING])
    query = select(func.count()).select_from(Order).where(waiting, Order.warehouse_id == warehouse_id)
    return session.scalar(query) or 0


def check_name(session: Session, text: str, *, warehouse_id: int = 0) -> str:
    """The name as it will be kept. Raises FieldUnclear, FieldTooLong or WarehouseNameTaken."""
    name: str = forms.words("name", LONGEST_NAME, may_be_empty=False)(text)
    others = select(Warehouse.name).where(Warehouse.id != warehouse_id)
    if name.casefold() in {other.casefold() for other in session.scalars(others)}:
        raise WarehouseNameTaken(name=name)
    return name


def add(
    session: Session, name: str, point: tuple[float, float], *, address: str = "", by: Actor, now: datetime
) -> Warehouse:
    """Open a warehouse at ``point`` (latitude, longitude in degrees). Admins only.

    Raises NotAllowed, FieldUnclear, FieldTooLong, WarehouseNameTaken or PinUnclear.
    """
    require(by, Role.ADMIN, action="warehouse.add", subject="warehouse")
    company.lock(session)  # two admins at once do not give one name twice
    kept = check_name(session, name)
    client_fields.check_pin(*point)
    words = forms.words("address", LONGEST_ADDRESS)(address)
    house = Warehouse(name=kept, address=words, latitude=point[0], longitude=point[1])
    session.add(house)
    session.flush()
    after = {"name": kept, "address": words, "latitude": point[0], "longitude": point[1]}
    audit.write(session, by=by, action="warehouse.added", subject=f"warehouse:{house.id}", now=now, after=after)
    return house


def set_field(session: Session, warehouse_id: int, field: str, text: str, *, by: Actor, now: datetime) -> Change:
    """Save what was typed for the name, the address or one part of the tariff; empty takes it away.

    Drafts follow when they are next priced; submitted orders keep their delivery. Locks the warehouse (after the
    company, where the name changes). Raises NotAllowed, WarehouseGone, WarehouseNameTaken or what the readers of
    ``forms`` raise.
    """
    if field == "name":
        company.lock(session)  # two admins at once do not give one name twice
    house = _lock(session, warehouse_id, by)
    values = {field: _read(session, house, field, text.strip())}
    return forms.save(session, house, values, by=by, subject=f"warehouse:{house.id}", now=now)


def move(session: Session, warehouse_id: int, point: tuple[float, float], *, by: Actor, now: datetime) -> Change:
    """Say where it lies (latitude, longitude in degrees). Locks it.

    Raises NotAllowed, WarehouseGone or PinUnclear.
    """
    house = _lock(session, warehouse_id, by)
    client_fields.check_pin(*point)
    values = {"latitude": point[0], "longitude": point[1]}
    return forms.save(session, house, values, by=by, subject=f"warehouse:{house.id}", now=now)


def close(session: Session, warehouse_id: int, *, closed: bool, by: Actor, now: datetime) -> Warehouse:
    """Load nothing new there, or load there again. Saying it twice changes nothing.

    Orders that were submitted stay and can be loaded; drafts find another warehouse when they are next priced.
    Locks it. Raises NotAllowed or WarehouseGone.
    """
    house = _lock(session, warehouse_id, by)
    forms.save(session, house, {"closed": closed}, by=by, subject=f"warehouse:{house.id}", now=now)
    return house


def example_distances() -> Sequence[int]:
    """Metres that a tariff is explained by."""
    return (10_000, 50_000)


def _lock(session: Session, warehouse_id: int, by: Actor) -> Warehouse:
    require(by, Role.ADMIN, action="warehouse.change", subject=f"warehouse:{warehouse_id}")
    query = select(Warehouse).where(Warehouse.id == warehouse_id).with_for_update()
    house = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if house is None:
        raise WarehouseGone
    return house


def _read(session: Session, house: Warehouse, field: str, text: str) -> Any:
    if field == "name":
        return check_name(session, text, warehouse_id=house.id)
    if field == "address":
        return forms.words(field, LONGEST_ADDRESS)(text)
    if field not in WITHOUT:
        raise FieldUnclear(field=field)
    if not text:
        return WITHOUT[field]
    if field == "tariff_heavy_from_g":
        return forms.grams(field, HEAVIEST_KG, bare="kg")(text)
    return forms.amount(company.get(session).currency)(text)
