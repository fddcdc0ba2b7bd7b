"""The company's details: read by field, saved with what was before, and what follows from a new currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.record import AuditEntry
from services import company_form, working_days, world_names
from services.actor import Actor, NotAllowed, Role
from services.company_form import CurrencyFixed
from services.emails import EmailUnclear
from services.errors import DomainError
from services.forms import AmountUnclear, FieldOutOfRange, FieldTooLong, FieldUnclear
from services.phones import PhoneUnclear
from services.tax_ids import TaxIdWrong
from services.working_days import LastWorkingDay, TooManyDaysOff
from tests.builders import NOON, actor_of, make_company, make_person, make_product, make_warehouse
from tests.services.desk import make_desk, make_invoice, make_submitted


def ann(session: Session) -> Actor:
    return actor_of(make_person(session, "Ann", roles=[Role.ADMIN]))


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("name", "  Молочный   дом ", "Молочный дом"),
        ("tax_id", "ИНН 7707083893", "7707083893"),
        ("tax_reason_code", "770101001", "770101001"),
        ("email", "office@example.org", "office@example.org"),
        ("email", "", ""),
        ("director_phone", "8 495 000 20 11", "+7 495 000-20-11"),
        ("accountant", "Иванова", "Иванова"),
        ("invoice_series", "мс1", "МС1"),
        ("credit_series", "r", "R"),
        ("invoice_due_days", "30", 30),
        ("mail_copy", "yes", True),
        ("language", "es", "es"),
        ("prices_include_vat", "no", False),
        ("delivery_vat_rate", "22 %", Decimal("0.22")),
        ("rate_per_km_minor", "12,50", 1250),
        ("detour_factor", "1,25", Decimal("1.25")),
        ("longest_way_km", "300", 300),
        ("country", "испания", "ES"),
        ("currency", "евро", "EUR"),
        ("time_zone", "мадрид", "Europe/Madrid"),
        ("time_zone", "Asia/Tokyo", "Asia/Tokyo"),
        ("cut_off_minutes", "16:00", 960),
        ("cut_off_minutes", "", None),
        ("delivery_windows", "13-18, 9-13", ["09:00-13:00", "13:00-18:00"]),
        ("delivery_windows", "", []),
        ("days_ahead", "14", 14),
    ],
)
def test_a_field_takes_what_is_typed_and_says_what_was(session: Session, field: str, typed: str, value: Any) -> None:
    profile = make_company(session)
    before = getattr(profile, field)

    change = company_form.set_field(session, field, typed, by=ann(session), now=NOON)

    assert (change.before, change.after, getattr(profile, field)) == (before, value, value)
    if before != value:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "company.changed")).one()
        assert field in entry.before
        assert field in entry.after


@pytest.mark.parametrize(
    ("field", "typed", "refusal"),
    [
        ("name", "", FieldUnclear),
        ("name", "x" * 201, FieldTooLong),
        ("tax_id", "7707083894", TaxIdWrong),
        ("tax_id", "ESB88120456", DomainError),
        ("email", "office", EmailUnclear),
        ("director_phone", "12", PhoneUnclear),
        ("invoice_series", "TOO-LONG", FieldUnclear),
        ("invoice_series", "😀", FieldUnclear),
        ("invoice_series", "cn", FieldUnclear),
        ("credit_series", "tb", FieldUnclear),
        ("invoice_due_days", "366", FieldOutOfRange),
        ("invoice_due_days", "soon", FieldUnclear),
        ("mail_copy", "maybe", FieldUnclear),
        ("language", "fr", FieldUnclear),
        ("delivery_vat_rate", "200", FieldUnclear),
        ("rate_per_km_minor", "12,345,6", AmountUnclear),
        ("detour_factor", "0,5", FieldOutOfRange),
        ("detour_factor", "much", FieldUnclear),
        ("country", "Nowhere", FieldUnclear),
        ("currency", "peso", FieldUnclear),
        ("time_zone", "Atlantis", FieldUnclear),
        ("cut_off_minutes", "25:00", FieldUnclear),
        ("delivery_windows", "9-13, 12-18", FieldUnclear),
        ("days_ahead", "0", FieldOutOfRange),
    ],
)
def test_what_does_not_fit_changes_nothing(
    session: Session, field: str, typed: str, refusal: type[DomainError]
) -> None:
    profile = make_company(session)
    before = getattr(profile, field)

    with pytest.raises(refusal):
        company_form.set_field(session, field, typed, by=ann(session), now=NOON)

    assert getattr(profile, field) == before
    assert session.scalars(select(AuditEntry)).all() == []


def test_only_admins_change_the_company(session: Session) -> None:
    make_company(session)

    with pytest.raises(NotAllowed):
        company_form.set_field(session, "name", "Mine", by=actor_of(make_person(session)), now=NOON)


def test_everything_offered_can_be_read_and_has_a_number_of_its_own(session: Session) -> None:
    profile = make_company(session)
    for country in ("RU", "ES", "US"):
        profile.country = country
        for field in company_form.FIELDS:
            offered = company_form.choices(profile, field)
            assert len(set(offered)) == len(offered)
            assert set(offered) <= set(company_form.options(profile, field)), field
            for choice in offered:
                assert field in company_form.read(profile, field, choice)


def test_a_name_that_fits_several_gives_them_to_choose(session: Session) -> None:
    profile = make_company(session)

    assert "MXN" in company_form.suggestions(profile, "currency", "peso")
    assert company_form.suggestions(profile, "currency", "доллар")[0] == "USD"
    assert company_form.suggestions(profile, "currency", "швейцарский") == []
    assert "CHF" in world_names.find_currencies("франк")
    assert company_form.suggestions(profile, "country", "corea") == ["KP", "KR"]
    assert company_form.suggestions(profile, "country", "Испания") == []
    assert company_form.suggestions(profile, "time_zone", "Europe/Moscow") == []
    assert company_form.suggestions(profile, "name", "x") == []
    assert company_form.choices(profile, "time_zone")[:3] == ["Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk"]
    assert company_form.fields_of(profile, "details")[3] == "tax_reason_code"
    profile.country = "ES"
    assert "tax_reason_code" not in company_form.fields_of(profile, "details")
    assert world_names.country_name("ES", "fr") == "Spain"


def test_the_currency_changes_with_its_figures_while_nothing_was_sold(session: Session) -> None:
    profile = make_company(session)
    house = make_warehouse(session)
    house.tariff_free_from_minor = 500_000
    milk = make_product(session, price_minor=8950, units=[("box", 12000, 100_049)])

    company_form.set_field(session, "currency", "EUR", by=ann(session), now=NOON)
    assert (profile.currency, milk.price_minor) == ("EUR", 8950)
    company_form.set_field(session, "currency", "JPY", by=ann(session), now=NOON)

    assert (profile.currency, milk.price_minor, profile.rate_per_km_minor) == ("JPY", 90, 10)
    assert [unit.price_minor for unit in milk.units] == [None, 1000]
    assert (house.tariff_free_from_minor, house.tariff_per_km_minor) == (5000, None)


def test_the_currency_stays_once_there_are_orders_or_invoices(session: Session) -> None:
    desk = make_desk(session)
    milk = make_product(session, warehouse=desk.warehouse)
    make_submitted(session, desk, {milk: 1})
    with pytest.raises(CurrencyFixed) as refused:
        company_form.set_field(session, "currency", "EUR", by=actor_of(desk.ann), now=NOON)
    assert refused.value.facts == {"currency": "RUB", "invoices": 0, "orders": 1}
    make_invoice(session, desk, {milk: 1})

    with pytest.raises(CurrencyFixed) as refused:
        company_form.set_field(session, "currency", "EUR", by=actor_of(desk.ann), now=NOON)

    assert refused.value.facts["invoices"] == 1
    company_form.set_field(session, "currency", "RUB", by=actor_of(desk.ann), now=NOON)


# the calendar


def test_days_of_the_week_are_switched_and_one_stays(session: Session) -> None:
    profile, by = make_company(session, working_days=[0, 1]), ann(session)

    working_days.set_working(session, 6, on=True, by=by, now=NOON)
    working_days.set_working(session, 6, on=True, by=by, now=NOON)
    assert profile.working_days == [0, 1, 6]
    for day in (0, 1):
        working_days.set_working(session, day, on=False, by=by, now=NOON)
    with pytest.raises(LastWorkingDay):
        working_days.set_working(session, 6, on=False, by=by, now=NOON)
    with pytest.raises(ValueError, match="no day 7"):
        working_days.set_working(session, 7, on=True, by=by, now=NOON)

    assert profile.working_days == [6]


def test_days_off_come_and_go(session: Session) -> None:
    profile, by = make_company(session, days_off=["2026-01-01", "2026-03-09"]), ann(session)

    added = working_days.add_days_off(session, [date(2026, 3, 9), date(2026, 5, 1)], by=by, now=NOON)

    assert added == 1
    assert profile.days_off == ["2026-03-09", "2026-05-01"], "what is over is forgotten"
    assert working_days.list_days_off(session, now=NOON).items == (date(2026, 3, 9), date(2026, 5, 1))
    working_days.remove_day_off(session, date(2026, 3, 9), by=by, now=NOON)
    assert profile.days_off == ["2026-05-01"]
    many = [date.fromordinal(date(2027, 1, 1).toordinal() + number) for number in range(400)]
    with pytest.raises(TooManyDaysOff):
        working_days.add_days_off(session, many, by=by, now=NOON)
    assert profile.days_off == ["2026-05-01"]
