"""The company's details, one field at a time: what may be typed or chosen for each, and what follows from it.

Bank details are a form of their own (``bank_details``), and so are working days (``working_days``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.company import Company
from db.models.invoices import Invoice
from db.models.orders import Order
from services import (
    company,
    countries,
    currency_change,
    delivery_days,
    emails,
    figures,
    forms,
    phones,
    tax_ids,
    world_names,
)  # fmt: skip
from services.actor import Actor, Role, require
from services.errors import DomainError
from services.forms import Change, FieldUnclear
from services.order_states import Status

SECTIONS: Final = MappingProxyType(
    {
        "details": ("name", "legal_name", "tax_id", "tax_reason_code", "address", "email"),
        "people": ("director", "director_phone", "accountant"),
        "papers": ("invoice_series", "credit_series", "invoice_due_days", "mail_copy", "language"),
        "prices": (
            "prices_include_vat",
            "delivery_vat_rate",
            "rate_per_km_minor",
            "detour_factor",
            "longest_way_km",
        ),
        "country": ("country", "currency", "time_zone", "digest_minutes"),
        "calendar": ("cut_off_minutes", "delivery_windows", "days_ahead"),
    }
)
"""The fields, as they are shown together."""

_LATER: Final = ("credit_series", "digest_minutes")
"""Fields that came later: buttons carry a field's place, which must not move."""
FIELDS: Final = (*(field for fields in SECTIONS.values() for field in fields if field not in _LATER), *_LATER)
ASKED_TWICE: Final = frozenset({"prices_include_vat", "currency"})
"""What changes the meaning of every price: said first, done when the admin agrees."""
MAY_BE_EMPTY: Final = frozenset(
    {
        "legal_name",
        "tax_id",
        "tax_reason_code",
        "address",
        "email",
        "director",
        "director_phone",
        "accountant",
        "cut_off_minutes",
        "delivery_windows",
    }
)
YES: Final = "yes"
NO: Final = "no"

_TEXTS: Final = {"name": 200, "legal_name": 300, "address": 500, "director": 200, "accountant": 200}
_SERIES: Final = re.compile(r"[^\W_]{1,8}")
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "mail_copy": (YES, NO),
    "prices_include_vat": (YES, NO),
    "language": world_names.LANGUAGES,
    "invoice_due_days": ("0", "7", "14", "30"),
    "days_ahead": ("7", "14", "30", "60"),
    "cut_off_minutes": ("12:00", "14:00", "16:00", "18:00", ""),
    "digest_minutes": ("07:00", "08:00", "09:00", "10:00"),
    "country": ("RU", "ES", "KZ", "BY", "PT", "DE"),
    "currency": ("RUB", "EUR", "USD", "KZT", "BYN", "GBP"),
}


class CurrencyFixed(DomainError):
    """The currency cannot change any more: there are papers or open orders in it. Facts: currency, invoices, orders."""


def section_of(field: str) -> str:
    """The section that a field is shown in."""
    return next(section for section, fields in SECTIONS.items() if field in fields)


def fields_of(profile: Company, section: str) -> list[str]:
    """The fields of a section that this company has: the КПП only where its country has one."""
    has_code = countries.profile(profile.country).has_tax_reason_code
    return [field for field in SECTIONS[section] if field != "tax_reason_code" or has_code]


def usual_rates(country: str) -> tuple[str, ...]:
    """The VAT rates that a country's goods have, as per cent."""
    return {
        "RU": ("0", "10", "22"),  # Налоговый кодекс РФ, ст. 164, since 2026
        "ES": ("0", "4", "10", "21"),  # Ley 37/1992 del IVA, art. 90 and 91
    }.get(country, ("0", "10", "20"))


def choices(profile: Company, field: str) -> Sequence[str]:
    """What is offered for a field to be pressed, as it would be typed."""
    if field == "delivery_vat_rate":
        return usual_rates(profile.country)
    if field == "time_zone":
        return world_names.zones_of(profile.country)[: world_names.MOST_SUGGESTED]
    return _CHOICES.get(field, ())


def options(profile: Company, field: str) -> Sequence[str]:
    """Everything that can be chosen for a field by a button: what is offered and what may be suggested."""
    named = {"country": world_names.countries, "currency": world_names.currencies, "time_zone": world_names.zones}
    return named[field]() if field in named else choices(profile, field)


def suggestions(profile: Company, field: str, typed: str) -> list[str]:
    """What somebody who typed this may have meant, where a name fits several; else nothing."""
    if field == "country":
        found = world_names.find_countries(typed)
    elif field == "currency":
        found = world_names.find_currencies(typed)
    elif field == "time_zone":
        found = world_names.find_zones(typed, country=profile.country)
    else:
        return []
    return found[: world_names.MOST_SUGGESTED] if len(found) > 1 else []


