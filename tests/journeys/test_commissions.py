"""Commission over the wire: a rule set and tried, an order with its worth in sight, the statement, the settlement, and
a voided sale that lands in the next period. Then the wizard of rules in every language.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from db.models.catalogue import Category, Product
from db.models.commissions import CommissionEntry, CommissionRule, Settlement
from sandbox.client_chat import Chat
from services import commission_rules, company
from services.actor import Role
from templates.text_filters import long_date
from tests.journeys.house import House
from tests.journeys.houses import Houses, on
from tests.journeys.scenes import Trade, load_all, open_card

ALONE = [("polling", "postgresql"), ("webhook", "sqlite")]


@pytest.fixture(params=ALONE, ids=["-".join(kind) for kind in ALONE])
def alone(request: pytest.FixtureRequest, houses: Houses) -> Iterator[House]:
    """An installation for one story: rules and closed periods concern everybody in it."""
    fresh = houses.fresh(*request.param)
    yield fresh
    fresh.stop()


def today_of(house: House) -> date:
    """The company's day."""
    with house.database.reading() as session:
        return company.today(company.get(session), datetime.now(UTC))


def count_tubes(house: House, trade: Trade) -> int:
    """A product whose units the company counts, and the rule that every company begins with; the product's id."""
    tube = trade.product("Tube", price_minor=30000)
    with house.database.transaction() as session:
        tubes = Category(name="Tubes", position=9, counts_units=True, unit_words="tubes")
        session.add(tubes)
        session.flush()
        session.get_one(Product, tube).category_id = tubes.id
        rule = commission_rules.ensure_default(session, now=datetime.now(UTC))
        assert rule is not None
        rule.valid_from = today_of(house) - timedelta(days=60)
    return tube


def rows_of_newest_sheet(chat: Chat) -> list[tuple[object, ...]]:
    """The entries in the newest spreadsheet of a chat, below the heads."""
    file = next(message for message in reversed(chat.messages()) if (message.file_name or "").endswith(".xlsx"))
    book = load_workbook(BytesIO(chat.download(file.file_id or "")))
    return list(book["Entries"].iter_rows(values_only=True))[1:]


def test_from_a_rule_to_a_closed_period_and_what_comes_after_it(alone: House) -> None:
    house, trade = alone, Trade(alone)
    ann, rita = house.staff("Ann", Role.ADMIN), house.staff("Rita", Role.REP)
    bob = house.staff("Bob", Role.STOREKEEPER)
    tube, client = count_tubes(house, trade), trade.client_name(trade.client())
    today = today_of(house)
    yesterday = today - timedelta(days=1)

    # the reply to a recorded sale names its commission, with the reason
    house.say(rita, f"@amount 2400 @client {client} @units 8 @date {yesterday:%d.%m.%Y}")
    house.press(rita, "Record sale")
    assert "Your commission: ₽50.00\n      8 units, 5 above 3 × ₽10.00" in rita.last().text

    set_percentage(house, ann, today, tried=yesterday)
    earn_by_an_order(house, trade, rita, bob, {tube: 5})
    read_statement(house, rita, since=yesterday)
    settle(house, ann, rita, yesterday)
    void_and_see_it_in_the_next_period(house, ann, rita, today)


def set_percentage(house: House, ann: Chat, today: date, *, tried: date) -> None:
    """An admin makes a rule of 1 %, and sees what it would have paid before it is saved, once."""
    house.say(ann, "/menu")
    house.press(ann, "Commission")
    house.press(ann, "Rules")
    assert "Reps earn ₽10.00 for each unit above 3 per sale." in ann.last().text
    house.press(ann, "New rule")
    house.press(ann, "Sales reps")
    house.press(ann, "Percentage")
    house.press(ann, "All goods")
    for unclear in ("-5", "1️⃣", "<b>1</b>", "101"):
        house.say(ann, unclear)
        assert "nothing was saved" in ann.last().text, unclear
    house.say(ann, "1 %")
    house.press(ann, long_date(today, locale="en"))
    assert "Nothing is saved yet." in ann.last().text
    house.press(ann, "Try: this month" if tried.month == today.month else "Try: last month")
    assert "Rita: ₽50.00 → ₽74.00 (+₽24.00)" in ann.last().text
    assert house.scalar(select(func.count()).select_from(CommissionRule)) == 1
    pressed = ann.press("Save the rule")
    pressed.resend()
    house.settle()
    assert house.scalar(select(func.count()).select_from(CommissionRule)) == 2
    assert "Reps earn 1% of the net amount of each sale." in ann.last().text


def earn_by_an_order(house: House, trade: Trade, rita: Chat, bob: Chat, goods: dict[int, int]) -> None:
    """The rep sees what the order is worth while building it, and is told when it is loaded; the client never is."""
    order_id = trade.draft(rita, goods)
    house.say(rita, "/cart")
    worth = "Your commission for this order: ₽32.50\n      5 units, 2 above 3 × ₽10.00\n      1% of ₽1,250.00 net"
    assert worth in rita.last().text
    house.press(rita, "Check out")
    assert worth in rita.last().text
    house.press(rita, "Submit")
    open_card(house, bob, order_id)
    house.press(bob, "I take it")
    load_all(house, bob)
    assert "Commission: +₽32.50" in rita.wait_for(f"Order No. {order_id} is loaded").text
    assert not any("ommission" in message.text for message in bob.messages())


