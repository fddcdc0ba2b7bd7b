"""Orders typed as text: at once, in a burst that was written offline, and the client's last one again."""

from __future__ import annotations

from sqlalchemy import select

from db.models.orders import Order, OrderLine
from services.actor import Role
from tests.builders import make_product
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("webhook")


def stock_up(house: House, number: int) -> dict[str, int]:
    """Kefir by piece and box, cheese by weight, water by the six: short name to id."""
    with house.database.transaction() as session:
        kefir = make_product(session, f"Kefir {number}", article=f"KF-{number}", units=[("box", 10000, None)])
        cheese = make_product(session, f"Cheese {number}", article=f"CH-{number}", base=("kg", 3), on_hand=5)
        water = make_product(session, f"Water {number}", article=f"WA-{number}", minimum=6, multiple=6)
        return {"kefir": kefir.id, "cheese": cheese.id, "water": water.id}


def held(house: House, name: str, person_id: int) -> dict[str, int]:
    """What the rep's newest draft holds: quantities by article, without its number, and unit."""
    query = select(Order.id).where(Order.rep_id == person_id, Order.status == "draft").order_by(Order.touched_at.desc())
    order_id = house.scalar(query.limit(1))
    with house.database.reading() as session:
        rows = session.execute(
            select(OrderLine.article, OrderLine.quantity_milli, OrderLine.unit_code)
            .where(OrderLine.order_id == order_id, OrderLine.kind == "goods")
            .order_by(OrderLine.position)
        )
        return {f"{article.removesuffix(name)}{unit}": quantity for article, quantity, unit in rows}


