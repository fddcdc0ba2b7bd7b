"""Whatever is loaded, recorded, credited, voided and settled in whatever order: the ledger is what stands by the rules
of its day, and what was settled stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.commissions import CommissionEntry, CommissionRule, Settlement
from db.models.orders import Order
from db.session import Database
from services import commission_rules, commissions, credit_notes, settlements, ticket_settings, voiding
from services.commission_rules import Terms
from services.periods import Period
from tests.builders import NOON, actor_of, make_category, make_product
from tests.services.desk import make_desk
from tests.services.earning import BONUS, LOADING, MONDAY, SHARE, STEPS, load, record, wanted

PRICES: Final = (24_890, 10_001)
"""Of a tube and of a milk, without VAT."""
ODD: Final = Terms("Odd", "percent", "rep", "counted", rate=Decimal("0.033333"))
RULES: Final = (BONUS, SHARE, STEPS, LOADING, ODD)
ALL_DAYS: Final = Period(date(2025, 1, 1), date(2030, 1, 1))


@dataclass
class Sold:
    """What the test knows of an order or a sale: what stands of it, and the rules of its day."""

    order: Order
    rules: list[Terms]
    left: list[int] = field(default_factory=list)
    """Of an order: tubes and milks."""
    amount: int = 0
    """Of a sale."""
    tubes: int = 0


def _rounded(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _expected(terms: Terms, sold: Sold) -> int:
    """The same rules once more, in the plainest words."""
    units = sold.left[0] if sold.left else sold.tubes
    net = sum(left * price for left, price in zip(sold.left, PRICES, strict=True)) if sold.left else sold.amount
    known: dict[str, Callable[[], Decimal | int]] = {
        "Bonus": lambda: 1000 * max(0, units - 3),
        "Share": lambda: net * Decimal("0.05"),
        "Steps": lambda: net * Decimal("0.02" if net >= 100_000 else "0.01"),
        "Loading": lambda: 5000 if any(sold.left) else 0,
        "Odd": lambda: units * PRICES[0] * Decimal("0.033333") if sold.left else 0,
    }
    return _rounded(Decimal(known[terms.name]()))


class Trade(RuleBasedStateMachine):
    """A desk with rules that come and go, over some months."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.connection = database.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        self.desk = make_desk(self.session)
        self.ann, self.now = actor_of(self.desk.ann), NOON
        dye = make_category(self.session, "Dye")
        ticket_settings.count_units(self.session, dye.id, "tube", by=self.ann, now=NOON)
        free = {"vat_rate": Decimal(0), "on_hand": 10_000}
        self.goods = [
            make_product(self.session, "Red", price_minor=PRICES[0], category=dye, **free),
            make_product(self.session, "Milk", price_minor=PRICES[1], category=make_category(self.session), **free),
        ]
        self.in_force: dict[str, CommissionRule] = {}
        self.sold: list[Sold] = []
        self.settled: dict[int, dict[int, int]] = {}
        for terms in RULES:
            self.set_or_end(terms)
        self.load([9, 2])
        self.record(120_000, 5)

    @rule(which=st.sampled_from(RULES))
    def set_or_end(self, which: Terms) -> None:
        """From today on, or not any more from today on."""
        found = self.in_force.pop(which.name, None)
        if found is not None:
            yesterday = self._today() - timedelta(days=1)
            commission_rules.end(self.session, found.lineage, found.version, last=yesterday, by=self.ann, now=self.now)
        else:
            self.in_force[which.name] = commission_rules.add(
                self.session, which, valid_from=self._today(), by=self.ann, now=self.now
            )

    @rule(which=st.sampled_from(RULES))
    def change_to_the_same(self, which: Terms) -> None:
        """A newer version, by which nothing of the older sales may be reckoned again."""
        found = self.in_force.get(which.name)
        if found is not None:
            self.in_force[which.name] = commission_rules.change(
                self.session, found.lineage, found.version, replace(which), valid_from=self._today(), by=self.ann,
                now=self.now,
            )  # fmt: skip

    @rule(counts=st.lists(st.integers(0, 9), min_size=2, max_size=2).filter(any))
    def load(self, counts: list[int]) -> None:
        goods = {product: count for product, count in zip(self.goods, counts, strict=True) if count}
        order = load(self.session, self.desk, goods, now=self.now)
        self.sold.append(Sold(order, self._rules(), left=counts))

    @rule(amount=st.integers(1, 300_000), tubes=st.integers(1, 9))
    def record(self, amount: int, tubes: int) -> None:
        order = record(self.session, self.desk, amount, tubes=tubes, now=self.now)
        self.sold.append(Sold(order, [one for one in self._rules() if one.name != "Odd"], amount=amount, tubes=tubes))

    @rule(pick=st.integers(0), back=st.lists(st.integers(0, 5), min_size=2, max_size=2).filter(any))
    def credit(self, pick: int, back: list[int]) -> None:
        sold = self._some([one for one in self.sold if any(one.left)], pick)
        if sold is None:
            return
        back = [min(left, wish) for left, wish in zip(sold.left, back, strict=True)]
        asked = wanted(sold.order, *[count for count, left in zip(back, self._ordered(sold), strict=True) if left])
        if asked:
            version = sold.order.version
            credit_notes.credit(self.session, sold.order.id, version, asked, reason="Sour", by=self.ann, now=self.now)
            sold.left = [left - count for left, count in zip(sold.left, back, strict=True)]

    @rule(pick=st.integers(0))
    def void(self, pick: int) -> None:
        sold = self._some([one for one in self.sold if one.amount], pick)
        if sold is not None:
            voiding.void_sale(
                self.session, sold.order.id, sold.order.version, reason="Twice", by=self.ann, now=self.now
            )
            sold.amount = sold.tubes = 0

    @rule(days=st.integers(1, 25), ago=st.integers(1, 5))
    def sleep_and_settle(self, days: int, ago: int) -> None:
        self.now += timedelta(days=days)
        last, closed = self._today() - timedelta(days=ago), settlements.closed_through(self.session)
        if closed is None or last > closed:
            before = self._total()
            settlement = settlements.close(self.session, last, by=self.ann, now=self.now)
            rows = settlements.get(self.session, settlement.id, by=self.ann).rows
            self.settled[settlement.id] = {row.person_id: row.amount_minor for row in rows}
            assert self._total() == before

    @invariant()
    def each_rule_gave_what_it_gives_for_what_stands(self) -> None:
        self.session.info.clear()  # nobody is told here
        query = select(CommissionEntry.order_id, CommissionRule.name, func.sum(CommissionEntry.amount_minor))
        query = query.join(CommissionRule).group_by(CommissionEntry.order_id, CommissionRule.name)
        found = {(order_id, name): int(amount) for order_id, name, amount in self.session.execute(query) if amount}
        expected = {
            (sold.order.id, terms.name): amount
            for sold in self.sold
            for terms in sold.rules
            if (amount := _expected(terms, sold))
        }
        assert found == expected

    def what_was_settled_stays_and_everything_is_in_just_one_period(self) -> None:
        periods = [(one.first, one.last) for one in self.session.scalars(select(Settlement).order_by(Settlement.last))]
        assert all(last + timedelta(days=1) == first for (_, last), (first, _) in pairwise(periods))
        for settlement_id, amounts in self.settled.items():
            view = settlements.get(self.session, settlement_id, by=self.ann)
            booked = commissions.totals(self.session, view.period)
            assert {person_id: totals["RUB"] for person_id, totals in booked.items()} == amounts
            assert {row.person_id: row.amount_minor for row in view.rows} == amounts
        beginning = [date(2025, 1, 1), *[last + timedelta(days=1) for _, last in periods]]
        ends = [*[last for _, last in periods], ALL_DAYS.last]
        parts = [commissions.totals(self.session, Period(*days)) for days in zip(beginning, ends, strict=True)]
        assert sum(sums["RUB"] for part in parts for sums in part.values()) == self._total()

    def the_pages_of_a_statement_are_its_total(self) -> None:
        for person in (self.desk.rita, self.desk.bob):
            by, page, amounts = actor_of(person), 0, []
            while True:
                found = commissions.statement(self.session, person.id, ALL_DAYS, by=by, page=page, size=5)
                amounts += [row.amount_minor for row in found.page.items]
                page += 1
                if page >= found.page.pages:
                    break
            assert sum(amounts) == found.totals.get("RUB", 0)

    def teardown(self) -> None:
        try:
            self.what_was_settled_stays_and_everything_is_in_just_one_period()
            self.the_pages_of_a_statement_are_its_total()
        finally:
            self.session.close()
            self.outer.rollback()
            self.connection.close()

    def _today(self) -> date:
        return MONDAY + (self.now - NOON)

    def _rules(self) -> list[Terms]:
        return [terms for terms in RULES if terms.name in self.in_force]

    def _total(self) -> int:
        return int(self.session.scalar(select(func.sum(CommissionEntry.amount_minor))) or 0)

    @staticmethod
    def _ordered(sold: Sold) -> list[bool]:
        """Whether there is a line of tubes, and one of milks."""
        names = {line.name for line in sold.order.lines}
        return ["Red" in names, "Milk" in names]

    @staticmethod
    def _some(found: list[Sold], pick: int) -> Sold | None:
        return found[pick % len(found)] if found else None


def test_no_sequence_of_sales_corrections_and_settlements_makes_the_ledger_drift(shared_database: Database) -> None:
    run_state_machine_as_test(
        lambda: Trade(shared_database),
        settings=settings(max_examples=10, stateful_step_count=25, deadline=None),
    )
