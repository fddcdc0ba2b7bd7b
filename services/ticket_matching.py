"""Which product each line of a ticket is: by what a rep has said before, by article or barcode, else by its name.

Quantities: thousandths of the base unit. A match is sure or it is shown as doubtful; only the rep makes a doubtful one
sure, and what was learned so is kept as a synonym.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rapidfuzz import fuzz
from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.tickets import ProductSynonym, Ticket
from db.types import UtcDateTime
from services import catalogue_search, money, search_index, ticket_reading, ticket_units
from services.actor import Actor
from services.catalogue import ProductGone
from services.errors import Moved
from services.search import KEY_LENGTH, article_key, search_key
from services.ticket_reading import Line
from services.ticket_states import correct, lock_open, touch

CHOSEN, SYNONYM, ARTICLE, BARCODE, NAME = "chosen", "synonym", "article", "barcode", "name"
SUGGESTED: Final = 5
_SURE: Final = 90
"""Of 100: so alike are two ways to write one name."""
_LEAD: Final = 4
"""By how much the likeliest must be likelier than the next."""
_LIKELY: Final = 60
_WORTH_SHOWING: Final = 45
_SAME_PRICE: Final = 4
"""What a price that fits adds to the likeness."""
_LOOKED_AT: Final = 60
_NUMBER: Final = re.compile(r"[0-9]+(?:[.,/][0-9]+)*")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_CODE: Final = re.compile(r"(?=\S*[0-9])[\w./-]{4,64}")
"""What may be an article or barcode somewhere in a line."""
_BARCODE: Final = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_STEM: Final = 5
"""Letters of a word that tickets rarely cut off."""

_LEARN: Final = text(
    "INSERT INTO product_synonym (key, product_id, uses, learned_from, learned_by, learned_at)"
    " VALUES (:key, :product_id, 0, :ticket_id, :person_id, :now)"
    " ON CONFLICT (key) DO UPDATE SET product_id = excluded.product_id, learned_from = excluded.learned_from,"
    " learned_by = excluded.learned_by, learned_at = excluded.learned_at,"
    " uses = CASE WHEN product_synonym.product_id = excluded.product_id THEN product_synonym.uses ELSE 0 END"
).bindparams(bindparam("now", type_=UtcDateTime()))


@dataclass(frozen=True, slots=True)
class Match:
    """One line of a ticket and the product that it may be.

    ``number``: from 0. ``how``: one of ``CHOSEN``, ``SYNONYM``, ``ARTICLE``, ``BARCODE``, ``NAME``; empty: no product.
    ``quantity_milli`` (of the base unit, in ``unit``) is None where it was not read. ``left_out``: the rep says that it
    is nothing to order.
    """

    number: int
    line: Line
    product: Product | None = None
    unit: Unit | None = None
    quantity_milli: int | None = None
    how: str = ""
    sure: bool = False
    left_out: bool = False


def match(session: Session, ticket: Ticket) -> tuple[Match, ...]:
    """The ticket's lines with their products, in their order; none where nothing was read."""
    lines = ticket_reading.of(ticket).lines
    if not lines:
        return ()
    coded = catalogue_search.by_articles(session, {code for line in lines for code in _codes(line)})
    synonyms = _synonyms(session, lines)
    chosen = {int(number): product_id for number, product_id in ticket.choices.items()}
    likely = {int(number): (product_id, bool(sure)) for number, (product_id, sure) in ticket.likely.items()}
    known = {*chosen.values(), *synonyms.values(), *(product_id for product_id, _ in likely.values())}
    products = catalogue_search.by_ids(session, known - {0})
    found = []
    for number, line in enumerate(lines):
        if chosen.get(number) == 0:
            found.append(Match(number, line, left_out=True))
            continue
        by_people = _by_people(number, line, products, chosen, synonyms)
        by_rule = by_people or _by_code(number, line, coded) or _as_before(number, line, products, likely)
        found.append(by_rule or _by_name(session, number, line))
    return tuple(found)


def likely_of(matches: Sequence[Match]) -> dict[str, list[int]]:
    """What names have led to, to keep on the ticket (``Ticket.likely``): looking it up again would cost more."""
    return {
        str(one.number): [one.product.id if one.product else 0, int(one.sure)]
        for one in matches
        if one.how in {NAME, ""} and not one.left_out
    }


