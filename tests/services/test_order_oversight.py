"""What admins see of all orders: the right ones, newest first, and everything that happened to one."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from db.models.clients import Client
from db.models.invoices import Invoice, MailRequest
from services import order_oversight, orders
from services.actor import NotAllowed
from tests.builders import NOON, actor_of, later, make_client, make_person, make_product
from tests.services.desk import Desk, make_claimed, make_desk, make_invoice, make_submitted


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def listed(session: Session, desk: Desk, **asked: str) -> list[int]:
    page = order_oversight.list_orders(session, by=actor_of(desk.ann), page=0, **asked)  # type: ignore[arg-type]
    return [order.id for order in page.items]


def test_orders_are_found_by_state_number_client_and_rep(session: Session, desk: Desk) -> None:
    milk, shop = make_product(session), make_client(session, "Ёлочка")
    waiting = make_submitted(session, desk, {milk: 1}, client=shop)
    loading = make_claimed(session, desk, {milk: 1})
    loaded = make_invoice(session, desk, {milk: 1}).order_id

    assert order_oversight.count_open(session, by=actor_of(desk.ann)) == {"submitted": 1, "loading": 1, "waiting": 0}
    assert set(listed(session, desk)) == {waiting.id, loading.id, loaded}
    assert listed(session, desk, status="submitted") == [waiting.id]
    assert listed(session, desk, query=f" №{loading.id} ") == [loading.id]
    assert listed(session, desk, query="елочк") == [waiting.id]
    assert set(listed(session, desk, query="rita")) == {waiting.id, loading.id, loaded}
    assert listed(session, desk, query="nobody") == []
    assert listed(session, desk, query="9" * 30) == []


def test_the_history_tells_everything_with_who_and_when(session: Session, desk: Desk) -> None:
    invoice = make_invoice(session, desk, {make_product(session, "Milk"): 2}, client=_with_mail(session))
    session.add(MailRequest(invoice_id=invoice.id, address="a@example.org", message_id="<1@x>", state="refused",
                            reason="550 no such user", requested_at=NOON, settled_at=later(minutes=1)))  # fmt: skip
    session.flush()
    page = order_oversight.history(session, invoice.order_id, by=actor_of(desk.ann), page=0)

    told = [(deed.what, deed.who, deed.facts.get("to") or deed.facts.get("state", "")) for deed in page.items]

    assert told[0] == ("mail", "", "refused")
    assert {("state", "Rita", "submitted"), ("state", "Bob", "loading"), ("state", "Bob", "loaded")} <= set(told)
    [stock] = [deed for deed in page.items if deed.what == "stock"]
    assert stock.facts == {"product": "Milk", "delta_milli": -2000, "reason": "shipment"}
    [billed] = [deed for deed in page.items if deed.what == "invoice"]
    assert billed.facts["label"] == session.get_one(Invoice, invoice.id).label


def _with_mail(session: Session) -> Client:
    return make_client(session, "Shop", email="a@example.org")


def test_a_cancelled_order_says_why(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 1})
    orders.cancel(session, order.id, order.version, by=actor_of(desk.rita), now=later(minutes=1), reason="closed")
    session.info.clear()

    newest = order_oversight.history(session, order.id, by=actor_of(desk.ann), page=0).items[0]

    assert (newest.what, newest.who, newest.facts) == ("state", "Rita", {"to": "cancelled", "reason": "closed"})


def test_nobody_else_sees_it(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 1})

    for person in (desk.rita, desk.bob, make_person(session, "Rob")):
        with pytest.raises(NotAllowed):
            order_oversight.list_orders(session, by=actor_of(person), page=0)
        with pytest.raises(NotAllowed):
            order_oversight.count_open(session, by=actor_of(person))
        with pytest.raises(NotAllowed):
            order_oversight.history(session, order.id, by=actor_of(person), page=0)
    with pytest.raises(NotAllowed):
        order_oversight.history(session, 10**6, by=actor_of(desk.ann), page=0)
