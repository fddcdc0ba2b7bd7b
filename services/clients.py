"""Who buys: one client, writing one down, and changing what is known of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from db.models.clients import Client, Place
from db.types import UtcDateTime
from services import audit, client_fields, company
from services.actor import Actor, Role, require
from services.client_keys import keys_of
from services.errors import DomainError, Moved

Pin = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""

_NOTE_USED: Final = text(
    "INSERT INTO recent_client (person_id, client_id, used_at) VALUES (:person_id, :client_id, :used_at) "
    "ON CONFLICT (person_id, client_id) DO UPDATE SET used_at = excluded.used_at"
).bindparams(bindparam("used_at", type_=UtcDateTime()))


class ClientGone(DomainError):
    """There is no such client (any more). No facts."""


def get(session: Session, client_id: int) -> Client:
    """One client; raises ClientGone."""
    client = session.get(Client, client_id)
    if client is None:
        raise ClientGone
    return client


def country_of(session: Session, client: Client) -> str:
    """Whose rules the client's tax id and phone follow: its own country's, else the company's."""
    return client.country or company.get(session).country


def create(session: Session, fields: Mapping[str, str], *, pin: Pin | None = None, by: Actor, now: datetime) -> Client:
    """Write a new client down, with its place where there is a pin. For reps and admins.

    ``fields``: what was typed, by ``client_fields.FIELDS``, and maybe ``tax_reason_code`` and ``country``; papers are
    in the company's language unless said. Raises NotAllowed, or what ``client_fields.read`` and ``check_pin`` raise.
    """
    require(by, Role.REP, Role.ADMIN, action="client.create", subject="client")
    profile = company.get(session)
    language = profile.language if profile.language in client_fields.LANGUAGES else "en"
    values = _read({"name": "", "language": language, **fields}, profile.country)
    client = Client(**values, created_at=now, created_by=by.person_id)
    _rekey(session, client)
    if pin is not None:
        _move(client, pin)
    session.add(client)
    session.flush()
    after = {name: value for name, value in values.items() if value} | _pin_facts(pin)
    audit.write(session, by=by, action="client.created", subject=f"client:{client.id}", now=now, after=after)
    return client


def change(
    session: Session,
    client_id: int,
    *,
    by: Actor,
    now: datetime,
    version: int | None = None,
    pin: Pin | None = None,
    **fields: str,
) -> Client:
    """Change what is known of a client: the only writer. For reps and admins.

    ``fields`` as for ``create``; ``pin`` becomes its first place. ``version``: the one that the actor saw. What stays
    as it was leaves no trace. Locks the client. Raises NotAllowed, ClientGone, Moved (another version), or what
    ``client_fields.read`` and ``check_pin`` raise, having changed nothing.
    """
    require(by, Role.REP, Role.ADMIN, action="client.change", subject=f"client:{client_id}")
    client = _lock(session, client_id)
    if version is not None and version != client.version:
        raise Moved(client=client_id)
    values = _read(fields, fields.get("country") or country_of(session, client))
    if pin is not None:
        client_fields.check_pin(*pin)
    before = {name: getattr(client, name) for name in values} | _pin_facts(_pin_of(client) if pin else None)
    after = values | _pin_facts(pin)
    changed = {name for name, value in after.items() if before.get(name) != value}
    if not changed:
        return client
    _write(session, client, values, pin)
    audit.write(
        session,
        by=by,
        action="client.changed",
        subject=f"client:{client_id}",
        now=now,
        before={name: before[name] for name in sorted(changed) if name in before},
        after={name: after[name] for name in sorted(changed)},
    )
    return client


def note_used(session: Session, client_id: int, *, by: Actor, now: datetime) -> None:
    """Remember that this rep builds an order for the client; the client comes first in the rep's list."""
    values = {"person_id": by.person_id, "client_id": client_id, "used_at": now}
    session.execute(_NOTE_USED, values)


def _lock(session: Session, client_id: int) -> Client:
    query = select(Client).where(Client.id == client_id).with_for_update()
    client = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if client is None:
        raise ClientGone
    return client


def _read(fields: Mapping[str, str], country: str) -> dict[str, str]:
    """All that was typed as values; the country first, as its rules read the rest, and the tax id may name another."""
    values: dict[str, str] = {}
    for field in sorted(fields, key=_reading):
        values |= client_fields.read(field, fields[field], values.get("country") or country)
    return values


def _reading(field: str) -> tuple[bool, bool]:
    return field != "country", field != "tax_id"


def _write(session: Session, client: Client, values: Mapping[str, str], pin: Pin | None) -> None:
    main = client.places[0] if client.places else None
    if main is not None and "address" in values and main.address in {"", client.address}:
        main.address = values["address"]
    for name, value in values.items():
        setattr(client, name, value)
    if pin is not None:
        _move(client, pin)
    _rekey(session, client)
    client.version += 1
    session.flush()


def _rekey(session: Session, client: Client) -> None:
    country = client.country or company.get(session).country
    keys = keys_of(client.name, legal_name=client.legal_name or "", phone=client.phone or "", country=country)
    for name, key in keys.items():
        setattr(client, name, key)


def _move(client: Client, pin: Pin) -> None:
    client_fields.check_pin(*pin)
    if client.places:
        client.places[0].latitude, client.places[0].longitude = pin
    else:
        client.places.append(Place(address=client.address or "", latitude=pin[0], longitude=pin[1]))


def _pin_of(client: Client) -> Pin | None:
    return (client.places[0].latitude, client.places[0].longitude) if client.places else None


def _pin_facts(pin: Pin | None) -> dict[str, Any]:
    return {} if pin is None else {"place": f"{pin[0]:.5f}, {pin[1]:.5f}"}
