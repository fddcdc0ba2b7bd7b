"""Saving a new client only when it is none of those that are known."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.clients import Client
from db.session import Database
from services import client_wizard
from services.actor import Actor, NotAllowed, Role
from services.client_wizard import Doubtful, Saved
from services.tax_ids import TaxIdUnclear
from tests.builders import NOON, actor_of, make_client, make_company, make_person
from tests.services.desk import race


@pytest.fixture
def rita(session: Session) -> Actor:
    make_company(session)
    return actor_of(make_person(session))


def test_a_client_like_no_other_is_saved(session: Session, rita: Actor) -> None:
    make_client(session, "Маяк")

    done = client_wizard.save(session, {"name": "Берег"}, by=rita, now=NOON)

    assert isinstance(done, Saved)
    assert done.client.name == "Берег"


def test_a_double_is_shown_first_and_comes_back_only_for_a_new_reason(session: Session, rita: Actor) -> None:
    known = make_client(session, "Маяк", tax_id="7707083893", place=None)

    done = client_wizard.save(session, {"name": "Маяк"}, by=rita, now=NOON)
    assert isinstance(done, Doubtful)
    [alike] = done.alike
    assert client_wizard.marks(alike) == [f"{known.id}:name"]
    assert session.scalar(select(func.count()).select_from(Client)) == 1

    denied = client_wizard.marks(alike)
    values = {"name": "Маяк", "tax_id": "7707083893"}
    assert client_wizard.find_alike(session, {"name": "Маяк"}, denied=denied) == []
    assert [one.reasons for one in client_wizard.find_alike(session, values, denied=denied)] == [("tax_id", "name")]
    assert isinstance(client_wizard.save(session, {"name": "Маяк"}, denied=denied, by=rita, now=NOON), Saved)


def test_one_that_somebody_else_wrote_down_meanwhile_is_seen_at_the_end(session: Session, rita: Actor) -> None:
    values = client_wizard.read(session, "tax_id", "7707083893/773601001", {"name": "Берег"}, by=rita)
    assert client_wizard.find_alike(session, values) == []
    make_client(session, "Other name", tax_id="7707083893")

    assert isinstance(client_wizard.save(session, values, by=rita, now=NOON), Doubtful)


def test_two_reps_who_save_the_same_client_at_once_save_one(database: Database) -> None:
    with database.transaction() as session:
        make_company(session)
        reps = [actor_of(make_person(session, name)) for name in ("Rita", "Rob")]
    values = {"name": "Маяк", "tax_id": "7707083893"}

    results = race(
        database, [lambda session, by=by: client_wizard.save(session, values, by=by, now=NOON) for by in reps]
    )

    assert sorted(type(result).__name__ for result in results) == ["Doubtful", "Saved"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Client)) == 1


def test_the_country_of_a_tax_id_goes_with_it(session: Session, rita: Actor) -> None:
    values = client_wizard.read(session, "tax_id", "ES B88120456", {"name": "Rincón"}, by=rita)
    assert values == {"name": "Rincón", "tax_id": "B88120456", "tax_reason_code": "", "country": "ES"}
    with_phone = client_wizard.read(session, "phone", "612 34 56 78", values, by=rita)
    assert with_phone["phone"] == "+34 612 34 56 78"

    again = client_wizard.read(session, "tax_id", "7707083893", with_phone, by=rita)

    assert (again["tax_id"], again["country"]) == ("7707083893", "")
    with pytest.raises(TaxIdUnclear):
        client_wizard.read(session, "tax_id", "12", with_phone, by=rita)
    with pytest.raises(TaxIdUnclear):
        client_wizard.read(session, "tax_id", "12", {"name": "Shop"}, by=rita)


def test_a_storekeeper_writes_nobody_down(session: Session, rita: Actor) -> None:
    bob = actor_of(make_person(session, roles=[Role.STOREKEEPER]))
    with pytest.raises(NotAllowed):
        client_wizard.read(session, "name", "Shop", {}, by=bob)
    with pytest.raises(NotAllowed):
        client_wizard.save(session, {"name": "Shop"}, by=bob, now=NOON)
    assert session.scalar(select(func.count()).select_from(Client)) == 0
    assert rita.person_id
