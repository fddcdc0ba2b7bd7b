"""The spreadsheet of commissions: typed cells, the reason in words, and the sums that the chat shows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from bot.events import Internal
from db.models.commissions import CommissionEntry, CommissionRule
from db.models.people import Person
from delivery import commission_sheet
from delivery.commissions import CommissionWay
from services import commission_export, commissions
from services.actor import Role
from services.announcements import waiting
from services.commission_export import EntryRow, Request, SumRow
from services.files import FileStore
from services.lanes import Row
from services.periods import Period
from templates.environment import Texts
from tests.builders import NOON, actor_of, later, make_person, make_product
from tests.services.desk import make_desk, make_invoice

TEXTS = Texts.load()
DAY = date(2026, 3, 2)
PERIOD = Period(DAY, DAY + timedelta(days=29))
UNITS = {"units_milli": 8000, "threshold_milli": 3000, "over_milli": 5000, "each_minor": 1000}


def drawn(language: str = "en", name: str = "Shop") -> openpyxl.Workbook:
    wanted = Request(PERIOD, None, 1, "tg:1:1", language)
    common = {"booked_on": DAY, "person": name, "order_id": 12, "client": name, "currency": "RUB"}
    entries = [
        EntryRow(**common, order_kind="order", rule="", rule_kind="per_unit", rule_scope="counted", kind="accrued",
                 basis=UNITS, amount_minor=5000),
        EntryRow(**common, order_kind="sale", rule=name, rule_kind="percent", rule_scope="all", kind="voided",
                 basis={}, amount_minor=-1250),
    ]  # fmt: skip
    book = commission_sheet.draw(TEXTS, wanted, [SumRow(name, 2, 3750, "RUB")], entries)
    return openpyxl.load_workbook(BytesIO(book))


def table(book: openpyxl.Workbook, sheet: str, *, skip: int = 0) -> list[dict[str, Any]]:
    head, *rows = list(book[sheet].iter_rows(values_only=True))[skip:]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_cells_have_the_type_of_what_they_hold_and_say_why() -> None:
    book = drawn()

    earned, taken_back = table(book, "Entries")

    assert book["Sums"]["A1"].value == "Commission from Mar 2, 2026 to Mar 31, 2026"
    assert table(book, "Sums", skip=2) == [
        {"Who": "Shop", "Number of entries": 2, "Commission": 37.5, "Currency": "RUB"},
    ]
    assert earned["Day"] == datetime(2026, 3, 2)  # noqa: DTZ001 - spreadsheets have no zones
    assert (earned["Sale"], earned["Commission"], earned["What"]) == ("order No. 12", 50, "earned")
    assert (earned["Rule"], earned["Why"]) == ("Per unit, counted units", "8 units, 5 above 3 × ₽10.00")
    assert (taken_back["Sale"], taken_back["Commission"], taken_back["What"]) == ("sale No. 12", -12.5, "sale voided")
    cell = next(cell for cell in book["Entries"][2] if cell.value == 50)
    assert cell.number_format == "#,##0.00"


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "https://x.example"])
def test_a_name_is_text_whatever_it_begins_with(sign: str) -> None:
    book = drawn(name=sign)

    for sheet, column in (("Sums", "A4"), ("Entries", "B2"), ("Entries", "D2"), ("Entries", "E3")):
        cell = book[sheet][column]
        assert (cell.data_type, cell.hyperlink) == ("s", None)
        assert str(cell.value).strip() == sign.strip()


@pytest.mark.parametrize(
    ("language", "sheet", "head", "why"),
    [
        ("ru", "Начисления", "За что", "8 ед., сверх 3: 5 × 10,00 ₽"),
        ("es", "Movimientos", "Por qué", "8 uds., por encima de 3: 5 × 10,00 ₽"),
    ],
)
def test_it_speaks_the_readers_language(language: str, sheet: str, head: str, why: str) -> None:
    book = drawn(language)

    assert table(book, sheet)[0][head].replace("\xa0", " ") == why
    assert all(len(name) <= 31 for name in book.sheetnames)


@contextmanager
def inside(session: Session) -> Iterator[Session]:
    yield session


def fill(session: Session, seed: int) -> tuple[Person, Person]:
    """Sixty entries of a rep and a storekeeper, in two currencies, some of them outside the period; admin and rep."""
    chance, desk = random.Random(seed), make_desk(session)  # noqa: S311 - no secret
    invoice = make_invoice(session, desk, {make_product(session): 1})
    rule = CommissionRule(
        lineage=77, version=1, name="", kind="percent", role="rep", scope="all", currency="RUB", valid_from=DAY,
        created_at=NOON,
    )  # fmt: skip
    session.add(rule)
    session.flush()
    for _ in range(60):
        session.add(
            CommissionEntry(
                person_id=chance.choice([desk.rita, desk.bob]).id, order_id=invoice.order_id, rule_id=rule.id,
                kind=chance.choice([commissions.ACCRUED, commissions.CREDITED]), currency=chance.choice(["RUB", "EUR"]),
                amount_minor=chance.randrange(-5000, 20000), basis={"net_minor": 100, "rate": "0.01"},
                booked_on=DAY + timedelta(days=chance.randrange(-5, 35)), created_at=NOON,
            )
        )  # fmt: skip
    session.flush()
    return desk.ann, desk.rita


def put_through(session: Session, folder: Path, payload: dict[str, Any]) -> tuple[openpyxl.Workbook, Internal]:
    handed: list[Internal] = []
    store = FileStore(folder)
    way = CommissionWay(TEXTS, lambda: inside(session), store, handed.append)
    row = Row(7, "figures:1", "commission.draw", payload, 0, NOON, secret=False)
    way.deliver(row, way.prepare(session, row))
    [internal] = handed
    return openpyxl.load_workbook(BytesIO(store.read(internal.facts["sha256"]))), internal


def payload_of(by: Person, of_person: int | None) -> dict[str, Any]:
    return {
        "first": PERIOD.first.toordinal(), "last": PERIOD.last.toordinal(), "of_person": of_person,
        "person_id": by.id, "language": "en", "chat_key": f"tg:1:{by.id}",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_the_file_adds_up_to_what_the_chat_shows(session: Session, tmp_path: Path, seed: int) -> None:
    ann, rita = fill(session, seed)

    book, _ = put_through(session, tmp_path, payload_of(rita, rita.id))
    of_all, _ = put_through(session, tmp_path, payload_of(ann, None))

    shown = commissions.statement(session, rita.id, PERIOD, by=actor_of(rita), page=0)
    entries, summed = table(book, "Entries"), Counter[str]()
    for entry in entries:
        summed[entry["Currency"]] += round(entry["Commission"] * 100)
    assert summed == shown.totals
    assert {row["Currency"]: round(row["Commission"] * 100) for row in table(book, "Sums", skip=2)} == shown.totals
    listed = commissions.by_person(session, PERIOD, by=actor_of(ann))
    rows = [(row["Who"], row["Currency"], round(row["Commission"] * 100)) for row in table(of_all, "Sums", skip=2)]
    assert rows == [(one.name, one.currency, one.amount_minor) for one in listed]
    assert len(table(of_all, "Entries")) == sum(one.entries for one in listed)


@pytest.mark.parametrize(
    ("lost", "of_all", "gets"),
    [
        ({}, True, 1),
        ({"revoked_at": later(hours=1)}, True, 0),
        ({"roles": ["rep"]}, True, 0),
        ({"roles": ["rep"]}, False, 1),
    ],
)
def test_whoever_has_lost_the_right_while_it_was_drawn_gets_nothing(
    session: Session, tmp_path: Path, lost: dict[str, Any], *, of_all: bool, gets: int
) -> None:
    ann, _ = fill(session, 1)
    make_person(session, "Another", roles=[Role.ADMIN])
    _, internal = put_through(session, tmp_path, payload_of(ann, None if of_all else ann.id))
    for name, value in lost.items():
        setattr(ann, name, value)
    session.flush()

    commission_export.deliver(session, internal.facts, now=later(hours=2))

    assert [told.name for told in waiting(session)] == ["commission_ready"] * gets
