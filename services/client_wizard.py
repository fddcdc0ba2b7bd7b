"""Writing a new client down: the questions, and whether it is one that is known already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.clients import Client
from db.models.company import Company
from services import client_fields, client_search, clients, company
from services.actor import Actor, Role, require
from services.client_nearby import Pin
from services.client_search import Alike
from services.tax_ids import TaxIdUnclear

QUESTIONS: Final = ("name", "tax_id", "contact", "phone", "email", "address", "pin")
"""In the order that they are asked in; only the name must be given."""
TELLING: Final = frozenset({"name", "tax_id", "phone", "pin"})
"""What a client can be recognised by."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The client was written down."""

    client: Client


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Nothing was written: these clients may be the same one, and nobody has said that they are not."""

    alike: list[Alike]


def read(session: Session, field: str, text: str, values: Mapping[str, str], *, by: Actor) -> dict[str, str]:
    """The values of a form after ``field`` was answered with ``text``. For reps and admins.

    A tax id that is none of the country that was given before may be one of the company's: then that one counts.
    Raises NotAllowed, or what ``client_fields.read`` does.
    """
    require(by, Role.REP, Role.ADMIN, action="client.create", subject="client")
    home = company.get(session).country
    country = values.get("country") or home
    try:
        return {**values, **client_fields.read(field, text, country)}
    except TaxIdUnclear:
        if country == home:
            raise
    return {**values, "country": "", **client_fields.read(field, text, home)}


def find_alike(
    session: Session, values: Mapping[str, str], *, pin: Pin | None = None, denied: Collection[str] = ()
) -> list[Alike]:
    """The clients that may be the same as the one in the form, but for those that were ``denied``.

    ``denied``: the ``marks`` of clients that somebody has looked at. A client comes back when a new reason speaks for
    it: the same name may be chance, the same tax id as well is not.
    """
    alike = client_search.list_alike(session, values, pin)
    return [one for one in alike if not set(marks(one)) <= set(denied)]


def marks(alike: Alike) -> list[str]:
    """What to remember of a client that somebody says is another one: its id with each reason."""
    return [f"{alike.client.id}:{reason}" for reason in alike.reasons]


def save(
    session: Session,
    values: Mapping[str, str],
    *,
    pin: Pin | None = None,
    denied: Collection[str] = (),
    by: Actor,
    now: datetime,
) -> Saved | Doubtful:
    """Write the client down, unless it may be a known one: looked up anew, as others write clients down too.

    Locks the company's row first, so that two who write down the same client at once are seen by each other. For reps
    and admins. Raises what ``clients.create`` raises.
    """
    require(by, Role.REP, Role.ADMIN, action="client.create", subject="client")
    session.execute(select(Company.id).with_for_update())
    alike = find_alike(session, values, pin=pin, denied=denied)
    if alike:
        return Doubtful(alike)
    return Saved(clients.create(session, values, pin=pin, by=by, now=now))
