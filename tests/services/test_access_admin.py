"""Handing out access codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models.people import AccessCode
from db.models.record import AuditEntry
from services import access_admin, people
from services.access_admin import NameUnusable, ValidityUnusable, WarehouseUnknown
from services.actor import NotAllowed, Role
from services.errors import DomainError
from tests.builders import NOON, actor_of, later, make_person, make_warehouse
from tests.services.door import (
    DAY,
    audited,
    fresh_code,
    give_code,
    let_in,
)


def test_admin_issues_a_code_that_keeps_only_hashes(session: Session) -> None:
    admin = make_person(session, "Ada", roles=[Role.ADMIN])
    place = make_warehouse(session)

    code = give_code(session, by=actor_of(admin), warehouse_ids=[place.id, place.id])

    assert (code.issued_by, code.issued_at, code.expires_at) == (admin.id, NOON, later(days=1))
    assert (code.name, code.role, code.warehouse_ids) == ("Ivan Petrov", "rep", [place.id])
    assert (code.password_hash, code.link_hash) == (fresh_code().password_hash, fresh_code().link_hash)
    row = session.scalars(select(AuditEntry)).one()
    assert (row.action, row.person_id, row.subject) == ("access.issued", admin.id, f"access_code:{code.public}")


def test_command_line_issues_the_first_admins_code(session: Session) -> None:
    actor = let_in(session, role=Role.ADMIN)

    assert session.scalars(select(AuditEntry.origin).order_by(AuditEntry.id)).first() == "cli"
    assert actor.roles == {Role.ADMIN}
    assert people.has_admin(session)


@pytest.mark.parametrize("role", [Role.REP, Role.STOREKEEPER])
def test_only_admins_issue_codes(session: Session, role: Role) -> None:
    person = make_person(session, roles=[role])

    with pytest.raises(NotAllowed):
        give_code(session, by=actor_of(person))

    assert session.scalars(select(AccessCode)).all() == []


@pytest.mark.parametrize(
    ("options", "refusal", "facts"),
    [
        ({"name": " \n "}, NameUnusable, {"limit": 200}),
        ({"name": "n" * 201}, NameUnusable, {"limit": 200}),
        ({"warehouse_ids": [999_999]}, WarehouseUnknown, {"warehouse_id": 999_999}),
        ({"valid_for": timedelta(0)}, ValidityUnusable, {"max_days": 90}),
        ({"valid_for": timedelta(days=91)}, ValidityUnusable, {"max_days": 90}),
    ],
)
def test_unusable_wishes_are_refused_and_nothing_is_kept(
    session: Session, options: dict[str, Any], refusal: type[DomainError], facts: dict[str, Any]
) -> None:
    wishes: dict[str, Any] = {"name": "Ivan", "role": Role.REP, "warehouse_ids": [], "valid_for": DAY} | options

    admin = actor_of(make_person(session, roles=[Role.ADMIN]))

    with pytest.raises(refusal) as refused:
        access_admin.issue(session, fresh_code(), by=admin, now=NOON, **wishes)

    assert refused.value.facts == facts
    assert session.scalars(select(AccessCode)).all() == []
    assert audited(session) == []


def test_a_public_part_that_is_taken_is_not_given_twice(session: Session) -> None:
    give_code(session)

    with pytest.raises(IntegrityError), session.begin_nested():
        give_code(session, replace(fresh_code(2), public=fresh_code().public))

    assert session.scalars(select(AccessCode.password_hash)).all() == [fresh_code().password_hash]


def test_at_the_command_line_a_name_may_be_left_to_the_account(session: Session) -> None:
    code = access_admin.issue(
        session, fresh_code(), by=None, name="", role=Role.ADMIN, warehouse_ids=(), valid_for=DAY, now=NOON
    )

    assert code.name == ""
