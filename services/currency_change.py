"""What a new currency does to the amounts that the company has typed: their figures stay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.company import Company, Warehouse
from services import money

_AMOUNTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Company, ("rate_per_km_minor",)),
    (Product, ("price_minor",)),
    (Unit, ("price_minor",)),
    (
        Warehouse,
        (
            "tariff_base_minor",
            "tariff_per_km_minor",
            "tariff_minimum_minor",
            "tariff_free_from_minor",
            "tariff_heavy_per_kg_minor",
        ),
    ),
)


def keep_figures(session: Session, profile: Company, currency: str) -> None:
    """Let prices and tariffs read in ``currency`` as they did: 89.90 stays 89.90, and is 90 where there are no cents.

    Only amounts of currencies whose minor units differ are rewritten. The caller has locked the company.
    """
    shift = money.minor_digits(currency) - money.minor_digits(profile.currency)
    if not shift:
        return
    for model, columns in _AMOUNTS:
        for row in session.scalars(select(model).with_for_update()):
            for column in columns:
                minor = getattr(row, column)
                if minor is not None:
                    setattr(row, column, money.round_half_up(Decimal(minor).scaleb(shift)))
    session.flush()
