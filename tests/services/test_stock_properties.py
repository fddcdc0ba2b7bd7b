"""Whatever is received, ordered, cancelled and loaded in whatever order: the books stay true."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from db.models.orders import Order, OrderLine
from db.session import Database
from services import stock
from services.actor import Actor, Role
from services.stock import StockShort
from tests.builders import NOON, actor_of, make_person, make_product, make_warehouse
from tests.services.desk import balance

PCS, BOX = 0, 1
QUANTITIES = st.integers(1, 20)


class Warehouse(RuleBasedStateMachine):
    """One warehouse, two products sold in two units each; the model counts in plain numbers beside the database."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.connection = database.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        self.place = make_warehouse(self.session)
        self.rep = make_person(self.session)
        self.by: Actor = actor_of(make_person(self.session, "Bob", roles=[Role.STOREKEEPER]))
        self.goods = [
            make_product(self.session, name, on_hand=0, units=[("box", 6000, None)]) for name in ("Milk", "Cheese")
        ]
        self.on_hand, self.reserved = [0, 0], [0, 0]
        self.waiting: list[Order] = []

    @rule(which=st.integers(0, 1), quantity=QUANTITIES)
    def receive(self, which: int, quantity: int) -> None:
        stock.receive(self.session, self.place.id, self.goods[which].id, quantity * 1000, by=self.by, now=NOON)
        self.on_hand[which] += quantity

    @rule(asked=st.dictionaries(st.tuples(st.integers(0, 1), st.sampled_from([PCS, BOX])), QUANTITIES, min_size=1))
    def reserve(self, asked: dict[tuple[int, int], int]) -> None:
        wanted = [0, 0]
        for (which, unit), quantity in asked.items():
            wanted[which] += quantity * (6 if unit == BOX else 1)
        order = self._order(asked)
        fits = all(self.reserved[which] + wanted[which] <= self.on_hand[which] for which in (0, 1))
        try:
            stock.reserve(self.session, order, now=NOON)
            refused = False
        except StockShort:
            refused = True
        assert refused is not fits
        if refused:
            return
        self.waiting.append(order)
        self.reserved = [held + more for held, more in zip(self.reserved, wanted, strict=True)]

    @rule(pick=st.integers(0))
    def release(self, pick: int) -> None:
        if self.waiting:
            order = self.waiting.pop(pick % len(self.waiting))
            stock.release(self.session, order)
            self._free(order)

    @rule(pick=st.integers(0), share=st.integers(0, 4))
    def ship(self, pick: int, share: int) -> None:
        if not self.waiting:
            return
        order = self.waiting.pop(pick % len(self.waiting))
        for line in order.lines:
            line.loaded_milli = line.quantity_milli // 1000 * share // 4 * 1000
            self.on_hand[self._which(line)] -= line.loaded_milli // 1000
        stock.ship(self.session, order, order.lines, by=self.by, now=NOON)
        self._free(order)

    @invariant()
    def the_books_are_true(self) -> None:
        assert stock.list_drift(self.session) == []
        for which, product in enumerate(self.goods):
            on_hand, reserved = balance(self.session, product, self.place)
            assert (on_hand, reserved) == (self.on_hand[which] * 1000, self.reserved[which] * 1000)
            assert 0 <= reserved <= on_hand

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    def _order(self, asked: dict[tuple[int, int], int]) -> Order:
        order = Order(
            status="draft",
            rep_id=self.rep.id,
            warehouse_id=self.place.id,
            currency="RUB",
            prices_include_vat=True,
            created_at=NOON,
            touched_at=NOON,
        )
        for position, ((which, unit), quantity) in enumerate(asked.items(), start=1):
            sold = self.goods[which].units[unit]
            order.lines.append(
                OrderLine(
                    position=position,
                    product_id=sold.product_id,
                    unit_id=sold.id,
                    quantity_milli=quantity * sold.factor_milli,
                )
            )
        self.session.add(order)
        self.session.flush()
        return order

    def _free(self, order: Order) -> None:
        for line in order.lines:
            self.reserved[self._which(line)] -= line.quantity_milli // 1000

    def _which(self, line: OrderLine) -> int:
        return 0 if line.product_id == self.goods[0].id else 1


def test_no_sequence_of_receipts_orders_and_loadings_makes_stock_drift(shared_database: Database) -> None:
    run_state_machine_as_test(
        lambda: Warehouse(shared_database),
        settings=settings(max_examples=30, stateful_step_count=15, deadline=None),
    )
