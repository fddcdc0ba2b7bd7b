"""The units that a product is sold in beside its base unit: boxes, pallets. Admins add, change and take them away.

Quantities: thousandths of the base unit. A unit that orders have is never deleted, only not offered any more; what
was submitted keeps its snapshot, drafts are read anew when they are next priced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from services import audit, company, figures, forms, product_admin, units
from services.actor import Actor, Role, require
from services.errors import DomainError
from services.forms import Change, FieldOutOfRange, FieldUnclear

CODES: Final = ("pack", "box", "pallet")
"""The packs that have a name in every language; any other word may be one too."""
FIELDS: Final = ("factor_milli", "price_minor", "minimum_milli", "multiple_milli")
MAY_BE_EMPTY: Final = frozenset({"price_minor", "minimum_milli", "multiple_milli"})
_CODE: Final = re.compile(r"[^\W\d_]{1,16}")


class PackTaken(DomainError):
    """The product has a unit of this name already. Facts: unit (its code)."""


class PackGone(DomainError):
    """The product is not sold in this unit any more. No facts."""


class BaseUnitStays(DomainError):
    """A product is counted in its base unit: it cannot be taken away, and holds one of itself. Facts: unit."""


class StepUnfit(DomainError):
    """A minimum or multiple that this unit cannot be sold in. Facts: unit (its code), decimals."""


@dataclass(frozen=True, slots=True)
class NewPack:
    """A pack that was typed: its name, how many base units it holds, and its own price if it has one."""

    code: str
    amount: Decimal
    price_minor: int | None = None


def parse(text: str, currency: str) -> NewPack | None:
    """``box 12``, ``короб 12 = 1020``, ``pallet 960 = 80 000,00``; None for anything else. The name as it was typed."""
    head, has_price, price = text.strip().partition("=")
    found = re.fullmatch(r"([^\W\d_]{1,16})\.?\s*[:×xх]?\s*([0-9][0-9., \u00a0]*)", head.strip())
    amount = figures.parse_decimal(found[2].strip(), decimals=3) if found else None
    own = figures.parse_money(price, currency) if has_price else None
    if found is None or amount is None or (has_price and own is None):
        return None
    return NewPack(found[1], amount, own)


def add(session: Session, product_id: int, new: NewPack, *, by: Actor, now: datetime) -> Unit:
    """Sell a product in another unit; one that was taken away before comes back with the new figures.

    Admins only; locks the product. Raises NotAllowed, ProductGone, PackTaken, FieldUnclear, FieldOutOfRange or
    AmountUnclear.
    """
    product = product_admin.lock(session, product_id, by=by)
    code = new.code.casefold()  # which may be longer: ß becomes ss
    if _CODE.fullmatch(code) is None:
        raise FieldUnclear(field="pack")
    same = [unit for unit in product.units if unit.code.casefold() == code]
    if same:
        raise PackTaken(unit=same[0].code)
    factor = _factor(new.amount)
    query = select(Unit).where(Unit.product_id == product.id, Unit.code == code)
    unit = session.scalars(query).one_or_none() or Unit(product_id=product.id, code=code)
    unit.factor_milli, unit.price_minor, unit.hidden = factor, new.price_minor, False
    unit.minimum_milli = unit.multiple_milli = unit.decimals = 0
    session.add(unit)
    session.flush()
    session.expire(product, ["units"])
    after = {"unit": code, "factor_milli": factor, "price_minor": new.price_minor}
    audit.write(session, by=by, action="unit.added", subject=f"product:{product.id}", now=now, after=after)
    return unit


def get(session: Session, unit_id: int, *, by: Actor) -> Unit:
    """One unit that is offered, for admins. Raises NotAllowed or PackGone."""
    require(by, Role.ADMIN, action="unit.read", subject=f"unit:{unit_id}")
    unit = session.get(Unit, unit_id)
    if unit is None or unit.hidden:
        raise PackGone
    return unit


def set_field(session: Session, unit_id: int, field: str, text: str, *, by: Actor, now: datetime) -> Change:
    """Save what was typed for one field of a unit; empty empties the fields that MAY_BE_EMPTY.

    The factor is typed in base units, minimum and multiple in this unit. Admins only; locks the product. Raises
    NotAllowed, PackGone, BaseUnitStays, FieldUnclear, FieldOutOfRange, StepUnfit or AmountUnclear.
    """
    unit = _lock(session, unit_id, by=by)
    values = {field: _read(session, unit, field, text.strip())}
    if field == "factor_milli" and values[field] != unit.factor_milli:
        values |= {"minimum_milli": 0, "multiple_milli": 0}  # they were counted in the old pack
    return forms.save(session, unit, values, by=by, subject=f"unit:{unit.id}", now=now)


def remove(session: Session, unit_id: int, *, by: Actor, now: datetime) -> Product:
    """Offer a pack no more. Admins only; locks the product. Raises NotAllowed, PackGone or BaseUnitStays."""
    unit = _lock(session, unit_id, by=by)
    if unit.factor_milli == 1000:
        raise BaseUnitStays(unit=unit.code)
    forms.save(session, unit, {"hidden": True}, by=by, subject=f"unit:{unit.id}", now=now)
    product = unit.product
    session.expire(product, ["units"])
    return product


def _lock(session: Session, unit_id: int, *, by: Actor) -> Unit:
    unit = get(session, unit_id, by=by)
    product_admin.lock(session, unit.product_id, by=by)
    session.refresh(unit)
    if unit.hidden:
        raise PackGone
    return unit


def _read(session: Session, unit: Unit, field: str, text: str) -> Any:
    if field == "factor_milli":
        if unit.factor_milli == 1000:
            raise BaseUnitStays(unit=unit.code)
        amount = figures.parse_decimal(text, decimals=3)
        if amount is None:
            raise FieldUnclear(field=field)
        return _factor(amount)
    if field == "price_minor":
        if not text:
            return None
        if unit.factor_milli == 1000:  # its price is the product's
            raise BaseUnitStays(unit=unit.code)
        return forms.amount(company.get(session).currency)(text)
    if field not in FIELDS:
        raise FieldUnclear(field=field)
    return _step(unit, field, text)


def _factor(amount: Decimal) -> int:
    factor = int(amount * 1000)
    if not 0 < factor <= units.LARGEST_MILLI or factor == 1000:
        raise FieldOutOfRange(field="factor_milli", lowest="0.001", largest=str(units.LARGEST_MILLI // 1000), unit="")
    return factor


def _step(unit: Unit, field: str, text: str) -> int:
    """A minimum or multiple in this unit, as thousandths of the base unit."""
    if not text:
        return 0
    amount = figures.parse_decimal(text, decimals=3)
    if amount is None:
        raise FieldUnclear(field=field)
    milli = amount * unit.factor_milli
    if amount != round(amount, unit.decimals) or milli != milli.to_integral_value() or milli > units.LARGEST_MILLI:
        raise StepUnfit(unit=unit.code, decimals=unit.decimals)
    return int(milli)
