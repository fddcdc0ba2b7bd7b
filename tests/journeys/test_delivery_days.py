"""The rep says when the goods go: calendar, windows, cut-off, and what changes between choosing and submitting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from db.models.company import Company
from db.models.orders import Order
from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade


@contextmanager
def rules(house: House, **changes: Any) -> Iterator[None]:
    """The company's calendar for a while; others share this house."""
    names = [getattr(Company, name) for name in changes]
    with house.database.transaction() as session:
        before = session.execute(select(*names)).one()
        session.execute(update(Company).values(**changes))
    try:
        yield
    finally:
        with house.database.transaction() as session:
            session.execute(update(Company).values(**dict(zip(changes, before, strict=True))))


def dated(house: House, order_id: int) -> tuple[date | None, str]:
    with house.database.reading() as session:
        row = session.execute(select(Order.delivery_date, Order.delivery_window).where(Order.id == order_id)).one()
    return row.delivery_date, row.delivery_window


def at_days(house: House, rep: Chat, trade: Trade) -> int:
    """A rep with an order of five kefir who is asked for the day; returns the order's id."""
    order_id = trade.review(rep, {trade.product(): 5})
    house.press(rep, "Day")
    return order_id


def to_review(house: House, rep: Chat) -> None:
    """Look the order over again."""
    house.say(rep, "/cart")
    house.press(rep, "Check out")


def press_day(house: House, rep: Chat, day: date) -> None:
    """Go forth to the month of a day and press it."""
    if f"{day:%B %Y}" not in rep.last().labels:
        house.press(rep, "➡️")
    house.press(rep, str(day.day))


@on("polling")
def test_a_day_by_the_calendar_and_the_window(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    order_id = at_days(house, rep, trade)
    house.press(rep, "Back")
    assert "Submit" in rep.last().labels[-1]
    house.press(rep, "Day")
    first = trade.day()
    assert "Which day shall we deliver?" in rep.last().text
    assert f"•{first.day}•" in rep.last().labels
    wanted = next(day for day in (first + timedelta(days=ahead) for ahead in range(20, 30)) if day.weekday() == 3)

    with rules(
        house, delivery_windows=["13:00-18:00", "09:00-13:00"], days_off=[(wanted + timedelta(days=1)).isoformat()]
    ):
        before = dated(house, order_id)
        press_day(house, rep, wanted)
        assert "At what time of the day?" in rep.last().text
        assert rep.last().labels == ["09:00-13:00", "13:00-18:00", "↩️ Back", "At any time"]
        assert dated(house, order_id) == before
        house.press(rep, "13:00-18:00")
        assert dated(house, order_id) == (wanted, "13:00-18:00")

        house.press(rep, "Day")
        row = rep.last().labels
        assert row[row.index(f"•{wanted.day}•") + 1] == "·"
        house.press(rep, "·")
        assert dated(house, order_id) == (wanted, "13:00-18:00")
        day_off = (wanted + timedelta(days=1)).toordinal()
        with house.refuses(rep, "We do not deliver on that day."):
            rep.press_data(f"day.{day_off}.0")
        with house.refuses(rep, "We do not deliver at that time any more."):
            rep.press_data(f"window.{wanted.toordinal()}-60-120.0")
        for forged in (
            "day.0.0",
            "day..0",
            "window.1.0",
            f"window.{wanted.toordinal()}-9999-1.0",
            "days.99999999999.0",
        ):
            rep.press_data(forged)
            house.settle()
        assert dated(house, order_id) == (wanted, "13:00-18:00")

    to_review(house, rep)
    with house.refuses(rep, "We do not deliver at fixed times any more."):
        rep.press("Submit")
    house.press(rep, "Day")
    press_day(house, rep, wanted)
    house.press(rep, "Submit")
    assert trade.status(order_id) == "submitted"
    assert dated(house, order_id) == (wanted, "")


@on("polling")
def test_past_the_cut_off_the_earliest_day_moves(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    every_day = {"working_days": [0, 1, 2, 3, 4, 5, 6], "days_off": []}
    with rules(house, **every_day):
        order_id = trade.review(rep, {trade.product(): 5})
        tomorrow = trade.day()
        assert dated(house, order_id) == (tomorrow, "")
        with rules(house, cut_off_minutes=0):
            later = trade.day()
            assert later == tomorrow + timedelta(days=1)
            with house.refuses(
                rep, f"We do not deliver on that day. The earliest day is {later:%b} {later.day}, {later.year}"
            ):
                rep.press("Submit")
            house.press(rep, "Day")
            assert "It is past 00:00, so nothing more leaves for tomorrow: the earliest day is" in rep.last().text
            press_day(house, rep, later)
            house.press(rep, "Submit")
        assert trade.status(order_id) == "submitted"
        assert dated(house, order_id) == (later, "")
        with rules(house, working_days=[]):
            rep.press_data("days..0")
            house.settle()
            assert "No delivery days are left in the next 60 days." in rep.last().text
            assert rep.last().labels == ["↩️ Back"]


@on("polling")
def test_the_calendar_speaks_the_readers_language(house: House) -> None:
    words = {
        "ru": ("Оформить", "День", "В какой день", "пн", " г."),
        "es": ("Tramitar", "Día", "¿Qué día", "LU", " de 2"),
    }
    for language, (check_out, day, question, monday, year) in words.items():
        rep, trade = house.staff(language, Role.REP, language), Trade(house)
        trade.draft(rep, {trade.product(): 5})
        house.say(rep, "/cart")
        house.press(rep, check_out)
        house.press(rep, day)
        labels = rep.last().labels
        assert question in rep.last().text
        assert monday in labels
        assert any(year in label.replace("\u202f", " ") for label in labels)
