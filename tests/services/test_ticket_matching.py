"""Lines of a ticket and products: sure by what people said, by article or barcode, else by name."""

from __future__ import annotations

from typing import Literal

import pytest
from sqlalchemy.orm import Session

from db.models.catalogue import Product
from db.models.tickets import ProductSynonym, Ticket
from services import ticket_facts, ticket_matching, ticket_orders, ticket_units
from services.catalogue import ProductGone
from services.errors import Moved
from tests.builders import NOON, actor_of, make_category, make_product, make_reading, make_ticket, unit_of
from tests.services.desk import Desk


def seen(session: Session, ticket: Ticket) -> list[tuple[str | None, str, bool]]:
    found = ticket_matching.match(session, ticket)
    return [(one.product.name if one.product else None, one.how, one.sure) for one in found]


def ticket_of(session: Session, desk: Desk, *names: str, **over: object) -> Ticket:
    return make_ticket(session, desk.rita, make_reading(*((name, 1000, None, 10000) for name in names), **over))


def with_article(desk: Desk, session: Session, article: str, name: str, text: str = "") -> Ticket:
    reading = make_reading((name, 1000, None, 10000))
    reading["lines"][0] |= {"article": article, "text": text or name}
    return make_ticket(session, desk.rita, reading)


def test_an_article_is_sure_however_it_is_written(session: Session, desk: Desk) -> None:
    make_product(session, "Milk", article="A-103")

    assert seen(session, with_article(desk, session, "А–103", "something")) == [("Milk", "article", True)]


def test_an_article_in_the_text_needs_the_name_beside_it(session: Session, desk: Desk) -> None:
    make_product(session, "Cherry Dye", article="1500")

    assert seen(session, ticket_of(session, desk, "1500 Cherry Dye")) == [("Cherry Dye", "article", True)]
    assert seen(session, ticket_of(session, desk, "Bread 1500")) == [("Cherry Dye", "article", False)]


def test_a_barcode_in_the_text_is_sure(session: Session, desk: Desk) -> None:
    make_product(session, "Milk", article="4607001234567")

    assert seen(session, ticket_of(session, desk, "4607001234567 МОЛОКО")) == [("Milk", "barcode", True)]


@pytest.mark.parametrize(
    ("said", "product", "sure"),
    [
        ("Estel Princess 7.1 60 ml", "Estel Princess 7.1 60 ml", True),
        ("ESTEL PRINCESS  7/1, 60 ML", "Estel Princess 7.1 60 ml", True),
        ("Princess Estel 7.1 60 ml", "Estel Princess 7.1 60 ml", True),
        ("Estel Princes 7.1 60 ml", "Estel Princess 7.1 60 ml", True),
        ("Estel Princess 7.3 60 ml", "Estel Princess 7.1 60 ml", False),
        ("Estel Princess", "Estel Princess 7.1 60 ml", False),
        ("Краска для волос Тон 5", "Краска для волос тон 5", True),
        ("КРАСКА Д/ВОЛОС ТОН 5", "Краска для волос тон 5", False),
    ],
)
def test_a_name_is_sure_only_where_words_and_figures_are_the_same(
    session: Session, desk: Desk, said: str, product: str, sure: Literal[True, False]
) -> None:
    make_product(session, product, article="E-1")
    make_product(session, "Bread", article="B-1")

    assert seen(session, ticket_of(session, desk, said)) == [(product, "name", sure)]


def test_two_products_that_are_as_likely_are_both_doubtful(session: Session, desk: Desk) -> None:
    make_product(session, "Cherry Dye", article="C-1")
    make_product(session, "Cherry Dye", article="C-2")

    assert seen(session, ticket_of(session, desk, "Cherry Dye")) == [("Cherry Dye", "name", False)]


def test_what_is_like_nothing_has_no_product(session: Session, desk: Desk) -> None:
    make_product(session, "Milk")

    ticket = ticket_of(session, desk, "Shampoo Repair", "***", "")

    assert seen(session, ticket) == [(None, "", False)] * 3
    assert ticket_matching.suggest(session, ticket, 0) == []
    assert ticket_matching.match(session, make_ticket(session, desk.rita)) == ()


def test_what_is_not_sold_any_more_is_not_meant_by_a_name(session: Session, desk: Desk) -> None:
    make_product(session, "Cherry Dye", hidden=True)

    assert seen(session, ticket_of(session, desk, "Cherry Dye")) == [(None, "", False)]


def test_what_a_name_led_to_is_kept_until_it_is_not_sold_any_more(session: Session, desk: Desk) -> None:
    dye = make_product(session, "Cherry Dye")
    ticket = ticket_of(session, desk, "Cherry Dye", "Bag")
    make_product(session, "Bag")

    assert ticket.likely == {"0": [dye.id, 1], "1": [0, 0]}
    assert seen(session, ticket) == [("Cherry Dye", "name", True), (None, "", False)]
    dye.hidden = True
    session.flush()
    assert seen(session, ticket) == [(None, "", False), (None, "", False)]


