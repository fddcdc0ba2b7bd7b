"""Who somebody is, where to reach people, and how they leave."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from db.models.people import Account, Person
from db.models.record import AuditEntry
from db.session import Database
from services import announcements, people, staff
from services.actor import Actor, NotAllowed, Role
from services.announcements import Announcement, Audience
from services.errors import DomainError, Moved
from services.people import LastAdmin, NewAccount, Recipient
from tests.builders import NOON, actor_of, later, make_person


def chat_ids(session: Session, audience: Audience) -> list[int]:
    return [recipient.person_id for recipient in people.chats_of(session, audience)]


def make_admin(session: Session, name: str = "Ada") -> Person:
    return make_person(session, name, roles=[Role.ADMIN])


def test_account_tells_who_is_acting_in_one_query(session: Session) -> None:
    person = make_person(session, "Rita", roles=[Role.REP, Role.STOREKEEPER], warehouse_ids=[2, 5], language="es")
    statements: list[str] = []
    connection = session.connection()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    found = people.find_actor(session, "tg", str(person.id), "tg:1:9")
    event.remove(connection, "before_cursor_execute", note)

    assert len(statements) == 1
    assert found == Actor(
        person_id=person.id,
        name="Rita",
        language="es",
        roles=frozenset({Role.REP, Role.STOREKEEPER}),
        warehouse_ids=frozenset({2, 5}),
        origin="tg:1:9",
    )


def test_strangers_and_accounts_of_other_messengers_are_nobody(session: Session) -> None:
    person = make_person(session)

    assert people.find_actor(session, "tg", "999999", "tg:1:9") is None
    assert people.find_actor(session, "vk", str(person.id), "vk:1:9") is None


def test_audience_filters_by_person_role_and_warehouse(session: Session) -> None:
    everywhere = make_person(session, "Eva", roles=[Role.STOREKEEPER]).id
    north = make_person(session, "Nick", roles=[Role.STOREKEEPER], warehouse_ids=[1]).id
    both = make_person(session, "Bob", roles=[Role.REP, Role.STOREKEEPER], warehouse_ids=[1, 2]).id
    rep = make_person(session, "Rita", warehouse_ids=[2]).id

    assert chat_ids(session, Audience(role=Role.STOREKEEPER)) == [everywhere, north, both]
    assert chat_ids(session, Audience(role=Role.STOREKEEPER, warehouse_id=2)) == [everywhere, both]
    assert chat_ids(session, Audience(role=Role.REP)) == [both, rep]
    assert chat_ids(session, Audience(person_id=rep)) == [rep]
    assert chat_ids(session, Audience(person_id=rep, role=Role.ADMIN)) == []
    assert chat_ids(session, Audience(role=Role.ADMIN)) == []
    assert chat_ids(session, Audience()) == [everywhere, north, both, rep]


def test_a_person_is_reached_in_every_chat_of_theirs(session: Session) -> None:
    person = make_person(session, "Rita", language="ru")
    second = NewAccount("vk", "77", "vk:3:77", "Rita", "ru")
    people.link(session, person, second, now=NOON)

    assert people.chats_of(session, Audience(person_id=person.id)) == [
        Recipient(person.id, f"tg:1:{person.id}", "ru"),
        Recipient(person.id, "vk:3:77", "ru"),
    ]


def test_blocked_chat_is_not_written_to_until_it_is_unblocked(session: Session) -> None:
    person = make_person(session)
    key = f"tg:1:{person.id}"

    people.mark_blocked(session, key, now=NOON)
    people.mark_blocked(session, key, now=later(hours=1))
    assert chat_ids(session, Audience(person_id=person.id)) == []
    assert session.scalar(select(Account.blocked_at).where(Account.chat_key == key)) == NOON

    people.mark_unblocked(session, key)
    assert chat_ids(session, Audience(person_id=person.id)) == [person.id]


def test_a_chat_is_somebodys_while_the_account_is_theirs_and_can_be_written_to(session: Session) -> None:
    rita, bob = make_person(session), make_person(session, "Bob", roles=[Role.STOREKEEPER])
    chat = f"tg:1:{rita.id}"

    assert people.has_chat(session, rita.id, chat)
    assert not people.has_chat(session, bob.id, chat)
    assert not people.has_chat(session, rita.id, "tg:1:999999")
    people.mark_blocked(session, chat, now=NOON)
    assert not people.has_chat(session, rita.id, chat)


def test_where_nobody_can_be_reached_the_admins_are(session: Session) -> None:
    admin = make_admin(session)
    keeper = make_person(session, "Kim", roles=[Role.STOREKEEPER], warehouse_ids=[1])

    def reached(**wanted: Any) -> tuple[list[int], bool]:
        recipients, fallback = people.reach(session, Audience(**wanted))
        return [recipient.person_id for recipient in recipients], fallback

    assert reached(role=Role.STOREKEEPER, warehouse_id=1) == ([keeper.id], False)
    assert reached(role=Role.STOREKEEPER, warehouse_id=2) == ([admin.id], True)
    people.mark_blocked(session, f"tg:1:{keeper.id}", now=NOON)
    assert reached(role=Role.STOREKEEPER, warehouse_id=1) == ([admin.id], True)
    assert reached(person_id=keeper.id) == ([admin.id], True)
    people.mark_blocked(session, f"tg:1:{admin.id}", now=NOON)
    assert reached(person_id=keeper.id) == ([], True)


def test_language_is_the_persons(session: Session) -> None:
    person = make_person(session, language="en")

    people.set_language(session, person.id, "ru")

    assert people.chats_of(session, Audience(person_id=person.id))[0].language == "ru"


def test_revoked_person_is_a_stranger_at_once(session: Session) -> None:
    admin, rep = make_admin(session), make_person(session, warehouse_ids=[3])

    people.revoke(session, rep.id, by=actor_of(admin), now=NOON)

    assert people.find_actor(session, "tg", str(rep.id), "tg:1:9") is None
    assert chat_ids(session, Audience(person_id=rep.id)) == []
    row = session.scalars(select(AuditEntry)).one()
    assert (row.action, row.person_id, row.subject) == ("person.revoked", admin.id, f"person:{rep.id}")
    assert row.before == {"roles": ["rep"], "warehouse_ids": [3]}


def test_admin_may_leave_while_another_stays(session: Session) -> None:
    admin, other = make_admin(session), make_admin(session, "Otto")

    people.revoke(session, admin.id, by=actor_of(admin), now=NOON)

    assert people.has_admin(session)
    with pytest.raises(LastAdmin):
        people.revoke(session, other.id, by=actor_of(other), now=NOON)
    assert other.revoked_at is None


def test_revoking_twice_changes_nothing(session: Session) -> None:
    admin, rep = make_admin(session), make_person(session)
    people.revoke(session, rep.id, by=actor_of(admin), now=NOON)

    with pytest.raises(Moved):
        people.revoke(session, rep.id, by=actor_of(admin), now=later(hours=1))

    assert rep.revoked_at == NOON


@pytest.mark.parametrize("role", [Role.REP, Role.STOREKEEPER])
def test_only_admins_revoke_and_see_the_staff(session: Session, role: Role) -> None:
    admin, actor = make_admin(session), actor_of(make_person(session, roles=[role]))

    with pytest.raises(NotAllowed):
        people.revoke(session, admin.id, by=actor, now=NOON)
    with pytest.raises(NotAllowed):
        staff.list_members(session, by=actor)

    assert admin.revoked_at is None


def test_guessed_person_is_refused_with_an_audit_row(session: Session) -> None:
    admin = make_admin(session)

    with pytest.raises(NotAllowed) as refused:
        people.revoke(session, 999_999, by=actor_of(admin), now=NOON)
    refused.value.record(session, now=NOON)

    assert session.scalars(select(AuditEntry)).one().action == "refused.revoke"


def test_an_actor_read_before_being_revoked_can_no_longer_revoke(session: Session) -> None:
    admin, other, rep = make_admin(session), make_admin(session, "Otto"), make_person(session)
    stale = actor_of(other)
    people.revoke(session, other.id, by=actor_of(admin), now=NOON)

    with pytest.raises(NotAllowed):
        people.revoke(session, rep.id, by=stale, now=NOON)

    assert rep.revoked_at is None


def test_two_admins_who_revoke_each_other_at_once_leave_one(database: Database) -> None:
    with database.transaction() as session:
        pair = [actor_of(make_admin(session, name)) for name in ("Ada", "Otto")]
    start = threading.Barrier(2)
    refusals: list[DomainError] = []

    def revoke(by: Actor, target: Actor) -> None:
        start.wait()
        try:
            with database.transaction() as session:
                people.revoke(session, target.person_id, by=by, now=NOON)
        except DomainError as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=revoke, args=(a, b)) for a, b in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [type(refusal) for refusal in refusals] == [NotAllowed]
    with database.reading() as session:
        assert people.has_admin(session)


def test_first_admin_is_missing_until_there_is_one(session: Session) -> None:
    make_person(session, roles=[Role.STOREKEEPER])
    assert not people.has_admin(session)

    make_admin(session)
    assert people.has_admin(session)


def test_staff_is_listed_by_name_in_pages_without_the_revoked(session: Session) -> None:
    admin = make_admin(session)
    for name in ("Hal", "Gus", "Fay", "Eli", "Dan", "Cyd", "Bea"):
        make_person(session, name)
    people.revoke(
        session, session.scalars(select(Person.id).where(Person.name == "Eli")).one(), by=actor_of(admin), now=NOON
    )

    first = staff.list_members(session, by=actor_of(admin))
    second = staff.list_members(session, by=actor_of(admin), page=1)

    assert [member.name for member in first.items] == ["Ada", "Bea", "Cyd", "Dan", "Fay", "Gus"]
    assert (first.items[0].roles, first.pages) == ((Role.ADMIN,), 2)
    assert [member.name for member in second.items] == ["Hal"]


def test_the_admins_are_told_once_of_somebody_whom_nothing_reaches(session: Session) -> None:
    rep = make_person(session, "Rita", roles=[Role.REP, Role.STOREKEEPER])
    other = Account(platform="tg", external_id="x", person_id=rep.id, chat_key="tg:2:x", linked_at=NOON)
    session.add(other)
    session.flush()

    people.mark_blocked(session, "tg:2:x", now=NOON)
    assert announcements.take(session) == [], "the first chat still reaches her"
    for _ in range(2):
        people.mark_blocked(session, f"tg:1:{rep.id}", now=NOON)

    facts = {"person_name": "Rita", "roles": ["rep", "storekeeper"]}
    assert announcements.take(session) == [Announcement(Audience(role=Role.ADMIN), "staff_unreachable", facts)]


def test_nobody_is_told_of_strangers_and_of_those_who_have_left(session: Session) -> None:
    gone = make_person(session, "Rex", revoked_at=NOON)

    people.mark_blocked(session, f"tg:1:{gone.id}", now=NOON)
    people.mark_blocked(session, "tg:1:987654", now=NOON)

    assert announcements.take(session) == []
