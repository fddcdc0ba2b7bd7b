"""The demo company: rich enough to try everything, and without a fault in its books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from db.models.catalogue import Category, Product, Unit
from db.models.clients import Client, Place
from db.models.company import Company, Warehouse
from db.models.people import AccessCode, Person
from db.models.stock import Stock, StockMovement
from db.session import Database
from services import catalogue, commission_rules, company, demo_company, logistics, stock, ticket_units
from services.company import Profile
from services.demo_company import AlreadyPlanted
from services.search import product_key
from templates.environment import LANGUAGES
from tests.builders import NOON, make_company, make_product

ARBAT = (55.7506, 37.5935)


@pytest.fixture
def planted(session: Session) -> Session:
    """A session that sees the demo company."""
    demo_company.plant(lambda: _inside(session), now=NOON)
    return session


@contextmanager
def _inside(session: Session) -> Iterator[Session]:
    yield session
    session.flush()


def _count(session: Session, model: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_it_has_warehouses_goods_and_clients_but_no_people(planted: Session) -> None:
    found = {model.__name__: _count(planted, model) for model in (Warehouse, Product, Client, Place)}

    assert found == {"Warehouse": 4, "Product": 151, "Client": 36, "Place": 40}
    assert (_count(planted, Person), _count(planted, AccessCode)) == (0, 0)


def test_it_says_what_it_has_put_there(session: Session) -> None:
    told = demo_company.plant(lambda: _inside(session), now=NOON)

    assert told == "Северный Ветер is there: 4 warehouses, 151 products, 36 clients, nobody of the staff yet."


def test_the_company_trades_in_roubles_with_vat_included(planted: Session) -> None:
    profile = company.get(planted)

    assert (profile.currency, profile.language, profile.country) == ("RUB", "ru", "RU")
    assert (profile.prices_include_vat, profile.delivery_vat_rate) == (True, Decimal("0.22"))
    assert profile.rate_per_km_minor == 1000
    assert profile.invoice_due_days == 14
    assert ZoneInfo(profile.time_zone) == ZoneInfo("Europe/Moscow")
    assert profile.director_phone.startswith("+7 ")


def test_the_books_are_true(planted: Session) -> None:
    assert stock.list_drift(planted) == []
    assert _count(planted, Stock) == _count(planted, StockMovement)
    assert set(planted.scalars(select(StockMovement.reason))) == {"receipt"}


def test_the_staff_earns_by_selling_and_loading(planted: Session) -> None:
    rules = commission_rules.in_force(planted, NOON.date())

    assert [(rule.kind, rule.role, rule.scope, rule.amount_minor, rule.rate) for rule in rules] == [
        ("per_unit", "rep", "counted", 1000, Decimal(0)),
        ("percent", "rep", "all", 0, Decimal("0.02")),
        ("per_order", "storekeeper", "all", 3000, Decimal(0)),
    ]
    assert [commission_rules.why_idle(planted, rule) for rule in rules] == ["", "", ""]
    assert [category.name for category in ticket_units.counted(planted)] == ["Краска"]


def test_every_product_lies_somewhere_but_not_everywhere_and_some_are_nearly_out(planted: Session) -> None:
    houses = Counter(planted.scalars(select(Stock.product_id)))

    assert len(houses) == 151
    assert min(houses.values()) < 4
    assert _count(planted, Stock) > 400
    assert planted.scalar(select(func.count()).select_from(Stock).where(Stock.on_hand_milli < 5000)) > 5


def test_every_product_has_one_base_unit_and_a_price(planted: Session) -> None:
    for product in planted.scalars(select(Product).options(selectinload(Product.units))):
        bases = [unit for unit in product.units if unit.factor_milli == 1000]
        assert [(unit.code, unit.decimals) for unit in bases] in ([("pcs", 0)], [("kg", 3)]), product.name
        assert product.price_minor > 0
        assert product.vat_rate in (Decimal("0.1"), Decimal("0.22"))
        assert product.weight_g > 0
        assert product.search_key == product_key(product.article, product.name)


def test_some_goods_have_a_minimum_a_multiple_or_a_limit_to_warn_at(planted: Session) -> None:
    base = planted.scalars(select(Unit).where(Unit.factor_milli == 1000)).all()
    asked = {unit.product.article: (unit.minimum_milli, unit.multiple_milli) for unit in base if unit.minimum_milli}

    assert asked["W-101"] == (6000, 6000)
    assert asked["E-106"] == (5000, 0)
    milk = planted.scalars(select(Product).where(Product.article == "A-101")).one()
    assert milk.low_stock_milli == 24000
    assert planted.scalar(select(Product.low_stock_milli).where(Product.article == "M-105")) is None


def test_a_pack_never_costs_more_than_what_is_in_it(planted: Session) -> None:
    packs = list(planted.scalars(select(Unit).where(Unit.factor_milli != 1000).options(selectinload(Unit.product))))
    own = [pack for pack in packs if pack.price_minor is not None]

    assert {pack.code for pack in packs} == {"pack", "box", "pallet"}
    assert len(own) > 20
    for pack in own:
        price = catalogue.unit_price(pack.product.price_minor, factor_milli=pack.factor_milli, own_price_minor=None)
        assert 0.8 * price < (pack.price_minor or 0) <= price, pack.product.name


def test_a_pack_has_the_price_that_the_table_gives_it(planted: Session) -> None:
    sugar = planted.scalars(select(Product).where(Product.name == "Сахар, мешок, кг")).one()

    assert [(unit.code, unit.factor_milli, unit.decimals, unit.price_minor) for unit in sugar.units] == [
        ("kg", 1000, 3, None),
        ("pack", 5000, 0, 33500),
        ("box", 25000, 0, 165000),
        ("pallet", 1000000, 0, 6490000),
    ]


def test_categories_make_a_tree_of_three_levels_with_goods_in_its_leaves(planted: Session) -> None:
    categories = list(planted.scalars(select(Category)))
    parents = {category.parent_id for category in categories}
    leaves = [category.id for category in categories if category.id not in parents]

    assert [root.name for root in catalogue.list_categories(planted, None).items] == [
        "Продукты",
        "Напитки",
        "Для дома",
        "Волосы",
    ]
    assert max(len(catalogue.list_path(planted, leaf)) for leaf in leaves) == 3
    assert set(planted.scalars(select(Product.category_id))) == set(leaves)


def test_names_and_articles_can_be_told_apart_on_a_button(planted: Session) -> None:
    names = Counter(name[:17] for name in planted.scalars(select(Product.name)))
    clients = Counter(name[:27] for name in planted.scalars(select(Client.name)))

    assert [name for name, times in (names + clients).items() if times > 1] == []


def test_clients_read_three_languages_and_some_have_no_mail(planted: Session) -> None:
    clients = list(planted.scalars(select(Client).options(selectinload(Client.places))))
    mailed = [client.email for client in clients if client.email]

    assert {client.language for client in clients} == set(LANGUAGES)
    assert 20 < len(mailed) < len(clients)
    assert all(address.partition("@")[2].endswith("example.org") for address in mailed)
    assert all(client.places for client in clients)
    assert {"ё", "ñ"} <= set("".join(client.name for client in clients).casefold())


def test_places_lie_within_reach_of_a_warehouse(planted: Session) -> None:
    houses = [(house.latitude, house.longitude) for house in company.list_warehouses(planted, size=100).items]

    for place in planted.scalars(select(Place)):
        near = min(logistics.distance_m(house, (place.latitude, place.longitude)) for house in houses)
        assert near < 220_000, place.address


def test_the_nearest_warehouse_depends_on_the_goods(planted: Session) -> None:
    chosen: Counter[int] = Counter()
    for product_id in planted.scalars(select(Product.id)):
        route = logistics.nearest_with_goods(planted, {product_id: 10_000}, *ARBAT)
        assert route is not None
        chosen[route.warehouse_id] += route.has_all

    assert len(chosen) == 4


def test_tax_ids_have_right_check_digits(planted: Session) -> None:
    known = [*planted.scalars(select(Client.tax_id)), company.get(planted).tax_id]
    russian = [tax_id for tax_id in known if tax_id.isdigit()]

    assert len(russian) > 20
    assert len(set(russian)) == len(russian)
    assert [tax_id for tax_id in russian if not _is_inn(tax_id)] == []
    assert [tax_id for tax_id in known if tax_id and not tax_id.isdigit() and not _is_cif(tax_id)] == []


def test_some_clients_have_reason_codes_and_phones_are_written_in_several_ways(planted: Session) -> None:
    clients = list(planted.scalars(select(Client)))
    with_code = [client for client in clients if client.tax_reason_code]

    assert len(with_code) == 10
    assert all(client.tax_id.startswith("9") and len(client.tax_reason_code) == 9 for client in with_code)
    assert {client.phone[0] for client in clients} == {"+", "7", "8"}
    assert all(len(client.phone_key) == 11 and client.phone_key.startswith("7") for client in clients)
    assert {client.country for client in clients} == {"", "ES"}


def test_bank_accounts_have_right_check_digits(planted: Session) -> None:
    profile = company.get(planted)

    assert len(profile.bank_code) == 9
    assert _is_account(profile.bank_code[-3:] + profile.bank_account)
    assert _is_account("0" + profile.bank_code[4:6] + profile.correspondent_account)
    assert profile.correspondent_account.endswith(profile.bank_code[-3:])


def test_a_database_with_goods_is_refused_and_left_alone(session: Session) -> None:
    make_company(session, name="Молочный дом")
    make_product(session, on_hand=0)

    with pytest.raises(AlreadyPlanted, match=r"has a company already \(Молочный дом\)"):
        demo_company.plant(lambda: _inside(session), now=NOON)

    assert (_count(session, Warehouse), _count(session, Product), _count(session, Client)) == (0, 1, 0)


def test_a_company_that_only_the_environment_has_named_gives_way(session: Session) -> None:
    company.ensure(session, Profile("TelBot", "", "ES", "EUR", "Europe/Madrid", "es"))

    demo_company.plant(lambda: _inside(session), now=NOON)

    profile = company.get(session)
    assert (profile.name, profile.currency, profile.time_zone) == ("Северный Ветер", "RUB", "Europe/Moscow")


def test_a_fault_in_the_middle_leaves_nothing(database: Database) -> None:
    with database.transaction() as session:
        session.add(Warehouse(name="Химки", latitude=0.0, longitude=0.0))

    with pytest.raises(Exception, match=r"(?i)unique"):
        demo_company.plant(database.transaction, now=NOON)

    with database.reading() as session:
        assert (_count(session, Company), _count(session, Product), _count(session, Stock)) == (0, 0, 0)


def _is_inn(tax_id: str) -> bool:
    """INN of a company: the tenth digit is the weighted sum of nine modulo 11 modulo 10."""
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    control = sum(int(digit) * weight for digit, weight in zip(tax_id[:9], weights, strict=True))
    return len(tax_id) == 10 and control % 11 % 10 == int(tax_id[9])


def _is_cif(tax_id: str) -> bool:
    """Spanish CIF of a company: Luhn over seven digits."""
    digits = [int(digit) for digit in tax_id[1:]]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[0:7:2])
    return len(digits) == 8 and tax_id[0] == "B" and (doubled + sum(digits[1:7:2]) + digits[7]) % 10 == 0


def _is_account(with_bank: str) -> bool:
    """The key of an account (Bank of Russia): digits of bank and account weighted 7, 1, 3 end in 0."""
    weights = (7, 1, 3) * 8
    return sum(int(digit) * weight % 10 for digit, weight in zip(with_bank, weights, strict=False)) % 10 == 0
