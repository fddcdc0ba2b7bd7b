"""Credit notes: an invoice taken back, whole or by lines and quantities, until nothing of it stands.

The invoice itself never changes. A credit note has a number of its own gapless series, takes the goods back to the
shelf or writes them off, and what the order earned follows. Quantities: thousandths of the base unit.

Locks: the order, those that wait for the goods, stock by product, the credit counter, the book of commissions, lanes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Unit
from db.models.credit_notes import CreditNote, CreditNoteLine, CreditNoteTax
from db.models.invoices import Invoice
from db.models.orders import Order, OrderLine
from services import (
    audit,
    back_orders,
    commissions,
    company,
    counters,
    credit_amounts,
    drafts,
    invoicing,
    mailing,
    money,
    orders,
    outbox,
    pricing,
    reasons,
    stock,
    units,
)  # fmt: skip
from services.actor import Actor, NotAllowed, Role, require
from services.announcements import Audience, announce
from services.errors import DomainError, Moved
from services.invoicing import NotBilledYet
from services.jobs import Job
from services.pricing import Amounts


class GoodsTo(StrEnum):
    """Where goods go that are credited."""

    SHELF = "shelf"
    """Back into the warehouse that they came from."""
    WRITTEN_OFF = "written_off"
    """Nowhere: spoilt, lost, or left with the client."""
    NOWHERE = ""
    """Of the delivery, which is no goods."""


class NothingToCredit(DomainError):
    """Nothing was chosen, or nothing of the invoice stands any more. No facts."""


class TooMuchToCredit(DomainError):
    """More than stands of the line. Facts: product, left (thousandths of the base unit), unit, factor_milli, decimals;
    product is empty for the delivery.
    """


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much of a line of the order is taken back, and where its goods go. A line may come once for each place."""

    line_id: int
    quantity_milli: int
    goods_to: GoodsTo = GoodsTo.NOWHERE


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A billed line and what stands of it, in thousandths of the base unit and in money."""

    line: OrderLine
    left_milli: int
    left: Amounts


@dataclass(frozen=True, slots=True)
class Part:
    """What one row of a credit note takes back."""

    line: OrderLine
    quantity_milli: int
    goods_to: GoodsTo
    amounts: Amounts
    weight_g: int


def creditable(session: Session, order_id: int, *, by: Actor) -> list[CreditableLine]:
    """The lines of a billed order of which something stands, the delivery last. Raises NotAllowed or NotBilledYet."""
    order, _ = _billed(session, order_id, by=by)
    return [
        CreditableLine(
            line,
            line.quantity_milli - line.credited_milli,
            _worth(order, line, line.credited_milli, line.quantity_milli),
        )
        for line in _printed(order)
        if _stands(line)
    ]


def invoice_of(session: Session, order_id: int, *, by: Actor) -> Invoice:
    """The invoice that is taken back. Raises NotAllowed or NotBilledYet."""
    return _billed(session, order_id, by=by)[1]


def preview(session: Session, order_id: int, wanted: Sequence[Wanted], *, by: Actor) -> list[Part]:
    """What such a credit note would say, row by row. Raises NotAllowed, NotBilledYet, TooMuchToCredit or what is wrong
    with a quantity.
    """
    order, _ = _billed(session, order_id, by=by)
    return _parts(session, order, wanted, by=by)


def of_order(session: Session, order_id: int, *, by: Actor) -> list[CreditNote]:
    """The order's credit notes, the first one first. Raises NotAllowed."""
    order = orders.get(session, order_id, by=by)
    query = select(CreditNote).where(CreditNote.order_id == order.id).order_by(CreditNote.id)
    return list(session.scalars(query))


def can_be_credited(session: Session, order: Order) -> bool:
    """Tell whether something stands of the order's invoice. The caller has checked who may see the order."""
    return invoicing.find_of_order(session, order.id) is not None and any(map(_stands, order.lines))


