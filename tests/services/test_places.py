from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.geography import KnownAddress
from db.models.messaging import outbox
from services import places
from services.actor import Actor, NotAllowed, Role
from services.places import AddressUnfit, Answer, Hit
from tests.builders import NOON, actor_of, later, make_company, make_person

TVER = {"found": "Тверь, Советская, 5", "latitude": 56.8584, "longitude": 35.9006}
OTHERS = [{"found": f"Тверь {number}", "latitude": 56.0, "longitude": 35.0} for number in range(7)]


@pytest.fixture
def rita(session: Session) -> Actor:
    make_company(session)
    return actor_of(make_person(session, "Rita", language="ru"))


def jobs(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.execute(select(outbox.c.lane, outbox.c.payload).where(outbox.c.kind == "geo.find"))
    return [(row.lane, row.payload) for row in rows]


def test_what_is_not_known_is_looked_for(session: Session, rita: Actor) -> None:
    assert places.look_up(session, "Тверь, Советская 5", by=rita, now=NOON) is None

    ((lane, payload),) = jobs(session)
    assert lane.startswith("geo:")
    assert payload == {"address": "Тверь, Советская 5", "language": "ru", "person_id": rita.person_id}


def test_what_was_found_is_known_however_it_is_typed(session: Session, rita: Actor) -> None:
    places.learn(session, "Тверь, Советская 5", [TVER, *OTHERS], places.GEOCODER, now=NOON)

    known = places.look_up(session, " тверь,  СОВЕТСКАЯ 5", by=rita, now=later(days=180))

    assert known is not None
    assert known.hits[0] == Hit(**TVER)  # type: ignore[arg-type]
    assert (len(known.hits), known.is_town) == (5, False)
    assert jobs(session) == []
    assert places.look_up(session, "Тверь, Советская 5", by=rita, now=later(days=181)) is None


def test_another_country_may_mean_another_place(session: Session, rita: Actor) -> None:
    places.learn(session, "Córdoba", [TVER], places.GEOCODER, now=NOON)
    make_company(session, country="ES")
    assert places.find(session, "Córdoba", now=NOON) is None


@pytest.mark.parametrize(
    ("hits", "source", "lives"),
    [([], places.GEOCODER, 24 * 60), ([TVER], places.TOWNS, 60), ([], places.TOWNS, 5)],
)
def test_what_is_not_sure_is_soon_asked_again(
    session: Session, rita: Actor, hits: list[dict[str, Any]], source: str, lives: int
) -> None:
    places.learn(session, "Тверь", [TVER], places.GEOCODER, now=NOON)
    places.learn(session, "Тверь", hits, source, now=NOON)

    found = tuple(Hit(**hit) for hit in hits)
    assert places.look_up(session, "Тверь", by=rita, now=later(minutes=lives)) == Answer(found, source == places.TOWNS)
    assert places.find(session, "Тверь", now=later(minutes=lives, seconds=1)) is None
    assert len(session.scalars(select(KnownAddress)).all()) == 1


@pytest.mark.parametrize("address", ["", "  x ", "\x00\x00\x00", "x" * 201])
def test_an_unfit_address_is_not_looked_for(session: Session, rita: Actor, address: str) -> None:
    with pytest.raises(AddressUnfit) as refused:
        places.look_up(session, address, by=rita, now=NOON)
    assert refused.value.facts == {"shortest": 3, "largest": 200}
    assert jobs(session) == []


def test_only_reps_look_for_places(session: Session, rita: Actor) -> None:
    bob = actor_of(make_person(session, "Bob", roles=[Role.STOREKEEPER]))
    with pytest.raises(NotAllowed):
        places.look_up(session, "Тверь", by=bob, now=NOON)
    assert jobs(session) == []


def test_a_button_can_carry_which_address_it_is_about() -> None:
    assert places.fingerprint("Тверь") == places.fingerprint(" ТВЕРЬ ")
    assert places.fingerprint("Тверь") != places.fingerprint("Тверь 2")
    assert 0 <= places.fingerprint("") <= 2**31 - 1
