"""Rules in versions: what a day's rule was is never changed afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.commissions import CommissionBook, CommissionRule
from db.models.record import AuditEntry
from db.session import Database
from services import category_admin, commission_rules, company, ticket_settings
from services.actor import NotAllowed
from services.catalogue import CategoryGone, ProductGone
from services.commission_rules import RuleEnded, RuleTooEarly, RuleUnfit, Terms
from services.company import Profile
from services.errors import DomainError, Moved
from tests.builders import NOON, actor_of, later, make_category, make_company, make_product
from tests.services.desk import Desk, make_desk, race
from tests.services.earning import BONUS, MONDAY, SHARE, STEPS, books, make_rule

DAY = timedelta(days=1)


def applies(session: Session, day: date) -> list[tuple[str, int]]:
    """(name, version) of what applies to a sale of that day."""
    return [(rule.name, rule.version) for rule in commission_rules.in_force(session, day)]


def test_a_rule_applies_from_its_first_day_to_its_last(session: Session, desk: Desk) -> None:
    make_rule(session, desk, SHARE, MONDAY + DAY, valid_to=MONDAY + 3 * DAY)

    found = {day: applies(session, MONDAY + day * DAY) for day in range(6)}

    assert found == {0: [], 1: [("Share", 1)], 2: [("Share", 1)], 3: [("Share", 1)], 4: [], 5: []}


def test_a_change_is_a_new_version_and_old_days_keep_the_old_one(session: Session, desk: Desk) -> None:
    rule = make_rule(session, desk, SHARE)
    by = actor_of(desk.ann)

    twice = replace(SHARE, rate=Decimal("0.1"))
    newer = commission_rules.change(
        session, rule.lineage, 1, twice, valid_from=MONDAY + 5 * DAY, by=by, now=later(days=2)
    )

    assert (newer.lineage, newer.version, newer.valid_from, newer.valid_to) == (rule.lineage, 2, date(2026, 3, 7), None)
    assert (rule.rate, rule.valid_from, rule.valid_to) == (Decimal("0.05"), MONDAY, date(2026, 3, 6))
    assert applies(session, date(2026, 3, 6)) == [("Share", 1)]
    assert applies(session, date(2026, 3, 7)) == [("Share", 2)]
    assert commission_rules.list_versions(session, rule.lineage, by=by) == [newer, rule]
    written = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"commission_rule:{rule.lineage}")).all()
    assert [(row.action, row.before.get("rate"), row.after["rate"]) for row in written] == [
        ("commission_rule.added", None, "0.05"),
        ("commission_rule.changed", "0.05", "0.1"),
    ]


@pytest.mark.parametrize("last", [None, MONDAY + 20 * DAY])
def test_what_is_written_of_a_change_keeps_the_former_end(session: Session, desk: Desk, last: date | None) -> None:
    rule = make_rule(session, desk, SHARE, valid_to=last)

    commission_rules.change(
        session, rule.lineage, 1, SHARE, valid_from=MONDAY + 5 * DAY, by=actor_of(desk.ann), now=later(days=2)
    )

    [written] = session.scalars(select(AuditEntry).where(AuditEntry.action == "commission_rule.changed"))
    assert written.before["valid_to"] == (last.isoformat() if last else None)


def test_a_planned_version_gives_way_to_one_that_begins_earlier(session: Session, desk: Desk) -> None:
    rule = make_rule(session, desk, SHARE)
    by = actor_of(desk.ann)
    commission_rules.change(session, rule.lineage, 1, SHARE, valid_from=MONDAY + 9 * DAY, by=by, now=NOON)
    commission_rules.change(session, rule.lineage, 2, SHARE, valid_from=MONDAY, by=by, now=NOON)

    assert [applies(session, MONDAY + day * DAY) for day in (0, 8, 9, 20)] == [[("Share", 3)]] * 4
    assert [one.version for one in commission_rules.list_current(session, today=MONDAY, by=by)] == [3]


def test_a_rule_ends_at_once_later_or_before_it_began(session: Session, desk: Desk) -> None:
    share, steps, bonus = (
        make_rule(session, desk, SHARE),
        make_rule(session, desk, STEPS),
        make_rule(session, desk, BONUS),
    )
    planned = make_rule(session, desk, replace(SHARE, name="Planned"), MONDAY + 9 * DAY)
    by = actor_of(desk.ann)

    commission_rules.end(session, share.lineage, 1, last=MONDAY - DAY, by=by, now=NOON)
    commission_rules.end(session, steps.lineage, 1, last=MONDAY + 5 * DAY, by=by, now=NOON)
    commission_rules.end(session, planned.lineage, 1, last=MONDAY, by=by, now=NOON)

    assert applies(session, MONDAY) == [("Steps", 1), ("Bonus", 1)]
    assert applies(session, MONDAY + 9 * DAY) == [("Bonus", 1)]
    assert commission_rules.list_current(session, today=MONDAY, by=by) == [steps, bonus]
    assert commission_rules.list_ended(session, today=MONDAY, by=by) == [planned, share]
    with pytest.raises(RuleEnded) as refused:
        commission_rules.end(session, steps.lineage, 1, last=MONDAY + 5 * DAY, by=by, now=NOON)
    assert refused.value.facts == {"last": "2026-03-07"}
    commission_rules.end(session, steps.lineage, 1, last=MONDAY + DAY, by=by, now=NOON)
    assert steps.valid_to == MONDAY + DAY


def test_an_ended_rule_can_begin_anew(session: Session, desk: Desk) -> None:
    rule = make_rule(session, desk, SHARE)
    by = actor_of(desk.ann)
    commission_rules.end(session, rule.lineage, 1, last=MONDAY, by=by, now=NOON)

    commission_rules.change(session, rule.lineage, 1, SHARE, valid_from=MONDAY + 3 * DAY, by=by, now=later(days=3))

    assert [applies(session, MONDAY + day * DAY) for day in (0, 1, 3)] == [[("Share", 1)], [], [("Share", 2)]]


def test_nothing_begins_or_ends_in_the_past_or_in_a_closed_period(session: Session, desk: Desk) -> None:
    rule = make_rule(session, desk, SHARE)
    by, before = actor_of(desk.ann), books(session)

    for first in (MONDAY - DAY, date(2020, 1, 1)):
        with pytest.raises(RuleTooEarly) as refused:
            commission_rules.add(session, BONUS, valid_from=first, by=by, now=NOON)
        assert refused.value.facts == {"earliest": "2026-03-02"}
    with pytest.raises(RuleTooEarly):
        commission_rules.change(session, rule.lineage, 1, STEPS, valid_from=MONDAY, by=by, now=later(days=1))
    with pytest.raises(RuleTooEarly) as refused:
        commission_rules.end(session, rule.lineage, 1, last=MONDAY - 2 * DAY, by=by, now=NOON)
    assert refused.value.facts == {"earliest": "2026-03-01"}
    with pytest.raises(RuleUnfit):
        commission_rules.end(session, rule.lineage, 1, last=MONDAY + 3661 * DAY, by=by, now=NOON)
    session.get_one(CommissionBook, 1).closed_through = MONDAY + 4 * DAY
    with pytest.raises(RuleTooEarly) as refused:
        commission_rules.add(session, BONUS, valid_from=MONDAY, by=by, now=NOON)
    assert refused.value.facts == {"earliest": "2026-03-07"}

    assert books(session) == before | {"closed": MONDAY + 4 * DAY}


def test_today_is_that_of_the_company(session: Session, desk: Desk) -> None:
    evening = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)  # half past midnight in Moscow

    with pytest.raises(RuleTooEarly):
        make_rule(session, desk, SHARE, MONDAY, now=evening)
    assert make_rule(session, desk, SHARE, MONDAY + DAY, now=evening).valid_from == date(2026, 3, 3)


@pytest.mark.parametrize("days", [(MONDAY, MONDAY - DAY), (MONDAY + 5000 * DAY, None), (MONDAY, MONDAY + 5000 * DAY)])
def test_days_have_an_order_and_an_end(session: Session, desk: Desk, days: tuple[date, date | None]) -> None:
    before = books(session)

    with pytest.raises(RuleUnfit) as refused:
        make_rule(session, desk, SHARE, days[0], valid_to=days[1])

    assert (refused.value.facts, books(session)) == ({"what": "days"}, before)


def test_the_second_of_two_changes_meets_a_newer_version(session: Session, desk: Desk) -> None:
    rule = make_rule(session, desk, SHARE)
    by = actor_of(desk.ann)
    commission_rules.change(session, rule.lineage, 1, STEPS, valid_from=MONDAY, by=by, now=NOON)
    before = books(session)

    with pytest.raises(Moved):
        commission_rules.change(session, rule.lineage, 1, BONUS, valid_from=MONDAY, by=by, now=NOON)
    with pytest.raises(Moved):
        commission_rules.end(session, rule.lineage, 1, last=MONDAY, by=by, now=NOON)

    assert books(session) == before


def test_only_admins_have_to_do_with_rules(session: Session, desk: Desk) -> None:
    rule = make_rule(session, desk, SHARE)
    before = books(session)

    for person in (desk.rita, desk.bob):
        by = actor_of(person)
        for forbidden in (
            lambda by=by: commission_rules.list_current(session, today=MONDAY, by=by),
            lambda by=by: commission_rules.list_ended(session, today=MONDAY, by=by),
            lambda by=by: commission_rules.list_versions(session, rule.lineage, by=by),
            lambda by=by: commission_rules.get(session, rule.id, by=by),
            lambda by=by: commission_rules.add(session, SHARE, valid_from=MONDAY, by=by, now=NOON),
            lambda by=by: commission_rules.change(session, rule.lineage, 1, SHARE, valid_from=MONDAY, by=by, now=NOON),
            lambda by=by: commission_rules.end(session, rule.lineage, 1, last=MONDAY, by=by, now=NOON),
        ):
            with pytest.raises(NotAllowed):
                forbidden()

    assert books(session) == before


def test_guessed_ids_are_refused(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)

    for guessed in (
        lambda: commission_rules.get(session, 77, by=by),
        lambda: commission_rules.list_versions(session, 77, by=by),
        lambda: commission_rules.change(session, 77, 1, SHARE, valid_from=MONDAY, by=by, now=NOON),
        lambda: commission_rules.end(session, 77, 1, last=MONDAY, by=by, now=NOON),
    ):
        with pytest.raises(NotAllowed):
            guessed()


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        (replace(SHARE, rate=Decimal(2)), RuleUnfit),
        (replace(SHARE, currency="EUR"), RuleUnfit),
        (replace(SHARE, scope="category", category_id=77), CategoryGone),
        (replace(SHARE, scope="category"), CategoryGone),
        (replace(SHARE, scope="product", product_id=77), ProductGone),
        (replace(SHARE, scope="product"), ProductGone),
    ],
)
def test_what_cannot_be_a_rule_is_not_saved(
    session: Session, desk: Desk, terms: Terms, refusal: type[DomainError]
) -> None:
    rule = make_rule(session, desk, SHARE)
    by, before = actor_of(desk.ann), books(session)

    with pytest.raises(refusal):
        commission_rules.add(session, terms, valid_from=MONDAY, by=by, now=NOON)
    with pytest.raises(refusal):
        commission_rules.change(session, rule.lineage, 1, terms, valid_from=MONDAY, by=by, now=NOON)

    assert books(session) == before


def test_terms_come_back_as_they_were_saved(session: Session, desk: Desk) -> None:
    product = make_product(session)
    terms = replace(STEPS, scope="product", product_id=product.id, category_id=5, amount_minor=7)

    rule = make_rule(session, desk, terms)
    session.expire_all()

    assert commission_rules.terms_of(rule) == replace(terms, category_id=None, amount_minor=0, currency="RUB")


def test_a_rule_says_what_keeps_it_from_giving_anything(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    share = make_rule(session, desk, replace(SHARE, scope="category", category_id=dye.id))
    bonus, steps = make_rule(session, desk, BONUS), make_rule(session, desk, STEPS)

    def why() -> list[str]:
        return [commission_rules.why_idle(session, rule) for rule in (share, bonus, steps)]

    assert why() == ["", "nothing_counted", ""]
    ticket_settings.count_units(session, dye.id, "", by=actor_of(desk.ann), now=NOON)
    assert why() == ["", "", ""]
    category_admin.remove(session, dye.id, by=actor_of(desk.ann), now=NOON)
    make_company(session, currency="EUR")
    session.expire_all()
    assert why() == ["category_gone", "other_currency", "other_currency"]


def test_a_new_company_pays_ten_for_each_counted_unit_above_three(session: Session) -> None:
    assert company.ensure(session, Profile("Kyoto", "", "JP", "JPY", "Asia/Tokyo", "en")) is True
    rule = commission_rules.ensure_default(session, now=NOON)
    assert rule is not None

    assert (rule.kind, rule.role, rule.scope, rule.threshold_milli) == ("per_unit", "rep", "counted", 3000)
    assert (rule.amount_minor, rule.currency, rule.valid_from, rule.valid_to) == (10, "JPY", date(2026, 1, 1), None)
    assert company.ensure(session, Profile("Other", "", "ES", "EUR", "Europe/Madrid", "es")) is False
    assert commission_rules.ensure_default(session, now=NOON) is None


def test_of_two_admins_who_change_a_rule_at_once_one_is_told(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        lineage = make_rule(session, desk, SHARE).lineage
    by = actor_of(desk.ann)

    results = race(
        database,
        [
            lambda session: (
                commission_rules.change(session, lineage, 1, STEPS, valid_from=MONDAY, by=by, now=NOON).version
            ),
            lambda session: (
                commission_rules.change(session, lineage, 1, BONUS, valid_from=MONDAY, by=by, now=NOON).version
            ),
        ],
    )

    assert sorted(str(result) for result in results) == ["2", "Moved()"]
    with database.reading() as session:
        assert len(session.scalars(select(CommissionRule)).all()) == 2
