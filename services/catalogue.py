"""What can be ordered: the tree of categories, the products in them, and one product's card.

Prices: minor units of the company's currency. Quantities: thousandths of the base unit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session, selectinload

from db.models.catalogue import Category, Favourite, Product, Unit
from db.models.company import Warehouse
from db.models.files import File
from db.models.orders import Order, OrderLine
from db.models.stock import Stock
from services import company, drafts, money, originals
from services.actor import Actor
from services.errors import DomainError
from services.paging import PAGE_SIZE, Page, page_of


class ProductGone(DomainError):
    """The product is not sold (any more). Facts: product (its name; empty where there never was one)."""


class CategoryGone(DomainError):
    """There is no such category (any more). No facts."""


@dataclass(frozen=True, slots=True)
class ProductItem:
    """A product in a list. The price is per base unit."""

    product_id: int
    article: str
    name: str
    price_minor: int
    currency: str
    unit_code: str
    decimals: int = 0
    available_milli: int = 0
    """On hand and not reserved, in all warehouses that the reader works with."""


@dataclass(frozen=True, slots=True)
class UnitOption:
    """A unit that the product can be ordered in."""

    unit_id: int
    code: str
    factor_milli: int
    decimals: int
    price_minor: int
    """Per unit of this kind."""
    in_draft_milli: int
    """What the reader's current draft holds in this unit, in thousandths of the base unit."""
    minimum_milli: int = 0
    """The least that may be ordered in this unit; 0: anything."""
    multiple_milli: int = 0
    """Only multiples of this may be ordered; 0: anything."""

    @property
    def base_price_minor(self) -> int:
        """What one base unit costs when it is bought in this unit."""
        return money.amount_of(self.price_minor, 1000, self.factor_milli)


@dataclass(frozen=True, slots=True)
class Photo:
    """A product's photo as it lies in the store of files."""

    sha256: str
    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Available:
    """What one warehouse has on hand and has promised to nobody."""

    warehouse: str
    available_milli: int


@dataclass(frozen=True, slots=True)
class ProductCard:
    """All that a rep sees of one product."""

    product_id: int
    category_id: int
    article: str
    name: str
    description: str
    price_minor: int
    currency: str
    vat_rate: Decimal
    prices_include_vat: bool
    units: tuple[UnitOption, ...]
    available: tuple[Available, ...]
    """By warehouse that the reader works with and that has some, the most first. What is reserved for the order that
    the reader's draft changes counts too.
    """
    is_favourite: bool
    photo: Photo | None

    @property
    def available_milli(self) -> int:
        """The same in all of them."""
        return sum(there.available_milli for there in self.available)


def unit_price(product_price_minor: int, *, factor_milli: int, own_price_minor: int | None) -> int:
    """The price of one unit: its own, else the base unit's price times the factor."""
    if own_price_minor is not None:
        return own_price_minor
    return money.amount_of(product_price_minor, factor_milli, 1000)


def list_categories(session: Session, parent_id: int | None, *, page: int = 0, size: int = PAGE_SIZE) -> Page[Category]:
    """The categories under ``parent_id``, at the top for None, in the order that the company gave them."""
    query = select(Category).where(Category.parent_id == parent_id).order_by(Category.position, Category.id)
    found = page_of(session, query, page=page, size=size)
    return replace(found, items=tuple(category for (category,) in found.items))


def list_path(session: Session, category_id: int) -> list[Category]:
    """The categories from the top down to this one; raises CategoryGone."""
    path: list[Category] = []
    following: int | None = category_id
    while following is not None and following not in {known.id for known in path}:
        category = session.get(Category, following)
        if category is None:
            raise CategoryGone
        path.append(category)
        following = category.parent_id
    return path[::-1]


def list_products(
    session: Session, category_id: int, *, page: int, size: int = PAGE_SIZE, warehouse_ids: Collection[int] = ()
) -> Page[ProductItem]:
    """The products of one category that are sold, by name; raises CategoryGone.

    ``warehouse_ids``: where to count what is available; none = all.
    """
    if session.get(Category, category_id) is None:
        raise CategoryGone
    query = (
        select(Product.id)
        .where(Product.category_id == category_id, Product.hidden == false())
        .order_by(Product.name, Product.id)
    )
    found = page_of(session, query, page=page, size=size)
    items = items_of(session, [row.id for row in found.items], warehouse_ids=warehouse_ids)
    return Page(items, found.page, found.pages, more=found.more)


