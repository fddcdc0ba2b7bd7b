"""The staff as admins see it: who works here, with which rights, and every change of them.

A change works at once: the next event of the person is judged by it. What somebody was loading and may load no more
goes back into the queue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.models.company import Warehouse
from db.models.people import AccessCode, Account, Person
from services import access_admin, audit, loading, people
from services.access_admin import WarehouseUnknown
from services.access_codes import FreshCode
from services.actor import Actor, NotAllowed, Role, require
from services.errors import DomainError, Moved
from services.paging import Page, page_of, page_of_all
from services.people import LastAdmin
from services.search import search_key


class NoRoleLeft(DomainError):
    """Somebody without any role would be shut out: that is what revoking is for. No facts."""


class NoWarehouseLeft(DomainError):
    """The last of somebody's warehouses cannot be taken away; "all" has to be chosen instead. No facts."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff. ``warehouse_ids`` empty: all. ``revoked_at``: since when shut out."""

    person_id: int
    name: str
    roles: tuple[Role, ...]
    warehouse_ids: tuple[int, ...]
    since: datetime
    revoked_at: datetime | None
    phone: str
    is_reachable: bool
    """At least one chat that does not block us."""


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A password that was issued and not used yet."""

    code_id: int
    public: str
    name: str
    role: Role
    expires_at: datetime


def list_members(session: Session, *, by: Actor, page: int = 0, former: bool = False, query: str = "") -> Page[Member]:
    """The active people, or the former ones, by name; those whose name has ``query`` in it. For admins.

    ``page`` counts from 0. Raises NotAllowed.
    """
    require(by, Role.ADMIN, action="list_staff", subject="person")
    left = Person.revoked_at.is_not(None) if former else Person.revoked_at.is_(None)
    wanted: Select[Person] = select(Person).where(left).order_by(Person.name, Person.id)
    if query.strip():
        key = search_key(query)
        named = [person for person in session.scalars(wanted) if key in search_key(person.name)]
        found = page_of_all(named, page=page)
        return Page(_members(session, found.items), found.page, found.pages)
    rows = page_of(session, wanted, page=page)
    return Page(_members(session, [row[0] for row in rows.items]), rows.page, rows.pages, more=rows.more)


def get(session: Session, person_id: int, *, by: Actor) -> Member:
    """One of the staff, active or former. Raises NotAllowed unless an admin asks and the person exists."""
    return _members(session, [_find(session, person_id, by, "staff.read")])[0]


def set_role(session: Session, person_id: int, role: Role, *, on: bool, by: Actor, now: datetime) -> None:
    """Give somebody a role or take it away; what is so already stays so.

    Locks the active admins and the person, then the orders that go back into the queue. Raises NotAllowed, Moved
    (shut out meanwhile), LastAdmin or NoRoleLeft, having changed nothing.
    """
    person, admins = _lock(session, person_id, by, "staff.set_role")
    roles = [known for known in person.roles if known != role.value] + ([role.value] if on else [])
    if not roles:
        raise NoRoleLeft
    if role is Role.ADMIN and not on and admins == {person.id}:
        raise LastAdmin
    if set(roles) == set(person.roles):
        return
    _change(session, person, {"roles": roles}, by=by, now=now)
    if role is Role.STOREKEEPER and not on:
        loading.release_all_of(session, person_id, by=by, now=now)


def set_warehouse(session: Session, person_id: int, warehouse_id: int, *, on: bool, by: Actor, now: datetime) -> None:
    """Let somebody work with a warehouse, or no more; 0 means all of them. What is so already stays so.

    Locks as ``set_role``. Raises NotAllowed, Moved, WarehouseUnknown or NoWarehouseLeft, having changed nothing.
    """
    person, _ = _lock(session, person_id, by, "staff.set_warehouse")
    if warehouse_id and session.get(Warehouse, warehouse_id) is None:
        raise WarehouseUnknown(warehouse_id=warehouse_id)
    known = set(person.warehouse_ids)
    if warehouse_id == 0:
        wanted: set[int] = set()
    elif on:
        wanted = known | {warehouse_id}
    else:
        wanted = known - {warehouse_id}
        if known and not wanted:
            raise NoWarehouseLeft
    if wanted == known:
        return
    _change(session, person, {"warehouse_ids": sorted(wanted)}, by=by, now=now)
    if wanted and not (known and wanted >= known):
        loading.release_all_of(session, person_id, by=by, now=now, but_of=wanted)


def dismiss(session: Session, person_id: int, *, by: Actor, now: datetime) -> None:
    """Take a person's access away at once, and put what they were loading back into the queue.

    Locks the active admins and the person, then the orders in id order. Raises what ``people.revoke`` does.
    """
    people.revoke(session, person_id, by=by, now=now)
    loading.release_all_of(session, person_id, by=by, now=now)


def reissue(
    session: Session, fresh: FreshCode, person_id: int, *, valid_for: timedelta, by: Actor, now: datetime
) -> AccessCode:
    """A fresh password with which this very person gets in, also after being shut out: history and drafts stay.

    When it is used, it replaces the accounts that the person had on that messenger. Codes for the same person that
    were not used yet are void from now on. Raises NotAllowed or ValidityUnusable, having changed nothing.
    """
    person = _find(session, person_id, by, "staff.reissue")
    role = Role(person.roles[0])
    code = access_admin.issue(
        session, fresh, by=by, name=person.name, role=role, warehouse_ids=[], valid_for=valid_for, now=now
    )
    code.person_id = person.id
    older = select(AccessCode).where(
        AccessCode.person_id == person.id, AccessCode.used_at.is_(None), AccessCode.id != code.id
    )
    for known in session.scalars(older.with_for_update()):
        known.expires_at = min(known.expires_at, now)
    session.flush()
    return code


def list_codes(session: Session, *, by: Actor, now: datetime, page: int = 0) -> Page[OpenCode]:
    """The passwords that were issued, are still good and were not used yet, the newest first. For admins."""
    require(by, Role.ADMIN, action="list_codes", subject="access_code")
    wanted = select(AccessCode).where(AccessCode.used_at.is_(None), AccessCode.expires_at > now)
    found = page_of(session, wanted.order_by(AccessCode.issued_at.desc(), AccessCode.id.desc()), page=page)
    codes = (row[0] for row in found.items)
    return Page(
        tuple(OpenCode(code.id, code.public, code.name, Role(code.role), code.expires_at) for code in codes),
        found.page,
        found.pages,
        more=found.more,
    )


def withdraw_code(session: Session, code_id: int, *, by: Actor, now: datetime) -> None:
    """Make a password void that nobody has used yet. Locks it. Raises NotAllowed or Moved (used or void already)."""
    subject = f"access_code:{code_id}"
    require(by, Role.ADMIN, action="withdraw_code", subject=subject)
    code = session.get(AccessCode, code_id, with_for_update=True, populate_existing=True)
    if code is None:
        raise NotAllowed(by=by, action="withdraw_code", subject=subject)
    if code.used_at is not None or code.expires_at <= now:
        raise Moved
    code.expires_at = now
    audit.write(session, by=by, action="access.withdrawn", subject=f"access_code:{code.public}", now=now)
    session.flush()


def _find(session: Session, person_id: int, by: Actor, action: str) -> Person:
    require(by, Role.ADMIN, action=action, subject=f"person:{person_id}")
    person = session.get(Person, person_id)
    if person is None:
        raise NotAllowed(by=by, action=action, subject=f"person:{person_id}")
    return person


def _lock(session: Session, person_id: int, by: Actor, action: str) -> tuple[Person, set[int]]:
    """The person and the ids of the active admins, all locked; the actor must still be one of them."""
    require(by, Role.ADMIN, action=action, subject=f"person:{person_id}")
    locked = {person.id: person for person in people.lock_with_admins(session, person_id)}
    admins = {person.id for person in locked.values() if people.is_active_admin(person)}
    if by.person_id not in admins or person_id not in locked:
        raise NotAllowed(by=by, action=action, subject=f"person:{person_id}")
    if locked[person_id].revoked_at is not None:
        raise Moved
    return locked[person_id], admins


def _change(session: Session, person: Person, changes: dict[str, Any], *, by: Actor, now: datetime) -> None:
    before = {name: getattr(person, name) for name in changes}
    for name, value in changes.items():
        setattr(person, name, value)
    audit.write(
        session, by=by, action="person.changed", subject=f"person:{person.id}", now=now, before=before, after=changes
    )
    session.flush()
    people.note_change(session, person.id)


def _members(session: Session, persons: Collection[Person] | Iterable[Person]) -> tuple[Member, ...]:
    persons = list(persons)
    ids = [person.id for person in persons]
    reached = set(
        session.scalars(select(Account.person_id).where(Account.person_id.in_(ids), Account.blocked_at.is_(None)))
    )
    return tuple(
        Member(
            person.id,
            person.name,
            tuple(Role(role) for role in person.roles),
            tuple(person.warehouse_ids),
            person.created_at,
            person.revoked_at,
            person.phone,
            person.id in reached,
        )
        for person in persons
    )
