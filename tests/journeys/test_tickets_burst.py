"""A burst of photos delays nobody else: what is slow about them happens beside the chats."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from db.models.tickets import Ticket
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.receipts import Goods, receipt

PHOTOS = 100
PROMPT = 2.0
"""Seconds within which a menu comes while photos are fetched and read, on a machine that others work on too."""
QUEUED = 45.0
"""The same by polling, for the first menus: the messenger hands out its updates in their order, a hundred at once."""


@pytest.mark.parametrize(
    "house",
    [("polling", "postgresql"), ("webhook", "sqlite")],
    indirect=True,
    ids=["polling-postgresql", "webhook-sqlite"],
)
def test_a_hundred_photos_do_not_delay_anybody_s_menu(house: House) -> None:
    rep, other = house.staff("Rita", Role.REP), house.staff("Rob", Role.REP)
    taken = select(func.count()).select_from(Ticket)
    before = house.scalar(taken)
    photo = receipt([Goods("Kefir", 2, 10000)])
    waits = []
    try:
        for number in range(PHOTOS):
            rep.send_photo(photo + str(number).encode())
        for _ in range(12):
            started = time.monotonic()
            sent = other.say("/menu")
            other.wait_for("What shall we do?", after=sent, timeout=QUEUED + 15)
            waits.append(time.monotonic() - started)
        house.wait_until(lambda: house.scalar(taken) == before + PHOTOS, timeout=60)
    finally:
        _give_up_what_is_not_read(house)

    assert max(waits) < (PROMPT if house.mode == "webhook" else QUEUED), waits
    assert max(waits[-8:]) < PROMPT, waits


def _give_up_what_is_not_read(house: House) -> None:
    """All of them are taken; reading them would take minutes, and nothing reads what was thrown away."""
    waiting = select(Ticket).where(Ticket.status.in_(("collecting", "reading")))
    with house.database.transaction() as session:
        for known in session.scalars(waiting):
            known.status = "discarded"
    house.settle(timeout=100)