def suggest(session: Session, ticket: Ticket, number: int) -> list[Product]:
    """The products that a line may be, the likeliest first, at most ``SUGGESTED``. Raises Moved: no such line."""
    ranked = _ranked(session, _line(ticket, number), enough=None)
    best = [product_id for score, product_id in ranked if score >= _WORTH_SHOWING][:SUGGESTED]
    products = catalogue_search.by_ids(session, best)
    return [products[product_id] for product_id in best]


def teach(session: Session, ticket_id: int, number: int, product_id: int, *, by: Actor, now: datetime) -> Ticket:
    """Say which product a line is; from now on a line that says the same is this product. Locks the ticket.

    Raises NotAllowed, Moved (the ticket has ended, or has no such line) or ProductGone.
    """
    ticket = lock_open(session, ticket_id, by=by, action="teach", now=now)
    line = _line(ticket, number)
    product = session.get(Product, product_id)
    if product is None or product.hidden:
        raise ProductGone(product=product.name if product else "")
    _choose(session, ticket, number, product_id, by=by, now=now)
    key = key_of(line)
    if key:
        facts = {"key": key, "product_id": product_id, "ticket_id": ticket.id, "person_id": by.person_id, "now": now}
        session.execute(_LEARN, facts)
    return ticket


def leave_out(session: Session, ticket_id: int, number: int, *, by: Actor, now: datetime) -> Ticket:
    """Say that a line is nothing to order or to count; teaches nothing. Raises as ``teach``. Locks the ticket."""
    ticket = lock_open(session, ticket_id, by=by, action="teach", now=now)
    _line(ticket, number)
    _choose(session, ticket, number, 0, by=by, now=now)
    return ticket


def note_used(session: Session, matches: Sequence[Match]) -> None:
    """Count that these lines' synonyms have put goods into a draft."""
    keys = {key_of(one.line) for one in matches if one.how in {CHOSEN, SYNONYM}}
    for synonym in session.scalars(select(ProductSynonym).where(ProductSynonym.key.in_(keys)).with_for_update()):
        synonym.uses += 1
    session.flush()


def key_of(line: Line) -> str:
    """What a line calls its product, as synonyms are kept: its article and name, without quantity and price."""
    said = f"{article_key(line.article)} {search_key(line.name)}".strip()
    return (said or search_key(line.text))[:KEY_LENGTH].rstrip()


def _choose(session: Session, ticket: Ticket, number: int, product_id: int, *, by: Actor, now: datetime) -> None:
    before = match(session, ticket)[number].product
    change = (before.id if before else None, product_id or None)
    correct(session, ticket, f"line:{number}", change, by=by, now=now)
    ticket.choices = {**ticket.choices, str(number): product_id}
    ticket_units.note_read(session, ticket, match(session, ticket), counts=True)
    touch(session, ticket, now=now)


def _line(ticket: Ticket, number: int) -> Line:
    lines = ticket_reading.of(ticket).lines
    if not 0 <= number < len(lines):
        raise Moved(ticket=ticket.id)
    return lines[number]


def _codes(line: Line) -> list[str]:
    """What the line says that may be an article: the one that was read as such, then all that looks like one."""
    return [code for code in dict.fromkeys([line.article, *_CODE.findall(line.text)]) if code]


def _synonyms(session: Session, lines: Sequence[Line]) -> dict[str, int]:
    keys = {key_of(line) for line in lines} - {""}
    query = select(ProductSynonym.key, ProductSynonym.product_id).where(ProductSynonym.key.in_(keys))
    return {row[0]: row[1] for row in session.execute(query)}


def _by_people(
    number: int, line: Line, products: Mapping[int, Product], chosen: Mapping[int, int], synonyms: Mapping[str, int]
) -> Match | None:
    """What the rep has chosen here, or a rep on another ticket, as far as it is still sold."""
    if number in chosen and chosen[number] in products:
        return _matched(number, line, products[chosen[number]], CHOSEN, sure=True)
    learned = products.get(synonyms.get(key_of(line), 0))
    return None if learned is None or learned.hidden else _matched(number, line, learned, SYNONYM, sure=True)


def _by_code(number: int, line: Line, coded: Mapping[str, list[Product]]) -> Match | None:
    """The product whose article or barcode stands in the line."""
    for code in _codes(line):
        for product in coded.get(article_key(code), ())[:1]:
            how = BARCODE if _BARCODE.fullmatch(code) else ARTICLE
            # four figures somewhere in a line are a price as likely as an article: the name has to speak for it too
            sure = code == line.article or how == BARCODE or _likeness(line, product.name) >= _LIKELY
            return _matched(number, line, product, how, sure=sure)
    return None


