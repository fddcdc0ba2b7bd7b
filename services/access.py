"""How somebody gets in with a one-time code: look up, verify, enter.

Three steps, because a hash takes 30 ms and no transaction may wait for it:

1. ``look_up`` in a reading session finds the hash that the presented secret has to fit;
2. ``verify`` compares them with no session open;
3. ``enter``, in the transaction of the event, reads everything again under lock and lets the person in.

Whether a code exists, is used or has expired is told only to somebody who knew its secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models.people import AccessCode, Account, Person
from services import audit, contact_requests, people, throttle
from services.access_codes import CodeHasher, Presented, Way
from services.actor import Actor
from services.errors import DomainError
from services.people import NewAccount
from services.throttle import Standing


@dataclass(frozen=True, slots=True)
class Found:
    """What ``look_up`` read. No hash: there is no such code, or the try is not free."""

    hash: str | None = field(repr=False)
    throttled_until: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What ``verify`` found out: whether the secret fits ``hash_checked``."""

    public: str
    way: Way
    hash_checked: str | None = field(repr=False)
    matches: bool
    throttled_until: datetime | None
    """Not None: the try was not free and nothing was hashed."""


@dataclass(frozen=True, slots=True)
class _Try:
    """Who tried what: for the counters and the audit row of a refusal."""

    chat_key: str
    public: str
    way: Way

    @property
    def keys(self) -> tuple[str, str]:
        return throttle.keys_of(self.chat_key, self.public)

    def count(self, session: Session, action: str, *, now: datetime) -> Standing:
        """Count the failure and write it down, without the secret."""
        standing = throttle.count_failure(session, self.keys, now=now)
        audit.write(
            session,
            by=None,
            action=f"access.{action}",
            subject=f"access_code:{self.public}",
            now=now,
            origin=self.chat_key,
            after={"way": self.way.value, "failures": standing.failures},
        )
        return standing


class WrongPassword(DomainError):
    """No such code, or not its secret. Facts: attempts_left (before the long wait), wait_seconds.

    ``record`` counts the failure and sets the facts to what it came to.
    """

    def __init__(self, tried: _Try, standing: Standing, *, now: datetime) -> None:
        super().__init__(attempts_left=standing.tries_left, wait_seconds=standing.wait_seconds(now))
        self._tried = tried

    def record(self, session: Session, *, now: datetime) -> None:
        """Count the failure and write an audit row."""
        standing = self._tried.count(session, "wrong_password", now=now)
        self.facts.update(attempts_left=standing.tries_left, wait_seconds=standing.wait_seconds(now))


class PasswordExpired(DomainError):
    """The right secret, too late, or its issuer is no longer with us. Facts: expired_at (ISO, UTC), wait_seconds."""

    def __init__(self, tried: _Try, standing: Standing, expired_at: datetime, *, now: datetime) -> None:
        super().__init__(expired_at=expired_at.isoformat(), wait_seconds=standing.wait_seconds(now))
        self._tried = tried

    def record(self, session: Session, *, now: datetime) -> None:
        """Count the failure and write an audit row."""
        standing = self._tried.count(session, "password_expired", now=now)
        self.facts.update(wait_seconds=standing.wait_seconds(now))


class PasswordUsed(DomainError):
    """The right secret, but somebody has used the code before. Facts: used_at (ISO, UTC), wait_seconds."""

    def __init__(self, tried: _Try, standing: Standing, used_at: datetime, *, now: datetime) -> None:
        super().__init__(used_at=used_at.isoformat(), wait_seconds=standing.wait_seconds(now))
        self._tried = tried

    def record(self, session: Session, *, now: datetime) -> None:
        """Count the failure and write an audit row."""
        standing = self._tried.count(session, "password_used", now=now)
        self.facts.update(wait_seconds=standing.wait_seconds(now))


class TooManyTries(DomainError):
    """The wait is not over; the secret, right or wrong, was not looked at. Facts: wait_seconds.

    A try that was hashed while others failed is a guess and counts, right or wrong alike, so that a burst
    of 50 counts 50 and the wait tells nothing. One that was turned away before hashing does not count.
    """

    def __init__(self, tried: _Try, wait_seconds: int, *, guessed: bool) -> None:
        super().__init__(wait_seconds=wait_seconds)
        self._tried = tried
        self._guessed = guessed

    def record(self, session: Session, *, now: datetime) -> None:
        """Count the guess, if it was one, and write an audit row."""
        if self._guessed:
            standing = self._tried.count(session, "too_many_tries", now=now)
            self.facts.update(wait_seconds=standing.wait_seconds(now))


class PasswordOfAnother(DomainError):
    """The code lets somebody in again whose account this is not: an active colleague's. Facts: name (whose it is)."""


def look_up(session: Session, presented: Presented, chat_key: str, *, now: datetime) -> Found:
    """Read what the secret has to fit, and whether this chat may try this code now. Locks and writes nothing."""
    keys = throttle.keys_of(chat_key, presented.public)
    standing = throttle.find_standing(session, keys, now=now)
    if standing.blocked_until is not None:
        return Found(None, standing.blocked_until)
    column = AccessCode.password_hash if presented.way is Way.PASSWORD else AccessCode.link_hash
    return Found(session.scalar(select(column).where(AccessCode.public == presented.public)), None)