def read_statement(house: House, rita: Chat, *, since: date) -> None:
    """What the chat shows is what the file adds up to; an entry opens its order."""
    today = today_of(house)
    house.say(rita, "/commission")
    if since.month != today.month:
        assert "Total: ₽32.50" in rita.last().text
    else:
        assert "Total: ₽82.50" in rita.last().text
        assert "8 units, 5 above 3 × ₽10.00" in rita.last().text
    assert "Not settled yet." in rita.last().text
    shown = 3250 if since.month != today.month else 8250
    house.press(rita, "XLSX")
    rows = rows_of_newest_sheet(rita)
    assert round(sum(float(str(row[7])) for row in rows) * 100) == shown
    house.press(rita, "1")
    rita.wait_for("Your commission: ₽32.50")


def settle(house: House, ann: Chat, rita: Chat, last: date) -> None:
    """An admin closes up to yesterday, once and for good; the rep is told."""
    house.say(ann, "/commissions")
    house.press(ann, "Close a period")
    house.press(ann, "Up to another day")
    house.say(ann, "tomorrow")
    assert "I do not understand this day." in ann.last().text
    house.say(ann, f"{last:%d.%m.%Y}")
    assert "Rita: ₽50.00" in ann.last().text
    house.press(ann, "Close up to")
    assert "This cannot be undone." in ann.last().text
    pressed = ann.press("Yes, close it for good")
    pressed.resend()
    house.settle()
    assert house.scalar(select(func.count()).select_from(Settlement)) == 1
    notice = rita.wait_for("Your commission is settled")
    assert "Total: ₽50.00" in notice.text
    rita.press("See why", message_id=notice.id)
    house.settle()
    assert "Settled: nothing of this changes any more." in rita.last().text
    assert "Total: ₽50.00" in rita.last().text


def void_and_see_it_in_the_next_period(house: House, ann: Chat, rita: Chat, today: date) -> None:
    """The voided sale was settled: what it had earned is taken back from the open period."""
    order_id = house.scalar(select(func.min(CommissionEntry.order_id)))
    ann.press_data(f"order.{order_id}.0")
    house.settle()
    assert "Commission of Rita: ₽50.00" in ann.last().text
    house.press(ann, "Void the sale")
    house.say(ann, "Typed twice")
    house.press(ann, "Yes, void it")

    rita.press_data(f"earnings.0-{today.toordinal()}-{today.toordinal()}.0")
    house.settle()
    assert "−₽50.00" in rita.last().text
    assert "the sale was voided" in rita.last().text
    assert "Total: −₽17.50" in rita.last().text
    assert house.scalar(select(func.sum(CommissionEntry.amount_minor))) == 3250


WIZARD = {
    "en": ("New rule", "Sales reps", "In steps", "All goods", "Do not save", "from ₽50,000.00: 2%"),
    "ru": ("Новое правило", "Торговые", "По ступеням", "Все товары", "Не сохранять", "от 50 000,00 ₽: 2 %"),
    "es": ("Regla nueva", "Vendedores", "Por tramos", "Todos los productos", "No guardar", "desde 50.000,00 ₽: 2 %"),
}
"""By language: what is pressed, one after the other, and how the second step reads."""


@on("webhook")
@pytest.mark.parametrize("language", WIZARD)
def test_a_rule_is_looked_over_in_every_language_and_not_saved(house: House, language: str) -> None:
    new, reps, steps, goods, drop, second = WIZARD[language]
    ann = house.staff("Ann", Role.ADMIN, language)
    ann.press_data("commission_rules..0")
    house.settle()
    for label in (new, reps, steps, goods):
        house.press(ann, label)
    before = house.scalar(select(func.count()).select_from(CommissionRule))
    for unclear in ("0 1", "50000 2%\n0 1%", "0 101%", "💰 1%"):
        house.say(ann, unclear)
        assert "⚠️" in ann.last().text, unclear
    house.say(ann, "0 1%\n50000 2%")
    house.press(ann, long_date(today_of(house), locale=language))

    assert second in ann.last().text.replace("\xa0", " ")
    house.press(ann, drop)
    assert house.scalar(select(func.count()).select_from(CommissionRule)) == before


@on("webhook")
def test_nobody_reads_what_others_earn(house: House) -> None:
    trade = Trade(house)
    rita, rob = (house.staff(f"{name} {trade.number}", Role.REP) for name in ("Rita", "Rob"))
    days = (today_of(house).replace(day=1).toordinal(), today_of(house).toordinal())
    robs = house.actor(rob).person_id

    for forged in (
        f"earnings.{robs}-{days[0]}-{days[1]}.0",
        f"earnings_file.{robs}-{days[0]}-{days[1]}.1",
        f"earnings_file.0-{days[0]}-{days[1]}.1",
        f"earnings_all.{days[0]}-{days[1]}.0",
        "rule.1.0",
        "settle_show.1.0",
    ):
        house.say(rita, "/menu")
        with house.refuses(rita, "You have no right to do this."):
            rita.press_data(forged)
