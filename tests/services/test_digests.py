"""Digests leave once for each day, at the company's hour, whatever the clocks, the admins and the process do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.company import Company
from db.models.goals import Digest
from db.models.messaging import outbox
from db.models.people import Account
from db.session import Database
from services import company, digests
from services.actor import NotAllowed
from services.announcements import waiting
from services.digests import Kind
from services.jobs import Job
from tests.builders import NOON, actor_of, make_company, make_person
from tests.services.desk import Desk, make_desk, race


def profile(zone: str = "Europe/Moscow", hour: int = 8, minute: int = 0) -> Company:
    return Company(id=1, time_zone=zone, digest_minutes=hour * 60 + minute)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def queued(session: Session) -> list[dict[str, Any]]:
    """What digests were put into the outbox, oldest first."""
    rows = select(outbox.c.payload).where(outbox.c.kind == Job.TELL_DIGEST).order_by(outbox.c.id)
    return [dict(payload) for payload in session.scalars(rows)]


def days(session: Session, kind: Kind = Kind.DAILY) -> list[str]:
    return [row["day"] for row in queued(session) if row["kind"] == kind.value]


@pytest.mark.parametrize(
    ("zone", "hour", "now", "left_at", "day"),
    [
        ("Europe/Moscow", 8, "2026-03-02T04:59:59", "2026-03-01T05:00", "2026-02-28"),
        ("Europe/Moscow", 8, "2026-03-02T05:00:00", "2026-03-02T05:00", "2026-03-01"),
        ("Europe/Moscow", 0, "2026-03-01T20:59:59", "2026-02-28T21:00", "2026-02-28"),
        ("Europe/Moscow", 0, "2026-03-01T21:00:00", "2026-03-01T21:00", "2026-03-01"),
        ("Asia/Vladivostok", 8, "2025-12-31T22:00:00", "2025-12-31T22:00", "2025-12-31"),
        ("America/Bogota", 23, "2026-01-01T03:59:59", "2025-12-31T04:00", "2025-12-29"),
        ("America/Bogota", 23, "2026-01-01T04:00:00", "2026-01-01T04:00", "2025-12-30"),
        ("Europe/Madrid", 8, "2026-03-28T07:00:00", "2026-03-28T07:00", "2026-03-27"),  # winter time
        ("Europe/Madrid", 8, "2026-03-29T06:00:00", "2026-03-29T06:00", "2026-03-28"),  # summer time since tonight
        ("Europe/Madrid", 8, "2026-10-25T06:59:59", "2026-10-24T06:00", "2026-10-23"),
        ("Europe/Madrid", 8, "2026-10-25T07:00:00", "2026-10-25T07:00", "2026-10-24"),
        ("Europe/Madrid", 2, "2026-10-25T00:00:00", "2026-10-25T00:00", "2026-10-24"),  # two o'clock comes twice
        ("Europe/Madrid", 2, "2026-10-25T01:00:00", "2026-10-25T00:00", "2026-10-24"),
        ("Europe/Madrid", 2, "2026-03-29T01:00:00", "2026-03-29T01:00", "2026-03-28"),  # and not at all
    ],
)
def test_the_newest_daily_digest(zone: str, hour: int, now: str, left_at: str, day: str) -> None:
    found = digests.newest(Kind.DAILY, profile(zone, hour), utc(now))

    assert (found.at, found.day) == (utc(left_at), date.fromisoformat(day))


@pytest.mark.parametrize(
    ("now", "left_at", "day"),
    [
        ("2026-03-02T04:59:00", "2026-02-23T05:00", "2026-02-22"),
        ("2026-03-02T05:00:00", "2026-03-02T05:00", "2026-03-01"),
        ("2026-03-08T23:00:00", "2026-03-02T05:00", "2026-03-01"),
    ],
)
def test_the_newest_weekly_digest_is_mondays(now: str, left_at: str, day: str) -> None:
    found = digests.newest(Kind.WEEKLY, profile(), utc(now))

    assert (found.at, found.day) == (utc(left_at), date.fromisoformat(day))
    assert digests.period_of(Kind.WEEKLY, found.day).days == 7
    assert digests.period_of(Kind.WEEKLY, found.day).first.weekday() == 0


@given(
    zone=st.sampled_from(["Europe/Madrid", "Europe/Moscow", "Asia/Kathmandu", "America/Santiago", "Pacific/Apia"]),
    minutes=st.integers(0, 1439),
    now=st.datetimes(datetime(2011, 12, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    kind=st.sampled_from(Kind),
)
def test_departures_stand_side_by_side(zone: str, minutes: int, now: datetime, kind: Kind) -> None:
    """Nothing lies between the newest and the coming one, and the coming one becomes the newest when it leaves."""
    of = profile(zone, *divmod(minutes, 60))

    before, after = digests.newest(kind, of, now), digests.coming(kind, of, now)

    assert before.at <= now < after.at
    assert digests.newest(kind, of, after.at) == after
    assert (after.day - before.day).days == (1 if kind is Kind.DAILY else 7)
    local = after.at.astimezone(ZoneInfo(zone))
    assert local.date() == after.day + timedelta(days=1)


def test_a_digest_is_queued_once_a_day_from_the_next_departure_on(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    digests.switch(session, Kind.DAILY, on=True, by=by, now=utc("2026-03-02T06:00"))
    digests.switch(session, Kind.DAILY, on=True, by=by, now=utc("2026-03-02T09:00"))

    for now in ("2026-03-02T20:59", "2026-03-03T04:59", "2026-03-03T05:00", "2026-03-03T05:01", "2026-03-04T04:59"):
        digests.put_due(session, now=utc(now))

    assert queued(session) == [{"person_id": desk.rita.id, "kind": "daily", "day": "2026-03-02", "asked": False}]
    digests.put_due(session, now=utc("2026-03-04T05:00"))
    assert days(session) == ["2026-03-02", "2026-03-03"]


def test_after_three_days_of_silence_only_the_newest_is_told(session: Session, desk: Desk) -> None:
    for kind in Kind:
        digests.switch(session, kind, on=True, by=actor_of(desk.rita), now=utc("2026-02-20T12:00"))
    digests.put_due(session, now=utc("2026-02-21T05:00"))

    for now in ("2026-03-03T06:30", "2026-03-03T06:31"):
        digests.put_due(session, now=utc(now))

    assert days(session) == ["2026-02-20", "2026-03-02"]
    assert days(session, Kind.WEEKLY) == ["2026-03-01"]


def test_switched_off_and_on_again_tells_no_day_twice(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    digests.switch(session, Kind.DAILY, on=True, by=by, now=utc("2026-03-01T12:00"))
    digests.put_due(session, now=utc("2026-03-02T05:00"))
    for _ in range(2):
        digests.switch(session, Kind.DAILY, on=False, by=by, now=utc("2026-03-02T05:10"))
    digests.put_due(session, now=utc("2026-03-03T05:00"))
    assert days(session) == ["2026-03-01"]

    digests.switch(session, Kind.DAILY, on=True, by=by, now=utc("2026-03-03T05:20"))
    company.get(session).digest_minutes = 9 * 60
    digests.put_due(session, now=utc("2026-03-03T06:00"))
    digests.put_due(session, now=utc("2026-03-04T06:00"))

    assert days(session) == ["2026-03-01", "2026-03-02", "2026-03-03"]


def test_a_new_hour_or_time_zone_holds_for_the_next_one(session: Session, desk: Desk) -> None:
    digests.switch(session, Kind.DAILY, on=True, by=actor_of(desk.rita), now=utc("2026-03-01T12:00"))
    digests.put_due(session, now=utc("2026-03-02T05:00"))

    make_company(session, digest_minutes=18 * 60)
    for now in ("2026-03-02T15:00", "2026-03-03T05:00"):
        digests.put_due(session, now=utc(now))
    assert days(session) == ["2026-03-01"], "that day has been told of"
    digests.put_due(session, now=utc("2026-03-03T15:00"))
    assert days(session) == ["2026-03-01", "2026-03-02"]

    make_company(session, time_zone="Asia/Vladivostok", digest_minutes=8 * 60)
    digests.put_due(session, now=utc("2026-03-03T21:59"))
    assert days(session) == ["2026-03-01", "2026-03-02"]
    digests.put_due(session, now=utc("2026-03-03T22:00"))
    assert days(session) == ["2026-03-01", "2026-03-02", "2026-03-03"]


steps = st.lists(
    st.tuples(
        st.integers(1, 60 * 60),
        st.sampled_from(["Europe/Madrid", "Asia/Vladivostok", "America/Bogota"]),
        st.integers(0, 1439),
    ),
    max_size=25,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_no_day_is_told_of_twice_whatever_admins_do(
    session: Session, desk: Desk, steps: list[tuple[int, str, int]]
) -> None:
    """Ticks at any time, with any hour and time zone: days only grow, and the newest is always among them."""
    savepoint = session.begin_nested()
    now = utc("2026-03-20T12:00")
    for kind in Kind:
        digests.switch(session, kind, on=True, by=actor_of(desk.rita), now=now)
    for minutes, zone, hour in steps:
        now += timedelta(minutes=minutes)
        made = make_company(session, time_zone=zone, digest_minutes=hour)
        digests.put_due(session, now=now)
        for kind in Kind:
            told, newest = days(session, kind), digests.newest(kind, made, now)
            assert told == sorted(set(told))
            assert newest.at < utc("2026-03-20T12:00") or told[-1] >= newest.day.isoformat()
    savepoint.rollback()


def test_what_is_rolled_back_is_told_later(session: Session, desk: Desk) -> None:
    digests.switch(session, Kind.DAILY, on=True, by=actor_of(desk.rita), now=utc("2026-03-01T12:00"))
    killed = session.begin_nested()
    digests.put_due(session, now=utc("2026-03-02T05:00"))
    killed.rollback()
    session.expire_all()

    digests.put_due(session, now=utc("2026-03-02T05:01"))

    assert days(session) == ["2026-03-01"]


def test_two_sweepers_at_once_queue_it_once(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        digests.switch(session, Kind.DAILY, on=True, by=actor_of(desk.rita), now=utc("2026-03-01T12:00"))

    race(database, [lambda session: digests.put_due(session, now=utc("2026-03-02T05:00"))] * 4)

    with database.reading() as session:
        assert days(session) == ["2026-03-01"]


def test_two_presses_at_once_switch_on_once(database: Database) -> None:
    with database.transaction() as session:
        by = actor_of(make_desk(session).rita)

    found = race(
        database, [lambda session: digests.switch(session, Kind.WEEKLY, on=True, by=by, now=NOON) for _ in range(4)]
    )

    assert found == [None] * 4
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Digest)) == 1


def test_only_the_staff_is_told(session: Session, desk: Desk) -> None:
    nobody = actor_of(make_person(session, "Nina", roles=[]))
    for refused in (
        lambda: digests.switch(session, Kind.DAILY, on=True, by=nobody, now=NOON),
        lambda: digests.show_now(session, Kind.DAILY, press="1", by=nobody, now=NOON),
        lambda: digests.wanted(session, by=nobody),
    ):
        with pytest.raises(NotAllowed):
            refused()

    assert session.scalar(select(func.count()).select_from(Digest)) == 0
    assert queued(session) == []


def test_a_look_now_comes_once_a_press_and_changes_no_subscription(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    for press in ("1", "1", "2"):
        digests.show_now(session, Kind.WEEKLY, press=press, by=by, now=NOON)

    assert queued(session) == [{"person_id": by.person_id, "kind": "weekly", "day": "2026-03-01", "asked": True}] * 2
    assert digests.wanted(session, by=by) == {}


@pytest.mark.parametrize(
    ("now", "yesterday", "sunday"),
    [
        ("2026-03-01T20:59", "2026-02-28", "2026-02-22"),
        ("2026-03-01T21:00", "2026-03-01", "2026-03-01"),  # midnight in Moscow, hours before digests leave
        ("2026-03-07T22:00", "2026-03-07", "2026-03-01"),
    ],
)
def test_a_look_now_is_at_the_calendar(session: Session, desk: Desk, now: str, yesterday: str, sunday: str) -> None:
    for kind in Kind:
        digests.show_now(session, kind, press="1", by=actor_of(desk.rita), now=utc(now))

    assert (days(session), days(session, Kind.WEEKLY)) == ([yesterday], [sunday])


@pytest.mark.parametrize("lost", ["dismissed", "blocked", "no_role", "switched_off"])
def test_whoever_is_no_reader_any_more_hears_nothing(session: Session, desk: Desk, lost: str) -> None:
    by = actor_of(desk.rita)
    digests.switch(session, Kind.DAILY, on=True, by=by, now=NOON)
    facts = {
        "person_id": by.person_id, "kind": "daily", "asked": False, "press": "digest:1",
        "contents": {"kind": "daily", "goals": []},
    }  # fmt: skip
    assert digests.reader(session, by.person_id, Kind.DAILY, asked=False) is not None
    match lost:
        case "dismissed":
            desk.rita.revoked_at = NOON
        case "blocked":
            session.scalars(select(Account).where(Account.person_id == by.person_id)).one().blocked_at = NOON
        case "no_role":
            desk.rita.roles = []
        case _:
            digests.switch(session, Kind.DAILY, on=False, by=by, now=NOON)
    session.flush()

    digests.deliver(session, facts, now=NOON)

    assert waiting(session) == []
    assert digests.reader(session, 12345, Kind.DAILY, asked=True) is None
