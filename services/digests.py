"""Digests: who wants to be told every day or every week how things stand, and when it is time.

A digest tells of the day, or the week, before it leaves: at ``company.digest_minutes`` of the company's time zone,
those of the week on Mondays. Nothing is scheduled: which digest is the newest that should have left follows from the
clock and the company's row, and ``Digest.last_for`` says whether it did. So a new hour or time zone holds at once, and
whoever was away for three days hears of the newest day only (docs/decisions/0021).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from db.models.company import Company
from db.models.goals import Digest
from db.models.people import Person
from services import charts, company, outbox, people
from services.actor import Actor, Role, require
from services.announcements import Audience, announce
from services.jobs import Job
from services.periods import Period

_DAY = timedelta(days=1)


class Kind(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Departure:
    """When digests of a kind leave (UTC), and the last day that they tell of."""

    at: datetime
    day: date


def period_of(kind: Kind, day: date) -> Period:
    """What a digest tells of: the day, or the seven days up to it."""
    return Period(day if kind is Kind.DAILY else day - 6 * _DAY, day)


def newest(kind: Kind, profile: Company, now: datetime) -> Departure:
    """The last departure that is not later than ``now``."""
    day = company.today(profile, now)
    while True:
        found = _on(kind, profile, day)
        if found is not None and found.at <= now:
            return found
        day -= _DAY


def coming(kind: Kind, profile: Company, now: datetime) -> Departure:
    """The first departure that is later than ``now``."""
    day = company.today(profile, now)
    while True:
        found = _on(kind, profile, day)
        if found is not None and found.at > now:
            return found
        day += _DAY


def _on(kind: Kind, profile: Company, day: date) -> Departure | None:
    """The departure on this day, if there is one. An hour that summer time leaves out comes with the clock's jump."""
    if kind is Kind.WEEKLY and day.weekday() != 0:
        return None
    hour, minute = divmod(profile.digest_minutes, 60)
    local = datetime.combine(day, time(hour, minute), ZoneInfo(profile.time_zone))
    return Departure(local.astimezone(UTC), day - _DAY)


def wanted(session: Session, *, by: Actor) -> dict[Kind, Digest]:
    """The digests that the actor has switched on."""
    _require(by)
    found = session.scalars(select(Digest).where(Digest.person_id == by.person_id))
    return {Kind(row.kind): row for row in found}


def switch(session: Session, kind: Kind, *, on: bool, by: Actor, now: datetime) -> None:
    """Send the actor such digests from the next departure on, or none any more. Saying it twice changes nothing.

    Locks the actor's person. Raises NotAllowed.
    """
    _require(by)
    session.execute(select(Person.id).where(Person.id == by.person_id).with_for_update())
    if not on:
        session.execute(delete(Digest).where(Digest.person_id == by.person_id, Digest.kind == kind.value))
    elif session.get(Digest, (by.person_id, kind.value)) is None:
        session.add(Digest(person_id=by.person_id, kind=kind.value, since=now))
    session.flush()


def show_now(session: Session, kind: Kind, *, press: str, by: Actor, now: datetime) -> None:
    """Send the actor the digest of yesterday, or of last week, at once, whether switched on or not. The same ``press``
    gives one.

    Locks the lane of the job. Raises NotAllowed.
    """
    _require(by)
    today = company.today(company.get(session), now)
    day = today - (1 if kind is Kind.DAILY else today.weekday() + 1) * _DAY
    item = _item(by.person_id, kind, day, asked=True, dedupe=f"digest:asked:{by.person_id}:{kind}:{press}")
    outbox.put(session, [item], now=now)


def put_due(session: Session, *, now: datetime) -> None:
    """Queue every digest that should have left by now and did not: of each kind the newest one, once.

    Runs every second: two questions to a table that has two rows a person at most. Locks the rows that are due, then
    the lanes.
    """
    profile = company.get(session)
    items = []
    for kind in Kind:
        due = newest(kind, profile, now)
        untold = (
            select(Digest)
            .where(Digest.kind == kind.value, Digest.since <= due.at)
            .where(or_(Digest.last_for.is_(None), Digest.last_for < due.day))
            .order_by(Digest.person_id)
            .with_for_update()
        )
        for row in session.scalars(untold):
            row.last_for = due.day
            dedupe = f"digest:{kind}:{row.person_id}:{due.day.isoformat()}"
            items.append(_item(row.person_id, kind, due.day, asked=False, dedupe=dedupe))
    session.flush()
    outbox.put(session, items, now=now)


def reader(session: Session, person_id: int, kind: Kind, *, asked: bool) -> Actor | None:
    """Whom a digest is for, if it still is: with access, with a chat that reaches them, and willing to be told
    (``asked``: they have just said so).
    """
    person = session.get(Person, person_id)
    if person is None or person.revoked_at is not None or not person.roles:
        return None
    chats = people.list_accounts(session, person_id)
    is_willing = asked or session.get(Digest, (person_id, kind.value)) is not None
    if not chats or not is_willing:
        return None
    return people.actor_of(person, origin=chats[0].chat_key)


def deliver(session: Session, facts: dict[str, Any], *, now: datetime) -> None:
    """Tell what was read for a digest, and have the goals in it drawn. Announces ``digest``.

    ``facts``: ``person_id``, ``kind``, ``asked``, ``press``, and what ``digest_contents.read`` found as ``contents``.
    Whoever is no reader of it any more gets nothing.
    """
    to = reader(session, facts["person_id"], Kind(facts["kind"]), asked=facts["asked"])
    if to is None:
        return
    announce(session, Audience(person_id=to.person_id), "digest", **facts["contents"])
    if facts["contents"]["goals"]:
        goals = facts["contents"]["goals"]
        charts.request_frozen(session, goals, press=facts["press"], by=to, now=now)


def _item(person_id: int, kind: Kind, day: date, *, asked: bool, dedupe: str) -> outbox.Item:
    payload = {"person_id": person_id, "kind": kind.value, "day": day.isoformat(), "asked": asked}
    return outbox.Item(lane=f"digest:{person_id}", kind=Job.TELL_DIGEST, payload=payload, dedupe=dedupe)


def _require(by: Actor) -> None:
    require(by, *Role, action="digest.choose", subject=f"person:{by.person_id}")
