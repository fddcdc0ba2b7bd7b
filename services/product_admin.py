"""What admins do with the catalogue: find, add, change, hide. Prices: minor units of the company's currency.

A change of price, name or unit concerns drafts when they are next priced; submitted orders keep what was agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from db.models.catalogue import Category, Product, Unit
from services import audit, catalogue, catalogue_search, company, figures, forms, search_index
from services.actor import Actor, Role, require
from services.catalogue import CategoryGone, ProductGone
from services.errors import DomainError
from services.forms import Change, FieldOutOfRange, FieldUnclear
from services.paging import PAGE_SIZE, Page, page_of, page_of_all
from services.search import product_key

FIELDS: Final = (
    "price_minor",
    "name",
    "article",
    "category_id",
    "vat_rate",
    "weight_g",
    "low_stock_milli",
    "description",
)
"""What is typed or chosen of a product, one at a time."""
MAY_BE_EMPTY: Final = frozenset({"weight_g", "low_stock_milli", "description"})
LONGEST: Final = MappingProxyType({"name": 200, "article": 64, "description": 2000})
HEAVIEST_KG: Final = 10_000
BASE_UNITS: Final = MappingProxyType({"pcs": 0, "kg": 3, "l": 3, "m": 2, "pack": 0, "box": 0})
"""The units that goods are counted in, and how many decimals a quantity of them may have."""


class ArticleTaken(DomainError):
    """Another product has this article. Facts: article, product (its name)."""


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product that is about to be added. The price is per base unit; ``vat_rate`` is a fraction."""

    article: str
    name: str
    category_id: int
    unit_code: str
    price_minor: int
    vat_rate: Decimal
    weight_g: int = 0


def get(session: Session, product_id: int, *, by: Actor) -> Product:
    """One product with its units, hidden or not, for admins. Raises NotAllowed or ProductGone."""
    require(by, Role.ADMIN, action="product.read", subject=f"product:{product_id}")
    product = session.get(Product, product_id, options=[selectinload(Product.units)])
    if product is None:
        raise ProductGone(product="")
    return product


def list_products(
    session: Session, category_id: int, *, by: Actor, page: int = 0, size: int = PAGE_SIZE
) -> Page[Product]:
    """The products of one category by name, the hidden ones too. Raises NotAllowed."""
    require(by, Role.ADMIN, action="product.list", subject="product")
    query = select(Product).where(Product.category_id == category_id).order_by(Product.name, Product.id)
    return _products(session, query, page, size)


def find_products(session: Session, text: str, *, by: Actor, page: int = 0, size: int = PAGE_SIZE) -> Page[Product]:
    """The products whose article or name holds every word of ``text``, the hidden ones too, best first.

    Raises NotAllowed. ``more`` of the page: the rest was not looked at.
    """
    require(by, Role.ADMIN, action="product.list", subject="product")
    ids = search_index.matching(session, "product", text)
    shown = page_of_all(ids, page=page, size=size)
    known = {product.id: product for product in session.scalars(select(Product).where(Product.id.in_(shown.items)))}
    more = len(ids) == search_index.MOST_FOUND
    return Page(tuple(known[product_id] for product_id in shown.items), shown.page, shown.pages, more=more)


def check_article(session: Session, text: str, *, product_id: int = 0) -> str:
    """The article as it will be kept. Raises FieldUnclear, FieldTooLong or ArticleTaken.

    Letter case, kinds of dashes and look-alike letters make no other article: nobody could tell them apart.
    """
    article: str = forms.words("article", LONGEST["article"], may_be_empty=False)(text)
    if ";" in article:  # it parts the items of a typed list
        raise FieldUnclear(field="article")
    for other in chain.from_iterable(catalogue_search.by_articles(session, [article]).values()):
        if other.id != product_id:
            raise ArticleTaken(article=article, product=other.name)
    return article


def add(session: Session, new: NewProduct, *, by: Actor, now: datetime) -> Product:
    """Put a product into the catalogue, with its base unit. Admins only; locks the company, so that no article is
    given twice.

    Raises NotAllowed, ArticleTaken, CategoryGone, FieldUnclear or FieldTooLong, having changed nothing.
    """
    require(by, Role.ADMIN, action="product.add", subject="product")
    company.lock(session)
    article = check_article(session, new.article)
    name = forms.words("name", LONGEST["name"], may_be_empty=False)(new.name)
    if session.get(Category, new.category_id) is None:
        raise CategoryGone
    if new.unit_code not in BASE_UNITS:
        raise FieldUnclear(field="unit")
    product = Product(
        category_id=new.category_id,
        article=article,
        name=name,
        search_key=product_key(article, name),
        price_minor=new.price_minor,
        vat_rate=new.vat_rate,
        weight_g=new.weight_g,
        units=[Unit(code=new.unit_code, factor_milli=1000, decimals=BASE_UNITS[new.unit_code])],
    )
    session.add(product)
    session.flush()
    after = {"article": article, "name": name, "price_minor": new.price_minor, "vat_rate": str(new.vat_rate)}
    audit.write(session, by=by, action="product.added", subject=f"product:{product.id}", now=now, after=after)
    return product