def credit(
    session: Session,
    order_id: int,
    version: int,
    wanted: Sequence[Wanted],
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> CreditNote:
    """Take back what is wanted of an invoice: the next number of the series, the goods to the shelf or written off,
    the order's commission. The paper is drawn and mailed by jobs.

    ``version``: the order's, which grows. What comes back to the shelf serves whoever waits for it. Announces
    ``order_credited`` to the rep if somebody else did it. Locks as the module says. Raises NotAllowed, NotBilledYet,
    Moved (another version: the second of two taps), ReasonMissing, TextTooLong, NothingToCredit, TooMuchToCredit,
    units.QuantityUnfit or units.NotDivisible, having changed nothing.
    """
    require(by, Role.ADMIN, action="invoice.credit", subject=f"order:{order_id}")
    drafts.lock(session, order_id)
    order, invoice = _billed(session, order_id, by=by)
    if order.version != version:
        raise Moved(order=order.id)
    why = reasons.kept(reason)
    parts = _parts(session, order, wanted, by=by)
    if not parts:
        raise NothingToCredit
    _bring_back(session, order, parts, by=by, now=now)
    _write_down(order, parts, now=now)
    note = _issue(session, order, invoice, parts, reason=why, by=by, now=now)
    commissions.follow(session, order, kind="credited", now=now, credit_note_id=note.id)
    _follow_up(session, order, invoice, note, by=by, now=now)
    return note


def attach_pdf(session: Session, note_id: int, file_id: int, *, now: datetime) -> None:
    """Keep the drawn PDF, once, and have it mailed; where the client has no e-mail, the order's rep gets it instead.

    Announces ``credit_note_kept`` with the PDF. Locks the credit note, then the lane of the letter. Raises
    NoResultFound if there is no such credit note.
    """
    note = session.scalars(
        select(CreditNote).where(CreditNote.id == note_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    if note.pdf_file_id is not None:
        return
    note.pdf_file_id = file_id
    session.flush()
    mailing.hand_over(session, note, now=now)


def _billed(session: Session, order_id: int, *, by: Actor) -> tuple[Order, Invoice]:
    """The order and its invoice, for admins. Raises NotAllowed, for a guessed id too, or NotBilledYet."""
    require(by, Role.ADMIN, action="invoice.credit", subject=f"order:{order_id}")
    order = session.get(Order, order_id)
    if order is None:
        raise NotAllowed(by=by, action="invoice.credit", subject=f"order:{order_id}")
    invoice = invoicing.find_of_order(session, order.id)
    if invoice is None:
        raise NotBilledYet(order=order.id)
    return order, invoice


def _printed(order: Order) -> list[OrderLine]:
    """The lines as the invoice has them, the delivery after the goods."""
    return sorted(order.lines, key=lambda line: (line.kind == "delivery", line.position, line.id))


def _stands(line: OrderLine) -> bool:
    """Whether something of a line can be credited; of a delivery that cost nothing, nothing can."""
    return line.quantity_milli > line.credited_milli and (line.kind == "goods" or line.total_minor > 0)


def _worth(order: Order, line: OrderLine, before: int, after: int) -> Amounts:
    return credit_amounts.amounts_between(line, before, after, prices_include_vat=order.prices_include_vat)


def _parts(session: Session, order: Order, wanted: Sequence[Wanted], *, by: Actor) -> list[Part]:
    """What is wanted, in the order of the invoice, each row with what it is worth after the ones before it."""
    lines = {line.id: line for line in order.lines}
    if any(one.line_id not in lines for one in wanted):
        raise NotAllowed(by=by, action="invoice.credit", subject=f"order:{order.id}")
    places = {line.id: place for place, line in enumerate(_printed(order))}
    credited = {line.id: line.credited_milli for line in order.lines}
    parts = []
    for one in sorted(wanted, key=lambda one: (places[one.line_id], one.goods_to)):
        line, before = lines[one.line_id], credited[one.line_id]
        _check(session, line, one, before)
        after = credited[line.id] = before + one.quantity_milli
        weight = credit_amounts.weight_between(line, before, after)
        parts.append(Part(line, one.quantity_milli, one.goods_to, _worth(order, line, before, after), weight))
    return parts


def _check(session: Session, line: OrderLine, wanted: Wanted, credited_milli: int) -> None:
    left, milli = line.quantity_milli - credited_milli, wanted.quantity_milli
    if (wanted.goods_to == GoodsTo.NOWHERE) != (line.kind == "delivery"):
        raise ValueError(f"goods go somewhere, and nothing else does: {wanted}")
    if milli <= 0 or not _stands(line):
        raise NothingToCredit
    if milli > left or (line.kind == "delivery" and milli != left):
        raise TooMuchToCredit(
            product=line.name if line.kind == "goods" else "",
            left=left,
            unit=line.unit_code,
            factor_milli=line.factor_milli,
            decimals=line.decimals,
        )
    if not is_even(line, milli):
        base = base_unit_of(session, line)
        units.check(milli, code=base.code, factor_milli=base.factor_milli, decimals=base.decimals)


def base_units(session: Session, lines: Sequence[OrderLine]) -> dict[int, Unit]:
    """By product, the base units of what these lines sell, for parts of a pack; products without one are left out."""
    products = {line.product_id for line in lines if line.product_id is not None}
    query = select(Unit).where(Unit.product_id.in_(products), Unit.factor_milli == 1000)
    return {unit.product_id: unit for unit in session.scalars(query)}


def is_even(line: OrderLine, quantity_milli: int) -> bool:
    """Tell whether so much can be said in the line's own unit: two boxes, but not a bottle out of one."""
    return not quantity_milli * 10**line.decimals % line.factor_milli


def base_unit_of(session: Session, line: OrderLine) -> Unit:
    """The base unit of what a line of goods sells. Raises units.NotDivisible where it has none any more."""
    for found in base_units(session, [line]).values():
        return found
    raise units.NotDivisible(unit=line.unit_code, decimals=line.decimals)


def _bring_back(session: Session, order: Order, parts: list[Part], *, by: Actor, now: datetime) -> None:
    """Put on the shelf what goes there, and serve whoever waits for it."""
    back: Counter[int] = Counter()
    for part in parts:
        if part.goods_to is GoodsTo.SHELF and part.line.product_id is not None:
            back[part.line.product_id] += part.quantity_milli
    if not back or order.warehouse_id is None:
        return
    back_orders.hold(session, order.warehouse_id, back.keys())
    stock.take_back(session, order, back, by=by, now=now)
    back_orders.serve(session, order.warehouse_id, back.keys(), by=by, now=now)


def _write_down(order: Order, parts: list[Part], *, now: datetime) -> None:
    for part in parts:
        part.line.credited_milli += part.quantity_milli
        order.credited_minor += part.amounts.total_minor
    order.version += 1
    order.touched_at = now


def _issue(
    session: Session, order: Order, invoice: Invoice, parts: list[Part], *, reason: str, by: Actor, now: datetime
) -> CreditNote:
    """Take the next number and copy all that is printed; seller and buyer are the invoice's, the e-mail is today's."""
    profile = company.get(session)
    today = company.today(profile, now)
    goods = sum(part.amounts.total_minor for part in parts if part.line.kind == "goods")
    total = sum(part.amounts.total_minor for part in parts)
    note = CreditNote(
        series=profile.credit_series,
        year=today.year,
        number=counters.take(session, f"credit:{profile.credit_series}:{today.year}"),
        invoice_id=invoice.id,
        order_id=order.id,
        issued_by=by.person_id,
        issued_at=now,
        issue_date=today,
        reason=reason,
        whole=not any(map(_stands, order.lines)),
        language=invoice.language,
        country=invoice.country,
        seller=dict(invoice.seller),
        buyer={**invoice.buyer, "email": order.client.email if order.client else ""},
        currency=invoice.currency,
        prices_include_vat=invoice.prices_include_vat,
        goods_minor=goods,
        delivery_minor=total - goods,
        net_minor=sum(part.amounts.net_minor for part in parts),
        vat_minor=sum(part.amounts.vat_minor for part in parts),
        total_minor=total,
        weight_g=sum(part.weight_g for part in parts),
        lines=[_line(session, part, position) for position, part in enumerate(parts, start=1)],
        taxes=_taxes(parts),
    )
    session.add(note)
    session.flush()
    return note


def _line(session: Session, part: Part, position: int) -> CreditNoteLine:
    line = part.line
    return CreditNoteLine(
        position=position,
        order_line_id=line.id,
        product_id=line.product_id,
        kind=line.kind,
        article=line.article,
        name=line.name,
        **_unit(session, part),
        quantity_milli=part.quantity_milli,
        vat_rate=line.vat_rate,
        net_minor=part.amounts.net_minor,
        vat_minor=part.amounts.vat_minor,
        total_minor=part.amounts.total_minor,
        weight_g=part.weight_g,
        goods_to=part.goods_to.value,
    )


def _unit(session: Session, part: Part) -> dict[str, Any]:
    """The unit that the quantity is printed in, with its price: the line's own, or the base unit for a part of it."""
    line = part.line
    if is_even(line, part.quantity_milli):
        names = ("unit_code", "factor_milli", "decimals", "price_minor")
        return {name: getattr(line, name) for name in names}
    base = base_unit_of(session, line)
    price = money.amount_of(line.price_minor, base.factor_milli, line.factor_milli)
    return {
        "unit_code": base.code,
        "factor_milli": base.factor_milli,
        "decimals": base.decimals,
        "price_minor": price,
    }


def _taxes(parts: list[Part]) -> list[CreditNoteTax]:
    rows = pricing.tax_rows((part.line.vat_rate, part.amounts) for part in parts)
    return [CreditNoteTax(vat_rate=row.vat_rate, net_minor=row.net_minor, vat_minor=row.vat_minor) for row in rows]


def _follow_up(session: Session, order: Order, invoice: Invoice, note: CreditNote, *, by: Actor, now: datetime) -> None:
    """The record, the paper, and the notice."""
    facts: dict[str, Any] = {
        "invoice": invoice.label,
        "credit_note": note.label,
        "total_minor": note.total_minor,
        "currency": note.currency,
        "whole": note.whole,
        "reason": note.reason,
    }
    audit.write(session, by=by, action="order.credited", subject=f"order:{order.id}", now=now, after=facts)
    lane = f"credit:{note.id}"
    drawing = outbox.Item(lane=lane, kind=Job.DRAW_CREDIT_NOTE, payload={"credit_note_id": note.id}, dedupe=lane)
    outbox.put(session, [drawing], now=now)
    if order.rep_id != by.person_id:
        client = order.client.name if order.client else ""
        announce(
            session, Audience(person_id=order.rep_id), "order_credited", order_id=order.id, client=client, by=by.name,
            **facts,
        )  # fmt: skip
