"""Whatever is received, ordered, loaded short, counted and put back in whatever order: the books stay true."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.invoices import Invoice
from db.models.orders import Order, OrderLine
from db.models.stock import Reservation
from db.session import Database
from services import announcements, goods_in, loading, orders, picking, stock
from services.errors import DomainError
from services.goods_in import Receipt
from services.picking import ShortCause
from tests.builders import NOON, actor_of, make_draft, make_product
from tests.services.desk import balance, make_desk

HOLDS = {"submitted", "loading"}


class Warehouse(RuleBasedStateMachine):
    """One warehouse with real orders from draft to invoice; two products."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.connection = database.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        self.desk = make_desk(self.session)
        self.goods = [make_product(self.session, name, on_hand=10, weight_g=100) for name in ("Milk", "Cheese")]
        self.bob, self.rita = actor_of(self.desk.bob), actor_of(self.desk.rita)

    @rule(which=st.integers(0, 1), quantity=st.integers(1, 15))
    def receive(self, which: int, quantity: int) -> None:
        receipt = [Receipt(self.goods[which].id, quantity * 1000)]
        goods_in.receive(self.session, self.desk.warehouse.id, receipt, by=self.bob, now=NOON)

    @rule(asked=st.dictionaries(st.integers(0, 1), st.integers(1, 8), min_size=1))
    def order(self, asked: dict[int, int]) -> None:
        try:
            with self.session.begin_nested():
                goods = {self.goods[which]: quantity for which, quantity in asked.items()}
                order = make_draft(self.session, self.desk.rita, goods)
                orders.submit(self.session, order.id, order.version, by=self.rita, now=NOON)
        except DomainError:
            pass

    @rule(pick=st.integers(0), shares=st.lists(st.integers(0, 4), min_size=2, max_size=2), left=st.booleans())
    def load(self, pick: int, shares: list[int], left: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        order = self._some("submitted", pick)
        if order is None:
            return
        loading.claim(self.session, order.id, order.version, by=self.bob, now=NOON)
        cause = ShortCause.LEFT if left else ShortCause.MISSING
        for line, share in zip(picking.goods_of(order), shares, strict=False):
            milli = line.quantity_milli // 1000 * share // 4 * 1000
            picking.mark(self.session, order.id, line.id, milli, cause=cause, by=self.bob, now=NOON)
        if any(line.loaded_milli for line in picking.goods_of(order)):
            loading.confirm(self.session, order.id, order.version, by=self.bob, now=NOON)
            assert sum(tax.net_minor + tax.vat_minor for tax in order.taxes) == order.total_minor
            billed = self.session.scalars(select(Invoice).where(Invoice.order_id == order.id)).one()
            assert billed.total_minor == sum(line.total_minor for line in order.lines) == order.total_minor
        elif left:
            loading.release(self.session, order.id, order.version, by=self.bob, now=NOON)
        else:
            loading.let_wait(self.session, order.id, order.version, by=self.bob, now=NOON)
        short = {line.product_id for line in picking.goods_of(order) if line.ordered_milli}
        gone = [product for product in self.goods if product.id in short and not left]
        assert [balance(self.session, product, self.desk.warehouse) for product in gone] == [(0, 0)] * len(gone)

    @rule(which=st.integers(0, 1), counted=st.integers(0, 20))
    def count(self, which: int, counted: int) -> None:
        product, place = self.goods[which], self.desk.warehouse.id
        goods_in.count(self.session, place, product.id, counted * 1000, by=self.bob, now=NOON)
        assert balance(self.session, product, self.desk.warehouse)[0] == counted * 1000

    @rule(pick=st.integers(0), status=st.sampled_from(["submitted", "waiting"]))
    def cancel(self, pick: int, status: str) -> None:
        order = self._some(status, pick)
        if order is not None:
            orders.cancel(self.session, order.id, order.version, by=self.rita, now=NOON)

    @invariant()
    def the_books_are_true(self) -> None:
        announcements.take(self.session)
        assert stock.list_drift(self.session) == []
        for product in self.goods:
            on_hand, reserved = balance(self.session, product, self.desk.warehouse)
            assert 0 <= reserved <= on_hand

    @invariant()
    def what_is_promised_is_promised_whole(self) -> None:
        rows = self.session.execute(
            select(Order.status, OrderLine.quantity_milli, func.coalesce(Reservation.quantity_milli, 0))
            .join(OrderLine, OrderLine.order_id == Order.id)
            .outerjoin(Reservation, Reservation.order_line_id == OrderLine.id)
            .where(OrderLine.kind == "goods")
        )
        for status, asked, held in rows:
            assert held == (asked if status in HOLDS else 0), status

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    def _some(self, status: str, pick: int) -> Order | None:
        query = select(Order).where(Order.status == status, Order.rep_id == self.desk.rita.id).order_by(Order.id)
        found = self.session.scalars(query).all()
        return found[pick % len(found)] if found else None


def test_no_sequence_of_receipts_short_loadings_and_counts_makes_stock_drift(shared_database: Database) -> None:
    run_state_machine_as_test(
        lambda: Warehouse(shared_database),
        settings=settings(max_examples=8, stateful_step_count=12, deadline=None),
    )
