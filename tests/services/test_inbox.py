"""Every update is done once; one that keeps failing is counted, and put aside for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.messaging import dead_letter
from db.models.messaging import inbox as table
from db.session import Database
from services import inbox
from tests.builders import NOON, later

WHO = {"chat_key": "tg:1:5", "now": NOON}


def accept(session: Session, number: int = 1, source: str = "tg:1") -> bool:
    return inbox.accept(session, source, number, **WHO)  # type: ignore[arg-type]


def fail(session: Session, number: int = 1, error: str = "KeyError: x") -> int | None:
    return inbox.count_failure(session, "tg:1", number, error=error, **WHO)  # type: ignore[arg-type]


def bury(session: Session, number: int = 1, raw: dict[str, Any] | None = None) -> None:
    inbox.bury(session, "tg:1", number, raw=raw or {"update_id": 1}, error="KeyError: x", **WHO)  # type: ignore[arg-type]


def standing(session: Session) -> list[tuple[int, str, int]]:
    columns = select(table.c.update_id, table.c.status, table.c.attempts).order_by(table.c.update_id)
    return [tuple(row) for row in session.execute(columns)]


def test_an_update_is_taken_once(session: Session) -> None:
    """On PostgreSQL too, where the rowcount of ON CONFLICT DO NOTHING cannot tell."""
    assert [accept(session), accept(session), accept(session)] == [True, False, False]
    assert standing(session) == [(1, "done", 1)]


def test_a_number_belongs_to_its_source(session: Session) -> None:
    assert [accept(session), accept(session, 2), accept(session, source="tg:2")] == [True, True, True]
    assert accept(session, source="internal:gave_up")


def test_tries_are_counted_until_it_is_taken(session: Session) -> None:
    assert [fail(session), fail(session, error="other")] == [1, 2]
    assert standing(session) == [(1, "failed", 2)]
    assert session.scalar(select(table.c.error)) == "other"

    assert accept(session)
    assert standing(session) == [(1, "done", 2)]
    assert not accept(session)


def test_what_is_done_or_buried_does_not_fail_any_more(session: Session) -> None:
    accept(session, 1)
    fail(session, 2)
    bury(session, 2)

    assert [fail(session, 1), fail(session, 2)] == [None, None]
    assert standing(session) == [(1, "done", 1), (2, "dead", 1)]


def test_what_is_buried_is_kept_whole_and_never_taken_again(session: Session) -> None:
    for _ in range(inbox.TRIES):
        fail(session)
    bury(session, raw={"update_id": 1, "message": {"text": "привет"}})

    assert not accept(session)
    assert standing(session) == [(1, "dead", 3)]
    row = session.execute(select(dead_letter)).one()
    assert (row.source, row.update_id, row.chat_key, row.error) == ("tg:1", 1, "tg:1:5", "KeyError: x")
    assert (row.raw, row.at) == ({"update_id": 1, "message": {"text": "привет"}}, NOON)


def test_long_errors_are_cut(session: Session) -> None:
    fail(session, error="x" * 9000)

    assert len(session.scalar(select(table.c.error)) or "") == 2000


def test_only_old_rows_are_forgotten(session: Session) -> None:
    accept(session, 1)
    inbox.accept(session, "tg:1", 2, chat_key="tg:1:5", now=later(days=1))

    inbox.forget_before(session, later(hours=1))

    assert standing(session) == [(2, "done", 1)]


@pytest.mark.parametrize("number", [1, 2**53, 2**63 - 1])
def test_numbers_as_large_as_messengers_have_them(session: Session, number: int) -> None:
    assert [accept(session, number), accept(session, number)] == [True, False]


def test_of_many_at_once_one_takes_it(database: Database) -> None:
    def take(_: int) -> bool:
        with database.transaction() as session:
            return accept(session)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(take, range(24))).count(True) == 1


def test_whoever_waits_for_a_taker_that_rolls_back_takes_it(database: Database) -> None:
    class Away(Exception):
        pass

    def take(breaks: bool) -> bool:  # noqa: FBT001
        try:
            with database.transaction() as session:
                taken = accept(session)
                if breaks and taken:
                    raise Away
                return taken
        except Away:
            return False

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(take, [True, False]))
    with database.transaction() as session:
        assert not accept(session)
    assert results == [False, True]
