"""What reps have sold, as rows: for tests that need many sales, at any moment, and no loading."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db.models.catalogue import Category, Product
from db.models.clients import Client
from db.models.credit_notes import CreditNote, CreditNoteLine
from db.models.invoices import Invoice
from db.models.orders import Order, OrderLine
from db.models.people import Person
from db.models.tickets import SaleUnits
from tests.builders import NOON, make_client

_numbers = itertools.count(1)


def at(text: str) -> datetime:
    """A moment in UTC: ``2026-03-02 12:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sell(
    session: Session,
    rep: Person,
    total_minor: int,
    *,
    when: datetime = NOON,
    client: Client | None = None,
    goods: Mapping[Product, tuple[int, int]] | None = None,
    units: Mapping[Category, int] | None = None,
    **over: Any,
) -> Order:
    """A loaded order of that total; ``goods``: product -> (thousandths, total). With ``units`` (thousandths by
    category) it is a recorded sale.
    """
    buyer = client or make_client(session, f"Client {next(_numbers)}")
    order = Order(
        **{
            "kind": "order" if units is None else "sale", "status": "loaded", "rep_id": rep.id, "client_id": buyer.id,
            "currency": "RUB", "prices_include_vat": True, "goods_minor": total_minor, "net_minor": total_minor,
            "total_minor": total_minor, "created_at": when, "touched_at": when, "submitted_at": when,
            "loaded_at": when,
        }
        | over
    )  # fmt: skip
    order.lines = [
        OrderLine(position=position, product_id=product.id, unit_id=product.units[0].id, name=product.name,
                  quantity_milli=milli, net_minor=total, vat_minor=0, total_minor=total)
        for position, (product, (milli, total)) in enumerate((goods or {}).items(), start=1)
    ]  # fmt: skip
    session.add(order)
    session.flush()
    for position, (category, milli) in enumerate((units or {}).items()):
        row = SaleUnits(order_id=order.id, position=position, category_id=category.id, name="", quantity_milli=milli)
        session.add(row)
    session.flush()
    return order


def credit(
    session: Session,
    order: Order,
    total_minor: int,
    *,
    when: datetime,
    goods: Mapping[Product, tuple[int, int]] | None = None,
    whole: bool = False,
) -> CreditNote:
    """A credit note of that total for an order from ``sell``."""
    number = next(_numbers)
    paper: dict[str, Any] = {
        "year": 2026, "number": number, "order_id": order.id, "issued_at": when, "issue_date": when.date(),
        "language": "ru", "country": "RU", "seller": {}, "buyer": {}, "currency": order.currency,
        "prices_include_vat": True, "net_minor": total_minor, "vat_minor": 0, "total_minor": total_minor,
    }  # fmt: skip
    invoice = Invoice(series="TB", due_date=when.date(), **paper)
    session.add(invoice)
    session.flush()
    note = CreditNote(
        series="CN", invoice_id=invoice.id, issued_by=order.rep_id, reason="", whole=whole, goods_minor=total_minor,
        delivery_minor=0, **paper,
    )  # fmt: skip
    lines = {line.product_id: line for line in order.lines}
    note.lines = [
        CreditNoteLine(position=position, order_line_id=lines[product.id].id, product_id=product.id, kind="goods",
                       article="", name="", unit_code="pcs", factor_milli=1000, decimals=0, quantity_milli=milli,
                       price_minor=0, vat_rate=Decimal(0), net_minor=total, vat_minor=0, total_minor=total)
        for position, (product, (milli, total)) in enumerate((goods or {}).items(), start=1)
    ]  # fmt: skip
    session.add(note)
    session.flush()
    return note
