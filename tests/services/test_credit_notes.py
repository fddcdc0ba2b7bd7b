"""An invoice is taken back, whole or in parts: amounts to the kopeck, goods, numbers, papers, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.commissions import CommissionEntry
from db.models.credit_notes import CreditNote
from db.models.invoices import Invoice, MailRequest
from db.models.orders import Order, OrderLine
from db.models.record import AuditEntry
from db.models.stock import StockMovement
from db.session import Database
from services import (
    announcements,
    commission_rules,
    credit_document,
    credit_notes,
    files,
    mailing,
    order_oversight,
    order_story,
    papers,
    stock,
)  # fmt: skip
from services.actor import Actor, NotAllowed
from services.announcements import Audience
from services.cart import TextTooLong
from services.commission_terms import Terms
from services.credit_notes import GoodsTo, NothingToCredit, TooMuchToCredit, Wanted
from services.errors import Moved
from services.invoicing import NotBilledYet
from services.papers import LetterAsked
from services.reasons import ReasonMissing
from services.units import NotDivisible
from tests.builders import NOON, actor_of, later, make_client, make_company, make_product, unit_of
from tests.services.desk import Desk, balance, make_desk, make_invoice, make_submitted, race, told, traces
from tests.services.test_back_orders import submit_short

SHELF, WRITTEN_OFF = GoodsTo.SHELF, GoodsTo.WRITTEN_OFF
TUESDAY = later(days=1)


def order_of(session: Session, invoice: Invoice) -> Order:
    return session.get_one(Order, invoice.order_id)


def line_of(order: Order, name: str = "Milk") -> OrderLine:
    return next(line for line in order.lines if line.name == name)


def delivery_of(order: Order) -> OrderLine:
    return next(line for line in order.lines if line.kind == "delivery")


def all_of(order: Order, goods_to: GoodsTo = SHELF) -> list[Wanted]:
    """All that stands of an order."""
    return [
        Wanted(
            line.id, line.quantity_milli - line.credited_milli, goods_to if line.kind == "goods" else GoodsTo.NOWHERE
        )
        for line in order.lines
        if line.quantity_milli > line.credited_milli and (line.kind == "goods" or line.total_minor)
    ]


def credit(session: Session, desk: Desk, order: Order, wanted: list[Wanted], **over: Any) -> CreditNote:
    given: dict[str, Any] = {"reason": "Came back", "by": actor_of(desk.ann), "now": TUESDAY} | over
    return credit_notes.credit(session, order.id, given.pop("version", order.version), wanted, **given)


def amounts(note: CreditNote) -> tuple[int, int, int]:
    return note.net_minor, note.vat_minor, note.total_minor


def test_two_of_three_bottles_come_back_to_the_shelf(session: Session, desk: Desk) -> None:
    milk = make_product(session, price_minor=3333, on_hand=10, weight_g=1000)
    invoice = make_invoice(session, desk, {milk: 3})
    order = order_of(session, invoice)
    before, event_version = amounts_of(invoice), order.version

    note = credit(session, desk, order, [Wanted(line_of(order).id, 2000, SHELF)])

    assert (note.label, note.whole, note.reason) == ("CN-2026-000001", False, "Came back")
    assert amounts(note) == (5555, 1111, 6666)
    assert (note.goods_minor, note.delivery_minor, note.weight_g) == (6666, 0, 2000)
    assert [(tax.vat_rate, tax.net_minor, tax.vat_minor) for tax in note.taxes] == [(Decimal("0.2"), 5555, 1111)]
    [line] = note.lines
    assert (line.name, line.quantity_milli, line.price_minor, line.total_minor, line.goods_to) == (
        "Milk", 2000, 3333, 6666, "shelf",
    )  # fmt: skip
    assert (order.status, order.credited_minor, order.version) == ("loaded", 6666, event_version + 1)
    assert line_of(order).credited_milli == 2000
    assert balance(session, milk, desk.warehouse) == (9000, 0)
    moved = session.scalars(select(StockMovement).where(StockMovement.reason == "return")).one()
    assert (moved.delta_milli, moved.order_id, moved.person_id) == (2000, order.id, desk.ann.id)
    assert stock.list_drift(session) == []
    assert amounts_of(invoice) == before, "the invoice never changes"
    assert told(session) == [
        (
            "order_credited",
            Audience(person_id=desk.rita.id),
            {
                "order_id": order.id, "client": "Corner Shop", "by": "Ann", "invoice": invoice.label,
                "credit_note": "CN-2026-000001", "total_minor": 6666, "currency": "RUB", "whole": False,
                "reason": "Came back",
            },
        )
    ]  # fmt: skip
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "order.credited")).one()
    assert (entry.person_id, entry.subject) == (desk.ann.id, f"order:{order.id}")


def amounts_of(invoice: Invoice) -> list[Any]:
    taxes = [(tax.vat_rate, tax.net_minor, tax.vat_minor) for tax in invoice.taxes]
    return [invoice.net_minor, invoice.vat_minor, invoice.total_minor, taxes, len(invoice.lines)]


def test_the_rest_of_it_makes_the_credit_whole(session: Session, desk: Desk) -> None:
    milk = make_product(session, price_minor=3333, on_hand=10)
    invoice = make_invoice(session, desk, {milk: 3})
    order = order_of(session, invoice)
    first = credit(session, desk, order, [Wanted(line_of(order).id, 2000, WRITTEN_OFF)])

    rest = credit(session, desk, order, all_of(order))

    assert (first.whole, rest.whole, rest.number) == (False, True, 2)
    assert first.total_minor + rest.total_minor == invoice.total_minor == order.credited_minor
    assert balance(session, milk, desk.warehouse) == (8000, 0), "what was written off is gone"
    assert credit_notes.creditable(session, order.id, by=actor_of(desk.ann)) == []
    assert not credit_notes.can_be_credited(session, order)
    with pytest.raises(NothingToCredit):
        credit(session, desk, order, [])


def test_the_delivery_alone(session: Session, desk: Desk) -> None:
    invoice = make_invoice(session, desk, {make_product(session): 3})
    order = order_of(session, invoice)

    note = credit(session, desk, order, [Wanted(delivery_of(order).id, 1000)])

    assert (note.goods_minor, note.delivery_minor, note.total_minor) == (0, 1690, 1690)
    assert (note.whole, [line.kind for line in note.lines]) == (False, ["delivery"])
    assert session.scalars(select(StockMovement).where(StockMovement.reason == "return")).all() == []


def test_a_free_delivery_stands_in_nobodys_way(session: Session, desk: Desk) -> None:
    desk.warehouse.tariff_free_from_minor = 100
    invoice = make_invoice(session, desk, {make_product(session): 3})
    order = order_of(session, invoice)
    assert delivery_of(order).total_minor == 0

    note = credit(session, desk, order, [Wanted(line_of(order).id, 3000, SHELF)])

    assert note.whole
    with pytest.raises(NothingToCredit):
        credit(session, desk, order, [Wanted(delivery_of(order).id, 1000)])


def test_one_bottle_out_of_a_box_is_printed_in_bottles(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=100, units=[("box", 12000, 100000)])
    order = order_of(session, make_invoice(session, desk, {unit_of(milk, "box"): 2}))

    note = credit(session, desk, order, [Wanted(line_of(order).id, 1000, SHELF)])

    [line] = note.lines
    assert (line.unit_code, line.factor_milli, line.quantity_milli, line.price_minor) == ("pcs", 1000, 1000, 8333)
    assert line.total_minor == 8333
    assert balance(session, milk, desk.warehouse) == (77_000, 0)
    with pytest.raises(NotDivisible):
        credit(session, desk, order, [Wanted(line_of(order).id, 500, SHELF)])


def test_of_one_line_some_come_back_and_some_are_spoilt(session: Session, desk: Desk) -> None:
    milk = make_product(session, price_minor=10000, on_hand=10)
    order = order_of(session, make_invoice(session, desk, {milk: 5}))
    line_id = line_of(order).id

    note = credit(session, desk, order, [Wanted(line_id, 2000, SHELF), Wanted(line_id, 1000, WRITTEN_OFF)])

    assert [(line.goods_to, line.total_minor) for line in note.lines] == [("shelf", 20000), ("written_off", 10000)]
    assert balance(session, milk, desk.warehouse) == (7000, 0)
    before = traces(session, order)
    with pytest.raises(TooMuchToCredit) as refused:
        credit(session, desk, order, [Wanted(line_id, 2000, SHELF), Wanted(line_id, 1000, WRITTEN_OFF)])
    assert refused.value.facts == {"product": "Milk", "left": 0, "unit": "pcs", "factor_milli": 1000, "decimals": 0}
    assert traces(session, order) == before


def test_what_comes_back_serves_who_waits(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=4)
    order = order_of(session, make_invoice(session, desk, {milk: 3}))
    child = submit_short(session, desk.rita, {milk: 3}).child
    assert child is not None
    told(session)

    credit(session, desk, order, [Wanted(line_of(order).id, 2000, SHELF)])

    assert child.status == "submitted"
    assert balance(session, milk, desk.warehouse) == (3000, 3000)
    assert {name for name, _, _ in told(session)} == {"order_submitted", "back_order_ready", "order_credited"}
    assert stock.list_drift(session) == []


def test_numbers_are_gapless_in_a_series_of_their_own(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=50)
    orders = [order_of(session, make_invoice(session, desk, {milk: 1})) for _ in range(3)]
    numbers = [credit(session, desk, order, all_of(order)).label for order in orders[:2]]
    make_company(session, credit_series="R")
    numbers.append(credit(session, desk, orders[2], all_of(orders[2])).label)
    another = order_of(session, make_invoice(session, desk, {milk: 1}))
    numbers.append(credit(session, desk, another, all_of(another), now=datetime(2026, 12, 31, 21, tzinfo=UTC)).label)

    assert numbers == ["CN-2026-000001", "CN-2026-000002", "R-2026-000001", "R-2027-000001"]


REFUSED: list[tuple[type[Exception], dict[str, Any]]] = [
    (Moved, {"version": 1}),
    (ReasonMissing, {"reason": " \n "}),
    (TextTooLong, {"reason": "x" * 301}),
]


@pytest.mark.parametrize(("refusal", "over"), REFUSED)
def test_a_refusal_changes_nothing(
    session: Session, desk: Desk, refusal: type[Exception], over: dict[str, Any]
) -> None:
    order = order_of(session, make_invoice(session, desk, {make_product(session): 3}))
    before = traces(session, order)

    with pytest.raises(refusal):
        credit(session, desk, order, all_of(order), **over)

    assert traces(session, order) == before


def test_what_cannot_be_credited(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    order = order_of(session, make_invoice(session, desk, {milk: 3}))
    other = order_of(session, make_invoice(session, desk, {milk: 3}))
    unbilled = make_submitted(session, desk, {milk: 1})
    line_id = line_of(order).id
    before = traces(session, order)

    for refusal, wanted in (
        (NothingToCredit, []),
        (NothingToCredit, [Wanted(line_id, 0, SHELF)]),
        (NothingToCredit, [Wanted(line_id, -1000, SHELF)]),
        (TooMuchToCredit, [Wanted(line_id, 4000, SHELF)]),
        (TooMuchToCredit, [Wanted(delivery_of(order).id, 500)]),
        (NotDivisible, [Wanted(line_id, 1500, SHELF)]),
        (NotAllowed, [Wanted(line_of(other).id, 1000, SHELF)]),
        (ValueError, [Wanted(line_id, 1000)]),
        (ValueError, [Wanted(delivery_of(order).id, 1000, SHELF)]),
    ):
        with pytest.raises(refusal):
            credit(session, desk, order, wanted)
        assert traces(session, order) == before
    with pytest.raises(NotBilledYet):
        credit(session, desk, unbilled, [])
    with pytest.raises(NotAllowed):
        credit_notes.credit(session, 999_999, 1, [], reason="x", by=actor_of(desk.ann), now=NOON)


@pytest.mark.parametrize("who", ["rita", "bob"])
def test_only_admins_credit(session: Session, desk: Desk, who: str) -> None:
    order = order_of(session, make_invoice(session, desk, {make_product(session): 3}))
    by: Actor = actor_of(getattr(desk, who))
    before = traces(session, order)

    for tried in (
        lambda: credit(session, desk, order, all_of(order), by=by),
        lambda: credit_notes.creditable(session, order.id, by=by),
        lambda: credit_notes.preview(session, order.id, [], by=by),
    ):
        with pytest.raises(NotAllowed):
            tried()

    assert traces(session, order) == before


# the papers


def drawn(session: Session, note: CreditNote) -> None:
    pdf = files.record(
        session, sha256="cd" * 32, name=f"{note.label}.pdf", content_type="application/pdf", size=9, created_by=None,
        now=TUESDAY,
    )  # fmt: skip
    for _ in range(2):
        credit_notes.attach_pdf(session, note.id, pdf.id, now=TUESDAY)


def test_the_letters_of_a_credit_note_are_not_those_of_its_invoice(session: Session, desk: Desk) -> None:
    invoice = make_invoice(session, desk, {make_product(session): 3})
    order = order_of(session, invoice)
    billed = mailing.request(session, invoice, "shop@example.com", by=None, now=NOON)
    note = credit(session, desk, order, all_of(order))
    announcements.take(session)

    drawn(session, note)

    rita = actor_of(desk.rita)
    asked = session.scalars(select(MailRequest).where(MailRequest.id != billed.id)).one()
    assert (asked.credit_note_id, asked.invoice_id, asked.address) == (note.id, invoice.id, "shop@example.com")
    assert (mailing.count_letters(session, invoice), mailing.count_letters(session, note)) == (1, 1)
    letter = mailing.letter(session, asked.id)
    assert letter is not None
    assert (letter.document, letter.pdf_name) == (credit_document.frozen(session, note.id), "CN-2026-000001.pdf")
    mailing.note_refused(session, asked.id, "550 no such user", now=TUESDAY)
    assert told(session) == [
        (
            "mail_refused",
            Audience(person_id=desk.rita.id),
            {
                "order_id": order.id, "invoice": "CN-2026-000001", "note_id": note.id, "address": "shop@example.com",
                "reason": "550 no such user",
            },
        )
    ]  # fmt: skip
    assert mailing.mail_state(session, order.id).status == "queued", "the invoice's own"
    shown = papers.of_order(session, order.id, by=rita, note_id=note.id)
    assert (shown.paper, shown.version, shown.letters[0].status) == (note, 1, "refused")
    again = papers.send(session, order.id, 1, "right@example.com", by=rita, now=TUESDAY, note_id=note.id)
    assert again.credit_note_id == note.id
    assert billed.state == "queued", "the invoice's letter was not withdrawn"
    with pytest.raises(LetterAsked):
        papers.send(session, order.id, 1, "right@example.com", by=rita, now=TUESDAY, note_id=note.id)
    for wrong in (note.id + 1, -1):
        with pytest.raises(NotAllowed):
            papers.of_order(session, order.id, by=rita, note_id=wrong)
        with pytest.raises(NotAllowed):
            papers.send(session, order.id, 2, "right@example.com", by=rita, now=TUESDAY, note_id=wrong)


def test_without_an_address_the_rep_gets_the_paper(session: Session, desk: Desk) -> None:
    shop = make_client(session, "Kiosk", email="")
    order = order_of(session, make_invoice(session, desk, {make_product(session): 3}, client=shop))
    note = credit(session, desk, order, all_of(order))
    announcements.take(session)

    drawn(session, note)

    [said] = announcements.waiting(session)
    assert (said.name, said.to, said.facts) == (
        "credit_note_kept",
        Audience(person_id=desk.rita.id),
        {"order_id": order.id, "client": "Kiosk", "invoice": "CN-2026-000001", "note_id": note.id},
    )
    assert said.file is not None
    assert said.file["name"] == "CN-2026-000001.pdf"


@pytest.mark.parametrize(("country", "sign"), [("RU", 1), ("ES", -1), ("MX", 1)])
def test_amounts_are_below_zero_where_accountants_expect_them_so(
    session: Session, desk: Desk, country: str, sign: int
) -> None:
    make_company(session, country=country)
    invoice = make_invoice(session, desk, {make_product(session, price_minor=10000): 3})
    order = order_of(session, invoice)

    document = credit_document.frozen(
        session, credit(session, desk, order, [Wanted(line_of(order).id, 1000, SHELF)]).id
    )

    assert (document.net_minor, document.vat_minor, document.total_minor) == (sign * 8333, sign * 1667, sign * 10000)
    [line] = document.lines
    assert (line.quantity_milli, line.price_minor, line.total_minor) == (sign * 1000, 10000, sign * 10000)
    assert [(tax.net_minor, tax.vat_minor) for tax in document.taxes] == [(sign * 8333, sign * 1667)]
    assert document.corrects is not None
    assert (document.corrects.label, document.corrects.whole) == (invoice.label, False)


def test_the_story_tells_it(session: Session, desk: Desk) -> None:
    order = order_of(session, make_invoice(session, desk, {make_product(session): 3}))
    note = credit(session, desk, order, all_of(order))
    ann = actor_of(desk.ann)

    deeds = order_story.tell(session, order)
    history = order_oversight.history(session, order.id, by=ann, page=0).items

    assert (deeds[-1].what, deeds[-1].label, deeds[-1].reason, deeds[-1].who) == (
        "credited", "CN-2026-000001", "Came back", "Ann",
    )  # fmt: skip
    assert {deed.what for deed in history[:2]} == {"credited", "stock"}
    for typed in (note.label, note.label.lower(), "№ TB-2026-1"):
        found = order_oversight.list_orders(session, by=ann, page=0, query=typed)
        assert [one.id for one in found.items] == [order.id], typed
    assert order_oversight.list_orders(session, by=ann, page=0, query="TB-2025-000001").items == ()


def test_the_commission_follows(session: Session, desk: Desk) -> None:
    """10 % of the net: 3 bottles at 83.33 net and the goods alone; one taken back, then all of them."""
    ann = actor_of(desk.ann)
    terms = Terms("Ten", "percent", "rep", "all", rate=Decimal("0.1"), currency="RUB")
    commission_rules.add(session, terms, valid_from=NOON.date(), by=ann, now=NOON)
    order = order_of(session, make_invoice(session, desk, {make_product(session, price_minor=10000): 3}))
    entries = select(CommissionEntry).where(CommissionEntry.order_id == order.id).order_by(CommissionEntry.id)
    assert [entry.amount_minor for entry in session.scalars(entries)] == [2500]

    first = credit(session, desk, order, [Wanted(line_of(order).id, 1000, SHELF)])
    credit(session, desk, order, all_of(order))

    found = list(session.scalars(entries))
    assert sum(entry.amount_minor for entry in found) == 0
    assert [(entry.kind, entry.amount_minor) for entry in found[:2]] == [("accrued", 2500), ("credited", -833)]
    assert found[1].credit_note_id == first.id


# properties

RATES = st.sampled_from([Decimal(0), Decimal("0.04"), Decimal("0.1"), Decimal("0.2"), Decimal("0.21")])
GOODS = st.lists(st.tuples(st.integers(0, 99_999), RATES, st.integers(1, 40)), min_size=1, max_size=5)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(goods=GOODS, include_vat=st.booleans(), data=st.data())
def test_however_it_is_cut_the_credit_notes_come_to_the_invoice(
    session: Session, goods: list[tuple[int, Decimal, int]], data: st.DataObject, *, include_vat: bool
) -> None:
    with thrown_away(session):
        desk = make_desk(session)
        make_company(session, prices_include_vat=include_vat)
        products: dict[Product | Unit, int] = {
            make_product(session, f"Goods {n}", price_minor=price, vat_rate=rate, on_hand=1000, weight_g=333): count
            for n, (price, rate, count) in enumerate(goods)
        }
        invoice = make_invoice(session, desk, products)
        order = order_of(session, invoice)

        notes = credit_bit_by_bit(session, desk, order, data)

        check_notes(notes)
        assert [sum(each) for each in zip(*map(amounts, notes), strict=True)] == [
            invoice.net_minor, invoice.vat_minor, invoice.total_minor,
        ]  # fmt: skip
        billed = {tax.vat_rate: (tax.net_minor, tax.vat_minor) for tax in invoice.taxes if tax.net_minor}
        assert {rate: row for rate, row in by_rate(notes).items() if any(row)} == billed
        assert sum(note.weight_g for note in notes) == order.weight_g
        assert order.credited_minor == order.total_minor
        assert [note.whole for note in notes] == [False] * (len(notes) - 1) + [True]
        assert stock.list_drift(session) == []


@contextmanager
def thrown_away(session: Session) -> Iterator[None]:
    """A block whose rows are gone after it, for the next example."""
    savepoint = session.begin_nested()
    try:
        yield
    finally:
        announcements.take(session)
        savepoint.rollback()
        session.expunge_all()


def credit_bit_by_bit(session: Session, desk: Desk, order: Order, data: st.DataObject) -> list[CreditNote]:
    """Credit whole pieces of whatever still stands, until nothing does; the delivery last."""
    notes = []
    stands = {line.id: line.quantity_milli // 1000 for line in order.lines if line.kind == "goods"}
    while any(stands.values()):
        line_id = data.draw(st.sampled_from(sorted(line_id for line_id, left in stands.items() if left)))
        count = data.draw(st.integers(1, stands[line_id]))
        to = data.draw(st.sampled_from([SHELF, WRITTEN_OFF]))
        notes.append(credit(session, desk, order, [Wanted(line_id, count * 1000, to)]))
        stands[line_id] -= count
    return [*notes, credit(session, desk, order, [Wanted(delivery_of(order).id, 1000)])]


def check_notes(notes: list[CreditNote]) -> None:
    for note in notes:
        assert min(amounts(note)) >= 0
        assert note.net_minor + note.vat_minor == note.total_minor == note.goods_minor + note.delivery_minor
        assert sum(tax.vat_minor for tax in note.taxes) == note.vat_minor


def by_rate(notes: list[CreditNote]) -> dict[Decimal, tuple[int, int]]:
    """What all of them credit at each rate: net and VAT."""
    rows: dict[Decimal, tuple[int, int]] = {}
    for tax in (tax for note in notes for tax in note.taxes):
        net, vat = rows.get(tax.vat_rate, (0, 0))
        rows[tax.vat_rate] = (net + tax.net_minor, vat + tax.vat_minor)
    return rows


def test_two_admins_at_once_credit_it_once(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        order = order_of(session, make_invoice(session, desk, {make_product(session, on_hand=10): 3}))
        by, version, wanted, order_id = actor_of(desk.ann), order.version, all_of(order), order.id

    def press(session: Session) -> str:
        return credit_notes.credit(session, order_id, version, wanted, reason="Twice", by=by, now=TUESDAY).label

    results = race(database, [press, press, press])

    assert sorted(str(type(result)) for result in results) == sorted(map(str, (str, Moved, Moved)))
    with database.reading() as session:
        assert len(session.scalars(select(CreditNote)).all()) == 1
        assert stock.list_drift(session) == []
