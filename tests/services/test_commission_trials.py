"""What a rule would have paid: reckoned from what stands, and written nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from services import commission_rules, commission_trials, credit_notes, ticket_settings, voiding
from services.actor import NotAllowed
from services.catalogue import CategoryGone
from services.commission_rules import RuleUnfit
from services.commission_trials import TrialRow
from services.errors import DomainError
from services.periods import Period, PeriodUnfit
from tests.builders import NOON, actor_of, later, make_category, make_company, make_person, make_product
from tests.services.desk import Desk
from tests.services.earning import BONUS, LOADING, MONDAY, SHARE, books, load, make_rule, record, wanted

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
TWICE = replace(SHARE, rate=Decimal("0.1"))


def rows(trial: commission_trials.Trial) -> list[tuple[str, int, int]]:
    return [(row.name, row.paid_minor, row.would_minor) for row in trial.rows]


def test_a_new_rule_would_come_on_top_of_what_was_paid(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE)
    order = load(session, desk, {make_product(session, price_minor=12000): 10})
    olga = replace(desk, rita=make_person(session, "Olga"))
    record(session, olga, 40_000)
    record(session, desk, 700_000, now=later(days=40))
    by, before = actor_of(desk.ann), books(session)

    trial = commission_trials.run(session, LOADING, MARCH, replaces=None, by=by)
    assert trial.rows == (
        TrialRow(desk.bob.id, "Bob", 0, 5000),
        TrialRow(olga.rita.id, "Olga", 2000, 2000),
        TrialRow(desk.rita.id, "Rita", 5000, 5000),
    )
    assert (trial.currency, trial.orders) == ("RUB", 1)
    assert order.claimed_by == desk.bob.id
    assert books(session) == before


def test_a_changed_rule_would_take_the_place_of_the_old_one(session: Session, desk: Desk) -> None:
    share, _ = make_rule(session, desk, SHARE), make_rule(session, desk, LOADING)
    load(session, desk, {make_product(session, price_minor=12000): 10})
    record(session, desk, 40_000)

    trial = commission_trials.run(session, TWICE, MARCH, replaces=share.lineage, by=actor_of(desk.ann))

    assert (rows(trial), trial.orders) == ([("Bob", 5000, 5000), ("Rita", 7000, 14_000)], 2)


def test_to_try_a_rule_as_it_is_changes_nothing_whatever_was_credited_and_voided(session: Session, desk: Desk) -> None:
    dye, by = make_category(session, "Dye"), actor_of(desk.ann)
    ticket_settings.count_units(session, dye.id, "tube", by=by, now=NOON)
    bonus, share = make_rule(session, desk, BONUS), make_rule(session, desk, SHARE)
    order = load(session, desk, {make_product(session, price_minor=12000, category=dye): 10})
    record(session, desk, 40_000, tubes=9)
    voided = record(session, desk, 99_000, tubes=20)
    voiding.void_sale(session, voided.id, voided.version, reason="Twice", by=by, now=later(days=1))
    credit_notes.credit(session, order.id, order.version, wanted(order, 4), reason="Sour", by=by, now=later(days=60))

    for rule in (bonus, share):
        terms = commission_rules.terms_of(rule)
        trial = commission_trials.run(session, terms, MARCH, replaces=rule.lineage, by=by)
        assert (rows(trial), trial.orders) == ([("Rita", 14_000, 14_000)], 2)


def test_a_trial_looks_at_days_before_the_rule_and_at_the_companys_currency_alone(session: Session, desk: Desk) -> None:
    record(session, desk, 40_000, day=date(2026, 3, 1))
    make_company(session, currency="EUR")
    record(session, desk, 10_000)

    trial = commission_trials.run(session, replace(SHARE, currency="RUB"), MARCH, replaces=None, by=actor_of(desk.ann))

    assert (rows(trial), trial.currency, trial.orders) == ([("Rita", 0, 500)], "EUR", 1)


def test_a_month_without_sales_would_have_paid_nobody(session: Session, desk: Desk) -> None:
    assert commission_trials.run(session, SHARE, MARCH, replaces=None, by=actor_of(desk.ann)).rows == ()


@pytest.mark.parametrize(
    ("terms", "days", "refusal"),
    [
        (replace(SHARE, rate=Decimal(0)), 30, RuleUnfit),
        (replace(SHARE, scope="category", category_id=77), 30, CategoryGone),
        (SHARE, 94, PeriodUnfit),
    ],
)
def test_what_cannot_be_tried_is_refused(
    session: Session, desk: Desk, terms: commission_rules.Terms, days: int, refusal: type[DomainError]
) -> None:
    period = Period(MONDAY - timedelta(days=days - 1), MONDAY)

    with pytest.raises(refusal):
        commission_trials.run(session, terms, period, replaces=None, by=actor_of(desk.ann))
    with pytest.raises(NotAllowed):
        commission_trials.run(session, SHARE, MARCH, replaces=None, by=actor_of(desk.rita))
