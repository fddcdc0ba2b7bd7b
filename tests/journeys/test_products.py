"""An admin keeps the catalogue: a new product from article to photo, packs, several prices, categories."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from db.models.catalogue import Category, Product, Unit
from sandbox.pictures import png
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("polling")


def article_of(house: House, product_id: int) -> str:
    return str(house.scalar(select(Product.article).where(Product.id == product_id)))


def test_a_new_product_until_a_rep_sells_it(house: House) -> None:
    admin, rep, trade = house.staff("Ada", Role.ADMIN), house.staff("Rita", Role.REP), Trade(house)
    article, name, shelf = f"N-{trade.number}-{house.bot.id}", f"Ряженка {trade.number}", f"Новинки {trade.number}"
    house.say(admin, "/menu")
    house.press(admin, "Products")
    house.press(admin, "New product")

    house.say(admin, "m-1")
    assert "The article m-1 belongs to “Молоко 3,2 %”." in admin.last().text
    house.say(admin, article)
    house.say(admin, name)
    house.say(admin, shelf)
    house.say(admin, "barrels")
    assert "I do not know this unit." in admin.last().text
    house.say(admin, "шт.")
    house.say(admin, "12,345,6")
    assert "This is no amount." in admin.last().text
    house.say(admin, "89,90")
    house.press(admin, "Back")
    house.say(admin, "99,90")
    house.press(admin, "10 %")
    taps = admin.press("Without a weight")
    house.settle()
    assert f"{name} is in the catalogue." in admin.last().text
    taps.resend()
    house.settle()

    with house.database.reading() as session:
        [product] = session.scalars(select(Product).where(Product.article == article))
        assert (product.price_minor, str(product.vat_rate), product.name) == (9990, "0.1", name)
        assert session.get_one(Category, product.category_id).name == shelf
        rep.press_data(f"product.{product.id}.0")
    house.settle()
    assert name in rep.last().text
    assert "₽99.90 / pcs" in rep.last().text


def test_a_product_is_changed_until_it_is_sold_no_more(house: House) -> None:
    admin, rep, trade = house.staff("Ada", Role.ADMIN), house.staff("Rita", Role.REP), Trade(house)
    product_id, name = trade.product("Ряженка"), f"Ряженка {trade.number}"
    article = article_of(house, product_id)
    house.say(admin, "/menu")
    house.press(admin, "Products")
    house.say(admin, article)
    house.press(admin, name)
    house.press(admin, "Weight")
    house.say(admin, "0,5 кг")
    assert "Weight: — → 500 g" in admin.last().text
    house.press(admin, "Units and packs")
    house.say(admin, "короб 6 = 550")
    assert "It is now sold in box too." in admin.last().text
    house.press(admin, "box")
    house.press(admin, "Minimum")
    house.say(admin, "1,5")
    assert "It cannot be ordered in such parts" in admin.last().text
    house.say(admin, "2")
    assert "Minimum: 2 box" in admin.last().text
    house.press(admin, "Back")
    house.press(admin, "Back")
    house.press(admin, "Photo")
    admin.send_photo(png())
    house.settle()
    assert f"This is the photo of “{name}” now." in admin.transcript()
    assert house.scalar(select(Product.photo_file_id).where(Product.id == product_id)) is not None

    rep.press_data(f"product.{product_id}.0")
    house.settle()
    assert name in rep.last().text
    assert "₽550.00 / box (6 pcs" in rep.last().text
    house.say(admin, "/menu")
    house.press(admin, "Products")
    house.say(admin, article.lower())
    house.press(admin, name)
    house.press(admin, "Hide")
    with house.refuses(rep, f"“{name}” is not sold any more."):
        rep.press_data(f"product.{product_id}.0")
    house.press(admin, "Units and packs")
    house.press(admin, "box")
    house.press(admin, "Sell it no more")
    assert house.scalar(select(Unit.hidden).where(Unit.product_id == product_id, Unit.code == "box")) is True


def test_several_prices_at_once(house: House) -> None:
    admin, trade = house.staff("Ada", Role.ADMIN), Trade(house)
    articles = [article_of(house, trade.product(name)) for name in ("Kefir", "Curd")]
    house.say(admin, "/menu")
    house.press(admin, "Products")
    house.press(admin, "Several prices")

    house.say(admin, f"{articles[0]} 89,90; {articles[1]} = 1 234,50\nNONE-1 5; oh")

    shown = admin.last().text
    assert "2 prices were changed:" in shown
    assert f"{articles[0]} Kefir {trade.number}: ₽100.00 → ₽89.90" in shown
    assert "Nothing was done with 2 lines:" in shown
    assert "NONE-1 5 — no such article" in shown
    assert "oh — not understood" in shown
    prices = select(Product.price_minor).where(Product.article.in_(articles)).order_by(Product.price_minor)
    with house.database.reading() as session:
        assert list(session.scalars(prices)) == [8990, 123450]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", ("Товары", "Цены списком", "Изменена 1 цена:", "100,00 ₽ → 89,90 ₽", "oh — не понимаю")),
        ("es", ("Productos", "Varios precios", "Ha cambiado 1 precio:", "100,00 ₽ → 89,90 ₽", "oh — no lo entiendo")),
    ],
)
def test_prices_in_the_language_of_the_admin(house: House, language: str, words: tuple[str, ...]) -> None:
    admin, trade = house.staff("Ада", Role.ADMIN, language), Trade(house)
    article = article_of(house, trade.product())
    house.say(admin, "/menu")
    house.press(admin, words[0])
    house.press(admin, words[1])

    house.say(admin, f"{article} 89,90; oh")

    shown = admin.last().text.replace("\u00a0", " ")
    assert words[2] in shown
    assert words[3] in shown
    assert words[4] in shown


def test_categories(house: House) -> None:
    admin, trade = house.staff("Ada", Role.ADMIN), Trade(house)
    name = f"Aisle {trade.number}"
    house.say(admin, "/menu")
    house.press(admin, "Products")
    house.press(admin, "Categories")
    house.say(admin, name)
    assert f"{name} is added." in admin.last().text
    house.press(admin, "Categories")
    house.say(admin, name.upper())
    assert "at this place already" in admin.last().text
    house.press(admin, "Back")
    with house.database.reading() as session:
        [category_id] = session.scalars(select(Category.id).where(Category.name == name))
    admin.press_data(f"goods.{category_id}-0.0")
    house.settle()
    house.press(admin, "Categories")
    house.press(admin, "Rename")
    house.say(admin, f"{name} b")
    assert "The category has its new name." in admin.last().text
    house.press(admin, "Categories")
    house.press(admin, "Take it away")
    assert "The category is taken away." in admin.last().text
    assert house.scalar(select(Category.id).where(Category.id == category_id)) is None
    with house.refuses(admin, "This category is gone."):
        admin.press_data(f"goods.{category_id}-0.0")
