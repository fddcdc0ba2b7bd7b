"""The staff: who somebody is, where to reach people, and how they leave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, cast, or_, select, update
from sqlalchemy.orm import Session

from db.models.people import AccessCode, Account, Person
from services import audit, dialogues
from services.actor import Actor, NotAllowed, Role, require
from services.announcements import Audience, announce
from services.errors import DomainError, Moved


class LastAdmin(DomainError):
    """Without this person nobody could let people in. No facts."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Somebody on a messenger, as the messenger tells it. ``language`` is the one chosen in the chat."""

    platform: str
    external_id: str
    chat_key: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """One chat of one person; ``person_id`` 0: whoever is in it."""

    person_id: int
    chat_key: str
    language: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A chat of somebody whose rights or language have changed; no roles: shut out."""

    chat_key: str
    roles: frozenset[Role]
    language: str


_FIND = (
    select(Person.id, Person.name, Person.language, Person.roles, Person.warehouse_ids, Account.blocked_at)
    .join(Account, Account.person_id == Person.id)
    .where(
        Account.platform == bindparam("platform"),
        Account.external_id == bindparam("external_id"),
        Person.revoked_at.is_(None),
    )
)


def find_actor(session: Session, platform: str, external_id: str, origin: str) -> Actor | None:
    """Who is behind an account: None for a stranger and for a revoked person. One query; runs on every event."""
    row = session.execute(_FIND, {"platform": platform, "external_id": external_id}).one_or_none()
    return replace(actor_of(row, origin=origin), is_marked_blocked=row.blocked_at is not None) if row else None


def actor_of(person: Any, *, origin: str) -> Actor:
    """The acting side of a Person, or of a row with its columns."""
    return Actor(
        person_id=person.id,
        name=person.name,
        language=person.language,
        roles=frozenset(Role(role) for role in person.roles),
        warehouse_ids=frozenset(person.warehouse_ids),
        origin=origin,
    )


def list_active(session: Session, role: Role) -> list[Person]:
    """Everybody who works here in this role, by name."""
    query = select(Person).where(Person.revoked_at.is_(None), _has_role(role)).order_by(Person.name, Person.id)
    return list(session.scalars(query))


def list_accounts(session: Session, person_id: int) -> list[Account]:
    """Somebody's accounts that can be written to, in the order of their chats."""
    of_person = select(Account).where(Account.person_id == person_id, Account.blocked_at.is_(None))
    return list(session.scalars(of_person.order_by(Account.chat_key)))


def has_chat(session: Session, person_id: int, chat_key: str) -> bool:
    """Tell whether that chat is still this person's, and can be written to."""
    return any(account.chat_key == chat_key for account in list_accounts(session, person_id))


def chats_of(session: Session, audience: Audience) -> list[Recipient]:
    """Every chat that reaches the audience: of active people, not blocked, in the order of people.

    What the audience names must all hold; one that names nothing is the whole staff. Somebody with no warehouses
    of their own works with all of them.
    """
    query = (
        select(Person.id, Account.chat_key, Person.language, Person.warehouse_ids)
        .join(Account, Account.person_id == Person.id)
        .where(Person.revoked_at.is_(None), Account.blocked_at.is_(None))
        .order_by(Person.id, Account.chat_key)
    )
    if audience.person_id is not None:
        query = query.where(Person.id == audience.person_id)
    if audience.role is not None:
        query = query.where(_has_role(audience.role))
    wanted = audience.warehouse_id
    return [
        Recipient(person_id, chat_key, language)
        for person_id, chat_key, language, warehouse_ids in session.execute(query)
        if wanted is None or not warehouse_ids or wanted in warehouse_ids
    ]


def reach(session: Session, audience: Audience) -> tuple[list[Recipient], bool]:
    """Whom to write to: the audience, or, where nobody of it can be reached, the admins (then True).

    A chat is written to whoever is in it, in the language that is spoken there, unless it blocks us.
    """
    if audience.chat_key:
        return _in_chat(session, audience.chat_key), False
    recipients = chats_of(session, audience)
    if recipients:
        return recipients, False
    return chats_of(session, Audience(role=Role.ADMIN)), True


def _in_chat(session: Session, chat_key: str) -> list[Recipient]:
    blocked = select(Account.person_id).where(Account.chat_key == chat_key, Account.blocked_at.is_not(None))
    if session.scalar(blocked) is not None:
        return []
    return [Recipient(0, chat_key, dialogues.language_of(session, chat_key))]


def has_admin(session: Session) -> bool:
    """Tell whether there is an active admin: if not, the first one comes by the command line."""
    query = select(Person.id).where(Person.revoked_at.is_(None), _has_role(Role.ADMIN)).limit(1)
    return session.scalar(query) is not None


def set_language(session: Session, person_id: int, language: str) -> None:
    """Speak this language to a person from now on. The caller offers only languages that there are texts in."""
    session.execute(update(Person).where(Person.id == person_id).values(language=language))
    note_change(session, person_id)