def test_quantity_is_in_the_unit_whose_price_the_line_has(session: Session, desk: Desk) -> None:
    dye = make_product(session, "Cherry Dye", price_minor=10000, units=[("box", 12000, 110000)])
    lines = [("Cherry Dye", 2000, 10000, 20000), ("Cherry Dye", 2000, 115000, 230000), ("Cherry Dye", 2000, 500, 1000)]

    found = ticket_matching.match(session, make_ticket(session, desk.rita, make_reading(*lines)))

    assert [(one.unit, one.quantity_milli) for one in found] == [
        (unit_of(dye), 2000),
        (unit_of(dye, "box"), 24000),
        (unit_of(dye), 2000),
    ]


def test_a_choice_is_sure_and_teaches_the_next_ticket(session: Session, desk: Desk) -> None:
    dye, other = make_product(session, "Cherry Dye"), make_product(session, "Bread")
    by = actor_of(desk.rita)
    first = ticket_of(session, desk, "TINTE CEREZA", "TINTE CEREZA 2")
    version = first.version

    ticket_matching.teach(session, first.id, 0, dye.id, by=by, now=NOON)

    assert seen(session, first) == [("Cherry Dye", "chosen", True), (None, "", False)]
    assert first.version == version + 1
    kept = ticket_facts.list_corrections(session, first)
    assert [(one.field, one.before, one.after) for one in kept] == [("line:0", None, str(dye.id))]
    second = ticket_of(session, desk, "Tinte «cereza»")
    assert seen(session, second) == [("Cherry Dye", "synonym", True)]

    ticket_matching.teach(session, second.id, 0, other.id, by=by, now=NOON)

    assert seen(session, ticket_of(session, desk, "tinte cereza")) == [("Bread", "synonym", True)]
    assert seen(session, first)[0] == ("Cherry Dye", "chosen", True)
    known = session.get_one(ProductSynonym, "tinte cereza", populate_existing=True)
    assert (known.product_id, known.learned_from, known.learned_by, known.uses) == (
        other.id,
        second.id,
        by.person_id,
        0,
    )


def test_what_people_said_goes_before_the_article(session: Session, desk: Desk) -> None:
    make_product(session, "Milk", article="A-103")
    dye = make_product(session, "Cherry Dye", article="D-1")
    ticket = with_article(desk, session, "A-103", "cereza")

    ticket_matching.teach(session, ticket.id, 0, dye.id, by=actor_of(desk.rita), now=NOON)

    assert seen(session, with_article(desk, session, "A-103", "cereza")) == [("Cherry Dye", "synonym", True)]
    assert seen(session, with_article(desk, session, "A-103", "leche")) == [("Milk", "article", True)]


def test_a_synonym_of_what_is_not_sold_any_more_is_forgotten(session: Session, desk: Desk) -> None:
    dye = make_product(session, "Cherry Dye")
    first = ticket_of(session, desk, "tinte")
    ticket_matching.teach(session, first.id, 0, dye.id, by=actor_of(desk.rita), now=NOON)
    dye.hidden = True
    session.flush()

    assert seen(session, ticket_of(session, desk, "tinte")) == [(None, "", False)]
    with pytest.raises(ProductGone):
        ticket_matching.teach(session, first.id, 0, dye.id, by=actor_of(desk.rita), now=NOON)
    with pytest.raises(ProductGone):
        ticket_matching.teach(session, first.id, 0, 4711, by=actor_of(desk.rita), now=NOON)


def test_a_line_can_be_left_out(session: Session, desk: Desk) -> None:
    make_product(session, "Cherry Dye")
    ticket = ticket_of(session, desk, "Cherry Dye", "Bag")

    ticket_matching.leave_out(session, ticket.id, 0, by=actor_of(desk.rita), now=NOON)

    found = ticket_matching.match(session, ticket)
    assert [(one.left_out, one.product) for one in found] == [(True, None), (False, None)]
    assert session.get(ProductSynonym, "cherry dye") is None


@pytest.mark.parametrize("number", [-1, 1])
def test_a_line_that_is_not_there_is_refused(session: Session, desk: Desk, number: int) -> None:
    dye, ticket = make_product(session, "Cherry Dye"), ticket_of(session, desk, "tinte")

    for change in (
        lambda: ticket_matching.teach(session, ticket.id, number, dye.id, by=actor_of(desk.rita), now=NOON),
        lambda: ticket_matching.leave_out(session, ticket.id, number, by=actor_of(desk.rita), now=NOON),
        lambda: ticket_matching.suggest(session, ticket, number),
    ):
        with pytest.raises(Moved):
            change()
    assert ticket.choices == {}


