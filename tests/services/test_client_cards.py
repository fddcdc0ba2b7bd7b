"""The card of a client, with its last orders."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from services import client_cards
from services.actor import NotAllowed
from services.clients import ClientGone
from tests.builders import actor_of, make_client, make_draft, make_person, make_product
from tests.services.desk import make_desk, make_invoice, make_submitted


def test_the_card_has_the_last_five_orders_and_says_which_may_be_opened(session: Session) -> None:
    desk = make_desk(session)
    client, milk = make_client(session, "Маяк"), make_product(session, warehouse=desk.warehouse)
    loaded = make_invoice(session, desk, {milk: 1}, client=client).order_id
    others = [make_submitted(session, desk, {milk: 2}, client=client).id for _ in range(5)]
    make_draft(session, desk.rita, {milk: 3}, client=client)
    rob = actor_of(make_person(session, "Rob"))

    card = client_cards.card(session, client.id, by=actor_of(desk.rita))

    assert [one.order_id for one in card.last_orders] == others[::-1]
    assert {(one.status, one.day, one.may_open) for one in card.last_orders} == {("submitted", date(2026, 3, 2), True)}
    assert all(one.total_minor > 17800 for one in card.last_orders)
    assert not any(one.may_open for one in client_cards.card(session, client.id, by=rob).last_orders)
    assert all(one.may_open for one in client_cards.card(session, client.id, by=actor_of(desk.ann)).last_orders)
    assert loaded not in others


def test_a_client_of_another_country_is_marked_as_such(session: Session) -> None:
    desk = make_desk(session)
    client = make_client(session, "El Rincón", country="ES")

    card = client_cards.card(session, client.id, by=actor_of(desk.rita))

    assert (card.country.tax_id, card.is_abroad, card.last_orders, card.more_places) == ("nif", True, (), 0)


def test_storekeepers_see_no_cards_and_nobody_sees_what_is_gone(session: Session) -> None:
    desk = make_desk(session)
    client = make_client(session)
    with pytest.raises(NotAllowed):
        client_cards.card(session, client.id, by=actor_of(desk.bob))
    with pytest.raises(ClientGone):
        client_cards.card(session, client.id + 1, by=actor_of(desk.rita))