def _as_before(
    number: int, line: Line, products: Mapping[int, Product], likely: Mapping[int, tuple[int, bool]]
) -> Match | None:
    """What its name led to when the ticket was read; None where that was not looked for, or is not sold any more."""
    if number not in likely:
        return None
    product_id, sure = likely[number]
    if not product_id:
        return Match(number, line)
    product = products.get(product_id)
    return None if product is None or product.hidden else _matched(number, line, product, NAME, sure=sure)


def _by_name(session: Session, number: int, line: Line) -> Match:
    ranked = _ranked(session, line, enough=_SURE)
    if not ranked or ranked[0][0] < _LIKELY:
        return Match(number, line)
    score, product_id = ranked[0]
    product = catalogue_search.by_ids(session, [product_id])[product_id]
    leads = len(ranked) == 1 or score - ranked[1][0] >= _LEAD
    same_figures = _figures(line.name) == _figures(product.name)
    return _matched(number, line, product, NAME, sure=score >= _SURE and leads and same_figures)


def _ranked(session: Session, line: Line, *, enough: float | None) -> list[tuple[float, int]]:
    """Likeness (0 to 100 and a bit) and id of the products that the line may be, the likeliest first.

    ``enough``: one that is so like is looked for no further; None: all queries are asked.
    """
    ranked: dict[int, float] = {}
    for query in _queries(line.name or line.text):
        ids = search_index.matching(session, "product", query, limit=_LOOKED_AT, sold_only=True)
        columns = select(Product.id, Product.name, Product.price_minor)
        for product_id, name, price in session.execute(columns.where(Product.id.in_(set(ids) - ranked.keys()))):
            ranked[product_id] = _likeness(line, name) + (_SAME_PRICE if price == line.price_minor else 0)
        if len(ranked) >= _LOOKED_AT or (enough is not None and max(ranked.values(), default=0) >= enough):
            break
    return sorted(((score, product_id) for product_id, score in ranked.items()), key=lambda one: (-one[0], one[1]))


def _queries(name: str) -> list[str]:
    """What to look for, the narrowest first: all of it; its longest words, cut, with its figures; each of them alone.

    The index wants every word of a query, and tickets cut words short or add their own.
    """
    whole = search_key(name)
    words = sorted(dict.fromkeys(_WORD.findall(whole)), key=len, reverse=True)[:3]
    stems = [word[:_STEM] for word in words]
    # a shade (7.1) tells more than a volume that all have
    figures = sorted(_NUMBER.findall(whole), key=lambda figure: figure.isdigit())[:1]
    pairs = [f"{stem} {figure}" for figure in figures for stem in stems[:2]]
    return list(dict.fromkeys([whole, *pairs, " ".join(stems[:2]), *stems]))


def _likeness(line: Line, name: str) -> float:
    said, known = search_key(line.name or line.text), search_key(name)
    return max(fuzz.token_sort_ratio(said, known), 0.95 * fuzz.token_set_ratio(said, known))


def _figures(name: str) -> list[str]:
    """The figures in a name: shades, volumes and strengths tell products apart that are else the same."""
    return sorted(re.sub("[,/]", ".", figure) for figure in _NUMBER.findall(name))


def _matched(number: int, line: Line, product: Product, how: str, *, sure: bool) -> Match:
    unit = _unit_of(product, line)
    pieces = line.pieces_milli
    milli = money.amount_of(pieces, unit.factor_milli, 1000) if pieces is not None and unit is not None else None
    return Match(number, line, product, unit, milli, how, sure)


def _unit_of(product: Product, line: Line) -> Unit | None:
    """What the line counts: the pack whose price is the line's, else the base unit."""
    base = next((unit for unit in product.units if unit.factor_milli == 1000), None)
    if line.price_minor and not _costs(product, base, line.price_minor):
        pack = next((unit for unit in product.units if _costs(product, unit, line.price_minor)), None)
        return pack or base or next(iter(product.units), None)
    return base or next(iter(product.units), None)


def _costs(product: Product, unit: Unit | None, price_minor: int) -> bool:
    """Whether a unit costs about so much: a fifth more or less is a discount or an old price."""
    if unit is None:
        return False
    price = unit.price_minor
    if price is None:
        price = money.amount_of(product.price_minor, unit.factor_milli, 1000)
    return 5 * abs(price - price_minor) <= price
