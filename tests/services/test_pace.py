"""The pace: a burst at once, then a steady rate, as a plain leaky bucket would have it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.messaging import rate
from db.session import Database
from services import pace
from services.pace import Limit
from tests.builders import NOON, later


@dataclass
class Bucket:
    """The plain model: holds ``burst`` uses, fills up at ``per_second``, each use takes one."""

    per_second: float
    burst: int
    held: float = 0.0
    at: float = 0.0

    def __post_init__(self) -> None:
        self.held = float(self.burst)

    def wait(self, at: float) -> float:
        self.held = min(float(self.burst), self.held + (at - self.at) * self.per_second)
        self.at = at
        if self.held >= 1 - 1e-6:
            self.held -= 1
            return 0.0
        return (1 - self.held) / self.per_second


def test_a_burst_of_five_then_one_a_second(session: Session) -> None:
    limit = Limit("chat:a", 1.0, burst=5)

    assert [pace.wait(session, limit, now=NOON) for _ in range(5)] == [0.0] * 5
    assert pace.wait(session, limit, now=NOON) == pytest.approx(1.0)
    assert pace.wait(session, limit, now=later(seconds=0.6)) == pytest.approx(0.4)
    assert pace.wait(session, limit, now=later(seconds=1)) == 0.0
    assert pace.wait(session, limit, now=later(seconds=1)) == pytest.approx(1.0)


def test_after_a_long_rest_the_burst_is_back_but_no_more(session: Session) -> None:
    limit = Limit("chat:a", 1.0, burst=3)
    for _ in range(3):
        pace.wait(session, limit, now=NOON)

    waits = [pace.wait(session, limit, now=later(hours=9)) for _ in range(4)]

    assert waits[:3] == [0.0] * 3
    assert waits[3] == pytest.approx(1.0)


def test_names_do_not_share(session: Session) -> None:
    assert [pace.wait(session, Limit(name, 1.0), now=NOON) for name in ("a", "b", "a")] == [
        0.0,
        0.0,
        pytest.approx(1.0),
    ]


def test_a_rate_of_nothing_is_no_limit_and_writes_nothing(session: Session) -> None:
    assert {pace.wait(session, Limit("a", 0.0), now=NOON) for _ in range(50)} == {0.0}
    assert session.scalars(select(rate.c.name)).all() == []


def test_a_clock_that_goes_back_mutes_nobody(session: Session) -> None:
    limit = Limit("a", 1.0)
    assert pace.wait(session, limit, now=NOON) == 0.0

    assert pace.wait(session, limit, now=later(hours=-1)) == 0.0
    assert pace.wait(session, limit, now=later(hours=-1)) == pytest.approx(1.0)


def test_clocks_that_differ_a_little_let_nothing_more_through(session: Session) -> None:
    limit = Limit("a", 1.0)
    assert pace.wait(session, limit, now=NOON) == 0.0

    assert pace.wait(session, limit, now=later(seconds=-0.5)) == pytest.approx(1.5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    per_second=st.sampled_from([0.25, 1.0, 2.0, 20 / 60, 30.0]),
    burst=st.integers(1, 6),
    gaps=st.lists(st.integers(0, 3000), min_size=1, max_size=25),
)
def test_it_is_the_plain_bucket(session: Session, *, per_second: float, burst: int, gaps: list[int]) -> None:
    model, at = Bucket(per_second, burst), 0.0
    limit = Limit("model", per_second, burst)
    with session.begin_nested() as block:
        for gap in gaps:
            at += gap / 1000
            told = pace.wait(session, limit, now=NOON + timedelta(seconds=at))
            assert told == pytest.approx(model.wait(at), abs=2e-3)
        block.rollback()


def test_users_at_once_do_not_get_more_than_the_burst(database: Database) -> None:
    def use(_: int) -> float:
        with database.transaction() as session:
            return pace.wait(session, Limit("all", 1.0, burst=5), now=NOON)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, range(24))).count(0.0) == 5


def test_a_limit_that_allowed_is_given_back_where_another_refused(session: Session) -> None:
    mine, everybodys = Limit("chat:a", per_second=1, burst=2), Limit("notices", per_second=1)

    assert pace.wait_for_all(session, [mine, everybodys], now=NOON) == 0.0
    refused = pace.wait_for_all(session, [mine, everybodys], now=NOON)

    assert refused == pytest.approx(1.0)
    assert pace.wait(session, mine, now=NOON) == 0.0  # its second use was not spent by the refusal
