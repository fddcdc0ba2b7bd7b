"""The spreadsheet is what the chat shows: the same sums, the same lists, whatever was ordered."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.events import Internal
from db.models.credit_notes import CreditNote, CreditNoteLine
from db.models.invoices import Invoice
from db.models.orders import Order, OrderLine
from db.models.people import Account, Person
from delivery.figures import FiguresWay
from services import figures_export, statistics
from services.actor import Role
from services.announcements import waiting
from services.files import FileStore
from services.lanes import Row
from services.periods import Period
from services.statistics import Basis, By, Scope
from templates.environment import Texts
from tests.builders import actor_of, later, make_client, make_person, make_product
from tests.services.desk import make_desk

TEXTS = Texts.load()
FIRST = datetime(2026, 3, 2, tzinfo=UTC)
PERIOD = Period(FIRST.date(), FIRST.date() + timedelta(days=20))


@contextmanager
def inside(session: Session) -> Iterator[Session]:
    yield session


def fill(session: Session, seed: int) -> tuple[Any, Any]:
    """Forty orders of two reps, in two currencies, some loaded, some cancelled, some before and after the period; some
    of the loaded ones are credited in part or whole, and some sales were voided.
    """
    chance, desk = random.Random(seed), make_desk(session)  # noqa: S311 - no secret
    reps = [desk.rita, make_person(session, "Rob", roles=[Role.REP])]
    clients = [make_client(session, name) for name in ("Лавка", "Señor Muñoz", "=1+1")]
    goods = [make_product(session, name) for name in ("Milk", "Cheese")]
    parent: Order | None = None
    for _ in range(40):
        at = FIRST + timedelta(minutes=chance.randrange(-3000, 33_000))
        loaded = chance.random() < 0.5
        product, net = chance.choice(goods), chance.randrange(1, 10**6)
        order = Order(
            status="loaded" if loaded else chance.choice(["submitted", "cancelled"]), rep_id=chance.choice(reps).id,
            client_id=chance.choice(clients).id, warehouse_id=desk.warehouse.id, currency=chance.choice(["RUB", "EUR"]),
            prices_include_vat=True, goods_minor=net, delivery_minor=500, net_minor=net, vat_minor=net // 5,
            total_minor=net + net // 5, weight_g=chance.randrange(5000), created_at=at, touched_at=at, submitted_at=at,
            loaded_at=at + timedelta(hours=3) if loaded else None, claimed_by=desk.bob.id if loaded else None,
            vehicle=chance.choice(["А123ВС77", ""]), parent_id=parent.id if parent and chance.random() < 0.2 else None,
        )  # fmt: skip
        if order.status == "cancelled":
            order.cancelled_at = at
        order.lines = [
            OrderLine(position=1, product_id=product.id, unit_id=product.units[0].id, name=product.name,
                      quantity_milli=chance.randrange(1, 10**5), net_minor=net, vat_minor=net // 5,
                      total_minor=net + net // 5)
        ]  # fmt: skip
        session.add(order)
        session.flush()
        parent = order
        if loaded and chance.random() < 0.3:
            order.kind, order.status, order.cancelled_at = "sale", "voided", at + timedelta(hours=9)
        elif loaded and chance.random() < 0.6:
            credit(session, order, chance)
    session.flush()
    return actor_of(desk.ann), actor_of(desk.rita)


def credit(session: Session, order: Order, chance: random.Random) -> None:
    """Credit notes for a part of the order, or for all of its goods and delivery."""
    same = {"currency": order.currency, "language": "en", "country": "RU", "seller": {}, "buyer": {}, "year": 2026}
    invoice = Invoice(
        **same, series="TB", number=order.id, order_id=order.id, issued_at=FIRST, issue_date=FIRST.date(),
        due_date=FIRST.date(), prices_include_vat=True, net_minor=0, vat_minor=0, total_minor=0,
    )  # fmt: skip
    session.add(invoice)
    session.flush()
    [line] = order.lines
    for number in range(chance.randrange(1, 3)):
        whole = number == 1 or chance.random() < 0.5
        net = order.net_minor if whole else chance.randrange(1, order.net_minor + 1)
        at = FIRST + timedelta(minutes=chance.randrange(-3000, 33_000))
        delivery = order.delivery_minor if whole else 0
        sums = {"net_minor": net, "vat_minor": net // 5, "total_minor": net + net // 5}
        milli = chance.randrange(1, line.quantity_milli + 1)
        note = CreditNote(
            **same, **sums, series="CN", number=2 * order.id + number, invoice_id=invoice.id, order_id=order.id,
            issued_by=order.rep_id, issued_at=at, issue_date=at.date(), reason="<b> =1", whole=whole,
            prices_include_vat=True, goods_minor=net, delivery_minor=delivery, weight_g=chance.randrange(100),
        )  # fmt: skip
        note.lines = [
            CreditNoteLine(**sums, position=1, order_line_id=line.id, product_id=line.product_id, kind="goods",
                           article="", name=line.name, unit_code="pcs", factor_milli=1000, decimals=0,
                           quantity_milli=milli, price_minor=1, vat_rate=Decimal(0), goods_to="shelf")
        ]  # fmt: skip
        session.add(note)
        if whole:
            break


def drawn(session: Session, tmp_path: Path, payload: dict[str, Any]) -> tuple[openpyxl.Workbook, Internal]:
    handed: list[Internal] = []
    store = FileStore(tmp_path)
    way = FiguresWay(TEXTS, lambda: inside(session), store, handed.append)
    row = Row(id=7, lane="figures:1", kind="figures.draw", payload=payload, attempts=0, created_at=FIRST, secret=False)
    way.deliver(row, way.prepare(session, row))
    [internal] = handed
    return openpyxl.load_workbook(BytesIO(store.read(internal.facts["sha256"]))), internal


def table(book: openpyxl.Workbook, sheet: str, *, skip: int = 0) -> list[dict[str, Any]]:
    head, *rows = list(book[sheet].iter_rows(values_only=True))[skip:]
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("of_a_rep", [False, True])
def test_the_sheets_hold_what_the_chat_shows(session: Session, tmp_path: Path, seed: int, *, of_a_rep: bool) -> None:
    ann, rita = fill(session, seed)
    by = rita if of_a_rep else ann
    scope = statistics.allowed(Scope(), by=by)
    payload = {
        "first": PERIOD.first.toordinal(), "last": PERIOD.last.toordinal(), "scope": asdict(scope),
        "person_id": by.person_id, "language": "en", "chat_key": "tg:1:1",
    }  # fmt: skip

    book, _ = drawn(session, tmp_path, payload)

    shown = statistics.figures(session, PERIOD, scope=Scope(), by=by)
    summary = [(row["Number of orders"], row["Total"], row["Currency"]) for row in table(book, "Summary", skip=2)]
    assert summary == [(s.orders, s.total_minor / 100, s.currency) for each in vars_of(shown) for s in each]
    for basis, sheet in ((Basis.FORMED, "Orders"), (Basis.LOADED, "Loadings")):
        rows = table(book, sheet)
        for sums in shown.formed if basis is Basis.FORMED else shown.loaded:
            own = [row for row in rows if row["Currency"] == sums.currency]
            assert round(sum(row["Total"] for row in own) * 100) == sums.total_minor
            counted = [row for row in own if basis is Basis.LOADED or row["Back-order of No."] is None]
            assert len(counted) == sums.orders
    notes = table(book, "Credit notes")
    for sums in shown.credited:
        own = [row for row in notes if row["Currency"] == sums.currency]
        assert (round(sum(row["Total"] for row in own) * 100), len(own)) == (sums.total_minor, sums.orders)
    check_turnover(shown)
    for what in By:
        page = statistics.top(session, PERIOD, what, scope=Scope(), basis=Basis.TURNOVER, by=by, page=0, size=1000)
        assert added_up(page.items) == {sums.currency: (sums.total_minor, sums.orders) for sums in shown.turnover}
        listed = table(book, f"By {what.value}")
        assert [(row["Total"], row["Number of orders"], row["Currency"]) for row in listed] == [
            (entry.total_minor / 100, entry.orders, entry.currency) for entry in page.items
        ]


def vars_of(figures: statistics.Figures) -> tuple[tuple[statistics.Sums, ...], ...]:
    return figures.formed, figures.loaded, figures.cancelled, figures.credited, figures.turnover


def check_turnover(shown: statistics.Figures) -> None:
    """The turnover is what was loaded less what was credited, in each currency."""
    assert shown.credited
    loaded, credited = ({sums.currency: sums for sums in each} for each in (shown.loaded, shown.credited))
    for sums in shown.turnover:
        for name in ("goods_minor", "net_minor", "vat_minor", "total_minor", "weight_g"):
            plus, minus = (getattr(each.get(sums.currency), name, 0) for each in (loaded, credited))
            assert getattr(sums, name) == plus - minus


def added_up(entries: Iterable[statistics.Entry]) -> dict[str, tuple[int, int]]:
    """By currency, the sum of a list and its orders."""
    sums: dict[str, tuple[int, int]] = {}
    for entry in entries:
        total, orders = sums.get(entry.currency, (0, 0))
        sums[entry.currency] = (total + entry.total_minor, orders + entry.orders)
    return sums


@pytest.mark.parametrize("lost", [{"revoked_at": later(hours=1)}, {"roles": ["rep"]}, {"roles": ["storekeeper"]}])
def test_whoever_has_lost_the_right_while_it_was_drawn_gets_nothing(
    session: Session, tmp_path: Path, lost: dict[str, Any]
) -> None:
    ann, _ = fill(session, 1)
    payload = {
        "first": PERIOD.first.toordinal(), "last": PERIOD.last.toordinal(), "scope": asdict(Scope()),
        "person_id": ann.person_id, "language": "en", "chat_key": ann.origin,
    }  # fmt: skip
    _, internal = drawn(session, tmp_path, payload)
    for name, value in lost.items():
        setattr(session.get_one(Person, ann.person_id), name, value)

    figures_export.deliver(session, internal.facts, now=later(hours=2))

    assert waiting(session) == []


def test_a_file_does_not_go_to_a_chat_that_is_anothers_by_now(session: Session, tmp_path: Path) -> None:
    ann, _ = fill(session, 1)
    payload = {
        "first": PERIOD.first.toordinal(), "last": PERIOD.last.toordinal(), "scope": asdict(Scope()),
        "person_id": ann.person_id, "language": "en", "chat_key": ann.origin,
    }  # fmt: skip
    _, internal = drawn(session, tmp_path, payload)
    session.execute(update(Account).where(Account.chat_key == ann.origin).values(blocked_at=later(hours=1)))

    figures_export.deliver(session, internal.facts, now=later(hours=2))

    assert waiting(session) == []
