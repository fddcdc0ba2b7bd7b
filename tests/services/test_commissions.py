"""The ledger: what is earned is written with what earned it, and follows what becomes of that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from db.models.commissions import CommissionBook, CommissionEntry
from db.models.people import Person
from services import (
    category_admin,
    commission_rules,
    commissions,
    credit_notes,
    loading,
    picking,
    staff,
    ticket_orders,
    ticket_settings,
    voiding,
)  # fmt: skip
from services.actor import NotAllowed, Role
from services.commissions import Preview, PreviewRow
from services.errors import Moved
from services.periods import Period
from services.picking import ShortCause
from tests.builders import (
    NOON,
    actor_of,
    later,
    make_category,
    make_company,
    make_draft,
    make_person,
    make_product,
    make_ticket,
)
from tests.services.desk import Desk, make_claimed
from tests.services.earning import (
    BONUS,
    LOADING,
    MONDAY,
    SHARE,
    STEPS,
    amounts,
    books,
    ledger,
    load,
    make_rule,
    record,
    wanted,
)

DAY = timedelta(days=1)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield asked
    event.remove(session.get_bind(), "before_cursor_execute", note)


def test_a_loading_pays_who_sold_and_who_loaded_in_its_transaction(session: Session, desk: Desk) -> None:
    share, loaded = make_rule(session, desk, SHARE), make_rule(session, desk, LOADING)
    order = load(session, desk, {make_product(session, price_minor=12000): 10})

    entries = commissions.of_order(session, order.id, by=actor_of(desk.ann))

    assert [(one.person_id, one.rule_id, one.amount_minor, one.currency) for one in entries] == [
        (desk.rita.id, share.id, 5000, "RUB"),
        (desk.bob.id, loaded.id, 5000, "RUB"),
    ]
    assert [one.basis for one in entries] == [
        {"kind": "percent", "scope": "all", "net_minor": 100_000, "rate": "0.05"},
        {"kind": "per_order", "scope": "all", "each_minor": 5000},
    ]
    assert ledger(session) == [("Share", 5000, "accrued", MONDAY), ("Loading", 5000, "accrued", MONDAY)]
    assert {one.created_at for one in entries} == {NOON}


def test_a_recorded_sale_pays_for_tubes_above_three(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    ticket_settings.count_units(session, dye.id, "tube", by=actor_of(desk.ann), now=NOON)
    make_rule(session, desk, BONUS)
    make_rule(session, desk, LOADING)

    found = [ledger(session, record(session, desk, 10_000 + tubes, tubes=tubes)) for tubes in (3, 4, 8)]

    assert found == [[], [("Bonus", 1000, "accrued", MONDAY)], [("Bonus", 5000, "accrued", MONDAY)]]


def test_the_second_of_two_taps_pays_nothing_more(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    order = load(session, desk, {make_product(session): 1})
    ticket = make_ticket(session, desk.rita, tags=None)
    before = books(session)

    for again in (
        lambda: loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=NOON),
        lambda: ticket_orders.record_sale(session, ticket.id, 99, by=actor_of(desk.rita), now=NOON),
    ):
        with pytest.raises((loading.claims.AlreadyLoaded, Moved)):
            again()

    assert books(session) == before


def test_what_was_loaded_short_and_its_back_order_earn_each_for_itself(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    make_rule(session, desk, LOADING)
    milk = make_product(session, price_minor=12000)
    order = make_claimed(session, desk, {milk: 10})
    by = actor_of(desk.bob)
    picking.mark(session, order.id, order.lines[0].id, 6000, cause=ShortCause.LEFT, by=by, now=NOON)
    loading.confirm(session, order.id, order.version, by=by, now=NOON)
    child = session.get_one(type(order), order.id + 1)
    loading.claim(session, child.id, child.version, by=by, now=later(days=2))
    loading.confirm(session, child.id, child.version, by=by, now=later(days=2))

    assert amounts(session, order) == {"Share": 3000, "Loading": 5000}
    assert ledger(session, child) == [
        ("Share", 2000, "accrued", MONDAY + 2 * DAY),
        ("Loading", 5000, "accrued", MONDAY + 2 * DAY),
    ]


def test_a_rep_who_was_dismissed_meanwhile_still_earns(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    order = make_claimed(session, desk, {make_product(session, price_minor=12000): 10})
    staff.dismiss(session, desk.rita.id, by=actor_of(desk.ann), now=NOON)
    loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    assert commissions.totals(session, MARCH) == {desk.rita.id: {"RUB": 5000}}


def test_fixed_amounts_of_another_currency_do_not_count(session: Session, desk: Desk) -> None:
    for terms in (SHARE, LOADING, STEPS):
        make_rule(session, desk, terms)
    make_company(session, currency="EUR")
    order = load(session, desk, {make_product(session, price_minor=12000): 10})

    assert amounts(session, order) == {"Share": 5000}
    assert commissions.totals(session, MARCH) == {desk.rita.id: {"EUR": 5000}}


@pytest.mark.parametrize(
    ("zone", "loaded_at", "day"),
    [
        ("Europe/Moscow", datetime(2026, 3, 31, 20, 59, 59, tzinfo=UTC), date(2026, 3, 31)),
        ("Europe/Moscow", datetime(2026, 3, 31, 21, 0, tzinfo=UTC), date(2026, 4, 1)),
        (
            "Europe/Madrid",
            datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC),
            date(2026, 3, 28),
        ),  # clocks go forward at 1:00
        ("Europe/Madrid", datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Madrid", datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), date(2026, 3, 29)),  # a day of 23 hours
        ("Europe/Madrid", datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        ("Europe/Madrid", datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
        ("Europe/Madrid", datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), date(2026, 10, 25)),  # a day of 25 hours
        ("Europe/Madrid", datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
        ("America/Santiago", datetime(2026, 4, 5, 2, 59, 59, tzinfo=UTC), date(2026, 4, 4)),
        ("America/Santiago", datetime(2026, 4, 5, 3, 59, 59, tzinfo=UTC), date(2026, 4, 4)),  # midnight comes twice
        ("America/Santiago", datetime(2026, 4, 5, 4, 0, tzinfo=UTC), date(2026, 4, 5)),
        ("America/Santiago", datetime(2026, 9, 6, 3, 59, 59, tzinfo=UTC), date(2026, 9, 5)),
        ("America/Santiago", datetime(2026, 9, 6, 4, 0, tzinfo=UTC), date(2026, 9, 6)),  # midnight does not come
    ],
)
def test_the_day_of_a_sale_is_the_companys(
    session: Session, desk: Desk, zone: str, loaded_at: datetime, day: date
) -> None:
    make_company(session, time_zone=zone)
    make_rule(session, desk, SHARE, valid_to=day)
    make_rule(session, desk, replace(SHARE, name="Later"), day + DAY)

    order = load(session, desk, {make_product(session, price_minor=12000): 10}, now=loaded_at)

    assert ledger(session, order) == [("Share", 5000, "accrued", day)]


def test_a_late_ticket_is_paid_by_the_rule_of_its_day(session: Session, desk: Desk) -> None:
    rule = make_rule(session, desk, SHARE)
    twice = replace(SHARE, name="Twice", rate=Decimal("0.1"))
    commission_rules.change(
        session, rule.lineage, 1, twice, valid_from=MONDAY + 2 * DAY, by=actor_of(desk.ann), now=NOON
    )
    sales = [record(session, desk, 100_000, day=MONDAY + day * DAY, now=later(days=5)) for day in (-1, 1, 2)]

    assert [ledger(session, sale) for sale in sales] == [
        [],
        [("Share", 5000, "accrued", date(2026, 3, 3))],
        [("Twice", 10_000, "accrued", date(2026, 3, 4))],
    ]


def test_a_change_of_the_rule_leaves_what_was_earned(session: Session, desk: Desk) -> None:
    rule, by = make_rule(session, desk, SHARE), actor_of(desk.ann)
    order = load(session, desk, {make_product(session, price_minor=12000): 10})
    commission_rules.change(session, rule.lineage, 1, STEPS, valid_from=MONDAY, by=by, now=NOON)
    credit_notes.credit(session, order.id, order.version, wanted(order, 4), reason="Sour", by=by, now=later(days=1))

    assert ledger(session) == [
        ("Share", 5000, "accrued", MONDAY),
        ("Share", -2000, "credited", MONDAY + DAY),
    ]


def test_a_voided_sale_gives_everything_back_on_its_own_day(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    ticket_settings.count_units(session, dye.id, "tube", by=actor_of(desk.ann), now=NOON)
    for terms in (SHARE, BONUS, STEPS):
        make_rule(session, desk, terms)
    order = record(session, desk, 100_000, tubes=5)
    by = actor_of(desk.ann)
    voiding.void_sale(session, order.id, order.version, reason="Twice", by=by, now=later(days=9))

    assert ledger(session) == [
        ("Share", 5000, "accrued", MONDAY),
        ("Bonus", 2000, "accrued", MONDAY),
        ("Steps", 2000, "accrued", MONDAY),
        ("Share", -5000, "voided", MONDAY),
        ("Bonus", -2000, "voided", MONDAY),
        ("Steps", -2000, "voided", MONDAY),
    ]
    assert commissions.of_order(session, order.id, by=by)[-1].basis == {"kind": "tiers", "scope": "all"}
    assert commissions.totals(session, MARCH) == {desk.rita.id: {"RUB": 0}}


def test_credit_notes_leave_what_the_rules_give_for_what_stands(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    by = actor_of(desk.ann)
    ticket_settings.count_units(session, dye.id, "tube", by=by, now=NOON)
    for terms in (SHARE, BONUS, STEPS, LOADING):
        make_rule(session, desk, terms)
    order = load(session, desk, {make_product(session, price_minor=12000, category=dye): 10})
    assert amounts(session, order) == {"Share": 5000, "Bonus": 7000, "Steps": 2000, "Loading": 5000}

    first = credit_notes.credit(
        session, order.id, order.version, wanted(order, 1), reason="1", by=by, now=later(days=1)
    )
    assert amounts(session, order) == {"Share": 4500, "Bonus": 6000, "Steps": 900, "Loading": 5000}
    credit_notes.credit(session, order.id, order.version, wanted(order, 6), reason="2", by=by, now=later(days=2))
    assert amounts(session, order) == {"Share": 1500, "Bonus": 0, "Steps": 300, "Loading": 5000}
    last = credit_notes.credit(session, order.id, order.version, wanted(order, 3), reason="3", by=by, now=later(days=3))
    assert amounts(session, order) == {"Share": 0, "Bonus": 0, "Steps": 0, "Loading": 0}

    notes = session.scalars(
        select(CommissionEntry.credit_note_id).where(CommissionEntry.kind == "credited").order_by(CommissionEntry.id)
    ).all()
    assert (notes[0], notes[-1]) == (first.id, last.id)
    assert [row[3] for row in ledger(session) if row[2] == "credited"] == [
        *[date(2026, 3, 3)] * 3, *[date(2026, 3, 4)] * 3, *[date(2026, 3, 5)] * 3,
    ]  # fmt: skip


def test_crediting_the_delivery_alone_takes_nothing_back(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    order = load(session, desk, {make_product(session, price_minor=12000): 10})
    delivery = next(line for line in order.lines if line.kind == "delivery")
    by = actor_of(desk.ann)
    back = [credit_notes.Wanted(delivery.id, delivery.quantity_milli)]
    credit_notes.credit(session, order.id, order.version, back, reason="Late", by=by, now=NOON)

    assert ledger(session) == [("Share", 5000, "accrued", MONDAY)]


def test_what_the_catalogue_says_later_changes_nothing_of_what_was_earned(session: Session, desk: Desk) -> None:
    """The product moves to another category, and the rule's own category is removed."""
    dye, brushes, by = make_category(session, "Dye"), make_category(session, "Brushes"), actor_of(desk.ann)
    make_rule(session, desk, replace(SHARE, scope="category", category_id=dye.id))
    red = make_product(session, price_minor=12000, category=dye)
    order = load(session, desk, {red: 10, make_product(session, "Brush", price_minor=12000, category=brushes): 10})
    red.category_id = brushes.id
    session.flush()
    category_admin.remove(session, dye.id, by=by, now=NOON)
    session.expire_all()

    credit_notes.credit(session, order.id, order.version, wanted(order, 4, 10), reason="Sour", by=by, now=NOON)

    assert ledger(session) == [("Share", 5000, "accrued", MONDAY), ("Share", -2000, "credited", MONDAY)]
    assert load(session, desk, {red: 1}).id is not None
    assert len(ledger(session)) == 2, "a rule whose category is gone gives nothing any more"


