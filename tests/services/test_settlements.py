"""A closed period stays as it was settled; what is corrected later counts in the next one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.commissions import CommissionBook
from db.models.orders import Order
from db.models.record import AuditEntry
from db.session import Database
from services import announcements, commissions, credit_notes, loading, settlements, voiding
from services.actor import Actor, NotAllowed
from services.announcements import Audience
from services.commissions import PersonSum
from services.periods import Period
from services.settlements import PeriodClosed, PeriodRunning
from tests.builders import NOON, actor_of, later, make_company, make_product
from tests.services.desk import Desk, make_claimed, make_desk, race, told
from tests.services.earning import LOADING, MONDAY, SHARE, amounts, books, ledger, load, make_rule, record, wanted

MARCH_31 = date(2026, 3, 31)
APRIL = datetime(2026, 4, 1, 9, tzinfo=UTC)


def test_closing_adds_up_what_everybody_has_and_tells_them(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    make_rule(session, desk, LOADING)
    load(session, desk, {make_product(session, price_minor=12000): 10})
    record(session, desk, 300_000, now=later(days=1))
    record(session, desk, 500_000, now=APRIL)
    by = actor_of(desk.ann)
    rows = [PersonSum(desk.bob.id, "Bob", "RUB", 5000, 1), PersonSum(desk.rita.id, "Rita", "RUB", 20_000, 2)]

    assert settlements.preview(session, MARCH_31, by=by, now=APRIL) == rows
    settlement = settlements.close(session, MARCH_31, by=by, now=APRIL)

    assert (settlement.first, settlement.last, settlement.closed_by) == (date(2026, 3, 1), MARCH_31, desk.ann.id)
    assert settlements.closed_through(session) == MARCH_31
    found = settlements.get(session, settlement.id, by=by)
    assert (list(found.rows), found.closed_by, found.period) == (rows, "Ann", Period(date(2026, 3, 1), MARCH_31))
    days = {"settlement_id": settlement.id, "first": "2026-03-01", "last": "2026-03-31"}
    assert told(session) == [
        (
            "commission_settled",
            Audience(person_id=person.id),
            {**days, "amounts": [{"amount_minor": amount, "currency": "RUB"}]},
        )
        for person, amount in ((desk.bob, 5000), (desk.rita, 20_000))
    ]
    written = session.scalars(select(AuditEntry).where(AuditEntry.action == "settlement.closed")).one()
    assert (written.subject, written.before, written.after) == (
        f"settlement:{settlement.id}",
        {"closed_through": None},
        {"first": "2026-03-01", "last": "2026-03-31"},
    )


def test_a_correction_lands_in_the_next_period(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    order = load(session, desk, {make_product(session, price_minor=12000): 10})
    sale = record(session, desk, 100_000)
    by = actor_of(desk.ann)
    march = settlements.close(session, MARCH_31, by=by, now=APRIL)

    voiding.void_sale(session, sale.id, sale.version, reason="Twice", by=by, now=APRIL + timedelta(days=3))
    credit_notes.credit(
        session, order.id, order.version, wanted(order, 10), reason="Sour", by=by, now=APRIL + timedelta(days=4)
    )
    april = settlements.close(session, date(2026, 4, 30), by=by, now=APRIL + timedelta(days=30))

    assert [row[1:] for row in ledger(session)] == [
        (5000, "accrued", MONDAY),
        (5000, "accrued", MONDAY),
        (-5000, "voided", date(2026, 4, 1)),
        (-5000, "credited", date(2026, 4, 5)),
    ]
    assert [row.amount_minor for row in settlements.get(session, march.id, by=by).rows] == [10_000]
    assert [row.amount_minor for row in settlements.get(session, april.id, by=by).rows] == [-10_000]
    rita = actor_of(desk.rita)
    assert commissions.statement(session, desk.rita.id, Period(march.first, march.last), by=rita, page=0).closed
    assert not commissions.statement(
        session, desk.rita.id, Period(march.first, date(2026, 5, 1)), by=rita, page=0
    ).closed


def test_only_days_that_are_over_and_open_are_closed(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    record(session, desk, 100_000)
    by = actor_of(desk.ann)
    settlements.close(session, date(2026, 3, 10), by=by, now=later(days=14))
    told(session)
    before = books(session)

    for act in (settlements.close, settlements.preview):
        for last, refusal, facts in (
            (date(2026, 3, 10), PeriodClosed, {"through": "2026-03-10"}),
            (date(2026, 3, 1), PeriodClosed, {"through": "2026-03-10"}),
            (date(2026, 3, 16), PeriodRunning, {"latest": "2026-03-15"}),
            (date(2030, 1, 1), PeriodRunning, {"latest": "2026-03-15"}),
        ):
            with pytest.raises(refusal) as refused:
                act(session, last, by=by, now=later(days=14))
            assert refused.value.facts == facts

    assert books(session) == before
    following = settlements.close(session, date(2026, 3, 15), by=by, now=later(days=14))
    assert (following.first, following.last) == (date(2026, 3, 11), date(2026, 3, 15))
    assert settlements.get(session, following.id, by=by).rows == ()


@pytest.mark.parametrize(
    ("zone", "now", "latest"),
    [
        ("Europe/Moscow", datetime(2026, 3, 31, 20, 59, tzinfo=UTC), date(2026, 3, 30)),
        ("Europe/Moscow", datetime(2026, 3, 31, 21, 0, tzinfo=UTC), date(2026, 3, 31)),
        ("Europe/Madrid", datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 28)),
        ("Europe/Madrid", datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Madrid", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 24)),
        ("Europe/Madrid", datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 25)),
        ("America/Santiago", datetime(2026, 4, 5, 3, 59, tzinfo=UTC), date(2026, 4, 3)),
        ("America/Santiago", datetime(2026, 4, 5, 4, 0, tzinfo=UTC), date(2026, 4, 4)),
    ],
)
def test_a_day_is_over_when_it_is_over_for_the_company(
    session: Session, desk: Desk, zone: str, now: datetime, latest: date
) -> None:
    make_company(session, time_zone=zone)

    with pytest.raises(PeriodRunning) as refused:
        settlements.close(session, latest + timedelta(days=1), by=actor_of(desk.ann), now=now)

    assert refused.value.facts == {"latest": latest.isoformat()}
    assert settlements.close(session, latest, by=actor_of(desk.ann), now=now).last == latest


def test_the_earliest_month_that_is_over_and_open_is_suggested(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    by = actor_of(desk.ann)

    def suggested(today: date) -> date | None:
        return settlements.suggest_last(session, today)

    assert (suggested(date(2026, 4, 1)), settlements.first_open(session)) == (None, None)
    record(session, desk, 100_000)
    record(session, desk, 200_000, now=APRIL)
    assert settlements.first_open(session) == date(2026, 3, 1)
    assert [suggested(date(2026, *day)) for day in ((3, 31), (4, 1), (5, 1))] == [None, MARCH_31, MARCH_31]
    settlements.close(session, MARCH_31, by=by, now=APRIL)
    assert [suggested(date(2026, *day)) for day in ((4, 30), (5, 1))] == [None, date(2026, 4, 30)]
    assert settlements.first_open(session) == date(2026, 4, 1)
    settlements.close(session, date(2026, 4, 30), by=by, now=APRIL + timedelta(days=60))
    assert suggested(date(2026, 6, 1)) is None


def test_closed_periods_are_listed_with_what_they_came_to(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    make_rule(session, desk, LOADING)
    load(session, desk, {make_product(session, price_minor=12000): 10})
    by = actor_of(desk.ann)
    for last in range(2, 10):
        settlements.close(session, date(2026, 3, last), by=by, now=APRIL)

    first, second = (settlements.list_settlements(session, by=by, page=page) for page in (0, 1))

    assert [item.settlement.last.day for item in (*first.items, *second.items)] == [9, 8, 7, 6, 5, 4, 3, 2]
    assert [(item.totals, item.people) for item in second.items] == [({}, 0), ({"RUB": 10_000}, 2)]


def test_only_admins_settle(session: Session, desk: Desk) -> None:
    settlement = settlements.close(session, date(2026, 3, 1), by=actor_of(desk.ann), now=NOON)
    before = books(session)

    for person in (desk.rita, desk.bob):
        by = actor_of(person)
        for forbidden in (
            lambda by=by: settlements.close(session, MONDAY, by=by, now=APRIL),
            lambda by=by: settlements.preview(session, MONDAY, by=by, now=APRIL),
            lambda by=by: settlements.list_settlements(session, by=by, page=0),
            lambda by=by: settlements.get(session, settlement.id, by=by),
        ):
            with pytest.raises(NotAllowed):
                forbidden()
    with pytest.raises(NotAllowed):
        settlements.get(session, 77, by=actor_of(desk.ann))

    assert books(session) == before


EVENING = datetime(2026, 3, 31, 20, 30, tzinfo=UTC)
"""Half an hour before midnight in Moscow: the clock of a loading that takes its time."""


def test_a_closing_waits_for_the_loading_that_is_being_confirmed(database: Database) -> None:
    with database.transaction() as session:
        desk, order = _claimed(session)
    by = actor_of(desk.ann)

    with ThreadPoolExecutor() as pool:
        with database.transaction() as session:
            loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=EVENING)
            announcements.take(session)
            closing = pool.submit(_close, database, by)
            with pytest.raises(TimeoutError):
                closing.result(timeout=0.5)
        settled = closing.result(timeout=30)

    assert [(row.name, row.amount_minor) for row in settled] == [("Rita", 5000)]
    with database.reading() as session:
        assert ledger(session) == [("Share", 5000, "accrued", MARCH_31)]


def test_a_loading_that_waits_for_a_closing_counts_in_the_next_period(database: Database) -> None:
    with database.transaction() as session:
        desk, order = _claimed(session)

    def confirm() -> None:
        with database.transaction() as session:
            loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=EVENING)
            announcements.take(session)

    with ThreadPoolExecutor() as pool:
        with database.transaction() as session:
            settlements.close(session, MARCH_31, by=actor_of(desk.ann), now=APRIL)
            announcements.take(session)
            loaded = pool.submit(confirm)
            with pytest.raises(TimeoutError):
                loaded.result(timeout=0.5)
        loaded.result(timeout=30)

    with database.reading() as session:
        assert ledger(session) == [("Share", 5000, "accrued", date(2026, 4, 1))]


def test_whatever_races_with_a_closing_is_in_just_one_period(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        make_rule(session, desk, SHARE)
        milk = make_product(session, price_minor=12000)
        claimed = [make_claimed(session, desk, {milk: 1}) for _ in range(4)]
    admin, bob = actor_of(desk.ann), actor_of(desk.bob)

    def confirm(order: Order) -> Callable[[Session], int]:
        return lambda session: loading.confirm(session, order.id, order.version, by=bob, now=EVENING).id

    jobs = [confirm(order) for order in claimed]
    jobs.insert(2, lambda session: settlements.close(session, MARCH_31, by=admin, now=APRIL).id)
    results = race(database, jobs)

    assert all(isinstance(result, int) for result in results)
    with database.reading() as session:
        settled = settlements.get(session, results[2], by=admin).rows
        days = [row[3] for row in ledger(session)]
        inside = days.count(MARCH_31)
        assert inside + days.count(date(2026, 4, 1)) == 4
        assert sum(row.entries for row in settled) == inside
        assert sum(row.amount_minor for row in settled) == 500 * inside


def _claimed(session: Session) -> tuple[Desk, Order]:
    desk = make_desk(session)
    make_rule(session, desk, SHARE)
    return desk, make_claimed(session, desk, {make_product(session, price_minor=12000): 10})


def _close(database: Database, by: Actor) -> tuple[PersonSum, ...]:
    with database.transaction() as session:
        settlement = settlements.close(session, MARCH_31, by=by, now=APRIL)
        announcements.take(session)
        return settlements.get(session, settlement.id, by=by).rows


def test_of_two_admins_who_close_at_once_one_is_told(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        make_rule(session, desk, SHARE)
        load(session, desk, {make_product(session, price_minor=12000): 10})
    by = actor_of(desk.ann)

    results = race(database, [lambda session: settlements.close(session, MARCH_31, by=by, now=APRIL).last] * 2)

    assert sorted(type(result).__name__ for result in results) == ["PeriodClosed", "date"]
    with database.reading() as session:
        assert len(settlements.list_settlements(session, by=by, page=0).items) == 1
        assert session.get_one(CommissionBook, 1).closed_through == MARCH_31
        assert amounts(session) == {"Share": 5000}
