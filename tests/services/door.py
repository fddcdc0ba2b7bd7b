"""A door to knock at with access codes: what the conversation does, without the chat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.people import AccessCode, Account, LoginThrottle, Person
from db.models.record import AuditEntry
from services import access, access_admin, access_codes
from services.access import Evidence
from services.access_codes import CodeHasher, FreshCode, Presented, parse_code
from services.actor import Actor, Role
from services.errors import DomainError
from services.people import NewAccount
from tests.builders import NOON

IVAN = NewAccount("tg", "501", "tg:1:501", "Ivan of Telegram", "ru")
OLGA = NewAccount("tg", "502", "tg:1:502", "Olga of Telegram", "es")
DAY = timedelta(days=1)


class CountingHasher(CodeHasher):
    """The real one, which also counts what was compared."""

    def __init__(self) -> None:
        super().__init__()
        self.compared = 0

    def matches(self, stored: str | None, secret: str) -> bool:
        self.compared += 1
        return super().matches(stored, secret)


@cache
def hasher() -> CodeHasher:
    return CodeHasher()


@cache
def _drawn(_number: int) -> FreshCode:
    return access_codes.prepare(hasher())


def fresh_code(number: int = 1) -> FreshCode:
    """The same code for the same number: hashing takes its time."""
    return _drawn(number)


def give_code(
    session: Session,
    fresh: FreshCode | None = None,
    *,
    by: Actor | None = None,
    role: Role = Role.REP,
    warehouse_ids: Iterable[int] = (),
    valid_for: timedelta = DAY,
) -> AccessCode:
    return access_admin.issue(
        session,
        fresh or fresh_code(),
        by=by,
        name="Ivan Petrov",
        role=role,
        warehouse_ids=warehouse_ids,
        valid_for=valid_for,
        now=NOON,
    )


def presented(text: str) -> Presented:
    found = parse_code(text)
    assert found is not None
    return found


def wrong(number: int = 0) -> Presented:
    """Wrong passwords for the code of ``give_code``."""
    return replace(presented(fresh_code().password), secret=f"{number:012d}")


def evidence_of(
    session: Session,
    what: Presented,
    account: NewAccount = IVAN,
    *,
    now: datetime = NOON,
    by_hasher: CodeHasher | None = None,
) -> Evidence:
    found = access.look_up(session, what, account.chat_key, now=now)
    return access.verify(found, what, by_hasher or hasher())


def knock(session: Session, what: Presented, account: NewAccount = IVAN, *, now: datetime = NOON) -> Actor:
    """What the door does: on a refusal the savepoint is rolled back and the refusal recorded."""
    evidence = evidence_of(session, what, account, now=now)
    try:
        with session.begin_nested():
            return access.enter(session, evidence, account, now=now)
    except DomainError as refusal:
        refusal.record(session, now=now)
        raise


def let_in(session: Session, account: NewAccount = IVAN, *, number: int = 1, **code: Any) -> Actor:
    fresh = fresh_code(number)
    give_code(session, fresh, **code)
    return knock(session, presented(fresh.password), account)


def state(session: Session) -> tuple[int, int, int]:
    """People, accounts, used codes."""
    counts = [session.scalar(select(func.count()).select_from(model)) or 0 for model in (Person, Account)]
    used = select(func.count()).select_from(AccessCode).where(AccessCode.used_at.is_not(None))
    return counts[0], counts[1], session.scalar(used) or 0


def failures(session: Session) -> dict[str, int]:
    rows = session.execute(select(LoginThrottle.key, LoginThrottle.failures))
    return {row.key: row.failures for row in rows}


def audited(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
