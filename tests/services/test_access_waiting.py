"""Guessing at codes, one by one and all at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.session import Database
from services import access, throttle
from services.access import PasswordUsed, TooManyTries, WrongPassword
from services.actor import Role
from services.errors import DomainError
from tests.builders import NOON, later
from tests.services.door import (
    IVAN,
    OLGA,
    CountingHasher,
    evidence_of,
    failures,
    fresh_code,
    give_code,
    hasher,
    knock,
    presented,
    state,
    wrong,
)


def test_waits_grow_and_the_fifth_failure_waits_a_quarter_of_an_hour(session: Session) -> None:
    give_code(session)
    now, told = NOON, []
    for number in range(5):
        with pytest.raises(WrongPassword) as refused:
            knock(session, wrong(number), now=now)
        told.append((refused.value.facts["attempts_left"], refused.value.facts["wait_seconds"]))
        now += timedelta(seconds=refused.value.facts["wait_seconds"])

    assert told == [(4, 1), (3, 2), (2, 4), (1, 8), (0, 900)]
    assert now == NOON + timedelta(seconds=915)


def test_right_password_during_the_wait_is_neither_hashed_nor_counted(session: Session) -> None:
    give_code(session)
    with pytest.raises(WrongPassword):
        knock(session, wrong())
    counting = CountingHasher()

    evidence = evidence_of(session, presented(fresh_code().password), by_hasher=counting)
    with pytest.raises(TooManyTries) as refused:
        access.enter(session, evidence, IVAN, now=NOON)
    refused.value.record(session, now=NOON)

    assert refused.value.facts == {"wait_seconds": 1}
    assert (counting.compared, evidence.matches) == (0, False)
    assert failures(session)["chat:tg:1:501"] == 1
    assert state(session) == (0, 0, 0)


def test_many_codes_from_one_chat_and_many_chats_on_one_code_wait_alike(session: Session) -> None:
    give_code(session)
    for number in range(5):
        chat = replace(IVAN, chat_key=f"tg:1:{number}")
        throttle.count_failure(session, throttle.keys_of(chat.chat_key, fresh_code().public), now=NOON)
        throttle.count_failure(session, throttle.keys_of("tg:1:502", f"ZZZZ{number}"), now=NOON)

    for account, public in ((IVAN, fresh_code().public), (OLGA, "YYYYY")):
        with pytest.raises(TooManyTries) as refused:
            knock(session, replace(wrong(), public=public), account)
        assert refused.value.facts == {"wait_seconds": 900}


def test_right_guess_hashed_while_others_failed_is_refused_like_a_wrong_one(session: Session) -> None:
    give_code(session)
    right = evidence_of(session, presented(fresh_code().password), OLGA)
    bad = evidence_of(session, wrong(), OLGA)
    with pytest.raises(WrongPassword):
        knock(session, wrong())
    facts = []

    for evidence in (right, bad):
        savepoint = session.begin_nested()
        with pytest.raises(TooManyTries) as refused:
            access.enter(session, evidence, OLGA, now=NOON)
        refused.value.record(session, now=NOON)
        facts.append((refused.value.facts, failures(session)))
        savepoint.rollback()

    assert facts[0] == facts[1]
    assert facts[0][0] == {"wait_seconds": 2}
    assert state(session) == (0, 0, 0)


def test_unknown_code_costs_as_many_hashes_as_a_known_one(session: Session) -> None:
    give_code(session)
    costs = []

    for public in (fresh_code().public, "ZZZZZ"):
        counting = CountingHasher()
        evidence = evidence_of(session, replace(wrong(), public=public), by_hasher=counting)
        costs.append((counting.compared, evidence.matches))

    assert costs == [(1, False), (1, False)]


def test_fifty_wrong_tries_at_once_count_fifty(database: Database) -> None:
    with database.transaction() as session:
        give_code(session)
    looked_up = threading.Barrier(50)
    refusals: list[DomainError] = []

    def attack(number: int) -> None:
        account = replace(IVAN, external_id=f"{number}", chat_key=f"tg:1:{number}")
        with database.reading() as session:
            found = access.look_up(session, wrong(number), account.chat_key, now=NOON)
        looked_up.wait(timeout=60)
        evidence = access.verify(found, wrong(number), hasher())
        with database.transaction() as session:
            try:
                with session.begin_nested():
                    access.enter(session, evidence, account, now=NOON)
            except DomainError as refusal:
                refusal.record(session, now=NOON)
                refusals.append(refusal)

    _run(attack, 50)

    assert {type(refusal) for refusal in refusals} == {WrongPassword, TooManyTries}
    with database.transaction() as session:
        assert len(refusals) == failures(session)[f"code:{fresh_code().public}"] == 50
        with pytest.raises(TooManyTries) as refused:
            knock(session, presented(fresh_code().password), OLGA, now=later(minutes=14))
        assert refused.value.facts == {"wait_seconds": 60}
        assert state(session) == (0, 0, 0)
        assert knock(session, presented(fresh_code().password), OLGA, now=later(minutes=15)).roles == {Role.REP}


def test_fifty_wrong_tries_from_one_chat_get_five_hashes_when_they_come_one_by_one(database: Database) -> None:
    with database.transaction() as session:
        give_code(session)
    counting = CountingHasher()
    answers = []
    for number in range(50):
        now = later(seconds=10 * number)
        with database.reading() as session:
            found = access.look_up(session, wrong(number), IVAN.chat_key, now=now)
        evidence = access.verify(found, wrong(number), counting)
        with database.transaction() as session:
            with pytest.raises(DomainError) as refused, session.begin_nested():
                access.enter(session, evidence, IVAN, now=now)
            refused.value.record(session, now=now)
        answers.append(type(refused.value))

    assert answers == [WrongPassword] * 5 + [TooManyTries] * 45
    assert counting.compared == 5


def test_ten_people_with_one_code_at_once_let_in_one(database: Database) -> None:
    with database.transaction() as session:
        give_code(session)
    with database.reading() as session:
        evidence = evidence_of(session, presented(fresh_code().password))
    outcomes: list[object] = []

    def race(number: int) -> None:
        account = replace(IVAN, external_id=f"{number}", chat_key=f"tg:1:{number}")
        try:
            with database.transaction() as session:
                outcomes.append(access.enter(session, evidence, account, now=NOON))
        except DomainError as refusal:
            outcomes.append(type(refusal))

    _run(race, 10)

    assert outcomes.count(PasswordUsed) == 9
    with database.reading() as session:
        assert state(session) == (1, 1, 1)


def _run(work: Any, count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
