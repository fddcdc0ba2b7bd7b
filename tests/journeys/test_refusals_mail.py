"""Mail that is down, that refuses, that breaks off: the rep knows, and the client gets one letter."""

from __future__ import annotations

from sqlalchemy import select, update

from db.models.clients import Client
from db.models.invoices import MailRequest
from db.models.messaging import outbox
from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("polling")


def loaded(house: House, trade: Trade, *, email: str | None = None) -> tuple[Chat, int]:
    """An order is confirmed while mail does what the test said; returns its rep and its id."""
    rep, store = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER)
    order_id = trade.claimed(rep, store, {trade.product(): 2}, trade.client(email=email))
    house.press(store, "All is loaded")
    store.press("Confirm the loading")
    house.settle(apart_from="mail:")
    return rep, order_id


def tries(house: House, trade: Trade) -> int:
    """How often the letter of this business failed to leave."""
    request = select(MailRequest.id).where(MailRequest.address == trade.address)
    number = house.scalar(request)
    return house.scalar(select(outbox.c.attempts).where(outbox.c.lane == f"mail:{number}")) or 0


def lines(chat: Chat, words: str) -> list[str]:
    """The messages that say so."""
    return [message.text for message in chat.messages() if words in message.text]


def test_mail_that_is_down_delays_the_invoice_and_says_so_once(house: House) -> None:
    trade = Trade(house)
    house.box.mail_down()
    rep, order_id = loaded(house, trade)
    house.wait_until(lambda: tries(house, trade) >= 2)
    house.settle(apart_from="mail:")

    [told] = lines(rep, f"has not left for {trade.address} yet:")
    assert told.endswith("We keep trying.")
    rep.press_data(f"order.{order_id}.0")
    house.settle(apart_from="mail:")
    assert f"The mail server has not taken the invoice for {trade.address} yet:" in rep.last().text
    assert trade.status(order_id) == "loaded"

    house.box.mail_up()
    [mail] = house.box.wait_for_mail(trade.address)
    rep.wait_for(f"the mail server has accepted it for {trade.address}.")
    house.settle()
    assert len(lines(rep, "has not left for")) == 1
    assert mail.message_id == house.scalar(select(MailRequest.message_id).where(MailRequest.address == trade.address))
    assert len(house.box.mail(trade.address)) == 1


def test_a_letter_whose_acceptance_got_lost_is_sent_again_under_the_same_message_id(house: House) -> None:
    trade = Trade(house)
    house.box.mail_fault("drop", stage="data", to=trade.address, keep=True, count=1)

    rep, _ = loaded(house, trade)

    first, second = house.box.wait_for_mail(trade.address, count=2)
    house.settle()
    assert first.message_id == second.message_id
    assert [each.content for each in first.attachments] == [each.content for each in second.attachments]
    assert len(lines(rep, "the mail server has accepted it")) == 1


def test_mail_refused_for_now_is_tried_again(house: House) -> None:
    trade = Trade(house)
    house.box.mail_fault("refuse", code=451, text="4.7.1 greylisted", to=trade.address, count=1)

    rep, _ = loaded(house, trade)

    assert len(house.box.wait_for_mail(trade.address)) == 1
    rep.wait_for("the mail server has accepted it")
    [told] = lines(rep, "has not left for")
    assert "greylisted" in told


def test_mail_refused_for_ever_is_told_and_not_tried_again_but_sent_where_the_corrected_card_says(house: House) -> None:
    trade = Trade(house)
    house.box.mail_fault("refuse", code=550, text="5.1.1 no such mailbox", to=trade.address)

    rep, order_id = loaded(house, trade)
    house.settle()

    [told] = lines(rep, f"could not be mailed to {trade.address}:")
    assert "no such mailbox" in told
    house.press(rep, "Open")
    assert "The invoice could not be mailed to" in rep.last().text
    assert "no such mailbox" in rep.last().text
    assert (trade.status(order_id), house.box.mail(trade.address)) == ("loaded", [])
    assert house.scalar(select(MailRequest.state).where(MailRequest.address == trade.address)) == "refused"

    right = f"right{trade.number}@example.org"
    with house.database.transaction() as session:
        session.execute(update(Client).where(Client.email == trade.address).values(email=right))
    house.press(rep, "Papers")
    assert f"The client's card says {right} now: the next letter goes there." in rep.last().text
    house.press(rep, "Send again")
    [mail] = house.box.wait_for_mail(right)
    assert mail.envelope_to == [right]
    rep.wait_for(f"the mail server has accepted it for {right}.")
    house.settle()


def test_an_address_that_is_none_is_told_as_such(house: House) -> None:
    trade = Trade(house)

    rep, _ = loaded(house, trade, email=f"nonsense {trade.number}")
    house.settle()

    [told] = lines(rep, "could not be mailed to")
    assert "not an e-mail address" in told
