"""The company's own profile: currency, prices with or without VAT, tariff, time zone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from db.models.company import Company, Warehouse
from services.paging import PAGE_SIZE, Page, page_of

_THE_ONE = select(Company).where(Company.id == 1)
_KEY = identity_key(Company, 1)


def get(session: Session) -> Company:
    """The one company. It is seeded when the product is installed: its absence is a bug, a RuntimeError."""
    company = session.identity_map.get(_KEY) or session.scalars(_THE_ONE).one_or_none()
    if company is None:
        raise RuntimeError("the company's profile was not seeded")
    return company


def lock(session: Session) -> Company:
    """The one company as it is now, its row held to the end of the transaction: for whoever changes it."""
    query = _THE_ONE.with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


@dataclass(frozen=True, slots=True)
class Profile:
    """What the environment says of the company, once. ``time_zone`` is an IANA name, ``currency`` ISO 4217,
    ``country`` ISO 3166 alpha-2.
    """

    name: str
    director_phone: str
    country: str
    currency: str
    time_zone: str
    language: str


STANDARD_VAT = {"RU": Decimal("0.22"), "ES": Decimal("0.21")}
"""On services such as delivery: Налоговый кодекс РФ, ст. 164 (since 2026); Ley 37/1992 del IVA, art. 90."""


def ensure(session: Session, profile: Profile) -> bool:
    """Write the company's row where there is none yet; one that is there belongs to its admins. True if it is new."""
    if session.get(Company, 1) is not None:
        return False
    rate = STANDARD_VAT.get(profile.country, Decimal(0))
    session.add(Company(id=1, legal_name=profile.name, delivery_vat_rate=rate, **asdict(profile)))
    session.flush()
    return True


def today(company: Company, now: datetime) -> date:
    """The day it is for the company at ``now``, in its time zone."""
    return now.astimezone(ZoneInfo(company.time_zone)).date()


def list_warehouses(session: Session, *, page: int = 0, size: int = PAGE_SIZE) -> Page[Warehouse]:
    """The warehouses by name. ``page`` counts from 0."""
    found = page_of(session, select(Warehouse).order_by(Warehouse.name, Warehouse.id), page=page, size=size)
    return replace(found, items=tuple(house for (house,) in found.items))


def name_warehouses(session: Session, warehouse_ids: Collection[int]) -> list[str]:
    """The names of these warehouses, sorted."""
    return list(session.scalars(select(Warehouse.name).where(Warehouse.id.in_(warehouse_ids)).order_by(Warehouse.name)))


def find_warehouse(session: Session, warehouse_id: int) -> Warehouse | None:
    """The warehouse with that id."""
    return session.get(Warehouse, warehouse_id)
