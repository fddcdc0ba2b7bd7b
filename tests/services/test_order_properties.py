"""Whatever is submitted, changed, cancelled and received in whatever order: nothing is lost, nothing promised twice."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Product
from db.models.orders import Order, OrderLine
from db.models.stock import Reservation
from db.session import Database
from services import back_orders, cart, draft_list, order_edits, orders, shortages, stock
from services.order_states import Status
from services.shortages import NothingThere
from tests.builders import NOON, actor_of, later, make_draft, make_product, unit_of
from tests.services.desk import balance, make_desk

COUNTS = st.lists(st.integers(0, 12), min_size=2, max_size=2).filter(any)


class Trade(RuleBasedStateMachine):
    """One warehouse, two products. Each order's model is what was asked for, which it and its children must hold."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.connection = database.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        self.desk = make_desk(self.session)
        self.goods = [make_product(self.session, name, on_hand=6) for name in ("Milk", "Cheese")]
        self.rita, self.bob = actor_of(self.desk.rita), actor_of(self.desk.bob)
        self.minutes = 0
        self.asked: dict[int, Counter[int]] = {}
        self.families: dict[int, list[Order]] = {}

    @rule(counts=COUNTS)
    def submit(self, counts: list[int]) -> None:
        order = self._begin(counts)
        now = self._now()
        result = orders.submit(self.session, order.id, order.version, by=self.rita, now=now, back_order=True)
        assert isinstance(result, orders.Submitted)
        self._remember(order, counts, result.child)

    @rule(counts=COUNTS)
    def submit_what_is_there(self, counts: list[int]) -> None:
        order, free = self._begin(counts), [self._free(product) for product in self.goods]
        left = [min(count, milli // 1000) for count, milli in zip(counts, free, strict=True)]
        if not any(left):
            return draft_list.delete(self.session, order.id, order.version, by=self.rita, now=NOON)
        shortages.cut(self.session, order.id, order.version, by=self.rita, now=NOON)
        result = orders.submit(self.session, order.id, order.version, by=self.rita, now=self._now())
        assert isinstance(result, orders.Submitted)
        self._remember(order, left, None)
        return None

    @rule(pick=st.integers(0), counts=COUNTS)
    def edit(self, pick: int, counts: list[int]) -> None:
        order = self._pick(pick)
        if order is None:
            return
        draft = order_edits.begin(self.session, order.id, by=self.rita, now=NOON)
        for product, count in zip(self.goods, counts, strict=True):
            cart.set_quantity(self.session, draft.id, unit_of(product).id, count * 1000, by=self.rita, now=NOON)
        before = self._sum(order)
        savepoint = self.session.begin_nested()
        try:
            result = order_edits.save(self.session, draft.id, draft.version, by=self.rita, now=NOON, back_order=True)
        except NothingThere:
            savepoint.rollback()
            order_edits.drop(self.session, draft.id, draft.version, by=self.rita, now=NOON)
            return
        savepoint.commit()
        assert isinstance(result, order_edits.Saved)
        root = next(root for root, family in self.families.items() if order in family)
        self.asked[root].subtract(before)
        self.asked[root].update({one.id: count * 1000 for one, count in zip(self.goods, counts, strict=True)})
        if result.child is not None:
            self.families[root].append(result.child)

    @rule(pick=st.integers(0))
    def cancel(self, pick: int) -> None:
        order = self._pick(pick)
        if order is None:
            return
        root = next(root for root, family in self.families.items() if order in family)
        self.asked[root].subtract(self._sum(order))
        self.families[root].remove(order)
        orders.cancel(self.session, order.id, order.version, by=self.rita, now=NOON)

    @rule(which=st.integers(0, 1), count=st.integers(1, 8))
    def receive(self, which: int, count: int) -> None:
        product_id, house = self.goods[which].id, self.desk.warehouse.id
        stock.receive(self.session, house, product_id, count * 1000, by=self.bob, now=NOON)
        back_orders.serve(self.session, house, [product_id], by=self.bob, now=NOON)

    @invariant()
    def what_is_promised_is_there_and_what_was_ordered_is_kept(self) -> None:
        self.session.info["announcements"] = []
        assert stock.list_drift(self.session) == []
        for product in self.goods:
            on_hand, reserved = balance(self.session, product, self.desk.warehouse)
            assert 0 <= reserved <= on_hand
        held: Counter[int] = Counter()
        rows = select(OrderLine.order_id, Reservation.quantity_milli).join(
            OrderLine, OrderLine.id == Reservation.order_line_id
        )
        for order_id, milli in self.session.execute(rows):
            held[order_id] += milli
        for root, family in self.families.items():
            total: Counter[int] = Counter()
            for order in family:
                total.update(self._sum(order))
                ordered = sum(self._sum(order).values())
                assert held.pop(order.id, 0) == (ordered if order.status == Status.SUBMITTED else 0), order.status
                assert order.status in {"submitted", "waiting"}
            assert {key: n for key, n in total.items() if n} == {key: n for key, n in self.asked[root].items() if n}
        assert not held

    @invariant()
    def nobody_waits_who_could_go(self) -> None:
        """The oldest first; what an older one is short of is kept from the younger ones."""
        free = Counter({product.id: self._free(product) for product in self.goods})
        known = [order for family in self.families.values() for order in family if order.status == Status.WAITING]
        kept: set[int] = set()
        for order in sorted(known, key=lambda order: (order.submitted_at, order.id)):
            needs = self._sum(order)
            short = {product_id for product_id, milli in needs.items() if free[product_id] < milli}
            assert short or kept & needs.keys(), f"order {order.id} could go"
            kept |= short

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    def _begin(self, counts: list[int]) -> Order:
        draft_list.begin(self.session, by=self.rita, now=NOON)
        wanted = dict(zip(self.goods, counts, strict=True))
        return make_draft(self.session, self.desk.rita, {one: count for one, count in wanted.items() if count})

    def _now(self) -> datetime:
        self.minutes += 1
        return later(minutes=self.minutes)

    def _free(self, product: Product) -> int:
        on_hand, reserved = balance(self.session, product, self.desk.warehouse)
        return on_hand - reserved

    def _remember(self, order: Order, counts: list[int], child: Order | None) -> None:
        self.asked[order.id] = Counter({one.id: n * 1000 for one, n in zip(self.goods, counts, strict=True)})
        self.families[order.id] = [order] + ([child] if child is not None else [])

    def _pick(self, pick: int) -> Order | None:
        known = [order for family in self.families.values() for order in family]
        return known[pick % len(known)] if known else None

    @staticmethod
    def _sum(order: Order) -> Counter[int]:
        found: Counter[int] = Counter()
        for line in order.lines:
            if line.product_id is not None:
                found[line.product_id] += line.quantity_milli
        return found


def test_no_sequence_of_orders_changes_and_receipts_loses_or_promises_anything_twice(
    shared_database: Database,
) -> None:
    run_state_machine_as_test(
        lambda: Trade(shared_database),
        settings=settings(max_examples=10, stateful_step_count=12, deadline=None),
    )
