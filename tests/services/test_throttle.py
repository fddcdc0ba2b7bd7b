"""Counting failures and waiting for the next try."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.people import LoginThrottle
from services import throttle
from services.throttle import Standing
from tests.builders import NOON

KEYS = throttle.keys_of("tg:1:7", "K7QF2")


def fail(session: Session, times: int, *, now: datetime = NOON) -> Standing:
    for _ in range(times):
        standing = throttle.count_failure(session, KEYS, now=now)
    return standing


def stored(session: Session) -> dict[str, int]:
    rows = session.execute(select(LoginThrottle.key, LoginThrottle.failures))
    return {row.key: row.failures for row in rows}


@pytest.mark.parametrize(
    ("failures", "seconds"), [(-1, 0), (0, 0), (1, 1), (2, 2), (3, 4), (4, 8), (5, 900), (6, 900), (500, 900)]
)
def test_wait_doubles_and_is_long_from_the_fifth_failure(failures: int, seconds: int) -> None:
    assert throttle.wait_after(failures) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("until", "seconds"),
    [(None, 0), (NOON, 0), (NOON - timedelta(seconds=1), 0), (NOON + timedelta(milliseconds=1), 1)],
)
def test_wait_is_told_in_whole_seconds_rounded_up(until: datetime | None, seconds: int) -> None:
    assert Standing(1, until).wait_seconds(NOON) == seconds


def test_nobody_waits_before_the_first_failure(session: Session) -> None:
    assert throttle.find_standing(session, KEYS, now=NOON) == Standing(0, None)


def test_failure_counts_for_the_chat_and_for_the_code(session: Session) -> None:
    standing = fail(session, 2)

    assert standing == Standing(2, NOON + timedelta(seconds=2))
    assert stored(session) == {"chat:tg:1:7": 2, "code:K7QF2": 2}
    assert throttle.find_standing(session, KEYS, now=NOON) == standing


def test_the_worse_counter_decides(session: Session) -> None:
    fail(session, 4)
    throttle.count_failure(session, throttle.keys_of("tg:1:8", "K7QF2"), now=NOON)

    other_chat = throttle.lock(session, throttle.keys_of("tg:1:8", "ZZZZZ"), now=NOON)
    same_code = throttle.lock(session, throttle.keys_of("tg:1:9", "K7QF2"), now=NOON)

    assert other_chat == Standing(1, NOON + timedelta(seconds=1))
    assert same_code == Standing(5, NOON + timedelta(minutes=15))


def test_a_try_is_free_when_the_wait_is_over_but_the_failures_stay(session: Session) -> None:
    fail(session, 5)

    assert throttle.find_standing(session, KEYS, now=NOON + timedelta(seconds=899)).blocked_until is not None
    assert throttle.find_standing(session, KEYS, now=NOON + timedelta(minutes=15)) == Standing(5, None)
    assert fail(session, 1, now=NOON + timedelta(minutes=15)) == Standing(6, NOON + timedelta(minutes=30))


def test_failures_are_forgotten_after_a_day_without_any(session: Session) -> None:
    fail(session, 5)
    nearly, a_day = NOON + timedelta(hours=23, minutes=59), NOON + timedelta(hours=24)

    assert throttle.find_standing(session, KEYS, now=nearly).failures == 5
    assert throttle.find_standing(session, KEYS, now=a_day) == Standing(0, None)
    assert fail(session, 1, now=a_day) == Standing(1, a_day + timedelta(seconds=1))


def test_prediction_is_what_counting_makes_of_it(session: Session) -> None:
    for _ in range(6):
        predicted = throttle.after_one_more(throttle.lock(session, KEYS, now=NOON), now=NOON)
        assert predicted == throttle.count_failure(session, KEYS, now=NOON)


def test_a_chat_that_got_in_is_forgiven_and_the_code_is_not(session: Session) -> None:
    fail(session, 3)

    throttle.forget_chat(session, "tg:1:7")

    assert stored(session) == {"code:K7QF2": 3}


def test_housekeeping_deletes_only_what_no_longer_counts(session: Session) -> None:
    fail(session, 1)
    throttle.count_failure(session, throttle.keys_of("tg:1:8", "ZZZZZ"), now=NOON + timedelta(hours=1))

    assert throttle.forget_old(session, now=NOON + timedelta(hours=24)) == 2
    assert stored(session) == {"chat:tg:1:8": 1, "code:ZZZZZ": 1}