def test_what_falls_into_a_closed_period_is_booked_on_the_first_open_day(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    order = load(session, desk, {make_product(session, price_minor=12000): 10})
    session.get_one(CommissionBook, 1).closed_through = MONDAY + 2 * DAY
    late = record(session, desk, 100_000, day=MONDAY + DAY, now=later(days=5))
    by = actor_of(desk.ann)
    credit_notes.credit(session, order.id, order.version, wanted(order, 4), reason="1", by=by, now=later(days=1))
    credit_notes.credit(session, order.id, order.version, wanted(order, 1), reason="2", by=by, now=later(days=5))
    voiding.void_sale(session, late.id, late.version, reason="Twice", by=by, now=later(days=5))

    assert ledger(session) == [
        ("Share", 5000, "accrued", MONDAY),
        ("Share", 5000, "accrued", MONDAY + 3 * DAY),
        ("Share", -2000, "credited", MONDAY + 3 * DAY),
        ("Share", -500, "credited", MONDAY + 5 * DAY),
        ("Share", -5000, "voided", MONDAY + 3 * DAY),
    ]


@pytest.mark.parametrize("change", [update(CommissionEntry).values(amount_minor=1), delete(CommissionEntry)])
def test_the_database_keeps_nobody_from_writing_and_everybody_from_changing(
    session: Session, desk: Desk, change: update | delete
) -> None:
    make_rule(session, desk, SHARE)
    load(session, desk, {make_product(session, price_minor=12000): 10})

    with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
        session.execute(change)

    assert ledger(session) == [("Share", 5000, "accrued", MONDAY)]


def test_a_draft_says_what_it_would_earn_its_rep_and_writes_nothing(session: Session, desk: Desk) -> None:
    share = make_rule(session, desk, SHARE)
    make_rule(session, desk, LOADING)
    make_rule(session, desk, replace(STEPS, name="Later"), MONDAY + DAY)
    draft = make_draft(session, desk.rita, {make_product(session, price_minor=12000): 10})
    before = books(session)

    basis = {"kind": "percent", "scope": "all", "net_minor": 100_000, "rate": "0.05"}
    assert commissions.preview(session, draft, today=MONDAY) == Preview(
        5000, "RUB", (PreviewRow(share.id, "Share", 5000, basis),)
    )
    assert commissions.preview(session, draft, today=MONDAY + DAY).amount_minor == 7000
    assert commissions.preview(session, draft, today=MONDAY - DAY) == Preview(0, "RUB", ())
    assert books(session) == before


def test_a_preview_is_what_the_loading_then_pays(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    ticket_settings.count_units(session, dye.id, "tube", by=actor_of(desk.ann), now=NOON)
    for terms in (SHARE, BONUS, STEPS):
        make_rule(session, desk, terms)
    order = make_claimed(session, desk, {make_product(session, price_minor=9999, category=dye): 7})
    promised = commissions.preview(session, order, today=MONDAY)

    loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    assert {row.name: row.amount_minor for row in promised.rows} == amounts(session, order)


def test_a_preview_asks_three_questions_whatever_the_rules(session: Session, desk: Desk) -> None:
    goods = {make_product(session, f"Milk {number}"): 1 for number in range(8)}
    draft = make_draft(session, desk.rita, goods)
    for number in range(6):
        make_rule(session, desk, replace(SHARE, name=str(number), scope="counted" if number % 2 else "all"))

    session.flush()
    with counted(session) as asked:
        commissions.preview(session, draft, today=MONDAY)

    assert len(asked) == 3


def test_a_statement_shows_the_newest_first_page_by_page(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    make_rule(session, desk, LOADING)
    orders = [record(session, desk, 100_000 + number, now=later(days=number)) for number in range(8)]
    by = actor_of(desk.rita)

    first = commissions.statement(session, desk.rita.id, MARCH, by=by, page=0)
    second = commissions.statement(session, desk.rita.id, MARCH, by=by, page=1)
    week = commissions.statement(session, desk.rita.id, Period(MONDAY, MONDAY + 2 * DAY), by=by, page=0)

    assert [row.order_id for row in first.page.items] == [order.id for order in orders[:1:-1]]
    assert [row.order_id for row in second.page.items] == [orders[1].id, orders[0].id]
    assert (first.totals, first.page.pages, first.closed) == ({"RUB": 40_000}, 2, False)
    assert (week.totals, len(week.page.items)) == ({"RUB": 15_000}, 3)
    newest = first.page.items[0]
    assert (newest.client, newest.order_kind, newest.rule_name, newest.kind) == (
        "Corner Shop",
        "sale",
        "Share",
        "accrued",
    )
    assert (newest.booked_on, newest.amount_minor, newest.credit_note) == (date(2026, 3, 9), 5000, "")


def test_a_correction_names_its_credit_note(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    order = load(session, desk, {make_product(session, price_minor=12000): 10})
    by = actor_of(desk.ann)
    note = credit_notes.credit(session, order.id, order.version, wanted(order, 4), reason="Sour", by=by, now=NOON)

    rows = commissions.statement(session, desk.rita.id, MARCH, by=actor_of(desk.rita), page=0).page.items

    assert [(row.kind, row.amount_minor, row.credit_note) for row in rows] == [
        ("credited", -2000, note.label),
        ("accrued", 5000, ""),
    ]


def test_everybody_sees_the_own_and_admins_all(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    make_rule(session, desk, LOADING)
    order = load(session, desk, {make_product(session, price_minor=12000): 10})
    other = make_person(session, "Olga")
    rita, bob, ann, olga = (actor_of(person) for person in (desk.rita, desk.bob, desk.ann, other))

    def seen(by: object) -> list[int]:
        return [one.amount_minor for one in commissions.of_order(session, order.id, by=by)]  # type: ignore[arg-type]

    assert [seen(by) for by in (rita, bob, ann, olga)] == [[5000], [5000], [5000, 5000], []]
    assert [(one.name, one.amount_minor, one.entries) for one in commissions.by_person(session, MARCH, by=ann)] == [
        ("Bob", 5000, 1),
        ("Rita", 5000, 1),
    ]
    assert commissions.statement(session, desk.rita.id, MARCH, by=ann, page=0).totals == {"RUB": 5000}
    for forbidden in (
        lambda: commissions.by_person(session, MARCH, by=rita),
        lambda: commissions.statement(session, desk.rita.id, MARCH, by=olga, page=0),
        lambda: commissions.statement(session, desk.rita.id, MARCH, by=bob, page=0),
        lambda: commissions.statement(session, 7777, MARCH, by=ann, page=0),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_somebody_of_two_roles_earns_for_both(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    make_rule(session, desk, LOADING)
    session.get_one(Person, desk.bob.id).roles = [Role.REP.value, Role.STOREKEEPER.value]
    both = replace(desk, rita=desk.bob)
    load(session, both, {make_product(session, price_minor=12000): 10})

    assert commissions.totals(session, MARCH, person_ids=[desk.bob.id, desk.rita.id]) == {desk.bob.id: {"RUB": 10_000}}
