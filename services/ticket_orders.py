"""What becomes of a ticket: a draft order of its lines, or a recorded sale. Each with one tap, and only once.

Locks: the ticket, then the rep's row and the order, then the book of commissions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Category
from db.models.orders import Order
from db.models.tickets import SaleUnits, Ticket
from services import (
    cart,
    clients,
    commissions,
    company,
    draft_list,
    order_states,
    quick_order,
    ticket_facts,
    ticket_matching,
    units,
)  # fmt: skip
from services.actor import Actor
from services.errors import DomainError
from services.order_states import SALE
from services.order_states import Status as OrderStatus
from services.quick_order import Outcome, Reading, Taken, Untaken, Wanted
from services.ticket_facts import Comparison
from services.ticket_matching import Match
from services.ticket_states import Status, lock_open, move

LONGEST_REASON: Final = 500
UNSURE: Final = "unsure"
"""Why a line was not taken beside what ``quick_order`` has: nobody has said which product it is. Facts: nearest (pairs
of article and name)."""


class TicketIncomplete(DomainError):
    """A sale cannot be recorded yet. Facts: missing (of client, amount)."""


class NeedsReason(DomainError):
    """What was typed is not what was read: say why, or correct it. Facts: ticket; amount, units (if they differ)."""


@dataclass(frozen=True, slots=True)
class DraftMade:
    """The draft, which is the current one now, and what became of the ticket's lines."""

    order: Order
    taken: tuple[Taken, ...]
    untaken: tuple[Untaken, ...]


@dataclass(frozen=True, slots=True)
class UnitsSold:
    """How many units of a category a sale had, in thousandths. ``category_id`` is None where the category is gone."""

    category_id: int | None
    name: str
    quantity_milli: int


def make_draft(session: Session, ticket_id: int, version: int, *, by: Actor, now: datetime) -> DraftMade:
    """A new draft with the ticket's client, its note, and those of its lines whose product is sure, at today's prices.

    Lines that could not be taken are handed back with the reason. Raises NotAllowed, Moved (another version, or it has
    ended: the second of two taps), TooManyDrafts or ClientGone, having changed nothing.
    """
    ticket = lock_open(session, ticket_id, by=by, action="draft", now=now, version=version)
    matches = ticket_matching.match(session, ticket)
    order = draft_list.begin(session, by=by, now=now)
    if ticket.client_id is not None:
        cart.choose_client(session, order.id, ticket.client_id, by=by, now=now)
    if ticket.note:
        cart.set_note(session, order.id, ticket.note, by=by, now=now)
    outcome = _set_lines(session, order, matches, by=by, now=now)
    taken = {one.product_id for one in outcome.taken}
    ticket_matching.note_used(session, [one for one in matches if one.product and one.product.id in taken])
    ticket.order, ticket.order_id = order, order.id
    move(session, ticket, Status.DRAFTED, by=by, now=now, order=order.id)
    return DraftMade(order, outcome.taken, (*outcome.untaken, *_doubtful(session, ticket, matches)))


def record_sale(session: Session, ticket_id: int, version: int, *, reason: str = "", by: Actor, now: datetime) -> Order:
    """Record the ticket as a sale: an order of kind ``sale`` that counts as formed and loaded on the ticket's day.

    What it earns by the rules of that day is booked. Where what was typed is not what was read, a reason is needed, and
    an admin reviews it. Raises NotAllowed, Moved (another version, or it has ended: the second of two taps),
    TicketIncomplete, DayUnfit, NeedsReason, TextTooLong or ClientGone, having changed nothing.
    """
    ticket = lock_open(session, ticket_id, by=by, action="record", now=now, version=version)
    missing = [name for name in ("client", "amount") if not _has(ticket, name)]
    if missing:
        raise TicketIncomplete(missing=missing)
    compared = ticket_facts.compare(session, ticket)
    reason = cart.kept_text(reason, LONGEST_REASON)
    if compared.differs and not reason:
        raise _needs_reason(ticket, compared)
    order = _sale(session, ticket, by=by, now=now)
    ticket.order, ticket.order_id, ticket.reason = order, order.id, reason
    ticket.review = "wanted" if compared.differs else ""
    move(session, ticket, Status.RECORDED, by=by, now=now, order=order.id, **({"reason": reason} if reason else {}))
    return order


