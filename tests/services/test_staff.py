"""The staff as admins see and change it: roles, warehouses, passwords that were not used, coming back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.people import AccessCode, Account, Person
from db.models.record import AuditEntry
from services import access_admin, loading, people, staff
from services.access import PasswordExpired, PasswordOfAnother
from services.access_admin import WarehouseUnknown
from services.actor import Actor, NotAllowed, Role
from services.errors import DomainError, Moved
from services.people import LastAdmin
from services.staff import NoRoleLeft, NoWarehouseLeft
from tests.builders import NOON, actor_of, later, make_person, make_product, make_warehouse
from tests.services.desk import Desk, make_claimed
from tests.services.door import DAY, IVAN, OLGA, fresh_code, give_code, knock, presented

WEEK = timedelta(days=7)


@pytest.fixture
def ada(session: Session) -> Actor:
    return actor_of(make_person(session, "Ada", roles=[Role.ADMIN]))


def chat_of(session: Session, person: Person) -> list[str]:
    return [account.chat_key for account in people.list_accounts(session, person.id)]


def test_a_part_of_a_name_finds_people_and_former_ones_apart(session: Session, ada: Actor) -> None:
    ivan, gone = make_person(session, "Иван Ёлкин"), make_person(session, "Ivan", revoked_at=NOON)

    assert [member.name for member in staff.list_members(session, by=ada, query="елк").items] == [ivan.name]
    assert [member.person_id for member in staff.list_members(session, by=ada, former=True).items] == [gone.id]
    assert staff.list_members(session, by=ada, query="nobody").items == ()
    assert staff.get(session, gone.id, by=ada).revoked_at == NOON


def test_somebody_who_blocks_us_is_marked(session: Session, ada: Actor) -> None:
    rita = make_person(session, "Rita")
    assert staff.get(session, rita.id, by=ada).is_reachable

    people.mark_blocked(session, chat_of(session, rita)[0], now=NOON)

    assert not staff.get(session, rita.id, by=ada).is_reachable


def test_a_role_is_given_once_and_taken_away_once(session: Session, ada: Actor) -> None:
    rita = make_person(session, "Rita", roles=[Role.REP])

    for _ in range(2):
        staff.set_role(session, rita.id, Role.STOREKEEPER, on=True, by=ada, now=NOON)
    assert staff.get(session, rita.id, by=ada).roles == (Role.REP, Role.STOREKEEPER)
    for _ in range(2):
        staff.set_role(session, rita.id, Role.REP, on=False, by=ada, now=NOON)

    assert staff.get(session, rita.id, by=ada).roles == (Role.STOREKEEPER,)
    written = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.before, entry.after) for entry in written] == [
        ("person.changed", {"roles": ["rep"]}, {"roles": ["rep", "storekeeper"]}),
        ("person.changed", {"roles": ["rep", "storekeeper"]}, {"roles": ["storekeeper"]}),
    ]
    with pytest.raises(NoRoleLeft):
        staff.set_role(session, rita.id, Role.STOREKEEPER, on=False, by=ada, now=NOON)


def test_the_last_admin_stays_one(session: Session, ada: Actor) -> None:
    staff.set_role(session, ada.person_id, Role.REP, on=True, by=ada, now=NOON)

    with pytest.raises(LastAdmin):
        staff.set_role(session, ada.person_id, Role.ADMIN, on=False, by=ada, now=NOON)

    make_person(session, "Otto", roles=[Role.ADMIN])
    staff.set_role(session, ada.person_id, Role.ADMIN, on=False, by=ada, now=NOON)
    with pytest.raises(NotAllowed):
        staff.set_role(session, ada.person_id, Role.ADMIN, on=True, by=ada, now=NOON)


def test_who_is_no_storekeeper_any_more_gives_back_what_was_in_hand(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session, on_hand=10): 3})
    by = actor_of(desk.ann)
    staff.set_role(session, desk.bob.id, Role.REP, on=True, by=by, now=NOON)
    assert order.status == "loading"

    staff.set_role(session, desk.bob.id, Role.STOREKEEPER, on=False, by=by, now=NOON)

    assert (order.status, order.claimed_by) == ("submitted", None)


def test_a_warehouse_that_is_taken_away_takes_its_orders_along(session: Session, desk: Desk) -> None:
    kazan, by = make_warehouse(session, "Kazan"), actor_of(desk.ann)
    order = make_claimed(session, desk, {make_product(session, on_hand=10): 3})

    staff.set_warehouse(session, desk.bob.id, desk.warehouse.id, on=True, by=by, now=NOON)
    assert staff.get(session, desk.bob.id, by=by).warehouse_ids == (desk.warehouse.id,)
    with pytest.raises(NoWarehouseLeft):
        staff.set_warehouse(session, desk.bob.id, desk.warehouse.id, on=False, by=by, now=NOON)
    staff.set_warehouse(session, desk.bob.id, kazan.id, on=True, by=by, now=NOON)
    assert order.status == "loading"
    staff.set_warehouse(session, desk.bob.id, desk.warehouse.id, on=False, by=by, now=NOON)

    assert (order.status, order.claimed_by) == ("submitted", None)
    with pytest.raises(NotAllowed):
        loading.claim(session, order.id, order.version, by=staff_actor(session, desk.bob), now=NOON)
    staff.set_warehouse(session, desk.bob.id, 0, on=True, by=by, now=NOON)
    assert staff.get(session, desk.bob.id, by=by).warehouse_ids == ()
    with pytest.raises(WarehouseUnknown):
        staff.set_warehouse(session, desk.bob.id, 999_999, on=True, by=by, now=NOON)


def staff_actor(session: Session, person: Person) -> Actor:
    session.refresh(person)
    return actor_of(person)


def test_whoever_was_shut_out_meanwhile_is_not_changed(session: Session, ada: Actor) -> None:
    rita = make_person(session, "Rita", revoked_at=NOON)

    with pytest.raises(Moved):
        staff.set_role(session, rita.id, Role.ADMIN, on=True, by=ada, now=NOON)

    assert rita.roles == ["rep"]


@pytest.mark.parametrize("role", [Role.REP, Role.STOREKEEPER])
def test_nobody_but_admins_reads_or_changes_the_staff(session: Session, role: Role) -> None:
    make_person(session, "Ada", roles=[Role.ADMIN])
    person = make_person(session, "Rita", roles=[role])
    by = actor_of(person)
    deeds = [
        lambda: staff.get(session, person.id, by=by),
        lambda: staff.set_role(session, person.id, Role.ADMIN, on=True, by=by, now=NOON),
        lambda: staff.set_warehouse(session, person.id, 0, on=True, by=by, now=NOON),
        lambda: staff.reissue(session, fresh_code(), person.id, valid_for=WEEK, by=by, now=NOON),
        lambda: staff.list_codes(session, by=by, now=NOON),
        lambda: staff.withdraw_code(session, 1, by=by, now=NOON),
        lambda: staff.dismiss(session, person.id, by=by, now=NOON),
    ]
    for deed in deeds:
        with pytest.raises(NotAllowed):
            deed()

    assert (person.roles, person.revoked_at) == ([role.value], None)
    assert session.scalars(select(AccessCode)).all() == []


# coming back


def test_a_password_issued_anew_makes_a_new_phone_the_persons_only_one(session: Session, ada: Actor) -> None:
    rita = make_person(session, "Rita", roles=[Role.REP, Role.STOREKEEPER])
    older, fresh = fresh_code(1), fresh_code(2)
    staff.reissue(session, older, rita.id, valid_for=WEEK, by=ada, now=NOON)
    staff.reissue(session, fresh, rita.id, valid_for=WEEK, by=ada, now=NOON)

    with pytest.raises(PasswordExpired):
        knock(session, presented(older.password), OLGA)
    actor = knock(session, presented(fresh.password), OLGA, now=later(minutes=1))

    assert (actor.person_id, actor.name, actor.roles) == (rita.id, "Rita", {Role.REP, Role.STOREKEEPER})
    assert chat_of(session, rita) == [OLGA.chat_key]


def test_a_former_colleague_comes_back_as_the_same_person(session: Session, ada: Actor) -> None:
    rita = make_person(session, "Rita", revoked_at=NOON)
    staff.reissue(session, fresh_code(), rita.id, valid_for=WEEK, by=ada, now=NOON)
    assert rita.revoked_at == NOON, "issuing alone lets nobody in"

    knock(session, presented(fresh_code().password), IVAN)

    assert rita.revoked_at is None
    assert session.get(Account, ("tg", IVAN.external_id)).person_id == rita.id


def test_a_password_that_was_issued_before_somebody_left_lets_nobody_back_in(session: Session, ada: Actor) -> None:
    rita = make_person(session, "Rita")
    staff.reissue(session, fresh_code(), rita.id, valid_for=WEEK, by=ada, now=NOON)

    staff.dismiss(session, rita.id, by=ada, now=later(minutes=1))

    assert staff.list_codes(session, by=ada, now=later(minutes=1)).items == ()
    with pytest.raises(PasswordExpired):
        knock(session, presented(fresh_code().password), OLGA, now=later(minutes=2))
    assert rita.revoked_at == later(minutes=1)


def test_a_colleague_who_opens_somebody_elses_new_password_does_not_become_them(session: Session, ada: Actor) -> None:
    give_code(session, fresh_code(1), role=Role.ADMIN)
    otto = knock(session, presented(fresh_code(1).password), OLGA)
    rita = make_person(session, "Rita")
    staff.reissue(session, fresh_code(2), rita.id, valid_for=WEEK, by=ada, now=NOON)

    with pytest.raises(PasswordOfAnother) as refused:
        knock(session, presented(fresh_code(2).password), OLGA)

    assert refused.value.facts == {"name": "Rita"}
    assert session.get(Account, ("tg", OLGA.external_id)).person_id == otto.person_id
    assert knock(session, presented(fresh_code(2).password), IVAN).person_id == rita.id


# passwords that were not used


def test_unused_passwords_are_listed_and_can_be_made_void(session: Session, ada: Actor) -> None:
    used, open_, late = (give_code(session, fresh_code(number), by=ada) for number in (1, 2, 3))
    knock(session, presented(fresh_code(1).password), IVAN)
    late.expires_at = later(hours=-1)
    session.flush()

    listed = staff.list_codes(session, by=ada, now=NOON).items
    assert [(code.code_id, code.name, code.role) for code in listed] == [(open_.id, "Ivan Petrov", Role.REP)]
    staff.withdraw_code(session, open_.id, by=ada, now=NOON)

    assert staff.list_codes(session, by=ada, now=NOON).items == ()
    with pytest.raises(PasswordExpired):
        knock(session, presented(fresh_code(2).password), OLGA)
    refusals: list[type[DomainError]] = []
    for code_id in (open_.id, used.id, 999_999):
        with pytest.raises(DomainError) as refused:
            staff.withdraw_code(session, code_id, by=ada, now=NOON)
        refusals.append(refused.type)
    assert refusals == [Moved, Moved, NotAllowed]


def test_who_issued_it_is_asked_again_for_how_long(session: Session, ada: Actor) -> None:
    with pytest.raises(access_admin.ValidityUnusable):
        staff.reissue(session, fresh_code(), ada.person_id, valid_for=400 * DAY, by=ada, now=NOON)