def read(profile: Company, field: str, text: str) -> dict[str, Any]:
    """What was typed for a field, as values of columns. Empty text empties the fields that MAY_BE_EMPTY.

    Raises FieldUnclear, FieldTooLong, FieldOutOfRange, AmountUnclear, TaxIdUnclear, TaxIdWrong, ReasonCodeUnclear,
    PhoneUnclear or EmailUnclear.
    """
    text = text.strip()
    if not text and field not in MAY_BE_EMPTY:
        raise FieldUnclear(field=field)
    if field in _TEXTS:
        return {field: forms.words(field, _TEXTS[field], may_be_empty=field != "name")(text)}
    if field in {"tax_id", "tax_reason_code", "email", "director_phone"}:
        return _contact(profile, field, text)
    if field in {"country", "currency", "time_zone", "language"}:
        return {field: _name(profile, field, text)}
    if field in {"mail_copy", "prices_include_vat"}:
        return {field: _yes_or_no(field, text)}
    if field in {"cut_off_minutes", "digest_minutes", "delivery_windows"}:
        return {field: _hours(field, text)}
    return {field: _figure(profile, field, text)}


def set_field(session: Session, field: str, text: str, *, by: Actor, now: datetime) -> Change:
    """Save what was typed for one field of the company. Admins only.

    A new currency keeps the figures of prices and tariffs: 89.90 of the old one is 89.90 of the new one; drafts
    are priced anew when they are next looked at, and submitted orders keep what was agreed. Locks the company.
    Raises NotAllowed, CurrencyFixed or what ``read`` raises, having changed nothing.
    """
    require(by, Role.ADMIN, action="company.change", subject="company:1")
    profile = company.lock(session)
    values = read(profile, field, text)
    if values.get("currency", profile.currency) != profile.currency:
        check_currency_free(session, profile)
        currency_change.keep_figures(session, profile, values["currency"])
    return forms.save(session, profile, values, by=by, subject="company:1", now=now)


def check_currency_free(session: Session, profile: Company) -> None:
    """Raise CurrencyFixed once there are invoices, or orders on their way to one."""
    invoices = session.scalar(select(func.count()).select_from(Invoice)) or 0
    open_orders = Order.status.in_([Status.WAITING, Status.SUBMITTED, Status.LOADING])
    waiting = session.scalar(select(func.count()).select_from(Order).where(open_orders)) or 0
    if invoices or waiting:
        raise CurrencyFixed(currency=profile.currency, invoices=invoices, orders=waiting)


def _contact(profile: Company, field: str, text: str) -> dict[str, Any]:
    if not text:
        return {field: ""}
    if field == "email":
        return {field: emails.parse(text)}
    if field == "director_phone":
        return {field: phones.parse(text, profile.country).shown}
    if field == "tax_reason_code":
        return {field: tax_ids.parse_reason_code(text)}
    found = tax_ids.parse(text, profile.country)
    if found.country != profile.country:
        raise FieldUnclear(field=field)
    return {field: found.number} | ({"tax_reason_code": found.reason_code} if found.reason_code else {})


def _name(profile: Company, field: str, text: str) -> str:
    """A country, currency, time zone or language by the one name that fits."""
    if field == "country":
        found = world_names.find_countries(text)
    elif field == "currency":
        found = world_names.find_currencies(text)
    elif field == "time_zone":
        found = world_names.find_zones(text, country=profile.country)
    else:
        found = [one for one in world_names.LANGUAGES if one == text.casefold()]
    if len(found) != 1:
        raise FieldUnclear(field=field)
    return found[0]


def _yes_or_no(field: str, text: str) -> bool:
    if text not in {YES, NO}:
        raise FieldUnclear(field=field)
    return text == YES


def _hours(field: str, text: str) -> Any:
    if field in {"cut_off_minutes", "digest_minutes"}:
        minutes = figures.parse_clock(text) if text else None
        if text and minutes is None:
            raise FieldUnclear(field=field)
        return minutes
    windows = figures.parse_windows(text) if text else []
    if windows is None or len(windows) > 12:
        raise FieldUnclear(field=field)
    return [delivery_days.window_of(start, end) for start, end in windows]


def _figure(profile: Company, field: str, text: str) -> Any:
    if field in {"invoice_series", "credit_series"}:
        return _series(profile, field, text)
    readers = {
        "invoice_due_days": forms.whole(field, 0, 365),
        "delivery_vat_rate": forms.percent(field),
        "rate_per_km_minor": forms.amount(profile.currency),
        "detour_factor": forms.exact(field, "1", "3"),
        "longest_way_km": forms.whole(field, 1, 20000),
        "days_ahead": forms.whole(field, 1, 366),
    }
    return readers[field](text)


def _series(profile: Company, field: str, text: str) -> str:
    """Letters and digits; invoices and credit notes never have the same, as their numbers would be the same too."""
    other = profile.credit_series if field == "invoice_series" else profile.invoice_series
    if _SERIES.fullmatch(text) is None or text.upper() == other:
        raise FieldUnclear(field=field)
    return text.upper()
