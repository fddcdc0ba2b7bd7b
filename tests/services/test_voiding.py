"""A recorded sale that was none is voided: once, with a reason, by an admin; and it counts no more."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.commissions import CommissionEntry
from db.models.orders import Order
from db.models.tickets import Ticket
from services import (
    commission_rules,
    company,
    order_oversight,
    order_story,
    orders,
    statistics,
    ticket_orders,
    ticket_reviews,
    voiding,
)  # fmt: skip
from services.actor import NotAllowed
from services.announcements import Audience
from services.commission_terms import Terms
from services.errors import Moved
from services.periods import Period
from services.reasons import ReasonMissing
from services.statistics import Scope
from services.ticket_tags import Tags
from services.voiding import OnlySalesAreVoided
from tests.builders import NOON, actor_of, later, make_product, make_ticket
from tests.services.desk import Desk, make_invoice, make_submitted, told, traces


def make_sale(session: Session, desk: Desk, amount_minor: int = 150_000) -> Order:
    """A sale of Rita's that was recorded at noon."""
    by = actor_of(desk.rita)
    ticket = make_ticket(session, desk.rita, tags=Tags(amount_minor=amount_minor, client="Corner Shop"))
    sale = ticket_orders.record_sale(session, ticket.id, ticket.version, by=by, now=NOON)
    told(session)
    return sale


def void(session: Session, desk: Desk, sale: Order, **over: Any) -> Order:
    given = {"version": sale.version, "reason": "Typed twice", "by": actor_of(desk.ann), "now": later(hours=1)} | over
    return voiding.void_sale(session, sale.id, given.pop("version"), **given)


def test_a_voided_sale_keeps_its_ticket_and_its_rep_is_told(session: Session, desk: Desk) -> None:
    sale = make_sale(session, desk)

    void(session, desk, sale)

    assert (sale.status, sale.cancelled_at, sale.loaded_at) == ("voided", later(hours=1), NOON)
    assert session.scalars(select(Ticket.order_id)).one() == sale.id
    assert told(session) == [
        (
            "sale_voided",
            Audience(person_id=desk.rita.id),
            {
                "order_id": sale.id, "client": "Corner Shop", "total_minor": 150_000, "currency": "RUB", "by": "Ann",
                "reason": "Typed twice",
            },
        )
    ]  # fmt: skip
    deed = order_story.tell(session, sale)[-1]
    assert (deed.what, deed.who, deed.reason) == ("voided", "Ann", "Typed twice")
    ann = actor_of(desk.ann)
    assert order_oversight.history(session, sale.id, by=ann, page=0).items[0].facts["reason"] == "Typed twice"
    assert [one.id for one in order_oversight.list_orders(session, by=ann, page=0, status="voided").items] == [sale.id]
    own = orders.list_mine(session, by=actor_of(desk.rita), page=0, only="cancelled")
    assert [one.id for one in own.items] == [sale.id]


def test_the_figures_of_its_day_lose_it(session: Session, desk: Desk) -> None:
    kept, gone = make_sale(session, desk), make_sale(session, desk, 100_000)
    today = company.today(company.get(session), NOON)
    period, ann = Period(today, today), actor_of(desk.ann)

    void(session, desk, gone, now=later(days=1))

    found = statistics.figures(session, period, scope=Scope(), by=ann)
    assert [(sums.orders, sums.total_minor) for sums in found.formed] == [(1, 150_000)]
    assert [(sums.orders, sums.total_minor) for sums in found.loaded] == [(1, 150_000)]
    assert found.cancelled == ()
    next_day = Period(today + timedelta(days=1), today + timedelta(days=1))
    later_on = statistics.figures(session, next_day, scope=Scope(), by=ann)
    assert [(sums.orders, sums.total_minor) for sums in later_on.cancelled] == [(1, 100_000)]
    assert kept.status == "loaded"


def test_what_it_earned_is_taken_back(session: Session, desk: Desk) -> None:
    terms = Terms("Ten", "percent", "rep", "all", rate=Decimal("0.1"), currency="RUB")
    commission_rules.add(session, terms, valid_from=NOON.date(), by=actor_of(desk.ann), now=NOON)
    sale = make_sale(session, desk)

    void(session, desk, sale)

    entries = session.scalars(select(CommissionEntry).order_by(CommissionEntry.id))
    assert [(entry.kind, entry.amount_minor) for entry in entries] == [("accrued", 15_000), ("voided", -15_000)]


def test_nobody_looks_at_a_voided_sale_any_more(session: Session, desk: Desk) -> None:
    sale, ann = make_sale(session, desk), actor_of(desk.ann)
    session.scalars(select(Ticket)).one().review = "wanted"
    assert ticket_reviews.count_wanted(session, by=ann) == 1

    void(session, desk, sale)

    assert ticket_reviews.count_wanted(session, by=ann) == 0
    assert ticket_reviews.list_wanted(session, by=ann, page=0).items == ()


REFUSED: list[tuple[type[Exception], dict[str, Any]]] = [(Moved, {"version": 99}), (ReasonMissing, {"reason": " "})]


@pytest.mark.parametrize(("refusal", "over"), REFUSED)
def test_a_refusal_changes_nothing(
    session: Session, desk: Desk, refusal: type[Exception], over: dict[str, Any]
) -> None:
    sale = make_sale(session, desk)
    before = traces(session, sale)

    with pytest.raises(refusal):
        void(session, desk, sale, **over)

    assert traces(session, sale) == before


def test_a_second_tap_does_nothing(session: Session, desk: Desk) -> None:
    sale = make_sale(session, desk)
    version = sale.version
    void(session, desk, sale)
    before = traces(session, sale)

    for seen in (version, sale.version):
        with pytest.raises(Moved):
            void(session, desk, sale, version=seen)

    assert traces(session, sale) == before


def test_only_admins_void_and_only_sales(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    sale = make_sale(session, desk)
    loaded = session.get_one(Order, make_invoice(session, desk, {milk: 1}).order_id)
    waiting = make_submitted(session, desk, {milk: 1})
    before = traces(session, sale)

    for who in (desk.rita, desk.bob):
        with pytest.raises(NotAllowed):
            void(session, desk, sale, by=actor_of(who))
    for order in (loaded, waiting):
        with pytest.raises(OnlySalesAreVoided):
            void(session, desk, order)
    with pytest.raises(NotAllowed):
        voiding.void_sale(session, 999_999, 1, reason="x", by=actor_of(desk.ann), now=NOON)

    assert traces(session, sale) == before
