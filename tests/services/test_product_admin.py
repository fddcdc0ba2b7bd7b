"""The catalogue as admins change it: products, packs, several prices at once, categories."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Category, Product
from db.models.record import AuditEntry
from services import cart, catalogue, category_admin, packs, price_list, product_admin
from services.actor import Actor, NotAllowed, Role
from services.catalogue import CategoryGone, ProductGone
from services.category_admin import CategoryMisplaced, CategoryNameTaken, CategoryNotEmpty
from services.errors import DomainError
from services.forms import AmountUnclear, FieldOutOfRange, FieldTooLong, FieldUnclear
from services.packs import BaseUnitStays, NewPack, PackGone, PackTaken, StepUnfit
from services.price_list import BadLine, PriceListTooLong
from services.product_admin import ArticleTaken, NewProduct
from tests.builders import NOON, actor_of, make_category, make_company, make_draft, make_person, make_product, unit_of
from tests.services.desk import make_desk, make_submitted

LARGEST = 2**31 - 1


@pytest.fixture
def by(session: Session) -> Actor:
    make_company(session)
    return actor_of(make_person(session, "Ann", roles=[Role.ADMIN]))


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# products


def kefir(category: Category, **over: object) -> NewProduct:
    known = {"article": "K-1", "name": "Кефир", "category_id": category.id, "unit_code": "kg", "price_minor": 8990,
             "vat_rate": Decimal("0.1"), "weight_g": 1000}  # fmt: skip
    return NewProduct(**{**known, **over})  # type: ignore[arg-type]


def test_a_new_product_can_be_found_and_ordered(session: Session, by: Actor) -> None:
    category = make_category(session)

    product = product_admin.add(session, kefir(category), by=by, now=NOON)

    assert (product.price_minor, product.vat_rate, product.weight_g) == (8990, Decimal("0.1"), 1000)
    assert [(unit.code, unit.factor_milli, unit.decimals) for unit in product.units] == [("kg", 1000, 3)]
    for words in ("кеф", "k-1", "К–1"):
        assert [one.id for one in product_admin.find_products(session, words, by=by).items] == [product.id]
    assert [one.id for one in product_admin.list_products(session, category.id, by=by).items] == [product.id]
    assert actions(session) == ["product.added"]
    catalogue.check_sold(session, product.id)


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"article": "a-1"}, ArticleTaken),
        ({"article": "А–1"}, ArticleTaken),
        ({"article": "A;1"}, FieldUnclear),
        ({"article": " "}, FieldUnclear),
        ({"article": "x" * 65}, FieldTooLong),
        ({"name": ""}, FieldUnclear),
        ({"category_id": LARGEST}, CategoryGone),
        ({"unit_code": "barrel"}, FieldUnclear),
    ],
)
def test_a_product_that_cannot_be_added(
    session: Session, by: Actor, over: dict[str, object], refusal: type[DomainError]
) -> None:
    make_product(session, article="A-1")

    with pytest.raises(refusal):
        product_admin.add(session, kefir(make_category(session), **over), by=by, now=NOON)

    assert len(session.scalars(select(Product)).all()) == 1


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("price_minor", "1 234,50", 123450),
        ("name", "Кефир", "Кефир"),
        ("article", "B-2", "B-2"),
        ("article", "A-1", "A-1"),
        ("vat_rate", "10 %", Decimal("0.1")),
        ("weight_g", "1,5 кг", 1500),
        ("weight_g", "", 0),
        ("low_stock_milli", "2,5", 2500),
        ("low_stock_milli", "", None),
        ("description", "fresh\nand cold", "fresh and cold"),
    ],
)
def test_every_field_of_a_product(session: Session, by: Actor, field: str, typed: str, value: object) -> None:
    product = make_product(session, article="A-1", low_stock_milli=5000)

    change = product_admin.set_field(session, product.id, field, typed, by=by, now=NOON)

    assert (change.after, getattr(product, field)) == (value, value)
    if field == "name":
        assert [one.id for one in product_admin.find_products(session, "кефир", by=by).items] == [product.id]


@pytest.mark.parametrize(
    ("field", "typed", "refusal"),
    [
        ("price_minor", "-5", AmountUnclear),
        ("price_minor", "10000000", AmountUnclear),
        ("article", "Z-9", ArticleTaken),
        ("vat_rate", "much", FieldUnclear),
        ("weight_g", "heavy", FieldUnclear),
        ("low_stock_milli", "few", FieldUnclear),
        ("low_stock_milli", "2000000", FieldOutOfRange),
        ("hidden", "yes", FieldUnclear),
    ],
)
def test_what_does_not_fit_a_product(
    session: Session, by: Actor, field: str, typed: str, refusal: type[DomainError]
) -> None:
    product = make_product(session)
    make_product(session, article="Z-9")
    before = getattr(product, field)

    with pytest.raises(refusal):
        product_admin.set_field(session, product.id, field, typed, by=by, now=NOON)

    assert (getattr(product, field), actions(session)) == (before, [])


def test_products_are_moved_hidden_and_guarded(session: Session, by: Actor) -> None:
    product, other = make_product(session), make_category(session, "Other")

    product_admin.set_category(session, product.id, other.id, by=by, now=NOON)
    for _ in range(2):
        product_admin.hide(session, product.id, hidden=True, by=by, now=NOON)

    assert (product.category_id, product.hidden) == (other.id, True)
    assert actions(session) == ["product.changed", "product.changed"]
    with pytest.raises(CategoryGone):
        product_admin.set_category(session, product.id, LARGEST, by=by, now=NOON)
    for refused in (product_admin.get, product_admin.lock):
        with pytest.raises(ProductGone):
            refused(session, LARGEST, by=by)
        with pytest.raises(NotAllowed):
            refused(session, product.id, by=actor_of(make_person(session)))


def test_a_submitted_order_keeps_the_price_that_was_agreed(session: Session) -> None:
    desk = make_desk(session)
    milk = make_product(session, warehouse=desk.warehouse, price_minor=10000)
    order = make_submitted(session, desk, {milk: 1})
    draft = make_draft(session, desk.rita, {milk: 1})

    product_admin.set_field(session, milk.id, "price_minor", "150", by=actor_of(desk.ann), now=NOON)
    cart.refresh(session, draft.id, by=actor_of(desk.rita), now=NOON)

    assert [order.lines[0].price_minor, draft.lines[0].price_minor] == [10000, 15000]


# packs


@pytest.mark.parametrize(
    ("typed", "new"),
    [
        ("box 12", NewPack("box", Decimal(12))),
        ("короб 12 = 1020", NewPack("короб", Decimal(12), 102000)),
        ("pallet x 960=80 000,00", NewPack("pallet", Decimal(960), 8000000)),
        ("сетка 2,5", NewPack("сетка", Decimal("2.5"))),
        ("box", None),
        ("12", None),
        ("box 12 =", None),
        ("box 12 = x", None),
        ("box twelve", None),
    ],
)
def test_a_typed_pack(typed: str, new: NewPack | None) -> None:
    assert packs.parse(typed, "RUB") == new


def test_packs_come_change_and_go(session: Session, by: Actor) -> None:
    milk = make_product(session, price_minor=10000)

    box = packs.add(session, milk.id, NewPack("Box", Decimal(12)), by=by, now=NOON)
    packs.set_field(session, box.id, "minimum_milli", "2", by=by, now=NOON)
    packs.set_field(session, box.id, "multiple_milli", "2", by=by, now=NOON)
    packs.set_field(session, box.id, "price_minor", "1100", by=by, now=NOON)
    assert (box.code, box.minimum_milli, box.multiple_milli, box.price_minor) == ("box", 24000, 24000, 110000)
    assert product_admin.prices_of(product_admin.get(session, milk.id, by=by))[box.id] == 110000
    packs.set_field(session, box.id, "price_minor", "", by=by, now=NOON)
    packs.set_field(session, box.id, "factor_milli", "10", by=by, now=NOON)
    assert (box.factor_milli, box.minimum_milli, box.price_minor) == (10000, 0, None)

    packs.remove(session, box.id, by=by, now=NOON)
    assert [unit.code for unit in product_admin.get(session, milk.id, by=by).units] == ["pcs"]
    with pytest.raises(PackGone):
        packs.set_field(session, box.id, "price_minor", "5", by=by, now=NOON)
    again = packs.add(session, milk.id, NewPack("box", Decimal(6), 50000), by=by, now=NOON)
    assert (again.id, again.factor_milli, again.price_minor) == (box.id, 6000, 50000)


def test_what_does_not_fit_a_pack(session: Session, by: Actor) -> None:
    milk = make_product(session, units=[("box", 12000, None)])
    base, box = unit_of(milk), unit_of(milk, "box")
    for new, refusal in (
        (NewPack("BOX", Decimal(5)), PackTaken),
        (NewPack("x1", Decimal(5)), FieldUnclear),
        (NewPack("Großhandelspaket", Decimal(5)), FieldUnclear),
        (NewPack("tin", Decimal(1)), FieldOutOfRange),
        (NewPack("tin", Decimal(0)), FieldOutOfRange),
        (NewPack("tin", Decimal(10**7)), FieldOutOfRange),
    ):
        with pytest.raises(refusal):
            packs.add(session, milk.id, new, by=by, now=NOON)
    for unit, field, typed, expected in (
        (base, "factor_milli", "5", BaseUnitStays),
        (base, "price_minor", "5", BaseUnitStays),
        (box, "minimum_milli", "1,5", StepUnfit),
        (box, "multiple_milli", "x", FieldUnclear),
        (box, "factor_milli", "x", FieldUnclear),
        (box, "price_minor", "x", AmountUnclear),
        (box, "code", "x", FieldUnclear),
    ):
        with pytest.raises(expected):
            packs.set_field(session, unit.id, field, typed, by=by, now=NOON)
    with pytest.raises(BaseUnitStays):
        packs.remove(session, base.id, by=by, now=NOON)
    assert actions(session) == []


def test_orders_keep_a_pack_that_is_not_offered_any_more(session: Session) -> None:
    desk = make_desk(session)
    milk = make_product(session, warehouse=desk.warehouse, units=[("box", 12000, 90000)], price_minor=10000)
    box = unit_of(milk, "box")
    order = make_submitted(session, desk, {box: 1})

    packs.remove(session, box.id, by=actor_of(desk.ann), now=NOON)

    [line] = [line for line in order.lines if line.kind == "goods"]
    assert (line.unit_id, line.unit_code, line.factor_milli, line.price_minor) == (box.id, "box", 12000, 90000)
    assert [unit.code for unit in catalogue.product_card(session, milk.id, by=actor_of(desk.rita)).units] == ["pcs"]


# several prices


def test_the_clear_lines_of_a_price_list_are_set_and_the_others_told(session: Session, by: Actor) -> None:
    milk = make_product(session, "Milk", article="A-103", price_minor=8000)
    cheese = make_product(session, "Cheese", article="B 22", price_minor=12000)
    same = make_product(session, "Same", article="C-1", price_minor=500)
    text = "a-103 89,90; B 22 - 1 234,50\nC-1 = 5\nX-9 10; oh; A-103 91; B-22 12,345,6"

    outcome = price_list.set_prices(session, price_list.parse(text, "RUB"), by=by, now=NOON)

    assert (milk.price_minor, cheese.price_minor, same.price_minor) == (8990, 123450, 500)
    assert [(new.article, new.before_minor, new.after_minor) for new in outcome.changed] == [
        ("A-103", 8000, 8990), ("B 22", 12000, 123450),
    ]  # fmt: skip
    assert outcome.same == 1
    assert outcome.bad == (
        BadLine("X-9 10", "unknown"), BadLine("oh", "unclear"), BadLine("A-103 91", "twice"),
        BadLine("B-22 12,345,6", "unclear"),
    )  # fmt: skip
    assert actions(session) == ["product.changed", "product.changed"]


def test_a_line_that_can_mean_two_products_is_not_guessed(session: Session, by: Actor) -> None:
    one, other = make_product(session, article="A"), make_product(session, article="A 1")

    outcome = price_list.set_prices(session, price_list.parse("A 1 234", "RUB"), by=by, now=NOON)

    assert outcome.bad == (BadLine("A 1 234", "unclear"),)
    assert (one.price_minor, other.price_minor) == (8900, 8900)


def test_a_price_list_has_an_end_and_an_owner(session: Session, by: Actor) -> None:
    lines = price_list.parse("A 1;" * 301 + "A" * 200, "RUB")
    assert lines[-1].readings == ()

    with pytest.raises(PriceListTooLong):
        price_list.set_prices(session, lines, by=by, now=NOON)
    with pytest.raises(NotAllowed):
        price_list.set_prices(session, [], by=actor_of(make_person(session)), now=NOON)


# categories


def test_the_tree_is_built_renamed_moved_and_cut(session: Session, by: Actor) -> None:
    dairy = category_admin.add(session, "Dairy", None, by=by, now=NOON)
    cheese = category_admin.add(session, "Cheese", dairy.id, by=by, now=NOON)
    drinks = category_admin.add(session, "Drinks", None, by=by, now=NOON)

    category_admin.rename(session, drinks.id, "Bebidas", by=by, now=NOON)
    category_admin.move(session, cheese.id, drinks.id, by=by, now=NOON)
    category_admin.move(session, cheese.id, drinks.id, by=by, now=NOON)
    assert [one.name for one in catalogue.list_path(session, cheese.id)] == ["Bebidas", "Cheese"]
    category_admin.move(session, cheese.id, None, by=by, now=NOON)
    assert [one.name for one in catalogue.list_categories(session, None).items] == ["Dairy", "Bebidas", "Cheese"]
    assert category_admin.remove(session, dairy.id, by=by, now=NOON) is None

    assert [one.name for one in catalogue.list_categories(session, None).items] == ["Bebidas", "Cheese"]


def test_what_the_tree_refuses(session: Session, by: Actor) -> None:
    dairy, drinks = make_category(session, "Dairy"), make_category(session, "Drinks")
    below = make_category(session, "Below", parent=dairy)
    make_category(session, "dairy", parent=drinks)
    make_product(session, category=drinks)

    with pytest.raises(CategoryNameTaken):
        category_admin.add(session, "DAIRY", None, by=by, now=NOON)
    with pytest.raises(CategoryNameTaken):
        category_admin.rename(session, drinks.id, "Dairy", by=by, now=NOON)
    with pytest.raises(CategoryNameTaken):
        category_admin.move(session, dairy.id, drinks.id, by=by, now=NOON)
    with pytest.raises(CategoryMisplaced):
        category_admin.move(session, dairy.id, below.id, by=by, now=NOON)
    with pytest.raises(CategoryNotEmpty) as refused:
        category_admin.remove(session, drinks.id, by=by, now=NOON)
    assert refused.value.facts == {"products": 1, "categories": 1}
    with pytest.raises(CategoryGone):
        category_admin.rename(session, LARGEST, "x", by=by, now=NOON)
    deep = below
    for number in range(category_admin.DEEPEST - 2):
        deep = make_category(session, str(number), parent=deep)
    with pytest.raises(CategoryMisplaced):
        category_admin.add(session, "too deep", deep.id, by=by, now=NOON)
    with pytest.raises(NotAllowed):
        category_admin.add(session, "x", None, by=actor_of(make_person(session)), now=NOON)

    assert actions(session) == []
