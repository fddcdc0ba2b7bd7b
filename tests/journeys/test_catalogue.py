"""A rep looks for goods: by the tree, by words from any screen, by favourites, and on a product's card."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from db.models.catalogue import Category, Favourite, Product, RecentProduct
from db.models.company import Warehouse
from db.models.orders import OrderLine
from sandbox.client_chat import Chat
from sandbox.pictures import png
from services import files
from services.actor import Role
from services.files import FileStore
from tests.builders import make_product, receive
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("polling")

LONG = "Kept cool from the farm to your door. " * 20


def stock_up(house: House, number: int) -> dict[str, int]:
    """Some products with a word of their own in their names: article to id."""
    word = f"Zefir{number}"
    with house.database.transaction() as session:
        moscow, kazan = (
            session.scalars(select(Warehouse).where(Warehouse.name == name)).one() for name in ("Москва", "Казань")
        )
        dairy = session.scalars(select(Category).where(Category.name == "Молочное")).one()
        goods: dict[str, Any] = {"warehouse": moscow, "category": dairy}
        plain = make_product(session, f"{word} plain", article=f"Z-{number}-1", on_hand=40, description=LONG, **goods)
        receive(session, plain, 5, warehouse=kazan)
        made = [
            plain,
            make_product(session, f"{word} pink", article=f"Z-{number}-2", minimum=6, multiple=6, **goods),
            make_product(
                session, f"{word} white", article=f"Z-{number}-3", units=[("box", 12000, 90000)], on_hand=0, **goods
            ),
            make_product(session, f"{word} old", article=f"Z-{number}-4", hidden=True, **goods),
        ]
        made += [
            make_product(session, f"{word} no. {each}", article=f"Z-{number}-9{each}", **goods) for each in range(6)
        ]
        return {product.article: product.id for product in made}


def lines_of(house: House, product_id: int) -> list[int]:
    """What drafts and orders hold of a product."""
    with house.database.reading() as session:
        return list(session.scalars(select(OrderLine.quantity_milli).where(OrderLine.product_id == product_id)))


def say(house: House, chat: Chat, words: str) -> str:
    """Say something and read the answer, its spaces made plain."""
    house.say(chat, words)
    return chat.last().text.replace("\u00a0", " ")


def press(house: House, chat: Chat, label: str) -> str:
    """Press a button and read the screen, its spaces made plain."""
    house.press(chat, label)
    return chat.last().text.replace("\u00a0", " ")


def test_words_typed_anywhere_find_goods_and_more_words_find_less(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    goods = stock_up(house, trade.number)
    word = f"zefir{trade.number}"

    found = say(house, rep, word)
    assert f"Z-{trade.number}-9" in found
    assert "Page 1 of 2. Type more words to find less." in found
    assert "old" not in found
    assert "pink" in press(house, rep, "➡️")
    narrowed = say(house, rep, f"PI {word}")
    assert f"Zefir{trade.number} pink" in narrowed
    assert "by 6" in narrowed, "exactly one hit is its card"
    assert "Nothing is called so." in say(house, rep, "abracadabra")
    for near in (f"Z-{trade.number}-33", f"{word} plains", f"{word} white 12"):
        assert "Did you mean one of these?" in say(house, rep, near)
    assert f"Z-{trade.number}-3" in rep.last().text
    say(house, rep, "/catalogue")
    assert "Page 1 of " in press(house, rep, "Молочное")
    for screen in ("/menu", "/help", "/cart", "/catalogue"):
        house.say(rep, screen)
        assert f"Zefir{trade.number} plain" in say(house, rep, f"z-{trade.number}-1")
    assert f"Zefir{trade.number} plain" in say(house, rep, f"Z–{trade.number}–1"), "any dash will do"
    assert lines_of(house, goods[f"Z-{trade.number}-1"]) == []


def test_a_card_says_all_and_its_steps_are_what_is_sold(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    goods = stock_up(house, trade.number)
    plain, pink, white = (f"Z-{trade.number}-{each}" for each in (1, 2, 3))

    rob = house.staff("Rob", Role.REP, warehouse="Казань")
    assert "Available: 5 pcs (Казань)" in say(house, rob, plain)
    assert "5 pcs" in say(house, rob, f"zefir{trade.number} pl")
    card = say(house, rep, plain)
    assert "Available: 45 pcs" in card
    assert "Москва: 40 pcs" in card
    assert "Казань: 5 pcs" in card
    assert " …\n" in card
    assert LONG.strip() not in card
    assert LONG.strip() in press(house, rep, "More")
    assert LONG.strip() not in press(house, rep, "Less")

    card = say(house, rep, white)
    assert "₽900.00 / box (12 pcs, ₽75.00 / pcs)" in card
    assert "Not available now" in card
    assert "How many (box)?" in say(house, rep, "box")
    assert "It is not sold by “kg”. The units are: pcs, box" in say(house, rep, "3 kg")

    assert "by 6" in say(house, rep, pink)
    press(house, rep, "+6")
    press(house, rep, "+6")
    assert lines_of(house, goods[pink]) == [12000]
    press(house, rep, "−6")
    press(house, rep, "−6")
    assert lines_of(house, goods[pink]) == []
    with house.refuses(rep, "The least that is sold is 6 pcs. Take 6 or more."):
        rep.say("4")
    with house.refuses(rep, "It is sold by 6 pcs: take 6 or 12."):
        rep.say("7")
    with house.refuses(rep, "I do not understand this quantity."):
        rep.say("1️⃣2️⃣")
    say(house, rep, "18")
    assert lines_of(house, goods[pink]) == [18000]


def test_favourites_and_what_was_ordered_are_at_hand(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    house.staff("Stan", Role.STOREKEEPER)
    goods = stock_up(house, trade.number)
    plain, pink = (f"Z-{trade.number}-{each}" for each in (1, 2))
    person_id = house.actor(rep).person_id

    assert "Nothing here yet." in say(house, rep, "/favourites")
    say(house, rep, plain)
    star = rep.press("To favourites")
    star.resend()
    house.settle()
    assert house.scalar(select(func.count()).select_from(Favourite).where(Favourite.person_id == person_id)) == 1
    say(house, rep, "/catalogue")
    listed = press(house, rep, "Favourites (1)")
    assert f"Zefir{trade.number} plain" in listed
    assert "45 pcs" in listed
    assert "You have not ordered anything yet." in press(house, rep, "Ordered lately")
    trade.submitted(rep, {goods[pink]: 6})
    say(house, rep, "/catalogue")
    assert f"Zefir{trade.number} pink" in press(house, rep, "Ordered lately")
    assert house.scalar(select(RecentProduct.product_id).where(RecentProduct.person_id == person_id)) == goods[pink]
    press(house, rep, f"Zefir{trade.number} pink")
    assert "Ordered lately" in press(house, rep, "Back")
    say(house, rep, plain)
    press(house, rep, "Not a favourite")
    assert "Nothing here yet." in say(house, rep, "/favourites")


def test_a_photo_is_shown_above_the_card(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    goods = stock_up(house, trade.number)
    plain = f"Z-{trade.number}-1"
    content = png(8, 8)
    sha256 = FileStore(house.folder / "files").put(content)
    now = datetime.now(UTC)
    with house.database.transaction() as session:
        stored = files.record(
            session, sha256=sha256, name="z.png", content_type="image/png", size=len(content), created_by=None, now=now
        )
        session.get_one(Product, goods[plain]).photo_file_id = stored.id

    say(house, rep, plain)
    press(house, rep, "Photo")

    shown = rep.messages()[-2:]
    assert shown[0].kind == "photo"
    assert f"Zefir{trade.number} plain" in shown[1].text
    assert "+1" in shown[1].labels


def test_the_cart_is_stepped_through_changed_and_checked_out(house: House) -> None:
    rep, trade = house.staff("Рита", Role.REP, "ru"), Trade(house)
    goods = stock_up(house, trade.number)
    word, pink = f"Zefir{trade.number}", goods[f"Z-{trade.number}-2"]
    trade.draft(rep, {goods[f"Z-{trade.number}-9{each}"]: 1 for each in range(6)})
    for article, count in ((1, 3), (2, 12), (3, 2)):
        say(house, rep, f"Z-{trade.number}-{article} {count}")

    assert "Страница 1 из 2" in say(house, rep, "/cart")
    press(house, rep, "➡️")
    last = press(house, rep, f"{word} white")
    assert "2 шт. × 89,00 ₽ = 178,00 ₽" in last
    assert "Сейчас нет" in last
    assert "9 из 9" in rep.last().labels
    assert f"{word} pink" in press(house, rep, "⬅️")
    assert rep.last().labels[:2] == ["−6", "+6"]
    assert "18 шт. × 89,00 ₽ = 1 602,00 ₽" in press(house, rep, "+6")
    assert "24 шт." in say(house, rep, "24")
    press(house, rep, "➡️")
    assert "Страница 2 из 2" in press(house, rep, "К заказу")
    press(house, rep, f"{word} white")
    press(house, rep, "Убрать")
    assert lines_of(house, goods[f"Z-{trade.number}-3"]) == []
    back = press(house, rep, "Вернуть")
    assert "Страница 2 из 2" in back
    assert (lines_of(house, goods[f"Z-{trade.number}-3"]), lines_of(house, pink)) == ([2000], [24000])
    assert "Товары: 3 115,00 ₽" in back
    assert "Итого: 3 207,05 ₽" in back
    assert rep.last().labels[-1] == "▶️ Оформить (3\u00a0207,05\u00a0₽)"


def test_what_makes_no_sense_is_said_so_and_changes_nothing(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    goods = stock_up(house, trade.number)
    say(house, rep, "/catalogue")

    with house.refuses(rep, "This is too long to search for: 100 characters at most."):
        rep.say("x" * 4096)
    with house.refuses(rep, "Nothing is called so."):
        rep.say("🍎")
    for data in ("product.999999.0", "favourite.999999-1.0", "product_photo.999999.0", "describe.999999-1.0"):
        toast = rep.press_data(data).answer()
        assert toast is not None
        assert "This product is not sold any more." in toast["text"]
    for data in ("found.3.0", "leave_product.999999.0", "quick_order.7.0"):
        rep.press_data(data)
        house.settle()
        assert rep.last().labels, "whatever is forged leads to a screen with ways on"
    hidden = goods[f"Z-{trade.number}-4"]
    with house.refuses(rep, f"“Zefir{trade.number} old” is not sold any more."):
        rep.press_data(f"product.{hidden}.0")


def test_the_same_in_russian_and_in_spanish(house: House) -> None:
    trade = Trade(house)
    stock_up(house, trade.number)
    word, pink = f"zefir{trade.number}", f"Z-{trade.number}-2"
    said = {
        "ru": ("Страница 1 из 2", "кратно 6", "Продаётся по 6 шт.: возьмите 6 или 12.", "Ничего не нашлось."),
        "es": (
            "Página 1 de 2",
            "múltiplos de 6",
            "Se vende en múltiplos de 6 ud.: tome 6 o 12.",
            "No se encontró nada.",
        ),
    }
    for language, (page, step, multiple, nothing) in said.items():
        rep = house.staff("Рита", Role.REP, language=language)
        assert page in say(house, rep, word)
        assert step in say(house, rep, pink)
        assert multiple in say(house, rep, "7")
        assert nothing in say(house, rep, f"{word} {word}x")