def note_change(session: Session, person_id: int) -> None:
    """This person's roles, access or language have changed: what their chats offer follows with the commit."""
    session.info.setdefault("changed_people", set()).add(person_id)


def take_changed(session: Session) -> list[Standing]:
    """Hand over, once, the chats of everybody who was changed and does not block us, as they stand now."""
    changed: set[int] = session.info.pop("changed_people", set())
    if not changed:
        return []
    query = (
        select(Account.chat_key, Person.roles, Person.revoked_at, Person.language)
        .join(Person, Account.person_id == Person.id)
        .where(Person.id.in_(changed), Account.blocked_at.is_(None))
        .order_by(Account.chat_key)
    )
    return [
        Standing(chat_key, frozenset() if revoked_at else frozenset(map(Role, roles)), language)
        for chat_key, roles, revoked_at, language in session.execute(query)
    ]


def revoke(session: Session, person_id: int, *, by: Actor, now: datetime) -> None:
    """Shut a person out at once: from the next event on their accounts are strangers; codes that were issued by them
    or for them, and not used, are void.

    Part of ``staff.dismiss``, which also puts back what they were loading. Locks the codes for them, then the active
    admins and the person in id order, so that two admins cannot revoke each other at the same time.
    Raises NotAllowed (no admin, or no such person), Moved (revoked already) or LastAdmin, having changed nothing.
    """
    subject = f"person:{person_id}"
    require(by, Role.ADMIN, action="revoke", subject=subject)
    codes = _lock_open_codes(session, person_id, now=now)
    locked = {person.id: person for person in lock_with_admins(session, person_id)}
    acting, person = locked.get(by.person_id), locked.get(person_id)
    if acting is None or acting.revoked_at is not None or person is None:
        raise NotAllowed(by=by, action="revoke", subject=subject)
    if person.revoked_at is not None:
        raise Moved
    if not any(is_active_admin(other) for other in locked.values() if other.id != person_id):
        raise LastAdmin
    person.revoked_at = now
    for code in codes:
        code.expires_at = now
    audit.write(
        session,
        by=by,
        action="person.revoked",
        subject=subject,
        now=now,
        before={"roles": person.roles, "warehouse_ids": person.warehouse_ids},
    )
    session.flush()
    note_change(session, person_id)


def _lock_open_codes(session: Session, person_id: int, *, now: datetime) -> list[AccessCode]:
    """The codes that would let this person in again; whoever enters with one locks it before the person, too."""
    for_them = (AccessCode.person_id == person_id, AccessCode.used_at.is_(None), AccessCode.expires_at > now)
    found = select(AccessCode).where(*for_them).order_by(AccessCode.id).with_for_update()
    return list(session.scalars(found, execution_options={"populate_existing": True}))


def mark_blocked(session: Session, chat_key: str, *, now: datetime) -> None:
    """The messenger says that this chat does not want to hear from us: it is not written to any more.

    Announces ``staff_unreachable`` to the admins for each active person whom no other chat reaches, once.
    """
    marked = session.scalars(
        update(Account)
        .where(Account.chat_key == chat_key, Account.blocked_at.is_(None))
        .values(blocked_at=now)
        .returning(Account.person_id)
    ).all()
    for person_id in sorted(set(marked)):
        person = session.get_one(Person, person_id)
        if person.revoked_at is None and not chats_of(session, Audience(person_id=person_id)):
            admins = Audience(role=Role.ADMIN)
            announce(session, admins, "staff_unreachable", person_name=person.name, roles=list(person.roles))


def mark_unblocked(session: Session, chat_key: str) -> None:
    """This chat wants to hear from us again."""
    session.execute(
        update(Account).where(Account.chat_key == chat_key, Account.blocked_at.is_not(None)).values(blocked_at=None)
    )


def link(session: Session, person: Person, account: NewAccount, *, now: datetime) -> None:
    """Make the account the person's, whosever it was, reachable in its chat."""
    known = session.get(Account, (account.platform, account.external_id), with_for_update=True, populate_existing=True)
    if known is None:
        known = Account(platform=account.platform, external_id=account.external_id)
        session.add(known)
    known.person_id, known.chat_key = person.id, account.chat_key
    known.linked_at, known.blocked_at = now, None
    session.flush()


def _has_role(role: Role) -> Any:
    """A condition that both databases know: the role's quoted name in the text of the JSON list.

    No index helps it, and none is needed: a thousand people are read in about a millisecond.
    """
    return cast(Person.roles, String).like(f'%"{role.value}"%')


def is_active_admin(person: Person) -> bool:
    """Tell whether this person can let people in."""
    return person.revoked_at is None and Role.ADMIN.value in person.roles


def lock_with_admins(session: Session, person_id: int) -> list[Person]:
    """The person, active or not, and all active admins. Rows that merely refer to them are not held up."""
    active_admin = Person.revoked_at.is_(None) & _has_role(Role.ADMIN)
    return list(
        session.scalars(
            select(Person)
            .where(or_(Person.id == person_id, active_admin))
            .order_by(Person.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )
