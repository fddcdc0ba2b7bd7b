"""What a ticket says and what the rep says of it: every correction is kept, and typed is compared with read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services import cart, clients, company, ticket_facts, ticket_reading, ticket_settings
from services.errors import Moved
from services.forms import AmountUnclear
from services.ticket_facts import Compared, DayUnfit, Verdict
from services.ticket_tags import Tags
from services.units import QuantityUnfit
from tests.builders import NOON, actor_of, make_category, make_client, make_reading, make_ticket
from tests.services.desk import Desk

FIVE = Decimal("0.05")


def test_each_correction_counts_and_is_kept(session: Session, desk: Desk) -> None:
    by, client = actor_of(desk.rita), make_client(session, "Salon")
    dye = make_category(session, "Dye")
    dye.counts_units = True
    ticket = make_ticket(session, desk.rita, make_reading(total_minor=100000, sold_on="2026-03-01"))
    versions = [ticket.version]

    ticket_facts.correct_amount(session, ticket.id, 90000, by=by, now=NOON)
    versions.append(ticket.version)
    ticket_facts.correct_units(session, ticket.id, dye.id, 5000, by=by, now=NOON)
    versions.append(ticket.version)
    ticket_facts.correct_units(session, ticket.id, dye.id, None, by=by, now=NOON)
    versions.append(ticket.version)
    ticket_facts.correct_day(session, ticket.id, date(2026, 2, 28), by=by, now=NOON)
    versions.append(ticket.version)
    ticket_facts.choose_client(session, ticket.id, client.id, by=by, now=NOON)
    versions.append(ticket.version)
    ticket_facts.correct_note(session, ticket.id, " two bags\x00 ", by=by, now=NOON)
    versions.append(ticket.version)

    assert versions == list(range(versions[0], versions[0] + 7))
    assert (ticket.amount_minor, ticket.typed_minor, ticket.read_minor) == (90000, 90000, 100000)
    assert [(row.typed_milli, row.counts_milli) for row in ticket.units] == [(None, None)]
    assert (ticket.sold_on, ticket.client, ticket.note) == (date(2026, 2, 28), client, "two bags")
    kept = [(one.field, one.before, one.after) for one in ticket_facts.list_corrections(session, ticket)]
    assert kept == [
        ("amount", "100000", "90000"),
        (f"units:{dye.id}", None, "5000"),
        (f"units:{dye.id}", "5000", None),
        ("day", "2026-03-01", "2026-02-28"),
        ("client", None, str(client.id)),
        ("note", "", "two bags"),
    ]


@pytest.mark.parametrize("amount", [0, -1, 1_000_000_000])
def test_what_is_no_amount_is_refused(session: Session, desk: Desk, amount: int) -> None:
    ticket = make_ticket(session, desk.rita, tags=Tags(amount_minor=500))

    with pytest.raises(AmountUnclear) as refused:
        ticket_facts.correct_amount(session, ticket.id, amount, by=actor_of(desk.rita), now=NOON)

    assert refused.value.facts == {"largest": 999_999_999, "currency": "RUB"}
    assert (ticket.amount_minor, ticket_facts.list_corrections(session, ticket)) == (500, [])


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2025, 3, 1)])
def test_no_sale_is_of_the_future_nor_of_long_ago(session: Session, desk: Desk, day: date) -> None:
    ticket = make_ticket(session, desk.rita)

    with pytest.raises(DayUnfit) as refused:
        ticket_facts.correct_day(session, ticket.id, day, by=actor_of(desk.rita), now=NOON)

    assert refused.value.facts == {"earliest": "2025-03-02", "latest": "2026-03-02"}
    assert (ticket.sold_on, ticket_facts.list_corrections(session, ticket)) == (None, [])


def test_what_does_not_fit_is_refused_and_changes_nothing(session: Session, desk: Desk) -> None:
    by, ticket = actor_of(desk.rita), make_ticket(session, desk.rita)
    dye, plain = make_category(session, "Dye"), make_category(session, "Plain")
    dye.counts_units = True
    version = ticket.version

    with pytest.raises(Moved):
        ticket_facts.correct_units(session, ticket.id, plain.id, 1000, by=by, now=NOON)
    for milli in (-1, 10**9 + 1):
        with pytest.raises(QuantityUnfit):
            ticket_facts.correct_units(session, ticket.id, dye.id, milli, by=by, now=NOON)
    with pytest.raises(clients.ClientGone):
        ticket_facts.choose_client(session, ticket.id, 4711, by=by, now=NOON)
    with pytest.raises(cart.TextTooLong):
        ticket_facts.correct_note(session, ticket.id, "x" * 1001, by=by, now=NOON)

    assert (ticket.version, ticket.units, ticket.client_id, ticket.note) == (version, [], None, "")
    assert ticket_facts.list_corrections(session, ticket) == []


@pytest.mark.parametrize(
    ("typed", "read", "expected"),
    [
        (100000, 100000, "agrees"),
        (105000, 100000, "agrees"),
        (105001, 100000, "differs"),
        (95000, 100000, "agrees"),
        (94999, 100000, "differs"),
        (None, 100000, "unchecked"),
        (100000, None, "unchecked"),
        (0, 0, "agrees"),
        (1, 0, "differs"),
    ],
)
def test_five_per_cent_of_what_was_read_are_the_same(typed: int | None, read: int | None, expected: str) -> None:
    assert ticket_facts.verdict(typed, read, FIVE) == expected


@given(
    typed=st.integers(0, 10**9),
    read=st.integers(0, 10**9),
    tolerance=st.decimals(0, "0.5", places=4),
)
def test_the_tolerance_is_exact(typed: int, read: int, tolerance: Decimal) -> None:
    agrees = ticket_facts.verdict(typed, read, tolerance) is Verdict.AGREES
    edge = Fraction(tolerance) * read

    assert agrees == (read - edge <= typed <= read + edge)
    assert ticket_facts.verdict(read, read, tolerance) is Verdict.AGREES


def test_amount_and_units_are_compared_in_the_companys_tolerance(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    dye.counts_units, dye.unit_words = True, "tube"
    care = make_category(session, "Care")
    care.counts_units = True
    reading = make_reading(("red tube", 4000, 25000, 100000), total_minor=100000)
    ticket = make_ticket(session, desk.rita, reading, tags=Tags(amount_minor=104000, units_milli=5000))

    seen = ticket_facts.compare(session, ticket)

    assert seen.amount == Compared(104000, 100000, 104000, Verdict.AGREES)
    assert [(one.category_id, one.name, one.units) for one in seen.units] == [
        (dye.id, "Dye", Compared(5000, 4000, 5000, Verdict.DIFFERS)),
        (care.id, "Care", Compared(None, None, None, Verdict.UNCHECKED)),
    ]
    assert seen.differs

    ticket_settings.set_tolerance(session, "25 %", by=actor_of(desk.ann), now=NOON)
    assert not ticket_facts.compare(session, ticket).differs


def test_a_doubtful_or_foreign_total_is_shown_but_not_compared(session: Session, desk: Desk) -> None:
    said = Tags(amount_minor=100)
    unsure = make_ticket(session, desk.rita, make_reading(total_minor=900, confident=False), tags=said)
    foreign = make_ticket(session, desk.rita, make_reading(total_minor=900, currency="EUR"), tags=said)

    doubtful, abroad = (ticket_facts.compare(session, one) for one in (unsure, foreign))

    assert (doubtful.unsure_minor, doubtful.differs, doubtful.foreign) == (900, False, "")
    assert (abroad.unsure_minor, abroad.differs, abroad.foreign) == (None, False, "EUR")


def test_a_ticket_without_anything_compares_with_nothing(session: Session, desk: Desk) -> None:
    seen = ticket_facts.compare(session, make_ticket(session, desk.rita))

    assert (seen.amount, seen.units, seen.arithmetic) == (Compared(None, None, None, Verdict.UNCHECKED), (), None)


@pytest.mark.parametrize(
    ("lines", "total", "wrong", "adds_up"),
    [
        ([("a", 2000, 5000, 10000), ("b", None, None, 2000)], 12000, (), True),
        ([("a", 2000, 5000, None), ("b", None, None, 2000)], 12000, (), True),
        ([("a", 2000, 5000, 11000), ("b", None, None, 2000)], 13000, (0,), True),
        ([("a", 2000, 5000, 10000)], 12000, (), False),
        ([("a", 2000, 5000, 10000)], None, (), None),
        ([("a", None, 5000, None)], 12000, (), None),
        ([("a", 333, 10000, 3330)], 3331, (), True),
    ],
)
def test_lines_are_checked_against_themselves_and_the_total(
    lines: list[tuple[str, int | None, int | None, int | None]],
    total: int | None,
    wrong: tuple[int, ...],
    adds_up: Literal[True, False, None],
) -> None:
    facts = ticket_reading.read(make_reading(*lines, total_minor=total), "RUB")

    found = ticket_facts.arithmetic(facts)

    assert found is not None
    assert (found.wrong, found.adds_up, found.total_minor) == (wrong, adds_up, total)


@given(
    st.lists(st.tuples(st.integers(1, 99), st.integers(1, 100000)), min_size=1, max_size=20),
    st.integers(-100000, 100000),
)
def test_an_honest_ticket_adds_up_and_another_does_not(lines: list[tuple[int, int]], off: int) -> None:
    read = [("x", count * 1000, price, count * price) for count, price in lines]
    total = sum(count * price for count, price in lines) + off
    found = ticket_facts.arithmetic(ticket_reading.read(make_reading(*read, total_minor=max(total, 1)), "RUB"))

    assert found is not None
    assert found.wrong == ()
    assert found.adds_up == (abs(max(total, 1) - (total - off)) <= len(lines))


def test_an_empty_reading_says_nothing() -> None:
    assert ticket_reading.read({}, "RUB") == ticket_reading.Facts()


@pytest.mark.parametrize(
    ("figures", "pieces"),
    [
        ((3000, None, None), 3000),
        ((None, 500, 1500), 3000),
        ((None, 500, 1300), 1000),
        ((None, None, 1300), 1000),
        ((None, 500, None), 1000),
        ((None, None, None), None),
        ((0, 500, 0), None),
        ((-1000, 500, -500), None),
    ],
)
def test_how_many_a_line_is_about(figures: tuple[int | None, int | None, int | None], pieces: int | None) -> None:
    assert ticket_reading.read(make_reading(("x", *figures)), "RUB").lines[0].pieces_milli == pieces


def test_languages_are_the_companys_and_english_until_others_are_chosen(session: Session, desk: Desk) -> None:
    profile, ann = company.get(session), actor_of(desk.ann)

    assert ticket_settings.languages_of(profile) == ("ru", "en")
    ticket_settings.set_languages(session, ["es", "ru"], by=ann, now=NOON)
    assert ticket_settings.languages_of(profile) == ("ru", "es")
