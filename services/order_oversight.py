"""What admins see of all orders: lists by state, by number, by client or rep, and one order's whole history."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union_all
from sqlalchemy.orm import Session, joinedload

from db.models.catalogue import Product
from db.models.credit_notes import CreditNote
from db.models.invoices import Invoice, MailRequest
from db.models.orders import Order, OrderEvent, OrderFile, OrderRevision
from db.models.people import Person
from db.models.stock import StockMovement
from services import orders, search_index
from services.actor import Actor, NotAllowed, Role, require
from services.order_states import Status
from services.paging import PAGE_SIZE, Page, page_of, page_of_all
from services.search import search_key

OPEN: Final = (Status.SUBMITTED, Status.LOADING, Status.WAITING)
"""The states that somebody has to do something about: they are few, and counted."""
STATES: Final = (*OPEN, Status.LOADED, Status.CANCELLED, Status.VOIDED)
DEEDS_PER_PAGE = 8
_PAPER: Final = re.compile(r"(?P<series>[^\W_]{1,16})-(?P<year>[0-9]{4})-(?P<number>[0-9]{1,9})")
"""An invoice's or credit note's number as it is printed: ``TB-2026-000001``."""
_MOST_PEOPLE = 20
_LAST_OF_A_REP = 60
"""Of so many of a rep's orders: older ones are found by number or client."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that happened to an order. ``what``: ``state``, ``changed``, ``invoice``, ``credited``, ``mail``,
    ``stock`` or ``photo``; ``who`` is empty for what happened by itself. Quantities in ``facts``: thousandths of the
    base unit.
    """

    at: datetime
    what: str
    who: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def count_open(session: Session, *, by: Actor) -> dict[str, int]:
    """How many orders are in each open state; for admins."""
    _require(by)
    states = [state.value for state in OPEN]
    counted = select(Order.status, func.count()).where(Order.status.in_(states)).group_by(Order.status)
    found = {row[0]: row[1] for row in session.execute(counted)}
    return {state: found.get(state, 0) for state in states}


def list_orders(
    session: Session, *, by: Actor, page: int, status: str = "", query: str = "", size: int = PAGE_SIZE
) -> Page[Order]:
    """Orders that were submitted, the last touched first, of one state or of all; for admins.

    ``query``: the number of an order, invoice or credit note, or part of a rep's or client's name; ``page`` counts
    from 0. Raises NotAllowed.
    """
    _require(by)
    state = Order.status == status if status else Order.status != Status.DRAFT.value
    wanted = select(Order).where(state).options(joinedload(Order.client), joinedload(Order.rep))
    if query.strip():
        wanted = wanted.where(_named(session, query.strip(), state))
    return orders.orders_of(page_of(session, _latest_first(wanted), page=page, size=size))


def _latest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(Order.touched_at.desc(), Order.id.desc())


def _named(session: Session, query: str, state: ColumnElement[bool]) -> ColumnElement[bool]:
    """The order with that number, or with that paper, or the orders of whoever is called so: of a rep the last ones
    in that state.
    """
    bare = query.lstrip("#№").strip()
    if bare.isascii() and bare.isdigit() and len(bare) <= 9:
        return Order.id == int(bare)
    paper = _PAPER.fullmatch(bare)
    if paper is not None:
        return Order.id.in_(_with_paper(paper["series"].upper(), int(paper["year"]), int(paper["number"])))
    key = search_key(query)
    staff = session.execute(select(Person.id, Person.name)).all()
    reps = [person_id for person_id, name in staff if key in search_key(name)][:_MOST_PEOPLE]
    last = select(Order.id).where(state).order_by(Order.touched_at.desc(), Order.id.desc()).limit(_LAST_OF_A_REP)
    found = [select(last.where(Order.rep_id == rep).subquery()) for rep in reps]
    return Order.id.in_(union_all(select(Order.id).where(Order.client_id.in_(_clients(session, query))), *found))


def _with_paper(series: str, year: int, number: int) -> CompoundSelect[Any]:
    """The order of the invoice or credit note with that number."""
    found = [
        select(paper.order_id).where(paper.series == series, paper.year == year, paper.number == number)
        for paper in (Invoice, CreditNote)
    ]
    return union_all(*found)


def _clients(session: Session, query: str) -> Collection[int]:
    return search_index.matching(session, "client", query, limit=_MOST_PEOPLE)


def history(session: Session, order_id: int, *, by: Actor, page: int) -> Page[Deed]:
    """All that happened to an order, the newest first: moves, changes, papers, mail, stock, photos; for admins.

    Raises NotAllowed for anybody else, and for an id that does not exist.
    """
    _require(by)
    if session.get(Order, order_id) is None:
        raise NotAllowed(by=by, action="order.read", subject=f"order:{order_id}")
    deeds = [*_moves(session, order_id), *_changes(session, order_id), *_papers(session, order_id)]
    deeds += [*_credits(session, order_id), *_stock(session, order_id), *_photos(session, order_id)]
    deeds.sort(key=lambda deed: deed.at, reverse=True)
    return page_of_all(deeds, page=page, size=DEEDS_PER_PAGE)


def _moves(session: Session, order_id: int) -> list[Deed]:
    query = select(OrderEvent, Person.name).outerjoin(Person, Person.id == OrderEvent.person_id)
    found = session.execute(query.where(OrderEvent.order_id == order_id).order_by(OrderEvent.id))
    return [
        Deed(event.at, "state", name or "", {"to": event.to_status, "reason": str(event.facts.get("reason", ""))})
        for event, name in found
        if event.from_status != event.to_status
    ]


def _changes(session: Session, order_id: int) -> list[Deed]:
    query = select(OrderRevision, Person.name).outerjoin(Person, Person.id == OrderRevision.person_id)
    found = session.execute(query.where(OrderRevision.order_id == order_id, OrderRevision.revision > 1))
    return [
        Deed(change.at, "changed", name or "", {"revision": change.revision, "difference": change.difference})
        for change, name in found
    ]


def _papers(session: Session, order_id: int) -> list[Deed]:
    invoice = session.scalars(select(Invoice).where(Invoice.order_id == order_id)).one_or_none()
    if invoice is None:
        return []
    billed = {"label": invoice.label, "total_minor": invoice.total_minor, "currency": invoice.currency}
    deeds = [Deed(invoice.issued_at, "invoice", "", billed)]
    labels = {note.id: note.label for note in _notes(session, order_id)}
    query = select(MailRequest, Person.name).outerjoin(Person, Person.id == MailRequest.requested_by)
    for letter, name in session.execute(query.where(MailRequest.invoice_id == invoice.id).order_by(MailRequest.id)):
        label = labels.get(letter.credit_note_id or 0, "")
        told = {"address": letter.address, "reason": letter.reason, "label": label}
        deeds.append(Deed(letter.requested_at, "mail", name or "", {**told, "state": "requested"}))
        if letter.settled_at is not None:
            deeds.append(Deed(letter.settled_at, "mail", "", {**told, "state": letter.state}))
    return deeds


def _notes(session: Session, order_id: int) -> list[CreditNote]:
    return list(session.scalars(select(CreditNote).where(CreditNote.order_id == order_id).order_by(CreditNote.id)))


def _credits(session: Session, order_id: int) -> list[Deed]:
    notes = _notes(session, order_id)
    query = select(Person.id, Person.name).where(Person.id.in_({note.issued_by for note in notes}))
    names = {row[0]: row[1] for row in session.execute(query)} if notes else {}
    return [
        Deed(
            note.issued_at,
            "credited",
            names.get(note.issued_by, ""),
            {"label": note.label, "total_minor": note.total_minor, "currency": note.currency, "reason": note.reason},
        )
        for note in notes
    ]


def _stock(session: Session, order_id: int) -> list[Deed]:
    query = (
        select(StockMovement, Person.name, Product.name)
        .join(Product, Product.id == StockMovement.product_id)
        .outerjoin(Person, Person.id == StockMovement.person_id)
        .where(StockMovement.order_id == order_id)
        .order_by(StockMovement.id)
    )
    return [
        Deed(one.at, "stock", name or "", {"product": product, "delta_milli": one.delta_milli, "reason": one.reason})
        for one, name, product in session.execute(query)
    ]


def _photos(session: Session, order_id: int) -> list[Deed]:
    query = select(OrderFile, Person.name).outerjoin(Person, Person.id == OrderFile.person_id)
    found = session.execute(query.where(OrderFile.order_id == order_id))
    return [Deed(photo.at, "photo", name or "", {}) for photo, name in found]


def _require(by: Actor) -> None:
    require(by, Role.ADMIN, action="orders.oversee", subject="orders")
