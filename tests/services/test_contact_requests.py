"""Strangers who ask the admins to get in touch."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.people import ContactRequest
from services import announcements, contact_requests
from services.actor import NotAllowed, Role
from services.announcements import Announcement, Audience
from services.contact_requests import AlreadyAsked, AlreadyHandled
from services.people import NewAccount
from tests.builders import NOON, actor_of, later, make_person

STRANGER = NewAccount("tg", "501", "tg:1:501", "Olga <b>", "ru")


def ask(session: Session, account: NewAccount = STRANGER, *, minutes: int = 0) -> ContactRequest:
    return contact_requests.ask_contact(session, account, "@olga", now=later(minutes=minutes))


def test_request_is_kept_and_announced_to_the_admins(session: Session) -> None:
    request = ask(session)

    assert (request.name, request.username, request.asked_at) == ("Olga <b>", "olga", NOON)
    assert announcements.take(session) == [
        Announcement(
            Audience(role=Role.ADMIN),
            "contact_request",
            {
                "request_id": request.id,
                "person_name": "Olga <b>",
                "username": "olga",
                "platform": "tg",
                "external_id": "501",
            },
        )
    ]


def test_second_tap_changes_and_announces_nothing(session: Session) -> None:
    make_person(session, "Ada", roles=[Role.ADMIN])
    ask(session)
    announcements.take(session)

    with pytest.raises(AlreadyAsked) as refused:
        ask(session, minutes=5)

    assert refused.value.facts == {"asked_at": "2026-03-02T12:00:00+00:00"}
    assert session.scalar(select(func.count()).select_from(ContactRequest)) == 1
    assert announcements.take(session) == []


def test_names_longer_than_the_columns_are_cut(session: Session) -> None:
    account = NewAccount("tg", "502", "tg:1:502", "n" * 300, "ru")

    request = contact_requests.ask_contact(session, account, "u" * 90, now=NOON)

    assert (len(request.name), len(request.username)) == (200, 64)


def test_admin_sees_open_requests_oldest_first_and_closes_them(session: Session) -> None:
    admin = actor_of(make_person(session, "Ada", roles=[Role.ADMIN]))
    late = ask(session, minutes=9)
    early = ask(session, NewAccount("tg", "502", "tg:1:502", "Pavel", "ru"))
    assert [row.id for row in contact_requests.list_open(session, by=admin).items] == [early.id, late.id]

    contact_requests.close(session, early.id, by=admin, now=NOON)

    assert [row.id for row in contact_requests.list_open(session, by=admin).items] == [late.id]
    assert ask(session, NewAccount("tg", "502", "tg:1:502", "Pavel", "ru"), minutes=10).id > late.id


def test_closed_request_is_not_closed_again(session: Session) -> None:
    admin = actor_of(make_person(session, "Ada", roles=[Role.ADMIN]))
    request = ask(session)
    contact_requests.close(session, request.id, by=admin, now=NOON)

    with pytest.raises(AlreadyHandled):
        contact_requests.close(session, request.id, by=admin, now=later(minutes=1))

    assert request.handled_at == NOON


@pytest.mark.parametrize("role", [Role.REP, Role.STOREKEEPER])
def test_only_admins_see_and_close_requests(session: Session, role: Role) -> None:
    by = actor_of(make_person(session, roles=[role]))
    request = ask(session)

    with pytest.raises(NotAllowed):
        contact_requests.list_open(session, by=by)
    with pytest.raises(NotAllowed):
        contact_requests.close(session, request.id, by=by, now=NOON)

    assert request.handled_at is None


def test_a_guessed_id_is_refused(session: Session) -> None:
    admin = actor_of(make_person(session, "Ada", roles=[Role.ADMIN]))

    with pytest.raises(NotAllowed):
        contact_requests.close(session, 999_999, by=admin, now=NOON)


def test_after_a_day_the_same_request_is_announced_again(session: Session) -> None:
    admin = actor_of(make_person(session, "Ada", roles=[Role.ADMIN]))
    first = ask(session)
    announcements.take(session)
    with pytest.raises(AlreadyAsked):
        ask(session, minutes=24 * 60 - 1)

    again = ask(session, minutes=24 * 60)

    assert (again.id, again.asked_at) == (first.id, later(days=1))
    assert [said.name for said in announcements.take(session)] == ["contact_request"]
    assert contact_requests.count_open(session, by=admin) == 1


def test_a_request_is_kept_even_if_nobody_can_be_told(session: Session) -> None:
    assert not contact_requests.is_heard(session)
    first = ask(session)

    assert ask(session, minutes=1) is first

    admin = make_person(session, "Ada", roles=[Role.ADMIN])
    assert contact_requests.is_heard(session)
    assert contact_requests.list_open(session, by=actor_of(admin)).items == (first,)
    with pytest.raises(AlreadyAsked):
        ask(session, minutes=2)


@pytest.mark.parametrize("role", [Role.REP, Role.STOREKEEPER])
def test_only_admins_count_and_read_requests(session: Session, role: Role) -> None:
    by = actor_of(make_person(session, roles=[role]))
    request = ask(session)

    with pytest.raises(NotAllowed):
        contact_requests.count_open(session, by=by)
    with pytest.raises(NotAllowed):
        contact_requests.get(session, request.id, by=by)
