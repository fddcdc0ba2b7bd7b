from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.clients import Client, RecentClient
from db.models.people import Person
from db.models.record import AuditEntry
from services import clients
from services.actor import Actor, NotAllowed, Role
from services.client_fields import ClientTextUnfit, PinUnclear
from services.clients import ClientGone
from services.emails import EmailUnclear
from services.errors import DomainError, Moved
from services.phones import PhoneUnclear
from services.tax_ids import TaxIdWrong
from tests.builders import NOON, actor_of, later, make_client, make_company, make_draft, make_person, make_product

WHOLE = {
    "name": "Ёлочка",
    "legal_name": "ООО «Ёлка»",
    "tax_id": "7707083893/773601001",
    "contact": "Зоя Королёва",
    "phone": "8 (495) 000-20-11",
    "email": "Zoya@Example.org",
    "address": "Покровка, 1",
    "language": "es",
}


@pytest.fixture
def rita(session: Session) -> Actor:
    make_company(session)
    return actor_of(make_person(session))


def audit_of(session: Session, client_id: int) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    query = select(AuditEntry).where(AuditEntry.subject == f"client:{client_id}").order_by(AuditEntry.id)
    return [(row.action, row.before, row.after) for row in session.scalars(query)]


def test_get(session: Session) -> None:
    client = make_client(session)
    assert clients.get(session, client.id) is client
    with pytest.raises(ClientGone):
        clients.get(session, client.id + 1)


def test_a_new_client_is_stored_in_the_forms_that_are_shown_and_searched(session: Session, rita: Actor) -> None:
    client = clients.create(session, WHOLE, pin=(55.76, 37.64), by=rita, now=NOON)

    assert (client.tax_id, client.tax_reason_code, client.country) == ("7707083893", "773601001", "")
    assert (client.phone, client.phone_key, client.phone_end_key) == ("+7 495 000-20-11", "74950002011", "11020005947")
    assert (client.email, client.language, client.version) == ("Zoya@example.org", "es", 1)
    assert client.search_key == "елочка | ооо елка"
    assert [(place.address, place.latitude, place.longitude) for place in client.places] == [
        ("Покровка, 1", 55.76, 37.64)
    ]
    assert (client.created_at, client.created_by) == (NOON, rita.person_id)
    [(action, before, after)] = audit_of(session, client.id)
    assert (action, before) == ("client.created", {})
    assert (after["tax_id"], after["place"]) == ("7707083893", "55.76000, 37.64000")


def test_only_the_name_is_needed_and_papers_are_in_the_companys_language(session: Session, rita: Actor) -> None:
    make_company(session, language="es")
    client = clients.create(session, {"name": "Tienda"}, by=rita, now=NOON)

    assert (client.name, client.language, client.email, client.places) == ("Tienda", "es", "", [])
    make_company(session, language="kk")
    assert clients.create(session, {"name": "Shop"}, by=rita, now=NOON).language == "en"


