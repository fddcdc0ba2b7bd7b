"""Through every screen of the company's details and of its goods, as an admin: a story for ``test_every_text``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from bot import choices
from bot.events import Kind
from db.models.catalogue import Category, Product
from db.models.company import Company, Warehouse
from db.models.files import File
from services import company_form
from services.price_list import MOST_LINES

if TYPE_CHECKING:
    from tests.templates.test_every_text import Walk

ACCOUNT, CODE, CORRESPONDENT = "40702810500000001234", "044525225", "30101810400000000225"
VALUES = {
    "name": "Молочный дом & <b>",
    "tax_id": "7707083893",
    "director_phone": "+7 495 000-20-11",
    "delivery_vat_rate": "22",
    "time_zone": "Madrid",
    "country": "Спа",
    "currency": "peso",
}


def company(walk: Walk) -> None:
    """Every field, the bank, the logo, the calendar."""
    ann = walk.hall.desk.ann.id
    with walk.talk.transaction() as session:
        session.execute(
            update(Company).values(legal_name="ООО " + "Я" * 296, address="Улица " * 83, director="Д" * 200)
        )
    walk.press(ann, "company")
    walk.say(ann, "what is this?")
    for number in range(len(company_form.SECTIONS)):
        walk.press(ann, "company_section", number)
    for number, field in enumerate(company_form.FIELDS):
        walk.press(ann, "company_field", number)
        walk.say(ann, VALUES.get(field, "1, 2, 3 <&>"))
    _choices(walk, ann)
    walk.press(ann, "company_empty", company_form.FIELDS.index("director"))
    walk.send(ann, Kind.CONTACT, phone="+79160000000")
    walk.press(ann, "company_field", company_form.FIELDS.index("director_phone"))
    walk.send(ann, Kind.CONTACT, phone="+7 916 000-00-00")
    _bank(walk, ann)
    _calendar(walk, ann)
    _logo(walk, ann)


def _choices(walk: Walk, ann: int) -> None:
    """What changes the meaning of prices is asked twice; what is so already is said."""
    number = company_form.FIELDS.index("prices_include_vat")
    for choice in (company_form.YES, company_form.NO):
        walk.press(ann, "company_set", number, choices.number_of(choice))
    walk.press(ann, "company_sure", number, choices.number_of(company_form.NO))
    walk.press(ann, "company_set", number, choices.number_of(company_form.YES))
    walk.press(ann, "company_set", company_form.FIELDS.index("mail_copy"), choices.number_of(company_form.YES))


def _bank(walk: Walk, ann: int) -> None:
    walk.press(ann, "bank")
    for text in (
        "hello, 5",
        f"БИК {CODE}",
        f"р/с {ACCOUNT[:-1]}",
        f"р/с {ACCOUNT[:-1]}9",
        f"{ACCOUNT} {CORRESPONDENT}",
    ):
        walk.say(ann, text)
    walk.say(ann, "ПАО <Банк> & " + "Б" * 300)
    walk.press(ann, "bank_save", version=walk.form(ann))
    walk.press(ann, "bank")
    with walk.talk.transaction() as session:
        session.execute(update(Company).values(country="ES"))
    walk.press(ann, "bank")
    walk.say(ann, "ES91 2100 0418 4502 0005 1333 BIC X123")
    with walk.talk.transaction() as session:
        session.execute(update(Company).values(country="US"))
    walk.press(ann, "bank")
    walk.say(ann, "1234567890")


def _calendar(walk: Walk, ann: int) -> None:
    walk.press(ann, "working_days")
    walk.press(ann, "working_day", 6, 1)
    walk.press(ann, "days_off", 0)
    for text in ("soon", "31.12.2030-20.01.2031"):
        walk.say(ann, text)
    walk.press(ann, "days_off", 1)
    walk.press(ann, "day_on", walk.hall.day.toordinal())
    walk.press(ann, "working_days")


def _logo(walk: Walk, ann: int) -> None:
    walk.press(ann, "logo")
    walk.say(ann, "here")
    walk.send(ann, Kind.PHOTO, file_ref="photo-1")
    walk.press(ann, "logo_remove", 5)
    file_id = _file(walk)
    with walk.talk.transaction() as session:
        session.execute(update(Company).values(logo_file_id=file_id))
    walk.press(ann, "company")
    walk.press(ann, "logo")
    walk.press(ann, "logo_look")
    walk.press(ann, "logo_remove", file_id)


def _file(walk: Walk) -> int:
    with walk.talk.transaction() as session:
        file = File(sha256="0" * 64, name="p.png", content_type="image/png", size=1, created_at=walk.talk.clock())
        session.add(file)
        session.flush()
        return file.id


def warehouses(walk: Walk) -> None:
    """A new one, every field of another, closed and opened."""
    ann, house = walk.hall.desk.ann.id, walk.hall.desk.warehouse.id
    walk.press(ann, "warehouses", 0)
    walk.press(ann, "warehouse_new")
    for text in ("Zone <5> & co", "nowhere", "55.75, 37.61"):
        walk.say(ann, text)
    walk.press(ann, "warehouse", house)
    for number in range(9):
        walk.press(ann, "warehouse_field", house, number)
        walk.say(ann, "550")
    walk.press(ann, "warehouse_field", house, 2)
    walk.send(ann, Kind.PLACE, latitude=55.7, longitude=37.6)
    walk.press(ann, "warehouse_field", house, 5)
    walk.press(ann, "warehouse_empty", house, 5)
    walk.press(ann, "warehouse_map", house)
    for closed in (1, 0):
        walk.press(ann, "warehouse_close", house, closed)
        walk.press(ann, "warehouses", 0)
    with walk.talk.transaction() as session:
        session.execute(update(Warehouse).where(Warehouse.id != house).values(closed=True))
    walk.press(ann, "warehouses", 0)


def goods(walk: Walk) -> None:
    """The tree, a search, every field of a product, its packs and photo, a new product, prices, categories."""
    ann, milk, category = walk.hall.desk.ann.id, walk.hall.milk.id, walk.hall.category.id
    walk.press(ann, "goods", 0, 0)
    for page in (0, 1):
        walk.press(ann, "goods", category, page)
    walk.say(ann, "A-")
    walk.press(ann, "goods_found", 1)
    walk.say(ann, "nothing is called so")
    walk.press(ann, "goods_edit", milk)
    for number in range(8):
        walk.press(ann, "goods_field", milk, number)
        walk.say(ann, "10")
    walk.press(ann, "goods_browse", milk, category)
    walk.press(ann, "goods_into", milk, category)
    walk.press(ann, "goods_rate", milk, choices.number_of("10"))
    walk.press(ann, "goods_field", milk, 6)
    walk.press(ann, "goods_empty", milk, 6)
    for hidden in (1, 0):
        walk.press(ann, "goods_hide", milk, hidden)
        walk.press(ann, "goods", category, 0)
    _packs(walk, ann, milk)
    _photo(walk, ann, milk)
    _new(walk, ann, category)
    walk.press(ann, "price_list")
    walk.say(ann, "; ".join(f"A-{number} 5" for number in range(1, 60)))
    walk.say(ann, "; ".join([*(f"X{number} 5" for number in range(20)), "oh", "10 5", "10 6", "10 5"]))
    walk.say(ann, ";")
    walk.say(ann, "a 1;" * (MOST_LINES + 1))
    _categories(walk, ann, category)


def _packs(walk: Walk, ann: int, milk: int) -> None:
    pieces, box = walk.hall.unit_ids
    walk.press(ann, "packs", milk)
    for text in ("hm", "pallet 960 = 80000", "box 5"):
        walk.say(ann, text)
    walk.press(ann, "pack", pieces)
    walk.press(ann, "pack", box)
    walk.say(ann, "5")
    for number in (1, 2, 3, 0):
        walk.press(ann, "pack_field", box, number)
        walk.say(ann, "6")
    walk.press(ann, "pack_field", box, 2)
    walk.say(ann, "2")
    walk.press(ann, "packs", milk)
    walk.press(ann, "pack_field", box, 2)
    walk.press(ann, "pack_empty", box, 2)
    walk.press(ann, "pack_remove", box)


def _photo(walk: Walk, ann: int, milk: int) -> None:
    walk.press(ann, "goods_photo", milk)
    walk.say(ann, "here")
    walk.send(ann, Kind.FILE, file_ref="file-1", file_name="milk.png")
    walk.press(ann, "photo_remove", milk, 5)
    file_id = _file(walk)
    with walk.talk.transaction() as session:
        session.execute(update(Product).where(Product.id == milk).values(photo_file_id=file_id))
    walk.press(ann, "goods_photo", milk)
    walk.press(ann, "photo_look", milk)
    walk.press(ann, "photo_remove", milk, file_id)


def _new(walk: Walk, ann: int, category: int) -> None:
    walk.press(ann, "goods_new")
    walk.say(ann, "Z-<1>")
    walk.press(ann, "goods_new_back")
    for text in ("Z-<1>", "Ж" * 200):
        walk.say(ann, text)
    walk.press(ann, "goods_new_browse", category)
    walk.press(ann, "goods_new_into", category)
    for text in ("barrel", "кг", "99,90"):
        walk.say(ann, text)
    walk.press(ann, "goods_new_rate", choices.number_of("10"))
    walk.press(ann, "goods_new_light")


def _categories(walk: Walk, ann: int, category: int) -> None:
    walk.press(ann, "category_edit", 0)
    walk.say(ann, "Top <&>")
    walk.press(ann, "category_edit", category)
    for mode, text in ((1, "К" * 200), (0, "Below & below"), (2, "somewhere")):
        walk.press(ann, "category_mode", category, mode)
        walk.say(ann, text)
    below = int(walk.talk.scalar(select(func.min(Category.id)).where(Category.parent_id == category)))
    walk.press(ann, "category_browse", below, category)
    walk.press(ann, "category_browse", below, 0)
    walk.press(ann, "category_into", below, 0)
    walk.press(ann, "category_remove", category)
    walk.press(ann, "category_remove", below)


STORIES = (company, warehouses, goods)
