"""Handing out access codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.company import Warehouse
from db.models.people import AccessCode
from services import audit
from services.access_codes import FreshCode
from services.actor import Actor, Role, require
from services.errors import DomainError

LONGEST_NAME = 200
LONGEST_VALIDITY = timedelta(days=90)


class NameUnusable(DomainError):
    """A person's name has 1 to ``limit`` characters. Facts: limit."""


class WarehouseUnknown(DomainError):
    """There is no such warehouse. Facts: warehouse_id."""


class ValidityUnusable(DomainError):
    """A code is good for some time, ``max_days`` at most. Facts: max_days."""


def issue(
    session: Session,
    fresh: FreshCode,
    *,
    by: Actor | None,
    name: str,
    role: Role,
    warehouse_ids: Iterable[int],
    valid_for: timedelta,
    now: datetime,
) -> AccessCode:
    """Keep the hashes of a code drawn by ``access_codes.prepare`` for one person to get in with, once.

    ``by`` None: the server's command line, which makes the first admin; a name left empty is then the account's own.
    ``warehouse_ids`` empty: all.
    Raises NotAllowed, NameUnusable, ValidityUnusable or WarehouseUnknown, having changed nothing, and sqlalchemy's
    IntegrityError if the public part is taken (1 in 33 million): the event is tried again with a fresh code.
    """
    if by is not None:
        require(by, Role.ADMIN, action="issue_access", subject="access_code")
    name, warehouses = " ".join(name.split()), sorted(set(warehouse_ids))
    if name or by is not None:
        _check_name(name)
    _check(session, warehouses, valid_for)
    code = AccessCode(
        public=fresh.public,
        password_hash=fresh.password_hash,
        link_hash=fresh.link_hash,
        name=name,
        role=role.value,
        warehouse_ids=warehouses,
        issued_by=by.person_id if by else None,
        issued_at=now,
        expires_at=now + valid_for,
    )
    session.add(code)
    _write_down(session, code, by, now)
    session.flush()
    return code


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NameUnusable(limit=LONGEST_NAME)


def _check(session: Session, warehouse_ids: list[int], valid_for: timedelta) -> None:
    if not timedelta(0) < valid_for <= LONGEST_VALIDITY:
        raise ValidityUnusable(max_days=LONGEST_VALIDITY.days)
    known = set(session.scalars(select(Warehouse.id).where(Warehouse.id.in_(warehouse_ids))))
    for warehouse_id in warehouse_ids:
        if warehouse_id not in known:
            raise WarehouseUnknown(warehouse_id=warehouse_id)


def _write_down(session: Session, code: AccessCode, by: Actor | None, now: datetime) -> None:
    facts = {"name": code.name, "role": code.role, "warehouse_ids": code.warehouse_ids}
    audit.write(
        session,
        by=by,
        action="access.issued",
        subject=f"access_code:{code.public}",
        now=now,
        origin="cli",
        after=facts | {"expires_at": code.expires_at.isoformat()},
    )
