"""What a rep has sold: what stands, by the company's days, less what was credited in the period."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from services import statistics, turnover
from services.periods import Period
from services.statistics import By, Scope
from services.turnover import Goods, Metric
from tests.builders import make_category, make_client, make_company, make_person, make_product
from tests.services.desk import Desk
from tests.services.sold import at, credit, sell

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))


def sums(session: Session, period: Period = MARCH, **asked: object) -> dict[int, int]:
    return turnover.by_rep(session, period, metric=Metric.SUM, currency="RUB", **asked)  # type: ignore[arg-type]


def test_the_sum_is_that_of_the_companys_days_and_of_one_currency(session: Session, desk: Desk) -> None:
    rob = make_person(session, "Rob")
    sell(session, desk.rita, 1_000, when=at("2026-02-28 21:00"))  # midnight in Moscow: the first of March
    sell(session, desk.rita, 200, when=at("2026-02-28 20:59:59"))
    sell(session, desk.rita, 30, when=at("2026-03-31 20:59:59"), units={})
    sell(session, desk.rita, 4, when=at("2026-03-31 21:00"))
    sell(session, desk.rita, 70_000, currency="EUR")
    sell(session, desk.rita, 80_000, status="voided", units={})
    sell(session, desk.rita, 90_000, status="submitted", loaded_at=None)
    sell(session, rob, 500)

    assert sums(session) == {desk.rita.id: 1_030, rob.id: 500}
    assert sums(session, rep_ids=[rob.id]) == {rob.id: 500}
    assert sums(session, rep_ids=[]) == {}
    assert sums(session, APRIL) == {desk.rita.id: 4}


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 3, 29), "2026-03-28 23:00", "2026-03-29 21:59:59"),  # 23 hours
        (date(2026, 10, 25), "2026-10-24 22:00", "2026-10-25 22:59:59"),  # 25 hours
    ],
)
def test_a_day_on_which_the_clock_is_set(session: Session, desk: Desk, day: date, first: str, last: str) -> None:
    make_company(session, time_zone="Europe/Madrid")
    begin, end = at(first), at(last)
    sell(session, desk.rita, 1, when=begin)
    sell(session, desk.rita, 20, when=end)
    sell(session, desk.rita, 300, when=datetime.fromtimestamp(begin.timestamp() - 1, tz=begin.tzinfo))
    sell(session, desk.rita, 4000, when=datetime.fromtimestamp(end.timestamp() + 1, tz=end.tzinfo))

    assert sums(session, Period(day, day)) == {desk.rita.id: 21}


def test_a_credit_counts_when_it_was_issued_whoever_was_credited(session: Session, desk: Desk) -> None:
    order = sell(session, desk.rita, 10_000)
    credit(session, order, 2_500, when=at("2026-04-10 12:00"))

    assert sums(session) == {desk.rita.id: 10_000}
    assert sums(session, APRIL) == {desk.rita.id: -2_500}
    assert sums(session, Period(MARCH.first, APRIL.last)) == {desk.rita.id: 7_500}


def test_goods_are_those_of_a_product_or_of_a_category_with_all_below(session: Session, desk: Desk) -> None:
    food = make_category(session, "Food")
    dairy = make_category(session, "Dairy", parent=food)
    milk = make_product(session, "Milk", category=dairy)
    bread = make_product(session, "Bread", category=food)
    soap = make_product(session, "Soap", category=make_category(session, "Soap"))
    goods = {milk: (3_000, 300), bread: (2_000, 80), soap: (1_000, 7)}
    order = sell(session, desk.rita, 400, goods=goods)
    credit(session, order, 100, when=at("2026-03-20 12:00"), goods={milk: (1_000, 100)})
    sell(session, desk.rita, 900, units={dairy: 5_000, food: 600})

    def of(metric: Metric, **wanted: int) -> int:
        found = turnover.by_rep(session, MARCH, metric=metric, goods=Goods(**wanted), currency="RUB")
        return found.get(desk.rita.id, 0)

    assert of(Metric.SUM, category_id=food.id) == 280
    assert of(Metric.SUM, category_id=dairy.id) == 200
    assert of(Metric.SUM, product_id=soap.id) == 7
    assert of(Metric.UNITS, product_id=milk.id) == 2_000
    assert of(Metric.UNITS, category_id=dairy.id) == 7_000
    assert of(Metric.UNITS, category_id=food.id) == 9_600
    assert of(Metric.UNITS) == 10_600, "all units, as the company counts none"
    dairy.counts_units = True
    session.flush()
    assert of(Metric.UNITS) == 7_000, "those that it counts"


def test_orders_are_those_of_which_something_stands(session: Session, desk: Desk) -> None:
    sell(session, desk.rita, 100, units={})
    partly = sell(session, desk.rita, 100)
    wholly = sell(session, desk.rita, 100)
    credit(session, partly, 50, when=at("2026-03-05 12:00"))
    credit(session, wholly, 100, when=at("2026-04-05 12:00"), whole=True)

    assert turnover.by_rep(session, MARCH, metric=Metric.ORDERS) == {desk.rita.id: 3}
    assert turnover.by_rep(session, APRIL, metric=Metric.ORDERS) == {desk.rita.id: -1}


def test_a_client_is_new_once_with_the_first_that_stands(session: Session, desk: Desk) -> None:
    rob = make_person(session, "Rob")
    old, new, shared, bad = (make_client(session, name) for name in ("Old", "New", "Shared", "Bad"))
    sell(session, desk.rita, 1, client=old, when=at("2026-02-10 12:00"))
    sell(session, desk.rita, 1, client=old)
    sell(session, desk.rita, 1, client=new)
    sell(session, desk.rita, 1, client=new, when=at("2026-03-03 12:00"))
    sell(session, rob, 1, client=shared)
    sell(session, desk.rita, 1, client=shared)
    taken_back = sell(session, desk.rita, 1, client=bad)
    credit(session, taken_back, 1, when=at("2026-04-01 12:00"), whole=True)
    sell(session, desk.rita, 1, client=bad, status="voided", units={})

    assert turnover.by_rep(session, MARCH, metric=Metric.NEW_CLIENTS) == {desk.rita.id: 1, rob.id: 1}
    assert turnover.is_new_client(session, bad.id)
    assert not turnover.is_new_client(session, new.id)
    assert not turnover.is_new_client(session, None)
    sell(session, rob, 1, client=bad, when=at("2026-04-20 12:00"))
    assert turnover.by_rep(session, APRIL, metric=Metric.NEW_CLIENTS) == {rob.id: 1}


def test_the_sums_of_all_reps_are_the_turnover_of_the_figures(session: Session, desk: Desk) -> None:
    rob = make_person(session, "Rob")
    first = sell(session, desk.rita, 10_000)
    sell(session, rob, 7_000, units={})
    sell(session, rob, 5_000, status="voided", units={})
    credit(session, first, 4_000, when=at("2026-03-09 12:00"))

    figures = statistics.sums(session, MARCH, Scope())

    assert [found.total_minor for found in figures.turnover] == [13_000]
    listed = statistics.entries(session, MARCH, By.REP, Scope(), most=10)
    assert {entry.entry_id: entry.total_minor for entry in listed} == sums(session)
