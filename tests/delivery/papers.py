"""Invoices to draw and to mail."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from services.invoice_document import DocumentLine, DocumentTax, InvoiceDocument

SELLER = {
    "name": "Северная база",
    "legal_name": "ООО «Северная база»",
    "tax_id": "7707083893",
    "tax_reason_code": "770701001",
    "address": "192007, Санкт-Петербург, Лиговский пр., д. 150, литера А, пом. 12-Н",
    "email": "buh@sever-baza.example",
    "director": "Соколова Мария Андреевна",
    "director_phone": "+7 812 555-01-23",
    "accountant": "Белова Ольга Юрьевна",
    "bank_name": "АО «Банк Пример», г. Санкт-Петербург",
    "bank_code": "044030790",
    "bank_account": "40702810300000012345",
    "correspondent_account": "30101810900000000790",
    "logo_sha256": "",
}
BUYER = {
    "name": "Магазин «Ёлка»",
    "legal_name": "ИП Иванов Пётр Ильич",
    "tax_id": "780123456789",
    "tax_reason_code": "",
    "country": "RU",
    "address": "Санкт-Петербург, ул. Ёлочная, 7",
    "contact": "Иванов Пётр",
    "phone": "+7 921 555-77-88",
    "email": "elka@example.com",
}

SHIPMENT: dict[str, Any] = {
    "order_id": 318,
    "warehouse": "Склад на Обводном",
    "vehicle": "А 123 ВС 178",
    "driver": "Смирнов Олег",
    "delivery_window": "09:00-13:00",
}


def make_line(position: int = 1, **changes: Any) -> DocumentLine:
    """A line of 12 pieces at 150.00 with 20 % VAT inside."""
    facts: dict[str, Any] = {
        "position": position,
        "kind": "goods",
        "article": f"A-{100 + position}",
        "name": "Молоко «Простоквашино» 3,2 % 930 мл",
        "unit_code": "pcs",
        "factor_milli": 1000,
        "decimals": 0,
        "quantity_milli": 12000,
        "price_minor": 15000,
        "vat_rate": Decimal("0.2"),
        "net_minor": 150000,
        "vat_minor": 30000,
        "total_minor": 180000,
    }
    return DocumentLine(**(facts | changes))


def make_delivery_line(position: int) -> DocumentLine:
    """12.345 km at 10 ₽."""
    return make_line(
        position,
        kind="delivery",
        article="",
        name="",
        unit_code="",
        quantity_milli=1000,
        price_minor=12345,
        net_minor=10288,
        vat_minor=2057,
        total_minor=12345,
    )


def make_invoice(**changes: Any) -> InvoiceDocument:
    """One line and its delivery, 1 923.45 ₽ in all."""
    lines = changes.pop("lines", (make_line(1), make_delivery_line(2)))
    facts: dict[str, Any] = {
        "label": "TB-2026-000042",
        "issue_date": date(2026, 11, 27),
        "due_date": date(2026, 12, 11),
        "delivery_date": date(2026, 11, 30),
        "language": "ru",
        "country": "RU",
        "seller": dict(SELLER),
        "buyer": dict(BUYER),
        "shipment": dict(SHIPMENT),
        "delivery_address": "Санкт-Петербург, ул. Ёлочная, 7, вход со двора",
        "currency": "RUB",
        "prices_include_vat": True,
        "lines": lines,
        "taxes": (DocumentTax(Decimal("0.2"), 160288, 32057),),
        "net_minor": 160288,
        "vat_minor": 32057,
        "total_minor": 192345,
    }
    return InvoiceDocument(**(facts | changes))
