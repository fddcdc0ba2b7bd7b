"""Finding a client: recent ones, part of a name, a phone however it is written, a tax id, or who is near."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models.clients import Client, RecentClient
from services import client_nearby, company, phones, search_index
from services.actor import Actor, Role, require
from services.client_keys import SEPARATOR
from services.client_nearby import Pin
from services.paging import PAGE_SIZE, PAGES_AHEAD, Page, page_of_all
from services.search import search_key

RECENT: Final = 6
"""How many clients of a rep's last orders come before the others."""
NEAREST: Final = 12
SAME_DOOR_M: Final = 50
"""Metres: two clients so near may be one."""
MOST_ALIKE: Final = 5

_FIGURES: Final = re.compile(r"[+\d\s()./\-\u00a0\u2010-\u2013]{3,32}", re.ASCII)
_NUMBER: Final = re.compile(r"[A-Z]{0,3}[0-9][0-9A-Z]{2,19}", re.ASCII)
_LAST_DIGITS, _LAST_LETTERS = "9" * 16, "Z" * 20
_MOST_BY_NUMBER: Final = 50
_LAST_PAGE: Final = 1_000_000
"""A page that no list has: what a forged button asks for is cut to it."""
_LEGAL_FORM_WORDS: Final = "ооо оао пао ао зао нао ип тоо чп муп гуп llc ltd inc gmbh sl slu sa sau sll scoop cb"
_LEGAL_FORMS: Final = frozenset(_LEGAL_FORM_WORDS.split())


@dataclass(frozen=True, slots=True)
class Found:
    """A client in a list: whether the rep had orders for it lately, or how far it is from a pin."""

    client: Client
    is_recent: bool = False
    distance_m: int | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """A client that may be the one that is being written down: the reasons are of tax_id, phone, name, place."""

    client: Client
    reasons: tuple[str, ...]


def list_clients(session: Session, *, by: Actor, page: int, size: int = PAGE_SIZE, query: str = "") -> Page[Found]:
    """The clients of the actor's last orders, then all by name; or those who are found by ``query``.

    A query is part of a name or legal name, a phone in any way of writing or its last digits, or how a tax id begins.
    For reps and admins; raises NotAllowed.
    """
    require(by, Role.REP, Role.ADMIN, action="clients.list", subject="clients")
    if query.strip():
        ids = list(dict.fromkeys([*_by_number(session, query), *search_index.matching(session, "client", query)]))
        found = page_of_all(ids, page=page, size=size)
        return Page(tuple(Found(client) for client in _rows(session, found.items)), found.page, found.pages)
    return _recent_then_all(session, by, page=page, size=size)


def list_nearest(session: Session, pin: Pin, *, by: Actor, page: int, size: int = PAGE_SIZE) -> Page[Found]:
    """The dozen clients whose places are nearest to the pin, with the distance. For reps and admins."""
    require(by, Role.REP, Role.ADMIN, action="clients.list", subject="clients")
    near = client_nearby.nearest(session, pin, wanted=NEAREST)
    found = page_of_all(near, page=page, size=size)
    clients = {client.id: client for client in _rows(session, [one.client_id for one in found.items])}
    items = tuple(Found(clients[one.client_id], distance_m=one.distance_m) for one in found.items)
    return Page(items, found.page, found.pages)


def list_alike(session: Session, values: Mapping[str, str], pin: Pin | None = None) -> list[Alike]:
    """The clients that have the same tax id, phone or name, or a place at the same door; the surest first.

    ``values``: columns of a client, normalised as ``client_fields.read`` gives them.
    """
    reasons: dict[int, list[str]] = {}
    for reason, ids in _same(session, values, pin):
        for client_id in ids:
            reasons.setdefault(client_id, []).append(reason)
    chosen = list(reasons)[:MOST_ALIKE]
    return [Alike(client, tuple(reasons[client.id])) for client in _rows(session, chosen)]


