"""The reps side by side: places, ties, the own one, what stays hidden; the same sums as figures and file."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.company import Company
from db.models.people import Person
from db.models.record import AuditEntry
from delivery.spreadsheets import Workbook
from services import credit_notes, figures_export, goals, ranking, statistics, voiding
from services.actor import NotAllowed, Role
from services.credit_notes import Wanted as Credited
from services.figures_export import MOST_ENTRIES, Request
from services.goals import Matter, Wanted
from services.periods import Period, Whole
from services.ranking import Metric, Ranking
from services.statistics import Basis, By, Scope
from services.turnover import Metric as Counted
from templates.environment import Texts
from tests.builders import NOON, actor_of, make_client, make_company, make_person, make_product
from tests.services.desk import Desk, make_invoice
from tests.services.sold import at, credit, sell

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
QUARTER = Period(date(2026, 1, 1), date(2026, 3, 31))


def of(session: Session, by: Person, metric: Metric = Metric.SUM, period: Period = MARCH, **asked: Any) -> Ranking:
    return ranking.of_period(session, period, metric, by=actor_of(by), **{"now": NOON, **asked})


def places(found: Ranking) -> list[tuple[int, str, int]]:
    return [(row.place, row.name, row.value) for row in found.rows]


def test_those_who_have_the_same_share_a_place(session: Session, desk: Desk) -> None:
    rob, roy, ria = (make_person(session, name) for name in ("Rob", "Roy", "Ria"))
    for person, amount in ((rob, 500), (roy, 900), (desk.rita, 500)):
        sell(session, person, amount)

    found = of(session, desk.rita)

    assert places(found) == [(1, "Roy", 900), (2, "Rita", 500), (2, "Rob", 500), (4, "Ria", 0)]
    assert found.people == 4
    assert of(session, ria).own == ranking.Row(4, ria.id, "Ria", 0, shown=True, own=True)
    assert found.currency == "RUB"


def test_the_own_place_is_told_on_every_page(session: Session, desk: Desk) -> None:
    for number in range(7):
        sell(session, make_person(session, f"Rep {number}"), 1000 - number)

    first, second = (of(session, desk.rita, page=page) for page in (0, 1))

    assert [row.place for row in first.rows] == [1, 2, 3, 4, 5, 6]
    assert [row.name for row in second.rows] == ["Rep 6", "Rita"]
    assert first.own == second.own
    assert first.own is not None
    assert (first.own.place, first.page, second.page, first.pages) == (8, 0, 1, 2)
    assert of(session, desk.ann).own is None


def test_whoever_left_is_in_it_only_with_sales_of_the_period(session: Session, desk: Desk) -> None:
    gone, idle, other = (make_person(session, name) for name in ("Gone", "Idle", "Other"))
    sell(session, gone, 300)
    sell(session, idle, 300, when=at("2026-02-10 12:00"))
    sell(session, other, 20)
    gone.revoked_at = idle.revoked_at = NOON
    other.roles = [Role.STOREKEEPER.value]
    session.flush()

    assert places(of(session, desk.rita)) == [(1, "Gone", 300), (2, "Other", 20), (3, "Rita", 0)]
    assert [name for _, name, _ in places(of(session, desk.rita, Metric.GROWTH))] == ["Gone", "Other", "Rita"]


def test_reps_see_no_figures_of_others_where_they_are_private(session: Session, desk: Desk) -> None:
    rob = make_person(session, "Rob")
    sell(session, rob, 900)
    sell(session, desk.rita, 500)
    ranking.set_private(session, on=True, by=actor_of(desk.ann), now=NOON)

    mine = of(session, desk.rita)

    assert [(row.place, row.name, row.value, row.shown) for row in mine.rows] == [
        (1, "Rob", 0, False), (2, "Rita", 500, True),
    ]  # fmt: skip
    assert places(of(session, desk.ann)) == [(1, "Rob", 900), (2, "Rita", 500)]
    ranking.set_private(session, on=False, by=actor_of(desk.ann), now=NOON)
    assert places(of(session, desk.rita)) == [(1, "Rob", 900), (2, "Rita", 500)]


def test_who_may_see_and_who_may_hide(session: Session, desk: Desk) -> None:
    for metric in Metric:
        with pytest.raises(NotAllowed):
            of(session, desk.bob, metric)
    for person in (desk.bob, desk.rita):
        with pytest.raises(NotAllowed):
            ranking.set_private(session, on=True, by=actor_of(person), now=NOON)

    assert session.get_one(Company, 1).ranking_private is False
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_growth_compares_with_as_many_days_just_before(session: Session, desk: Desk) -> None:
    rob = make_person(session, "Rob")
    for person, moment, amount in (
        (desk.rita, "2026-03-10 12:00", 700),
        (desk.rita, "2026-02-20 12:00", 200),
        (desk.rita, "2026-02-18 20:59:59", 5000),  # the day before those ten
        (rob, "2026-02-25 12:00", 400),
        (rob, "2026-03-11 12:00", 9000),  # to come
    ):
        sell(session, person, amount, when=at(moment))

    tenth = at("2026-03-10 12:00")
    found = of(session, desk.rita, Metric.GROWTH, now=tenth)

    assert found.period == Period(MARCH.first, date(2026, 3, 10))
    assert places(found) == [(1, "Rita", 500), (2, "Rob", -400)]
    assert [(row.before, row.growth) for row in found.rows] == [(200, Decimal("2.5")), (400, Decimal(-1))]
    sell(session, make_person(session, "New"), 100, when=tenth)
    [fresh] = [row for row in of(session, desk.rita, Metric.GROWTH, now=tenth).rows if row.value == 100]
    assert (fresh.before, fresh.growth) == (0, None)
    ranking.set_private(session, on=True, by=actor_of(desk.ann), now=NOON)
    hidden = of(session, desk.rita, Metric.GROWTH, now=tenth).rows
    assert [row.before for row in hidden] == [200, 0, 0]


def aim(  # noqa: PLR0917 - as one would say it
    session: Session, desk: Desk, person: Person, target: int, span: Whole, now: datetime = NOON
) -> None:
    matter = Matter(person.id, None, Counted.SUM, None, None, span)
    day = (now + timedelta(hours=3)).date()
    goals.set_goals(session, [Wanted(matter, day, day, target)], by=actor_of(desk.ann), now=now)


def test_the_plan_is_the_own_goal_for_the_same_span(session: Session, desk: Desk) -> None:
    rob, roy, ria = (make_person(session, name) for name in ("Rob", "Roy", "Ria"))
    aim(session, desk, desk.rita, 1000, Whole.MONTH)
    aim(session, desk, rob, 3000, Whole.MONTH)
    aim(session, desk, roy, 1000, Whole.WEEK)
    aim(session, desk, ria, 1000, Whole.MONTH)
    for person, amount in ((desk.rita, 625), (rob, 1875), (roy, 5000)):
        sell(session, person, amount)

    assert places(of(session, desk.rita, Metric.PLAN)) == [(1, "Rita", 625), (1, "Rob", 625), (3, "Ria", 0)]
    assert of(session, roy, Metric.PLAN).own is None
    week = Period(date(2026, 3, 2), date(2026, 3, 8))
    assert places(of(session, roy, Metric.PLAN, week)) == [(1, "Roy", 5000)]


def test_a_quarter_without_a_goal_is_planned_by_its_months(session: Session, desk: Desk) -> None:
    rob = make_person(session, "Rob")
    aim(session, desk, rob, 10_000, Whole.QUARTER)
    for moment, target in (("2026-01-10 12:00", 1000), ("2026-03-02 12:00", 3000)):
        aim(session, desk, desk.rita, target, Whole.MONTH, at(moment))
    for person, moment, amount in (
        (desk.rita, "2026-01-20 12:00", 800),
        (desk.rita, "2026-02-20 12:00", 50_000),  # a month without a goal
        (desk.rita, "2026-03-02 12:00", 1200),
        (rob, "2026-02-01 12:00", 4000),
    ):
        sell(session, person, amount, when=at(moment))

    assert places(of(session, desk.rita, Metric.PLAN, QUARTER)) == [(1, "Rita", 500), (2, "Rob", 400)]
    odd = Period(date(2026, 3, 1), date(2026, 3, 30))
    assert places(of(session, desk.rita, Metric.PLAN, odd)) == []


def test_units_are_those_that_the_company_counts(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    sell(session, desk.rita, 300, goods={milk: (3_000, 300)})

    assert places(of(session, desk.rita, Metric.UNITS)) == [(1, "Rita", 3_000)]


AMOUNTS, DAYS = st.integers(1, 10**9), st.integers(0, 40)
KINDS = st.sampled_from(["order", "sale", "voided"])
SALES = st.lists(st.tuples(st.integers(0, 3), KINDS, DAYS, AMOUNTS, st.none() | st.tuples(DAYS, AMOUNTS)), max_size=14)
"""Whose, what, on which day after the middle of February, how much; and on which day how much was credited."""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sales=SALES, currency=st.sampled_from(["RUB", "EUR"]))
def test_the_ranking_the_figures_and_the_file_add_up_to_the_same(
    session: Session, desk: Desk, sales: list[Any], currency: str
) -> None:
    nested = session.begin_nested()
    reps = [desk.rita, *(make_person(session, f"Rep {number}") for number in range(3))]
    reps[3].revoked_at = NOON
    start, client = at("2026-02-15 12:00"), make_client(session)
    for who, kind, day, amount, taken in sales:
        over = {"client": client, "when": start + timedelta(days=day), "currency": "RUB" if day % 5 else "EUR"}
        if kind != "order":
            sell(session, reps[who], amount, units={}, status="voided" if kind == "voided" else "loaded", **over)
            continue
        order = sell(session, reps[who], amount, **over)
        if taken is not None:
            back = min(taken[1], amount)
            credit(session, order, back, when=over["when"] + timedelta(days=taken[0]), whole=back == amount)
    make_company(session, currency=currency)
    until = at("2026-04-15 12:00")

    rows = of(session, desk.ann, now=until, size=100).rows

    figures = statistics.sums(session, MARCH, Scope()).turnover
    assert sum(row.value for row in rows) == sum(found.total_minor for found in figures if found.currency == currency)
    ranked = sorted((row.name, row.value) for row in rows if row.value)
    assert ranked == sorted((name, minor) for name, minor in _in_file(session, desk, currency) if minor), (
        "by rep, in the spreadsheet"
    )
    values = [row.value for row in rows]
    assert values == sorted(values, reverse=True)
    assert [row.place for row in rows] == [1 + sum(other > value for other in values) for value in values]
    nested.rollback()


def _in_file(session: Session, desk: Desk, currency: str) -> list[tuple[str, int]]:
    """Names and sums of the list by rep, read back from the spreadsheet."""
    wanted = Request(MARCH, Scope(), desk.ann.id, "tg:1:1", "en", "Europe/Moscow")
    book = Workbook(wanted, Texts.load())
    book.add_top(By.REP, statistics.entries(session, MARCH, By.REP, Scope(), most=MOST_ENTRIES))
    sheet = load_workbook(BytesIO(book.close())).worksheets[0]
    rows = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[3] == currency]
    return [(str(row[0]), round(float(str(row[2])) * 100)) for row in rows]


def test_the_same_through_loading_crediting_and_voiding(session: Session, desk: Desk) -> None:
    """Not rows, but what people do."""
    invoice = make_invoice(session, desk, {make_product(session, price_minor=100_00, vat_rate=Decimal(0)): 3})
    order_id, by = invoice.order_id, actor_of(desk.ann)
    sale = sell(session, desk.rita, 700_00, units={})
    line = credit_notes.creditable(session, order_id, by=by)[0].line
    before = places(of(session, desk.rita))
    assert before == [(1, "Rita", invoice.total_minor + 700_00)]

    voiding.void_sale(session, sale.id, sale.version, reason="twice", by=by, now=NOON)
    taken = [Credited(line.id, 1000, credit_notes.GoodsTo.SHELF)]
    order = line.order
    credit_notes.credit(session, order_id, order.version, taken, reason="broken", by=by, now=NOON)

    assert places(of(session, desk.rita)) == [(1, "Rita", invoice.total_minor - 100_00)]
    listed = statistics.top(session, MARCH, By.REP, scope=Scope(), basis=Basis.TURNOVER, by=by, page=0).items
    assert [(entry.name, entry.total_minor) for entry in listed] == [("Rita", invoice.total_minor - 100_00)]
    assert list(figures_export.orders_in(session, Request(MARCH, Scope(), 1, "", "en", "UTC"), Basis.LOADED))