def units_of(session: Session, order_id: int) -> list[UnitsSold]:
    """The units of a recorded sale, by category; none for any other order. The caller has checked who may see it."""
    query = select(SaleUnits).where(SaleUnits.order_id == order_id).order_by(SaleUnits.position)
    return [UnitsSold(row.category_id, row.name, row.quantity_milli) for row in session.scalars(query)]


def _has(ticket: Ticket, name: str) -> bool:
    return (ticket.client_id if name == "client" else ticket.amount_minor) is not None


def _needs_reason(ticket: Ticket, compared: Comparison) -> NeedsReason:
    differs = ticket_facts.Verdict.DIFFERS
    return NeedsReason(
        ticket=ticket.id,
        amount=compared.amount.verdict is differs,
        units=any(one.units.verdict is differs for one in compared.units),
    )


def _sale(session: Session, ticket: Ticket, *, by: Actor, now: datetime) -> Order:
    """The order of a complete ticket. Its VAT is not known, so it has none."""
    sold_at = _moment(session, ticket, now)
    client = clients.get(session, ticket.client_id or 0)
    amount = ticket.amount_minor or 0
    order = Order(
        kind=SALE,
        status=OrderStatus.LOADED.value,
        rep_id=by.person_id,
        client_id=client.id,
        note=ticket.note,
        currency=ticket.currency,
        prices_include_vat=company.get(session).prices_include_vat,
        goods_minor=amount,
        net_minor=amount,
        total_minor=amount,
        created_at=now,
        touched_at=now,
        submitted_at=sold_at,
        loaded_at=sold_at,
    )
    session.add(order)
    session.flush()
    order_states.note(session, order, before="", by=by, now=now, ticket=ticket.id, total_minor=amount)
    _write_units(session, ticket, order)
    clients.note_used(session, client.id, by=by, now=now)
    commissions.accrue(session, order, now=now)
    return order


def _moment(session: Session, ticket: Ticket, now: datetime) -> datetime:
    """Noon of the ticket's day in the company's time zone, but never in the future; now where no day is known."""
    if ticket.sold_on is None:
        return now
    ticket_facts.check_day(session, ticket.sold_on, now=now)
    noon = datetime.combine(ticket.sold_on, time(12), ZoneInfo(company.get(session).time_zone))
    return min(noon.astimezone(UTC), now)


def _write_units(session: Session, ticket: Ticket, order: Order) -> None:
    counts = {row.category_id: row.counts_milli for row in ticket.units if row.counts_milli}
    found = session.scalars(select(Category).where(Category.id.in_(counts)).order_by(Category.position, Category.id))
    for position, category in enumerate(found):
        session.add(
            SaleUnits(
                order_id=order.id,
                position=position,
                category_id=category.id,
                name=category.name,
                quantity_milli=counts[category.id],
            )
        )
    session.flush()


def _set_lines(session: Session, order: Order, matches: tuple[Match, ...], *, by: Actor, now: datetime) -> Outcome:
    """Set what is sure, lines of the same product in the same unit together."""
    together: dict[tuple[int, bool], list[Match]] = {}
    for one in matches:
        if one.sure and one.unit is not None:
            together.setdefault((one.unit.id, one.quantity_milli is None), []).append(one)
    return quick_order.set_lines(session, order.id, [_wanted(same) for same in together.values()], by=by, now=now)


def _wanted(same: list[Match]) -> Wanted:
    first = same[0]
    product, unit = first.product, first.unit
    if product is None or unit is None:
        raise ValueError("a match without a product cannot be ordered")
    known = [one.quantity_milli for one in same if one.quantity_milli is not None]
    amount: Decimal | None = units.in_units(sum(known), unit.factor_milli).normalize() if known else None
    codes = frozenset({unit.code.casefold()})
    return Wanted(" / ".join(_text(one) for one in same), Reading(product.article, amount, unit.code, codes), product)


def _doubtful(session: Session, ticket: Ticket, matches: tuple[Match, ...]) -> list[Untaken]:
    doubtful = [one for one in matches if not one.left_out and not (one.sure and one.unit is not None)]
    return [
        Untaken(
            _text(one),
            UNSURE,
            {"nearest": [[near.article, near.name] for near in ticket_matching.suggest(session, ticket, one.number)]},
        )
        for one in doubtful
    ]


def _text(match: Match) -> str:
    return match.line.text or match.line.name
