"""Getting in with a one-time code, and everything that must not get in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models.people import AccessCode, ContactRequest, Person
from db.models.record import AuditEntry
from services import access, announcements, contact_requests, people
from services.access import PasswordExpired, PasswordUsed, WrongPassword
from services.actor import Actor, Role
from services.errors import DomainError
from services.people import NewAccount
from tests.builders import NOON, actor_of, later, make_person, make_warehouse
from tests.services.door import (
    IVAN,
    OLGA,
    audited,
    evidence_of,
    failures,
    fresh_code,
    give_code,
    knock,
    let_in,
    presented,
    state,
    wrong,
)

# --- who gets in


def test_typed_password_makes_a_person_with_the_codes_name_role_and_warehouses(session: Session) -> None:
    place = make_warehouse(session)
    code = give_code(session, role=Role.STOREKEEPER, warehouse_ids=[place.id])

    actor = knock(session, presented(fresh_code().password.lower()), now=later(minutes=5))

    assert actor == Actor(
        person_id=actor.person_id,
        name="Ivan Petrov",
        language="ru",
        roles=frozenset({Role.STOREKEEPER}),
        warehouse_ids=frozenset({place.id}),
        origin="tg:1:501",
    )
    assert people.find_actor(session, "tg", "501", "tg:1:501") == actor
    assert (code.used_at, code.used_by) == (later(minutes=5), actor.person_id)


def test_link_opens_the_same_door_and_shuts_the_password(session: Session) -> None:
    give_code(session)

    actor = knock(session, presented(f"/start {fresh_code().link}"))

    assert actor.roles == {Role.REP}
    with pytest.raises(PasswordUsed):
        knock(session, presented(fresh_code().password), OLGA)


def test_entering_is_audited_without_the_secret(session: Session) -> None:
    actor = let_in(session)

    row = session.scalars(select(AuditEntry).where(AuditEntry.action == "access.entered")).one()
    assert (row.person_id, row.origin, row.subject) == (actor.person_id, "tg:1:501", f"person:{actor.person_id}")
    assert row.after == {"code": fresh_code().public, "way": "password", "roles": ["rep"], "warehouse_ids": []}


@pytest.mark.parametrize(
    ("had", "given", "has"), [([1], [2, 3], [1, 2, 3]), ([1], [1], [1]), ([], [2], []), ([1], [], [])]
)
def test_somebody_of_the_staff_gets_the_role_and_the_warehouses_of_both(
    session: Session, had: list[int], given: list[int], has: list[int]
) -> None:
    first = make_warehouse(session).id - 1
    make_warehouse(session)
    make_warehouse(session)
    person = make_person(session, "Rita", warehouse_ids=[first + n for n in had], language="en")
    account = NewAccount("tg", str(person.id), "tg:1:new", "Rita", "ru")
    give_code(session, role=Role.STOREKEEPER, warehouse_ids=[first + n for n in given])

    actor = knock(session, presented(fresh_code().password), account)

    assert (actor.person_id, actor.name, actor.language) == (person.id, "Rita", "en")
    assert person.roles == ["rep", "storekeeper"]
    assert person.warehouse_ids == [first + n for n in has]
    assert people.chats_of(session, announcements.Audience(person_id=person.id))[0].chat_key == "tg:1:new"


def test_revoked_person_comes_back_as_a_new_one(session: Session) -> None:
    admin, gone = make_person(session, "Ada", roles=[Role.ADMIN]), let_in(session)
    people.revoke(session, gone.person_id, by=actor_of(admin), now=NOON)

    actor = let_in(session, number=2, role=Role.STOREKEEPER)

    assert actor.person_id != gone.person_id
    assert people.find_actor(session, "tg", "501", "tg:1:501") == actor
    assert session.get_one(Person, gone.person_id).revoked_at == NOON


def test_second_tap_of_the_same_person_lets_them_in_again_and_changes_nothing(session: Session) -> None:
    actor = let_in(session)
    before = (state(session), audited(session))

    again = knock(session, presented(f"/start {fresh_code().link}"), now=later(days=9))

    assert again == actor
    assert (state(session), audited(session), failures(session)) == (*before, {})


def test_getting_in_forgives_the_chat_and_closes_its_contact_request(session: Session) -> None:
    give_code(session)
    contact_requests.ask_contact(session, IVAN, "ivan", now=NOON)
    with pytest.raises(WrongPassword):
        knock(session, replace(wrong(), public="ZZZZZ"))

    knock(session, presented(fresh_code().password), now=later(seconds=2))

    assert failures(session) == {"code:ZZZZZ": 1}
    assert session.scalars(select(ContactRequest.handled_at)).one() == later(seconds=2)


# --- who does not


@pytest.mark.parametrize("text", ["ZZZZZ-9XMT-4RBA-PZ6C", "/start ZZZZZ_aB3-_xYz0123456789ABcd"])
def test_code_of_another_company_is_simply_wrong(session: Session, text: str) -> None:
    give_code(session)

    with pytest.raises(WrongPassword) as refused:
        knock(session, presented(text))

    assert refused.value.facts == {"attempts_left": 4, "wait_seconds": 1}
    assert state(session) == (0, 0, 0)
    assert failures(session) == {"chat:tg:1:501": 1, "code:ZZZZZ": 1}
    assert audited(session) == ["access.issued", "access.wrong_password"]


def test_truncated_link_is_wrong(session: Session) -> None:
    give_code(session)

    with pytest.raises(WrongPassword):
        knock(session, presented(f"/start {fresh_code().link[:-1]}"))

    assert state(session) == (0, 0, 0)


def test_one_ways_secret_is_wrong_on_the_other_way(session: Session) -> None:
    give_code(session)
    typed = presented(fresh_code().password)

    with pytest.raises(WrongPassword):
        knock(session, presented(f"/start {typed.public}_{typed.secret}"))

    assert state(session) == (0, 0, 0)


def test_used_code_is_refused_and_told_only_to_who_knows_it(session: Session) -> None:
    let_in(session)

    with pytest.raises(PasswordUsed) as refused:
        knock(session, presented(fresh_code().password), OLGA, now=later(hours=1))
    with pytest.raises(WrongPassword):
        knock(session, wrong(), OLGA, now=later(hours=2))

    assert refused.value.facts == {"used_at": "2026-03-02T12:00:00+00:00", "wait_seconds": 1}
    assert state(session) == (1, 1, 1)
    assert failures(session)["chat:tg:1:502"] == 2
    assert audited(session)[-2:] == ["access.password_used", "access.wrong_password"]


def test_expired_code_is_refused_and_told_only_to_who_knows_it(session: Session) -> None:
    give_code(session, valid_for=timedelta(hours=1))

    with pytest.raises(PasswordExpired) as refused:
        knock(session, presented(f"/start {fresh_code().link}"), now=later(hours=1))
    with pytest.raises(WrongPassword):
        knock(session, wrong(), now=later(hours=2))

    assert refused.value.facts == {"expired_at": "2026-03-02T13:00:00+00:00", "wait_seconds": 1}
    assert state(session) == (0, 0, 0)
    assert failures(session) == {"chat:tg:1:501": 2, f"code:{fresh_code().public}": 2}
    assert audited(session)[-2:] == ["access.password_expired", "access.wrong_password"]


def test_code_is_good_until_the_last_moment(session: Session) -> None:
    give_code(session, valid_for=timedelta(hours=1))

    assert knock(session, presented(fresh_code().password), now=later(seconds=3599)).roles == {Role.REP}


def test_codes_of_a_revoked_admin_are_void(session: Session) -> None:
    admin, other = (make_person(session, name, roles=[Role.ADMIN]) for name in ("Ada", "Otto"))
    give_code(session, by=actor_of(other), role=Role.ADMIN)
    people.revoke(session, other.id, by=actor_of(admin), now=later(minutes=1))

    with pytest.raises(PasswordExpired) as refused:
        knock(session, presented(fresh_code().password), now=later(minutes=2))

    assert refused.value.facts["expired_at"] == "2026-03-02T12:01:00+00:00"
    assert state(session) == (2, 2, 0)


def test_proof_against_a_hash_that_was_replaced_meanwhile_is_no_proof(session: Session) -> None:
    give_code(session)
    evidence = evidence_of(session, presented(fresh_code().password))
    assert evidence.matches
    session.execute(update(AccessCode).values(password_hash=fresh_code(2).password_hash))

    with pytest.raises(WrongPassword):
        access.enter(session, evidence, IVAN, now=NOON)

    assert state(session) == (0, 0, 0)


# --- secrets


def test_no_secret_in_repr_refusals_or_audit(session: Session) -> None:
    give_code(session)
    typed, carried = presented(fresh_code().password), presented(f"/start {fresh_code().link}")
    evidence = evidence_of(session, typed)
    found = access.look_up(session, carried, IVAN.chat_key, now=NOON)
    refusals = []
    for minute, what in enumerate((wrong(), replace(typed, public="ZZZZZ"))):
        with pytest.raises(DomainError) as refused:
            knock(session, what, now=later(minutes=minute))
        refusals.append(refused.value)
    knock(session, typed, now=later(minutes=5))
    with pytest.raises(PasswordUsed) as used:
        knock(session, carried, OLGA, now=later(minutes=6))

    texts = [repr(thing) for thing in (fresh_code(), typed, carried, evidence, found)]
    texts += [f"{refusal!r} {refusal} {refusal.facts}" for refusal in (*refusals, used.value)]
    texts += [f"{row.subject} {row.before} {row.after}" for row in session.scalars(select(AuditEntry))]
    fresh = fresh_code()
    hidden = (typed.secret, carried.secret, fresh.password, fresh.link, "argon2", wrong().secret)
    assert [(text, secret) for text in texts for secret in hidden if secret in text] == []
    assert len(texts) == 13
