"""Looking for products: by part of a name or article, by the whole article, and by what comes nearest to one."""

from __future__ import annotations

from collections.abc import Collection
from difflib import SequenceMatcher

from sqlalchemy import ColumnElement, literal_column, or_, select
from sqlalchemy.orm import Session, selectinload

from db.models.catalogue import Product
from services import catalogue, search_index
from services.actor import Actor, Role, require
from services.catalogue import ProductItem
from services.paging import PAGE_SIZE, Page, page_of_all
from services.search import article_key, search_key

NEAREST = 3
_NEAR_ENOUGH = 0.6
_LOOKED_AT = 60
_MOST_WORDS = 6
_ENDING = 2
"""Letters at the end of a word that change with case and number."""
_TELLING = 3
"""A word of fewer letters alone says nothing."""
_ARTICLE_KEY: ColumnElement[str] = literal_column("substr(search_key, 1, length(article))")
"""The article's part of a product's key, in exactly the words of its index."""


def find(session: Session, query: str, *, page: int, by: Actor, size: int = PAGE_SIZE) -> Page[ProductItem]:
    """The products that are sold and hold every word of ``query`` in name or article, best first.

    ``more`` of the page: there are so many that the rest was not looked at. For reps; raises NotAllowed.
    """
    require(by, Role.REP, action="catalogue.search", subject="products")
    ids = search_index.matching(session, "product", query, sold_only=True)
    shown = page_of_all(ids, page=page, size=size)
    items = catalogue.items_of(session, shown.items, warehouse_ids=by.warehouse_ids)
    return Page(items, shown.page, shown.pages, more=len(ids) == search_index.MOST_FOUND)


def find_article(session: Session, article: str, *, by: Actor) -> int | None:
    """The id of the product with this article, if it is sold. For reps; raises NotAllowed."""
    require(by, Role.REP, action="catalogue.search", subject="products")
    same = by_articles(session, [article]).get(article_key(article), ())
    return next((product.id for product in same if not product.hidden), None)


def find_one(session: Session, query: str, *, by: Actor) -> int | None:
    """The id of the product that is meant: it has this article, or nothing else is found. Raises NotAllowed."""
    product_id = find_article(session, query, by=by)
    if product_id is not None:
        return product_id
    ids = search_index.matching(session, "product", query, limit=2, sold_only=True)
    return ids[0] if len(ids) == 1 else None


def by_articles(session: Session, articles: Collection[str]) -> dict[str, list[Product]]:
    """The products with these articles and their units, by ``article_key``, hidden ones too, those sold first.

    Letter case, kinds of dashes and Cyrillic look-alikes do not matter.
    """
    keys = {article_key(article) for article in articles} - {""}
    if not keys:
        return {}
    query = (
        select(Product)
        .where(or_(_ARTICLE_KEY.in_(keys), Product.article.in_(articles)))
        .options(selectinload(Product.units))
        .order_by(Product.hidden, Product.id)
    )
    found: dict[str, list[Product]] = {}
    for product in session.scalars(query):
        found.setdefault(article_key(product.article), []).append(product)
    return {key: products for key, products in found.items() if key in keys}


def by_ids(session: Session, product_ids: Collection[int]) -> dict[int, Product]:
    """These products and their units, hidden ones too, by id."""
    query = select(Product).where(Product.id.in_(product_ids)).options(selectinload(Product.units))
    return {product.id: product for product in session.scalars(query)}


def nearest(session: Session, article: str, *, limit: int = NEAREST) -> list[ProductItem]:
    """What may have been meant: the products that are sold whose articles look most like this one, the likest first;
    if none does, those whose names have all its words, without their endings (``сметаны``), or all but one of them
    (``kefir 12``).
    """
    wanted = article_key(article)
    ids: dict[int, None] = {}
    for part in _parts(wanted):
        found = search_index.matching(session, "product", part, limit=_LOOKED_AT, sold_only=True)
        ids.update(dict.fromkeys(found))
        if len(ids) >= _LOOKED_AT:
            break
    likeness = SequenceMatcher(b=_bare(wanted))
    near: list[tuple[float, str, int]] = []
    for product_id, known in session.execute(select(Product.id, Product.article).where(Product.id.in_(ids))):
        likeness.set_seq1(_bare(article_key(known)))
        if likeness.ratio() >= _NEAR_ENOUGH:
            near.append((-likeness.ratio(), known, product_id))
    best = [product_id for _, _, product_id in sorted(near)[:limit]]
    looser = iter(_looser(article))
    while not best and (query := next(looser, "")):
        best = search_index.matching(session, "product", query, limit=limit, sold_only=True)
    return list(catalogue.items_of(session, best))


def _looser(query: str) -> list[str]:
    """The query, the stems of its words, and either with one word left out, the last one first."""
    words = query.split()[:_MOST_WORDS]
    stems = [word[:-_ENDING] if len(word) >= _ENDING + _TELLING else word for word in words]
    fewer = [some[:place] + some[place + 1 :] for some in (words, stems) for place in reversed(range(len(words)))]
    telling = (some for some in [stems, *fewer] if any(len(word) >= _TELLING for word in some))
    return [query, *(" ".join(some) for some in telling)]


def _parts(wanted: str) -> list[str]:
    """What to look for: the article without its last signs, and its figures, which people remember best."""
    figures = "".join(sign for sign in wanted if sign.isdigit())
    shorter = [wanted[:length] for length in range(len(wanted), 1, -1)]
    return [*shorter[:3], *([figures] if figures else []), *shorter[3:], search_key(figures[:2])]


def _bare(key: str) -> str:
    return "".join(sign for sign in key if sign.isalnum())