def verify(found: Found, presented: Presented, hasher: CodeHasher) -> Evidence:
    """Compare the secret with what was found. About 30 ms and 19 MiB: call it with no session open.

    An unknown code costs one hash like a known one; a try that is not free costs none.
    """
    free = found.throttled_until is None
    matches = free and hasher.matches(found.hash, presented.secret)
    return Evidence(presented.public, presented.way, found.hash, matches, found.throttled_until)


def enter(session: Session, evidence: Evidence, account: NewAccount, *, now: datetime) -> Actor:
    """Let the holder of a proven code in, and return who they are from now on.

    A new account becomes a new person with the code's name, role and warehouses. An account of an active person
    adds the role to that person, who then works with the warehouses of both (all, if either has all). An account
    whose person was revoked becomes a new person. A code that was issued anew for somebody makes the account theirs
    instead, and theirs alone on its messenger. The code's own user, tapping again, is simply let in again.
    Locks the counters in key order, the code, the account, the person.
    Raises TooManyTries, WrongPassword, PasswordUsed, PasswordExpired or PasswordOfAnother, having changed nothing.
    """
    tried = _Try(account.chat_key, evidence.public, evidence.way)
    standing = _require_free(session, tried, evidence, now)
    after_failure = throttle.after_one_more(standing, now=now)
    code = _lock_proven(session, evidence)
    if code is None:
        raise WrongPassword(tried, after_failure, now=now)
    if code.used_at is not None:
        again = people.find_actor(session, account.platform, account.external_id, account.chat_key)
        if again is None or again.person_id != code.used_by:
            raise PasswordUsed(tried, after_failure, code.used_at, now=now)
        return again
    ended = _end_of(session, code)
    if ended <= now:
        raise PasswordExpired(tried, after_failure, ended, now=now)
    return _let_in(session, code, evidence.way, account, now=now)


def _require_free(session: Session, tried: _Try, evidence: Evidence, now: datetime) -> Standing:
    if evidence.throttled_until is not None:
        wait = Standing(0, evidence.throttled_until).wait_seconds(now)
        raise TooManyTries(tried, max(1, wait), guessed=False)
    standing = throttle.lock(session, tried.keys, now=now)
    if standing.blocked_until is not None:
        wait = throttle.after_one_more(standing, now=now).wait_seconds(now)
        raise TooManyTries(tried, wait, guessed=True)
    return standing


def _lock_proven(session: Session, evidence: Evidence) -> AccessCode | None:
    """Lock the code that the evidence is about; None unless the secret fits the hash that it has now."""
    code = session.scalar(
        select(AccessCode)
        .where(AccessCode.public == evidence.public)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if code is None or not evidence.matches:
        return None
    stored = code.password_hash if evidence.way is Way.PASSWORD else code.link_hash
    return code if stored == evidence.hash_checked else None


def _end_of(session: Session, code: AccessCode) -> datetime:
    """Until when the code is good: an admin's codes end with the admin."""
    issuer_left = session.scalar(select(Person.revoked_at).where(Person.id == code.issued_by))
    return min(code.expires_at, issuer_left) if issuer_left else code.expires_at


def _let_in(session: Session, code: AccessCode, way: Way, account: NewAccount, *, now: datetime) -> Actor:
    holder = _lock_holder(session, account)
    if code.person_id is not None and holder is not None and holder.id != code.person_id:
        raise PasswordOfAnother(name=code.name)
    person = _lock_returning(session, code, account) or holder
    before = {"roles": person.roles, "warehouse_ids": person.warehouse_ids} if person else {}
    if person is None:
        person = Person(
            name=code.name or account.name or code.public,
            language=account.language,
            roles=[code.role],
            warehouse_ids=list(code.warehouse_ids),
            created_at=now,
        )
        session.add(person)
        session.flush()
    elif person.id != code.person_id:
        _add_role(person, code)
    people.link(session, person, account, now=now)
    people.note_change(session, person.id)
    code.used_at, code.used_by = now, person.id
    throttle.forget_chat(session, account.chat_key)
    person.phone = contact_requests.close_of_chat(session, account.chat_key, now=now) or person.phone
    actor = people.actor_of(person, origin=account.chat_key)
    audit.write(
        session,
        by=actor,
        action="access.entered",
        subject=f"person:{person.id}",
        now=now,
        before=before,
        after={"code": code.public, "way": way.value, "roles": person.roles, "warehouse_ids": person.warehouse_ids},
    )
    session.flush()
    return actor


def _lock_returning(session: Session, code: AccessCode, account: NewAccount) -> Person | None:
    """The person whom the code lets in again, locked, active from now on and without the accounts of before."""
    if code.person_id is None:
        return None
    person = session.get_one(Person, code.person_id, with_for_update={"key_share": True}, populate_existing=True)
    person.revoked_at = None
    session.execute(
        delete(Account).where(
            Account.person_id == person.id,
            Account.platform == account.platform,
            Account.external_id != account.external_id,
        )
    )
    session.flush()
    return person


def _lock_holder(session: Session, account: NewAccount) -> Person | None:
    """The active person whose account it is, locked; None for a new account or a revoked person."""
    return session.scalar(
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(
            Account.platform == account.platform,
            Account.external_id == account.external_id,
            Person.revoked_at.is_(None),
        )
        .with_for_update(of=Person, key_share=True)
        .execution_options(populate_existing=True)
    )


def _add_role(person: Person, code: AccessCode) -> None:
    if code.role not in person.roles:
        person.roles = [*person.roles, code.role]
    if person.warehouse_ids and code.warehouse_ids:
        person.warehouse_ids = sorted({*person.warehouse_ids, *code.warehouse_ids})
    else:
        person.warehouse_ids = []