@pytest.mark.parametrize(
    ("fields", "pin", "refusal"),
    [
        ({}, None, ClientTextUnfit),
        ({"name": "x" * 201}, None, ClientTextUnfit),
        ({"name": "x", "tax_id": "7707083894"}, None, TaxIdWrong),
        ({"name": "x", "phone": "📞"}, None, PhoneUnclear),
        ({"name": "x", "email": "x"}, None, EmailUnclear),
        ({"name": "x"}, (0.0, 0.0), PinUnclear),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_written(
    session: Session, rita: Actor, *, fields: dict[str, str], pin: tuple[float, float] | None,
    refusal: type[DomainError],
) -> None:  # fmt: skip
    with pytest.raises(refusal):
        clients.create(session, fields, pin=pin, by=rita, now=NOON)

    assert session.scalar(select(func.count()).select_from(Client)) == 0


def test_a_change_is_written_down_before_and_after_and_grows_the_version(session: Session, rita: Actor) -> None:
    client = clients.create(session, WHOLE, pin=(55.76, 37.64), by=rita, now=NOON)

    clients.change(
        session, client.id, version=1, by=rita, now=later(minutes=1),
        email="new@example.org", name="Ёлочка", address="Покровка, 2", pin=(55.77, 37.65),
    )  # fmt: skip

    assert (client.email, client.version) == ("new@example.org", 2)
    assert [(place.address, place.latitude) for place in client.places] == [("Покровка, 2", 55.77)]
    _, changed = audit_of(session, client.id)
    assert changed == (
        "client.changed",
        {"email": "Zoya@example.org", "address": "Покровка, 1", "place": "55.76000, 37.64000"},
        {"email": "new@example.org", "address": "Покровка, 2", "place": "55.77000, 37.65000"},
    )


def test_names_and_phones_are_found_by_their_new_forms(session: Session, rita: Actor) -> None:
    client = clients.create(session, WHOLE, by=rita, now=NOON)

    clients.change(session, client.id, by=rita, now=NOON, name="Ñandú", legal_name="", phone="+34 612 34 56 78")

    assert (client.search_key, client.phone_key, client.phone_end_key) == ("nandu", "34612345678", "87654321643")


def test_a_pin_makes_the_first_place_where_there_was_none(session: Session, rita: Actor) -> None:
    client = clients.create(session, {"name": "Shop", "address": "Arbat 1"}, by=rita, now=NOON)

    clients.change(session, client.id, by=rita, now=NOON, pin=(55.75, 37.6))

    assert [(place.address, place.longitude) for place in client.places] == [("Arbat 1", 37.6)]
    assert audit_of(session, client.id)[-1] == ("client.changed", {}, {"place": "55.75000, 37.60000"})


def test_what_stays_as_it_was_leaves_no_trace(session: Session, rita: Actor) -> None:
    client = clients.create(session, WHOLE, pin=(55.76, 37.64), by=rita, now=NOON)

    clients.change(session, client.id, by=rita, now=NOON, phone="+7 495 0002011", pin=(55.76, 37.64))

    assert client.version == 1
    assert len(audit_of(session, client.id)) == 1


def test_whoever_saw_another_version_changes_nothing(session: Session, rita: Actor) -> None:
    client = clients.create(session, WHOLE, by=rita, now=NOON)
    clients.change(session, client.id, version=1, by=rita, now=NOON, contact="Anna")

    with pytest.raises(Moved):
        clients.change(session, client.id, version=1, by=rita, now=NOON, contact="Boris")
    with pytest.raises(ClientGone):
        clients.change(session, client.id + 1, by=rita, now=NOON, contact="Boris")

    assert client.contact == "Anna"


def test_the_rules_of_the_clients_own_country_hold(session: Session, rita: Actor) -> None:
    client = clients.create(session, {"name": "El Rincón", "tax_id": "ES B88120456"}, by=rita, now=NOON)
    assert (client.country, clients.country_of(session, client)) == ("ES", "ES")

    clients.change(session, client.id, by=rita, now=NOON, tax_id="B26041137", phone="612 34 56 78")
    assert (client.tax_id, client.phone) == ("B26041137", "+34 612 34 56 78")
    clients.change(session, client.id, by=rita, now=NOON, tax_id="RU 7707083893")
    assert (client.tax_id, client.country) == ("7707083893", "RU")


def test_admins_may_and_storekeepers_may_not(session: Session, rita: Actor) -> None:
    ann = actor_of(make_person(session, "Ann", roles=[Role.ADMIN]))
    bob = actor_of(make_person(session, "Bob", roles=[Role.STOREKEEPER]))
    client = clients.create(session, {"name": "Shop"}, by=ann, now=NOON)
    clients.change(session, client.id, by=ann, now=NOON, contact="Anna")

    with pytest.raises(NotAllowed):
        clients.create(session, {"name": "Shop"}, by=bob, now=NOON)
    with pytest.raises(NotAllowed):
        clients.change(session, client.id, by=bob, now=NOON, contact="Boris")

    assert client.contact == "Anna"


def test_a_client_that_gets_an_order_is_remembered_once_with_the_last_time(session: Session, rita: Actor) -> None:
    milk, client = make_product(session), make_client(session)
    rep = session.get_one(Person, rita.person_id)
    make_draft(session, rep, {milk: 1}, client=client)

    clients.note_used(session, client.id, by=rita, now=later(hours=1))

    rows = session.execute(select(RecentClient.person_id, RecentClient.client_id, RecentClient.used_at)).all()
    assert [tuple(row) for row in rows] == [(rita.person_id, client.id, later(hours=1))]