def _same(session: Session, values: Mapping[str, str], pin: Pin | None) -> Iterable[tuple[str, list[int]]]:
    country = values.get("country") or company.get(session).country
    if values.get("tax_id"):
        yield "tax_id", _ids(session, select(Client.id).where(Client.tax_id == values["tax_id"]))
    if values.get("phone"):
        key = phones.key_of(values["phone"], country)
        yield "phone", _ids(session, select(Client.id).where(Client.phone_key == key))
    if values.get("name"):
        yield "name", _called(session, values["name"])
    if pin is not None:
        near = client_nearby.nearest(session, pin, wanted=MOST_ALIKE, farthest_m=SAME_DOOR_M)
        yield "place", [one.client_id for one in near]


def _ids(session: Session, query: Select[int]) -> list[int]:
    return list(session.scalars(query.order_by(Client.id).limit(MOST_ALIKE)))


def _called(session: Session, name: str) -> list[int]:
    """Clients whose name or legal name is this one, whatever quotes and legal forms stand around it."""
    core = _core(search_key(name))
    found = _rows(session, search_index.matching(session, "client", " ".join(sorted(core)), limit=50)) if core else []
    alike = [client.id for client in found if core in {_core(part) for part in client.search_key.split(SEPARATOR)}]
    return alike[:MOST_ALIKE]


def _core(key: str) -> frozenset[str]:
    """The words of a name that tell it from others."""
    words = re.findall(r"\w+", key)
    return frozenset(word for word in words if word not in _LEGAL_FORMS) or frozenset(words)


def _by_number(session: Session, query: str) -> list[int]:
    """Who has a tax id that begins so, or a phone that is, begins or ends so."""
    found: list[int] = []
    number = re.sub(r"[\s.\-]", "", query).upper()
    if _NUMBER.fullmatch(number):
        found += _beginning(session, Client.tax_id, number, _LAST_LETTERS)
    if _FIGURES.fullmatch(query.strip()):
        digits = phones.digits_of(query)
        country = company.get(session).country
        whole = phones.key_of(query, country)
        for key in dict.fromkeys([whole, digits, phones.dialling_code(country) + digits]):
            if len(key) >= 3:
                found += _beginning(session, Client.phone_key, key, _LAST_DIGITS)
        if len(digits) >= 3:
            found += _beginning(session, Client.phone_end_key, digits[::-1], _LAST_DIGITS)
    return found


def _beginning(session: Session, column: InstrumentedAttribute[str], begin: str, last: str) -> list[int]:
    """A range, as LIKE would not use the index; of figures and capitals every collation has the same order."""
    query = select(Client.id).where(column.between(begin, begin + last)).order_by(column, Client.id)
    return list(session.scalars(query.limit(_MOST_BY_NUMBER)))


def _rows(session: Session, ids: Sequence[int]) -> list[Client]:
    """The clients of these ids, in their order."""
    rows = {client.id: client for client in session.scalars(select(Client).where(Client.id.in_(ids)))} if ids else {}
    return [rows[client_id] for client_id in ids if client_id in rows]


def _recent_then_all(session: Session, by: Actor, *, page: int, size: int) -> Page[Found]:
    """One list of two parts; counted ahead no farther than ``paging.page_of`` does."""
    used = select(RecentClient.client_id).where(RecentClient.person_id == by.person_id)
    recent = list(session.scalars(used.order_by(RecentClient.used_at.desc(), RecentClient.client_id).limit(RECENT)))
    others = select(Client).where(Client.id.not_in(recent)).order_by(Client.search_key, Client.id)
    page = min(max(page, 0), _LAST_PAGE)
    shown = recent[page * size : (page + 1) * size]
    rest = others.offset(max(0, page * size - len(recent)))
    limit = size * PAGES_AHEAD
    ahead = _count(session, rest.limit(limit + 1))
    if page and not shown and not ahead:  # the list shrank: its last page
        last = max(len(recent) + _count(session, others) - 1, 0) // size
        return _recent_then_all(session, by, page=last, size=size)
    items = [Found(client, is_recent=True) for client in _rows(session, shown)]
    if len(shown) < size:
        items += [Found(client) for client in session.scalars(rest.limit(size - len(shown)))]
    pages = page + max(1, -(-(len(shown) + min(ahead, limit)) // size))
    return Page(tuple(items), page, pages, more=ahead > limit)


def _count(session: Session, query: Select[Client]) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
