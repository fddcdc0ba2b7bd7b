"""Whatever reps, photos and readings do in whatever order: a ticket becomes one thing, and figures are their sum."""

from __future__ import annotations

from datetime import datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.orders import Order
from db.models.tickets import Ticket
from db.session import Database
from services import orders, statistics, ticket_facts, ticket_orders, tickets
from services.errors import Moved
from services.order_states import Status as OrderStatus
from services.periods import Period
from services.statistics import Scope
from services.ticket_states import OPEN, Status
from services.ticket_tags import Tags
from tests.builders import NOON, TOMORROW, actor_of, later, make_draft, make_file, make_product, make_reading
from tests.services.desk import make_desk

AMOUNTS = st.integers(1, 10**6)
PICKS = st.integers(0)
CHAT = "tg:1:1"


class Counter(RuleBasedStateMachine):
    """One rep with photos, album parts and readings that come late, twice, or in another order; and ordinary orders."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.connection = database.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        self.desk = make_desk(self.session)
        self.milk = make_product(self.session, on_hand=10**6)
        self.rita = actor_of(self.desk.rita)
        self.number = 0
        self.tickets: list[Ticket] = []
        self.sold: dict[int, int] = {}
        self.ordered: dict[int, int] = {}

    @rule(amount=AMOUNTS)
    def type_one(self, amount: int) -> None:
        tags = Tags(amount_minor=amount, client="Corner Shop")
        ticket = tickets.take_text(
            self.session, tags, "", chat_key=CHAT, message_ref="m", by=self.rita, now=self._now()
        )
        self.tickets.append(ticket)

    @rule(album=st.sampled_from(["", "g1", "g2"]))
    def send_photo(self, album: str) -> None:
        try:
            ticket = tickets.take_photo(
                self.session, "ref", album=album, caption="", tags=Tags(client="Corner Shop"), chat_key=CHAT,
                message_ref="m", name="", by=self.rita, now=self._now(),
            )  # fmt: skip
        except tickets.TooManyTicketPhotos:
            return
        if ticket not in self.tickets:
            self.tickets.append(ticket)

    @rule(pick=PICKS, content=st.integers(0, 3))
    def fetch(self, pick: int, content: int) -> None:
        if ticket := self._pick(pick):
            file = make_file(self.session, f"content {content}")
            tickets.attach(self.session, file, ticket.id, self.rita.person_id, origin=CHAT, now=self._now())

    @rule(pick=PICKS)
    def lose(self, pick: int) -> None:
        if ticket := self._pick(pick):
            tickets.not_fetched(self.session, ticket.id, "gone", now=self._now())

    @rule(pick=PICKS, amount=AMOUNTS, behind=st.integers(0, 1))
    def learn(self, pick: int, amount: int, behind: int) -> None:
        if ticket := self._pick(pick):
            before = (ticket.status, ticket.version, ticket.amount_minor, ticket.order_id)
            revision, known = ticket.revision - behind, ticket.read_revision
            taken = tickets.learn(
                self.session, ticket.id, revision, make_reading(total_minor=amount), [], now=self._now()
            )
            assert (taken is None) == (behind > 0 or known >= revision)
            if taken is None:
                assert before == (ticket.status, ticket.version, ticket.amount_minor, ticket.order_id)

    @rule(pick=PICKS, amount=AMOUNTS)
    def correct(self, pick: int, amount: int) -> None:
        if (ticket := self._pick(pick)) and ticket.status in OPEN:
            ticket_facts.correct_amount(self.session, ticket.id, amount, by=self.rita, now=self._now())
            assert ticket.amount_minor == amount

    @rule(pick=PICKS, how=st.sampled_from(["sale", "draft", "discard", "join", "done"]))
    def press(self, pick: int, how: str) -> None:
        """Press a button, and then the same one again."""
        ticket = self._pick(pick)
        if ticket is None or (how == "sale" and ticket.amount_minor is None):
            return
        version, was_open = ticket.version, ticket.status in OPEN
        for is_again in (False, True):
            try:
                self._press(ticket, how, version)
            except Moved:
                assert is_again or not was_open
            except tickets.TooManyTicketPhotos:
                assert ticket.revision == tickets.MOST_PHOTOS

    @rule(count=st.integers(1, 9))
    def order(self, count: int) -> None:
        draft = make_draft(self.session, self.desk.rita, {self.milk: count}, delivery_date=TOMORROW)
        result = orders.submit(self.session, draft.id, draft.version, by=self.rita, now=NOON)
        assert isinstance(result, orders.Submitted)
        self.ordered[result.order.id] = result.order.total_minor

    @invariant()
    def a_ticket_is_one_thing(self) -> None:
        sales = {order.id: order for order in self.session.scalars(select(Order).where(Order.kind == "sale"))}
        assert {order_id: order.total_minor for order_id, order in sales.items()} == self.sold
        assert all(order.status == OrderStatus.LOADED for order in sales.values())
        recorded = [ticket.order_id for ticket in self.tickets if ticket.status == Status.RECORDED]
        assert sorted(recorded) == sorted(self.sold)
        for ticket in self.tickets:
            assert ticket.awaited >= 0
            assert len(ticket.photos) <= tickets.MOST_PHOTOS
            assert [photo.position for photo in ticket.photos] == list(range(len(ticket.photos)))

    @invariant()
    def figures_are_sales_and_orders(self) -> None:
        day = NOON.date()
        found = statistics.sums(self.session, Period(day, day), Scope())
        formed, loaded = (sum(one.total_minor for one in sums) for sums in (found.formed, found.loaded))
        assert formed == sum(self.sold.values()) + sum(self.ordered.values())
        assert loaded == sum(self.sold.values())

    def _press(self, ticket: Ticket, how: str, version: int) -> None:
        now = self._now()
        if how == "sale":
            order = ticket_orders.record_sale(
                self.session, ticket.id, version, reason="so it is", by=self.rita, now=now
            )
            self.sold[order.id] = ticket.amount_minor or 0
        elif how == "draft":
            ticket_orders.make_draft(self.session, ticket.id, version, by=self.rita, now=now)
            order_id = ticket.order_id
            assert order_id is not None
            self.session.get_one(Order, order_id).note = f"of {ticket.id}"  # an empty one would be taken again
            self.session.flush()
        elif how == "discard":
            tickets.discard(self.session, ticket.id, version, by=self.rita, now=now)
        elif how == "join":
            tickets.join_next(self.session, ticket.id, by=self.rita, now=now)
        else:
            tickets.done_collecting(self.session, ticket.id, by=self.rita, now=now)

    def _pick(self, pick: int) -> Ticket | None:
        return self.tickets[pick % len(self.tickets)] if self.tickets else None

    def _now(self) -> datetime:
        self.number += 1
        return later(seconds=self.number)

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()


def test_a_ticket_becomes_one_thing_and_figures_are_the_sum(shared_database: Database) -> None:
    run_state_machine_as_test(
        lambda: Counter(shared_database),
        settings=settings(max_examples=12, stateful_step_count=20, deadline=None),
    )