def test_a_list_typed_anywhere_becomes_lines(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    stock_up(house, trade.number)
    number, person_id = f"-{trade.number}", house.actor(rep).person_id
    house.say(rep, "/help")

    house.say(rep, f"kf{number} 12; CH{number} 1,5 кг\nWA{number} 7, KF{number} 3 кор\nКF{number}9 1; CH{number} 🍎")

    told = rep.last().text
    assert f"Kefir {trade.number} — 12 pcs" in told
    assert f"Kefir {trade.number} — 3 box" in told
    assert f"Cheese {trade.number} — 1.5 kg" in told
    assert "It is sold by 6 pcs: take 6 or 12." in told
    assert "I do not know this article. Nearest:" in told
    assert "I do not understand this line." in told
    assert told.rstrip().endswith(f"WA{number} 7\nКF{number}9 1\nCH{number} 🍎"), "what was not taken can be copied"
    assert held(house, number, person_id) == {"KFpcs": 12000, "CHkg": 1500, "KFbox": 30000}

    house.say(rep, f"KF{number} 0; WA{number} - 12; CH{number} x 2; 1 box x KF{number}")
    set_now = {"KFbox": 10000, "CHkg": 2000, "WApcs": 12000}
    assert held(house, number, person_id) == set_now, "a list sets, it does not add, and 0 takes out"
    house.say(rep, f"KF{number}")
    assert "How many (pcs)?" in rep.last().text
    house.say(rep, f"WA{number} 4")
    assert "The least is 6 pcs." in rep.last().text
    house.press(rep, "₽")
    assert f"Water {trade.number}" in rep.last().text


def test_a_burst_that_was_typed_offline_loses_nothing(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    stock_up(house, trade.number)
    number, person_id = f"-{trade.number}", house.actor(rep).person_id
    house.box.hold_updates(house.bot)
    for words in (
        f"KF{number} 12; XX{number} 1",
        f"CH{number} 2; CH{number} 1 box",
        f"WA{number} 12",
        f"KF{number} 15",
    ):
        rep.say(words)

    house.box.release(house.bot)
    house.settle()

    assert held(house, number, person_id) == {"KFpcs": 15000, "CHkg": 2000, "WApcs": 12000}
    told = rep.last().text
    for words in (f"Kefir {trade.number} — 15 pcs", f"Cheese {trade.number} — 2 kg", f"Water {trade.number} — 12 pcs"):
        assert words in told
    assert f"XX{number} 1\n" in told
    assert f"CH{number} 1 box\n" in told


def test_a_list_is_one_also_where_a_note_an_address_or_a_client_is_awaited(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    goods = stock_up(house, trade.number)
    number, person_id = f"-{trade.number}", house.actor(rep).person_id
    order_id = trade.review(rep, {goods["kefir"]: 1})

    house.say(rep, "Call 2 hours before; gate 45")
    assert "Call 2 hours before; gate 45" in rep.last().text
    assert "Submit" in rep.last().labels[-1]
    for data, words in (("review..0", f"KF{number} 12; XX{number} 5"), ("place..0", f"WA{number} 6"),
                        ("clients.0.0", f"ch{number} 2 кг")):  # fmt: skip
        rep.press_data(data)
        house.settle()
        house.say(rep, words)
        assert "Your list" in rep.last().text

    assert held(house, number, person_id) == {"KFpcs": 12000, "WApcs": 6000, "CHkg": 2000}
    assert house.scalar(select(Order.note).where(Order.id == order_id)) == "Call 2 hours before; gate 45"


def test_two_hundred_lines_and_goods_that_are_short(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    stock_up(house, trade.number)
    number = f"-{trade.number}"

    with house.refuses(rep, "Your list has 200 lines, and 100 can be taken at once. Nothing was taken"):
        rep.say("\n".join(f"KF{number} {each}" for each in range(200)))
    house.say(rep, "\n".join([f"CH{number} 7", *(f"XX-{each} 1" for each in range(99))]))
    told = rep.last().text
    assert "only 5 kg available" in told
    assert "Page 1 of 17" in told
    house.press(rep, "➡️")
    assert "XX-6 1" in rep.last().text


def test_the_clients_last_order_again(house: House) -> None:
    rep, other, trade = house.staff("Rita", Role.REP), house.staff("Olga", Role.REP), Trade(house)
    house.staff("Stan", Role.STOREKEEPER)
    goods, client_id = stock_up(house, trade.number), trade.client()
    number, person_id = f"-{trade.number}", house.actor(rep).person_id
    stranger_to_goods = trade.client()
    house.say(rep, "/menu")
    with house.refuses(rep, "This client has not ordered anything yet."):
        rep.press_data(f"repeat_last.{stranger_to_goods}.0")
    trade.submitted(other, {goods["kefir"]: 3, goods["water"]: 12, goods["cheese"]: 1}, client_id)
    trade.change_product(goods["cheese"], hidden=True)
    trade.change_product(goods["kefir"], price_minor=9900)

    tap = rep.press_data(f"repeat_last.{client_id}.0")
    tap.resend()
    house.settle()

    assert held(house, number, person_id) == {"KFpcs": 3000, "WApcs": 12000}
    told = rep.last().text
    assert "The client's last order" in told
    assert f"CH{number} 1 kg" in told
    assert "This product is not sold any more." in told
    house.press(rep, "₽")
    assert "₽99.00" in rep.last().text
    assert "Repeat the last order" in " ".join(rep.last().labels)
    order = select(Order.client_id).where(Order.rep_id == person_id)
    assert house.scalar(order) == client_id


def test_the_answers_in_russian_and_spanish(house: House) -> None:
    trade = Trade(house)
    stock_up(house, trade.number)
    number = f"-{trade.number}"
    said = {
        "ru": ("Ваш список", "12 шт.", "Эти строки не приняты:", "Такого артикула нет."),
        "es": ("Su lista", "12 ud.", "Estas líneas no se han aceptado:", "No conozco este código."),
    }
    for language, words in said.items():
        rep = house.staff("Рита", Role.REP, language=language)
        house.say(rep, f"KF{number} 12; XX{number} 5")
        for one in words:
            assert one in rep.last().text