def product_card(session: Session, product_id: int, *, by: Actor) -> ProductCard:
    """One product as ``by`` sees it; raises ProductGone for one that is hidden or unknown."""
    product = _get_sold(session, product_id)
    profile = company.get(session)
    draft = drafts.find_current(session, by.person_id)
    chosen = _quantities_in(session, draft, product_id)
    return ProductCard(
        product_id=product.id,
        category_id=product.category_id,
        article=product.article,
        name=product.name,
        description=product.description,
        price_minor=product.price_minor,
        currency=profile.currency,
        vat_rate=product.vat_rate,
        prices_include_vat=profile.prices_include_vat,
        units=tuple(
            UnitOption(
                unit_id=unit.id,
                code=unit.code,
                factor_milli=unit.factor_milli,
                decimals=unit.decimals,
                price_minor=unit_price(
                    product.price_minor, factor_milli=unit.factor_milli, own_price_minor=unit.price_minor
                ),
                in_draft_milli=chosen.get(unit.id, 0),
                minimum_milli=unit.minimum_milli,
                multiple_milli=unit.multiple_milli,
            )
            for unit in product.units
        ),
        available=_available_by_warehouse(session, product_id, by.warehouse_ids, draft),
        is_favourite=session.get(Favourite, (by.person_id, product_id)) is not None,
        photo=find_photo(session, product_id),
    )


def find_photo(session: Session, product_id: int) -> Photo | None:
    """The product's photo, if it has one."""
    query = select(File.sha256, File.name, File.content_type).join(Product, Product.photo_file_id == File.id)
    row = session.execute(query.where(Product.id == product_id)).one_or_none()
    return Photo(row.sha256, row.name, row.content_type) if row else None


def available_of(session: Session, product_ids: Collection[int], *, warehouse_ids: Collection[int]) -> dict[int, int]:
    """How much of each product is available in these open warehouses together (none given = all), by product id."""
    query = (
        select(Stock.product_id, func.sum(Stock.on_hand_milli - Stock.reserved_milli))
        .join(Warehouse, Warehouse.id == Stock.warehouse_id)
        .where(Stock.product_id.in_(product_ids), Warehouse.closed == false())
        .group_by(Stock.product_id)
    )
    if warehouse_ids:
        query = query.where(Stock.warehouse_id.in_(warehouse_ids))
    return {product_id: int(amount) for product_id, amount in session.execute(query)}


def check_sold(session: Session, product_id: int) -> None:
    """Raise ProductGone for a product that is hidden or unknown."""
    _get_sold(session, product_id)


def product_of_unit(session: Session, unit_id: int) -> int:
    """The id of the product that is sold in this unit; raises ProductGone."""
    product_id = session.scalar(select(Unit.product_id).where(Unit.id == unit_id))
    if product_id is None:
        raise ProductGone(product="")
    return product_id


def _get_sold(session: Session, product_id: int) -> Product:
    product = session.get(Product, product_id, options=[selectinload(Product.units)])
    if product is None or product.hidden:
        raise ProductGone(product=product.name if product else "")
    return product


def _quantities_in(session: Session, draft: Order | None, product_id: int) -> dict[int, int]:
    if draft is None:
        return {}
    rows = session.execute(
        select(OrderLine.unit_id, OrderLine.quantity_milli).where(
            OrderLine.order_id == draft.id, OrderLine.product_id == product_id
        )
    )
    return {unit_id: quantity for unit_id, quantity in rows if unit_id is not None}


def _available_by_warehouse(
    session: Session, product_id: int, warehouse_ids: Collection[int], draft: Order | None
) -> tuple[Available, ...]:
    query = (
        select(Warehouse.id, Warehouse.name, Stock.on_hand_milli - Stock.reserved_milli)
        .join(Stock, Stock.warehouse_id == Warehouse.id)
        .where(Stock.product_id == product_id, Warehouse.closed == false())
        .order_by(Warehouse.id)
    )
    if warehouse_ids:
        query = query.where(Warehouse.id.in_(warehouse_ids))
    original = originals.find(session, draft) if draft is not None else None
    held = {original.order.warehouse_id: original.held[product_id]} if original is not None else {}
    found = [Available(name, free + held.get(key, 0)) for key, name, free in session.execute(query)]
    return tuple(sorted((one for one in found if one.available_milli > 0), key=lambda one: -one.available_milli))


def items_of(
    session: Session, product_ids: Sequence[int], *, warehouse_ids: Collection[int] = ()
) -> tuple[ProductItem, ...]:
    """These products as a list shows them, in the order of their ids here; unknown ids are left out."""
    if not product_ids:
        return ()
    currency = company.get(session).currency
    free = available_of(session, product_ids, warehouse_ids=warehouse_ids)
    rows = session.execute(
        select(Product.id, Product.article, Product.name, Product.price_minor, Unit.code, Unit.decimals)
        .outerjoin(Unit, (Unit.product_id == Product.id) & (Unit.factor_milli == 1000))
        .where(Product.id.in_(product_ids))
        .order_by(Unit.id.desc())
    )
    # By id: a second unit of factor 1000 must not show the product twice; the first one made wins.
    found = {
        row.id: ProductItem(
            product_id=row.id,
            article=row.article,
            name=row.name,
            price_minor=row.price_minor,
            currency=currency,
            unit_code=row.code or "",
            decimals=row.decimals or 0,
            available_milli=free.get(row.id, 0),
        )
        for row in rows
    }
    return tuple(found[product_id] for product_id in product_ids if product_id in found)