def set_field(session: Session, product_id: int, field: str, text: str, *, by: Actor, now: datetime) -> Change:
    """Save what was typed for one field of a product; empty empties the fields that MAY_BE_EMPTY.

    Locks the product (after the company, where the article changes). Raises NotAllowed, ProductGone, ArticleTaken
    or what the readers of ``forms`` raise, having changed nothing.
    """
    if field == "article":
        company.lock(session)
    product = lock(session, product_id, by=by)
    values = {field: read(session, product, field, text.strip())}
    if field in {"article", "name"}:
        named = {"article": product.article, "name": product.name} | values
        product.search_key = product_key(named["article"], named["name"])
    return forms.save(session, product, values, by=by, subject=f"product:{product.id}", now=now)


def set_category(session: Session, product_id: int, category_id: int, *, by: Actor, now: datetime) -> Change:
    """Put a product into another category. Locks the product. Raises NotAllowed, ProductGone or CategoryGone."""
    product = lock(session, product_id, by=by)
    if session.get(Category, category_id) is None:
        raise CategoryGone
    subject = f"product:{product.id}"
    return forms.save(session, product, {"category_id": category_id}, by=by, subject=subject, now=now)


def hide(session: Session, product_id: int, *, hidden: bool, by: Actor, now: datetime) -> Product:
    """Sell a product no more, or again. Saying it twice changes nothing. Locks it. Raises NotAllowed or ProductGone."""
    product = lock(session, product_id, by=by)
    forms.save(session, product, {"hidden": hidden}, by=by, subject=f"product:{product.id}", now=now)
    return product


def set_photo(session: Session, product_id: int, file_id: int | None, *, by: Actor, now: datetime) -> Product:
    """Show this stored file with the product, or none. Locks the product. Raises NotAllowed or ProductGone."""
    product = lock(session, product_id, by=by)
    forms.save(session, product, {"photo_file_id": file_id}, by=by, subject=f"product:{product.id}", now=now)
    return product


def lock(session: Session, product_id: int, *, by: Actor) -> Product:
    """A product as it is now, its row held to the end of the transaction. Raises NotAllowed or ProductGone."""
    require(by, Role.ADMIN, action="product.change", subject=f"product:{product_id}")
    query = select(Product).where(Product.id == product_id).with_for_update().options(selectinload(Product.units))
    product = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if product is None:
        raise ProductGone(product="")
    return product


def base_of(product: Product) -> Unit:
    """The unit that a product is counted and priced in."""
    return next(unit for unit in product.units if unit.factor_milli == 1000)


def prices_of(product: Product) -> dict[int, int]:
    """The price of each unit of a product by the unit's id: its own, else the base unit's times the factor."""
    return {
        unit.id: catalogue.unit_price(
            product.price_minor, factor_milli=unit.factor_milli, own_price_minor=unit.price_minor
        )
        for unit in product.units
    }


def read(session: Session, product: Product, field: str, text: str) -> Any:
    """What was typed for a field, as the column's value; raises what the readers of ``forms`` raise."""
    if field == "article":
        return check_article(session, text, product_id=product.id)
    if field == "low_stock_milli":
        return _threshold(text) if text else None
    if field == "weight_g":
        return forms.grams(field, HEAVIEST_KG)(text) if text else 0
    readers = {
        "name": forms.words(field, LONGEST["name"], may_be_empty=False),
        "description": forms.words(field, LONGEST["description"]),
        "price_minor": forms.amount(company.get(session).currency),
        "vat_rate": forms.percent(field),
    }
    if field not in readers:
        raise FieldUnclear(field=field)
    return readers[field](text)


def _threshold(text: str) -> int:
    amount = figures.parse_decimal(text, decimals=3)
    if amount is None:
        raise FieldUnclear(field="low_stock_milli")
    if amount > 1_000_000:
        raise FieldOutOfRange(field="low_stock_milli", lowest="0", largest="1000000", unit="")
    return int(amount * 1000)


def _products(session: Session, query: Select[*tuple[Any, ...]], page: int, size: int) -> Page[Product]:
    found = page_of(session, query, page=page, size=size)
    items: Sequence[Product] = [row.Product for row in found.items]
    return Page(tuple(items), found.page, found.pages, more=found.more)
