"""A photo of a ticket becomes a draft order or a recorded sale: over the wire, in every language, once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from db.models.catalogue import Category, Product
from db.models.clients import Client
from db.models.orders import Order, OrderLine
from db.models.tickets import SaleUnits, Ticket, TicketCorrection
from sandbox.client_chat import Chat
from services.actor import Role
from templates.environment import Texts
from tests.journeys.house import House
from tests.journeys.houses import Houses, on
from tests.journeys.receipts import Goods, copied, fiscal, receipt
from tests.journeys.scenes import Trade

pytestmark = on("polling")

NEWEST = select(func.max(Ticket.id))


def ticket(house: House) -> Ticket:
    """The newest ticket, as it stands."""
    with house.database.reading() as session:
        return session.get_one(Ticket, session.scalar(NEWEST))


def sale_of(house: House) -> Order:
    """The order that the newest ticket became."""
    with house.database.reading() as session:
        return session.get_one(Order, session.get_one(Ticket, session.scalar(NEWEST)).order_id)


def reactions(chat: Chat, message_id: int) -> list[str]:
    return next(message.reactions for message in chat.messages() if message.id == message_id)


def named_client(house: House, name: str) -> int:
    """The only client of this name."""
    with house.database.transaction() as session:
        session.execute(update(Client).where(Client.name == name).values(name=f"{name} before"))
        known = session.scalars(select(Client).order_by(Client.id).limit(1)).one()
        client = Client(name=name, search_key=name.casefold(), language=known.language)
        session.add(client)
        session.flush()
        return client.id


def count_units(house: House, *, words: str, of: int) -> str:
    """Let the company count the units of a category of its own, which this product moves to; returns its name."""
    with house.database.transaction() as session:
        session.execute(update(Category).values(counts_units=False))
        category = Category(name=f"Colours {of}", position=0, counts_units=True, unit_words=words)
        session.add(category)
        session.flush()
        session.execute(update(Product).where(Product.id == of).values(category_id=category.id))
        return category.name


def test_a_photo_with_tags_becomes_a_recorded_sale(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    colour = trade.product("Colour", price_minor=30000)
    category = count_units(house, words="tubes, tubos", of=colour)
    client = trade.client_name(trade.client())
    photo = receipt([Goods(f"Colour {trade.number}", 5, 30000)], number=trade.number)

    sent = rep.send_photo(photo, f"@monto 1500 @cliente {client} @tubos 5")
    house.settle()

    assert reactions(rep, sent) == ["👀"]
    shown = rep.last().text
    for words in (client, "✅ Sum: ₽1,500.00", f"✅ {category}: 5", "Mar 1, 2026", "The lines add up to the total."):
        assert words in shown, shown
    house.press(rep, "Record sale ₽1,500.00")
    assert reactions(rep, sent) == ["👍"]
    sale = sale_of(house)
    assert (sale.kind, sale.status, sale.total_minor, sale.vat_minor) == ("sale", "loaded", 150_000, 0)
    assert sale.loaded_at is not None
    assert sale.loaded_at.date().isoformat() == "2026-03-01"
    units = select(SaleUnits.name, SaleUnits.quantity_milli).where(SaleUnits.order_id == sale.id)
    with house.database.reading() as session:
        assert [tuple(row) for row in session.execute(units)] == [(category, 5000)]
    house.press(rep, f"To sale No. {sale.id}")
    assert f"Sale No. {sale.id} · 🧾 recorded sale" in rep.last().text


def test_the_same_tap_twice_records_one_sale(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    house.say(rep, f"@amount 99,90 @client {trade.client_name(trade.client())}")
    before = house.scalar(select(func.count()).select_from(Order))

    pressed = rep.press("Record sale")
    pressed.resend()
    house.settle()

    assert house.scalar(select(func.count()).select_from(Order)) == before + 1
    assert sale_of(house).total_minor == 9990


def test_a_photo_becomes_a_draft_order_and_what_was_taught_is_known_on_the_next_one(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    kefir, other = trade.product("Kefir", price_minor=10000), trade.product("Ryazhenka", price_minor=5000)
    client = trade.client_name(trade.client())
    goods = [Goods(f"Kefir {trade.number}", 2, 10000), Goods("Strange stuff", 3, 5000)]

    rep.send_photo(receipt(goods, number=1000 + trade.number), f"@client {client}")
    house.settle()
    assert "⚠️ Strange stuff" in rep.last().text
    house.press(rep, "Lines 1/2")
    house.press(rep, "2. Strange stuff")
    house.say(rep, f"Ryazhenka {trade.number}")
    house.press(rep, f"Ryazhenka {trade.number}")
    house.press(rep, "Back")
    assert "✅ 3 pcs · Ryazhenka" in rep.last().text
    house.press(rep, "Make a draft order")
    assert "The lines of the ticket" in rep.last().text
    assert lines_of(house) == {kefir: 2000, other: 3000}

    sent = rep.send_photo(receipt([Goods("Strange stuff", 7, 5000)], number=2000 + trade.number), f"@client {client}")
    house.settle()
    assert "✅ 7 pcs · Ryazhenka" in rep.last().text
    house.press(rep, "Make a draft order")
    assert lines_of(house) == {other: 7000}
    assert reactions(rep, sent) == ["👍"]
    house.say(rep, "/cart")
    assert client in rep.last().text


def lines_of(house: House) -> dict[int | None, int]:
    with house.database.reading() as session:
        order_id = session.get_one(Ticket, session.scalar(NEWEST)).order_id
        found = session.execute(
            select(OrderLine.product_id, OrderLine.quantity_milli).where(
                OrderLine.order_id == order_id, OrderLine.kind == "goods"
            )
        )
        return {row[0]: row[1] for row in found}


def test_an_album_is_one_ticket_read_after_a_wait_or_at_once_with_done(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    halves = [
        receipt([Goods("Kefir", 2, 10000)], number=3000 + trade.number),
        receipt([Goods("Kefir", 2, 10000)], number=3001 + trade.number),
    ]

    sent = rep.send_album(halves, "@amount 200")
    assert "more photos may come" in rep.wait_for("📷 2").text
    house.settle()

    first = ticket(house)
    assert (first.status, first.revision, len(photos_of(house))) == ("read", 2, 2)
    assert [message.id for message in rep.messages() if message.id > sent[-1]] == [rep.last().id]

    rep.send_album([*halves, *halves[:1]])
    rep.wait_for("📷 3")
    rep.press("Done, that is all")
    house.wait_until(lambda: ticket(house).status == "read")
    again = ticket(house)
    assert again.id != first.id
    assert again.due_at is not None
    assert again.revision == 3


def photos_of(house: House) -> list[int]:
    with house.database.reading() as session:
        return [photo.file_id for photo in session.get_one(Ticket, session.scalar(NEWEST)).photos]


def test_one_more_photo_joins_the_ticket_that_asked_for_it(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    rep.send_photo(receipt([Goods("Kefir", 2, 10000)], number=4000 + trade.number))
    house.settle()
    first = ticket(house).id
    house.press(rep, "One more photo of it")
    assert "The next photo will be of this ticket." in rep.last().text

    rep.send_file(receipt([Goods("Kefir", 2, 10000)], number=4001 + trade.number), "second.jpg", "image/jpeg")
    house.settle()

    assert (ticket(house).id, len(photos_of(house)), ticket(house).status) == (first, 2, "read")


def test_what_differs_takes_a_reason_and_an_admin_looks_at_it(house: House) -> None:
    rep, admin, trade = house.staff("Rita", Role.REP), house.staff("Ann", Role.ADMIN), Trade(house)
    client = trade.client_name(trade.client())
    for at, words in enumerate(("accepted", "questioned")):
        photo = receipt([Goods("Kefir", 3, 10000)], number=5000 + 10 * trade.number + at)
        rep.send_photo(photo, f"@amount 250 @client {client}")
        house.settle()
        assert "typed ₽250.00, on the ticket ₽300.00" in rep.last().text
        house.press(rep, "Record sale ₽250.00")
        assert "Type why yours is right" in rep.last().text
        assert ticket(house).order_id is None
        house.say(rep, "A discount for the third one")
        shown = ticket(house)
        assert (shown.status, shown.review, shown.reason) == ("recorded", "wanted", "A discount for the third one")

        house.say(admin, "/reviews")
        house.press(admin, f"№ {shown.order_id}")
        for said in ("typed ₽250.00, on the ticket ₽300.00", "A discount for the third one", "Rita", client):
            assert said in admin.last().text
        house.press(admin, "Photo")
        assert any(message.kind == "photo" and message.from_bot for message in admin.messages())
        if words == "accepted":
            house.press(admin, "Accept")
        else:
            house.press(admin, "Ask the rep")
            house.say(admin, "Which discount?")
            asked = rep.wait_for(f"A question about sale No. {shown.order_id}")
            assert "Which discount?" in asked.text
            rep.press("Open", message_id=asked.id)
            house.settle()
            assert "An admin asks: Which discount?" in rep.last().text
        assert ticket(house).review == words
        assert f"№ {shown.order_id}" not in admin.last().text


def test_taking_what_was_read_needs_no_reason(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    photo = receipt([Goods("Kefir", 3, 10000)], number=6000 + trade.number)
    rep.send_photo(photo, f"@amount 250 @client {trade.client_name(trade.client())}")
    house.settle()
    house.press(rep, "Record sale ₽250.00")
    house.press(rep, "Take what was read")
    house.press(rep, "Record sale ₽300.00")

    assert (ticket(house).review, sale_of(house).total_minor) == ("", 30000)
    with house.database.reading() as session:
        kept = session.scalars(select(TicketCorrection.field).where(TicketCorrection.ticket_id == ticket(house).id))
        assert "amount" in set(kept)


def test_what_was_sent_before_is_warned_of(house: House) -> None:
    rep, other, trade = house.staff("Rita", Role.REP), house.staff("Rob", Role.REP), Trade(house)
    client = trade.client_name(trade.client())
    photo = receipt([Goods(f"Thing {trade.number}", 3, 12300)], number=7, code=fiscal(36900, number=trade.number))
    rep.send_photo(photo, f"@client {client}")
    house.settle()
    house.press(rep, "Record sale ₽369.00")

    other.send_photo(photo)
    house.settle()
    assert "The same file was sent before: № " in other.last().text
    assert "Rita" in other.last().text
    other.send_photo(copied(photo))
    house.settle()
    assert "sent before:" in other.last().text or "looks like another photo" in other.last().text
    house.say(other, "/menu")
    house.say(other, f"@amount 369 @client {client} @date 01.03.2026")
    assert "The same client, sum and day: № " in other.last().text


def test_a_russian_fiscal_code_says_the_sum_exactly(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP, "ru"), Trade(house)
    code = fiscal(123_456, number=900 + trade.number)
    rep.send_photo(receipt([Goods("Краска", 2, 50000)], language="ru", code=code))
    house.settle()

    known = ticket(house)
    assert (known.read_minor, known.amount_minor) == (123_456, 123_456)
    assert known.fiscal_id == f"9999078900000001:{900 + trade.number}:123456{900 + trade.number:04d}"


def test_a_sale_is_typed_without_any_photo_and_the_client_is_written_down(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    name = f"Salon Lilia {trade.number}"
    house.say(rep, "/orders")
    sent = house.say(rep, f"@сумма 1 234,50\n@клиент {name}\n@заметка в долг")
    assert f"“{name}” — which client is this?" in rep.last().text
    assert reactions(rep, sent) == ["👀"]
    assert "Record sale" not in " ".join(rep.last().labels), "nobody bought it yet"

    house.press(rep, "Client")
    assert f"Nobody is found for “{name}”." in rep.last().text
    house.press(rep, "New client")
    for _ in range(7):
        house.press(rep, "Keep" if "▶️ Keep" in rep.last().labels else "Skip")
    house.press(rep, "Save")
    rep.wait_for(f"{name} is saved.")
    house.press(rep, "Record sale ₽1,234.50")

    sale = sale_of(house)
    assert (sale.total_minor, sale.note) == (123_450, "в долг")
    assert house.scalar(select(Client.name).where(Client.id == sale.client_id)) == name


def test_two_sales_typed_one_after_the_other_are_two(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    client = trade.client_name(trade.client())
    house.say(rep, f"@amount 100 @client {client}")
    first = ticket(house).id
    house.say(rep, f"@amount 200 @client {client}")
    second = ticket(house).id
    house.say(rep, "@amount 250")

    assert second != first
    with house.database.reading() as session:
        amounts = [session.get_one(Ticket, one).amount_minor for one in (first, second)]
    assert amounts == [10_000, 25_000]
    assert ticket(house).id == second


@pytest.mark.parametrize("language", ["en", "ru", "es"])
def test_a_whole_ticket_in_each_language(house: House, language: str, texts: Texts) -> None:
    rep, trade = house.staff("Rita", Role.REP, language), Trade(house)
    client = trade.client_name(trade.client())
    tags = {"en": "@amount 350 @client {}", "ru": "@клиент {} @сумма 350", "es": "@importe 350 @cliente {}"}
    photo = receipt([Goods("Kefir", 2, 10000), Goods("Bread", 3, 5000)], language=language, number=8000 + trade.number)

    rep.send_photo(photo, tags[language].format(client))
    house.settle()

    known = ticket(house)
    facts = {"ticket": known}
    assert (known.status, known.amount_minor, known.trouble) == ("read", 35000, "")
    house.press(rep, texts.plain("messages/ticket.html", "record", language, facts))
    assert ticket(house).status == "recorded"


def test_typing_is_shown_while_it_reads(house: House) -> None:
    rep, since = house.staff("Rita", Role.REP), house.now()
    rep.send_photo(receipt([Goods("Kefir", 2, 10000)], number=9001))
    house.settle()

    asked = house.box.requests(house.bot, method="sendChatAction", since=since)
    assert {request.params["action"] for request in asked} == {"typing"}


def test_a_ticket_that_is_read_while_the_rep_is_elsewhere_is_told_with_a_button(house: House) -> None:
    rep = house.staff("Rita", Role.REP)
    rep.send_photo(receipt([Goods("Kefir", 2, 10000)], number=9101))
    rep.say("/menu")
    house.settle()

    number = ticket(house).id
    notice = rep.wait_for(f"Ticket {number} is read")
    rep.press("Open", message_id=notice.id)
    house.settle()
    assert f"Ticket {number} " in rep.last().text


def test_a_storekeeper_s_photo_is_none_of_a_ticket(house: House) -> None:
    store, before = house.staff("Stan", Role.STOREKEEPER), house.scalar(select(func.count()).select_from(Ticket))

    store.send_photo(receipt([Goods("Kefir", 1, 100)]))
    house.settle()

    assert "I cannot read photos yet." in store.last().text
    assert house.scalar(select(func.count()).select_from(Ticket)) == before


def test_where_nothing_reads_photos_a_ticket_still_becomes_an_order(house: House, houses: Houses) -> None:
    backend = "postgresql" if "postgresql" in house.database_url else "sqlite"
    blind = houses.fresh("polling", backend, RECOGNITION="false")
    rep, trade = blind.staff("Rita", Role.REP), Trade(blind)
    kefir = trade.product("Kefir")
    client = trade.client_name(trade.client())

    rep.send_photo(receipt([Goods("Kefir", 1, 100)]), f"@client {client}")
    blind.settle()
    assert "Photos are not read here. Fill in the ticket by hand." in rep.last().text
    blind.press(rep, "Make a draft order")
    blind.say(rep, f"{blind.scalar(select(Product.article).where(Product.id == kefir))} 3")
    assert lines_of(blind) == {kefir: 3000}

    rep.send_photo(receipt([Goods("Kefir", 1, 100)], number=5), f"@client {client}")
    blind.settle()
    blind.say(rep, "1500")
    blind.press(rep, "Record sale ₽1,500.00")
    assert sale_of(blind).total_minor == 150_000
    blind.stop()