def test_a_new_reading_forgets_choices_but_not_what_they_taught(session: Session, desk: Desk) -> None:
    dye = make_product(session, "Cherry Dye")
    ticket = ticket_of(session, desk, "tinte")
    ticket_matching.teach(session, ticket.id, 0, dye.id, by=actor_of(desk.rita), now=NOON)

    again = ticket_of(session, desk, "Bread", "tinte")

    assert seen(session, again)[1] == ("Cherry Dye", "synonym", True)


def test_suggestions_are_the_likeliest_products(session: Session, desk: Desk) -> None:
    likely = make_product(session, "Cherry Dye 7.1")
    less = make_product(session, "Cherry Care Cream")
    make_product(session, "Bread")

    found = ticket_matching.suggest(session, ticket_of(session, desk, "CHERRY DYE"), 0)

    assert [product.id for product in found] == [likely.id, less.id]


def test_using_a_synonym_for_a_draft_is_counted(session: Session, desk: Desk) -> None:
    dye, by = make_product(session, "Cherry Dye"), actor_of(desk.rita)
    ticket = ticket_of(session, desk, "tinte")
    ticket_matching.teach(session, ticket.id, 0, dye.id, by=by, now=NOON)

    ticket_orders.make_draft(session, ticket.id, ticket.version, by=by, now=NOON)

    assert session.get_one(ProductSynonym, "tinte", populate_existing=True).uses == 1


def units_read(session: Session, ticket: Ticket) -> dict[int, int | None]:
    session.refresh(ticket, ["units"])
    return {row.category_id: row.read_milli for row in ticket.units}


def test_units_are_those_of_the_lines_whose_product_is_counted(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    dye.counts_units = True
    red = make_category(session, "Red", parent=dye)
    make_product(session, "Cherry Dye", category=red, price_minor=10000, units=[("box", 12000, 110000)])
    make_product(session, "Bread", category=make_category(session, "Food"))
    lines = [("Cherry Dye", 2000, 10000, 20000), ("Cherry Dye", 1000, 110000, 110000), ("Bread", 5000, 100, 500)]

    ticket = make_ticket(session, desk.rita, make_reading(*lines))

    assert units_read(session, ticket) == {dye.id: 14000}


@pytest.mark.parametrize(
    ("lines", "text", "milli"),
    [
        ([("Tubo rojo", 2000, None, None), ("tubos negro", 3000, None, None)], "", 5000),
        ([("тюбики красные", 4000, None, None)], "", 4000),
        ([("ampoule", 4000, None, None)], "", None),
        ([], "TOTAL TUBOS: 7\nTOTAL 1500", 7000),
        ([], "7 tubos", 7000),
        ([], "7 tubos\n9 tubos", None),
        ([], "tubos", None),
        ([], "tubos 99999", None),
        ([("Bread", 1000, None, 100)], "5 tubos", 5000),
    ],
)
def test_units_are_found_by_the_companys_words(
    session: Session,
    desk: Desk,
    lines: list[tuple[str, int | None, int | None, int | None]],
    text: str,
    milli: int | None,
) -> None:
    dye = make_category(session, "Dye")
    dye.counts_units, dye.unit_words = True, "tubos, тюбик"

    ticket = make_ticket(session, desk.rita, make_reading(*lines, text=text))

    assert units_read(session, ticket).get(dye.id) == milli


def test_short_words_are_compared_whole(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    dye.counts_units, dye.unit_words = True, "шт"

    assert units_read(session, make_ticket(session, desk.rita, make_reading(text="штраф 5"))) == {}
    assert units_read(session, make_ticket(session, desk.rita, make_reading(text="5 шт"))) == {dye.id: 5000}


def test_a_choice_counts_the_units_anew_and_typed_ones_go_before(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    dye.counts_units = True
    cherry = make_product(session, "Cherry Dye", category=dye)
    ticket = make_ticket(session, desk.rita, make_reading(("tinte", 3000, None, None)))
    by = actor_of(desk.rita)

    ticket_matching.teach(session, ticket.id, 0, cherry.id, by=by, now=NOON)
    session.refresh(ticket, ["units"])
    assert [(row.read_milli, row.counts_milli) for row in ticket.units] == [(3000, 3000)]

    ticket_facts.correct_units(session, ticket.id, dye.id, 4000, by=by, now=NOON)
    ticket_matching.leave_out(session, ticket.id, 0, by=by, now=NOON)
    session.refresh(ticket, ["units"])
    assert [(row.typed_milli, row.read_milli, row.counts_milli) for row in ticket.units] == [(4000, None, 4000)]
    assert ticket_units.counted(session) == [dye]


def test_a_pack_without_its_own_price_costs_what_is_in_it(session: Session, desk: Desk) -> None:
    dye: Product = make_product(session, "Cherry Dye", price_minor=10000, units=[("box", 12000, None)])

    found = ticket_matching.match(
        session, make_ticket(session, desk.rita, make_reading(("Cherry Dye", 1000, 120000, 120000)))
    )

    assert [(one.unit, one.quantity_milli) for one in found] == [(unit_of(dye, "box"), 12000)]
