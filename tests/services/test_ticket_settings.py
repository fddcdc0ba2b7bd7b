"""What admins decide about tickets; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.record import AuditEntry
from services import category_admin, company, ticket_facts, ticket_orders, ticket_settings
from services.actor import Actor, NotAllowed
from services.catalogue import CategoryGone
from services.forms import FieldOutOfRange, FieldTooLong, FieldUnclear
from services.ticket_tags import Tags
from tests.builders import NOON, actor_of, make_category, make_ticket
from tests.services.desk import Desk


def test_tolerance_and_counted_categories_are_saved_with_a_trace(session: Session, desk: Desk) -> None:
    by, dye = actor_of(desk.ann), make_category(session, "Dye")

    ticket_settings.set_tolerance(session, "7,5 %", by=by, now=NOON)
    ticket_settings.count_units(session, dye.id, "tubos; tubes\nтюбик, tubes,,", by=by, now=NOON)

    assert company.get(session).ticket_tolerance == Decimal("0.075")
    assert (dye.counts_units, dye.unit_words) == (True, "tubos, tubes, тюбик")
    assert [one.id for one in ticket_facts.categories(session)] == [dye.id]
    ticket_settings.stop_counting(session, dye.id, by=by, now=NOON)
    assert (ticket_facts.categories(session), dye.unit_words) == ([], "tubos, tubes, тюбик")
    traces = select(AuditEntry.action, AuditEntry.after).order_by(AuditEntry.id)
    assert [tuple(row) for row in session.execute(traces)] == [
        ("company.changed", {"ticket_tolerance": "0.075"}),
        ("category.changed", {"unit_words": "tubos, tubes, тюбик", "counts_units": True}),
        ("category.changed", {"counts_units": False}),
    ]


CHANGES: list[Callable[[Session, int, Actor], Any]] = [
    lambda session, _category, by: ticket_settings.set_tolerance(session, "5", by=by, now=NOON),
    lambda session, _category, by: ticket_settings.set_languages(session, ["en"], by=by, now=NOON),
    lambda session, category, by: ticket_settings.count_units(session, category, "", by=by, now=NOON),
    lambda session, category, by: ticket_settings.stop_counting(session, category, by=by, now=NOON),
]


@pytest.mark.parametrize("change", CHANGES)
def test_only_admins_decide(session: Session, desk: Desk, change: Callable[[Session, int, Actor], Any]) -> None:
    dye = make_category(session, "Dye")

    for person in (desk.rita, desk.bob):
        with pytest.raises(NotAllowed):
            change(session, dye.id, actor_of(person))

    assert (dye.counts_units, company.get(session).ticket_languages) == (False, [])


def test_what_makes_no_sense_is_refused(session: Session, desk: Desk) -> None:
    by, dye = actor_of(desk.ann), make_category(session, "Dye")

    with pytest.raises(FieldUnclear):
        ticket_settings.set_tolerance(session, "a lot", by=by, now=NOON)
    with pytest.raises(FieldOutOfRange):
        ticket_settings.set_tolerance(session, "51", by=by, now=NOON)
    for languages in ([], ["ru", "de"]):
        with pytest.raises(FieldUnclear):
            ticket_settings.set_languages(session, languages, by=by, now=NOON)
    with pytest.raises(FieldTooLong):
        ticket_settings.count_units(session, dye.id, "x" * 501, by=by, now=NOON)
    with pytest.raises(CategoryGone):
        ticket_settings.count_units(session, 4711, "x", by=by, now=NOON)

    assert (company.get(session).ticket_tolerance, dye.counts_units) == (Decimal("0.05"), False)


def test_a_category_can_go_and_the_sale_keeps_its_name(session: Session, desk: Desk) -> None:
    by, dye = actor_of(desk.ann), make_category(session, "Dye")
    ticket_settings.count_units(session, dye.id, "tube", by=by, now=NOON)
    tags = Tags(amount_minor=5000, units_milli=3000, client="Corner Shop")
    open_one = make_ticket(session, desk.rita, tags=tags)
    ticket = make_ticket(session, desk.rita, tags=tags)
    sale = ticket_orders.record_sale(session, ticket.id, ticket.version, by=actor_of(desk.rita), now=NOON)

    category_admin.remove(session, dye.id, by=by, now=NOON)
    session.expire_all()

    assert ticket_orders.units_of(session, sale.id) == [ticket_orders.UnitsSold(None, "Dye", 3000)]
    assert open_one.units == []
