"""What of an order or a recorded sale stands: what commissions are reckoned from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import event
from sqlalchemy.orm import Session

from services import credit_notes, orders, sale_facts, ticket_settings, voiding
from services.commission_terms import earn
from services.periods import Period
from services.sale_facts import Goods, Part, SaleFacts
from tests.builders import NOON, actor_of, later, make_category, make_draft, make_product
from tests.services.desk import Desk
from tests.services.earning import BONUS, LOADING, MONDAY, SHARE, STEPS, load, record, wanted

ONE_DAY = Period(MONDAY, MONDAY)


def shape(facts: SaleFacts) -> list[tuple[int, int]]:
    """(units, net) of each part."""
    return [(part.units_milli, part.net_minor) for part in facts.parts]


def test_goods_are_seen_with_the_categories_above_them_and_without_delivery(session: Session, desk: Desk) -> None:
    hair = make_category(session, "Hair")
    dye = make_category(session, "Dye", parent=hair)
    red = make_category(session, "Red", parent=dye)
    ticket_settings.count_units(session, dye.id, "tube", by=actor_of(desk.ann), now=NOON)
    tube = make_product(session, "Red 1", category=red, price_minor=12000, units=[("box", 12000, None)])
    brush = make_product(session, "Brush", category=hair, price_minor=6000, vat_rate=Decimal(0))
    draft = make_draft(session, desk.rita, {tube.units[1]: 1, brush: 2})

    facts = sale_facts.of_order(session, draft)

    lines = [line.id for line in draft.lines]
    assert facts.parts == (
        Part(
            lines[0], tube.id, frozenset({hair.id, dye.id, red.id}), counted=True, units_milli=12000, net_minor=120_000
        ),
        Part(lines[1], brush.id, frozenset({hair.id}), counted=False, units_milli=2000, net_minor=12_000),
    )
    assert (facts.net_minor, facts.units_milli, facts.currency) == (132_000, 14_000, "RUB")
    assert draft.delivery_minor > 0
    assert (facts.rep_id, facts.loader_id, facts.is_sale, facts.stands) == (desk.rita.id, None, False, True)


def test_what_was_credited_does_not_stand(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, price_minor=12000), make_product(session, "Cheese", price_minor=24000)
    order = load(session, desk, {milk: 5, cheese: 1})
    assert shape(sale_facts.of_order(session, order)) == [(5000, 50_000), (1000, 20_000)]

    credit = {"reason": "Spoilt", "by": actor_of(desk.ann), "now": later(days=1)}
    credit_notes.credit(session, order.id, order.version, wanted(order, 2), **credit)
    credit_notes.credit(session, order.id, order.version, wanted(order, 1, 1), **credit)

    facts = sale_facts.of_order(session, order)
    assert shape(facts) == [(2000, 20_000), (0, 0)]
    assert (facts.net_minor, facts.loader_id, facts.stands) == (20_000, desk.bob.id, True)


def test_a_recorded_sale_is_known_as_a_whole_and_by_its_counted_units(session: Session, desk: Desk) -> None:
    hair = make_category(session, "Hair")
    dye = make_category(session, "Dye", parent=hair)
    ticket_settings.count_units(session, dye.id, "tube", by=actor_of(desk.ann), now=NOON)
    order = record(session, desk, 150_000, tubes=5)

    facts = sale_facts.of_order(session, order)

    assert facts.parts == (Part(None, None, frozenset({hair.id, dye.id}), counted=True, units_milli=5000),)
    assert (facts.net_minor, facts.is_sale, facts.rep_id, facts.loader_id) == (150_000, True, desk.rita.id, None)

    voiding.void_sale(session, order.id, order.version, reason="Twice", by=actor_of(desk.ann), now=NOON)

    fallen = sale_facts.of_order(session, order)
    assert (fallen.stands, fallen.net_minor, fallen.parts) == (False, 0, ())


def test_units_of_a_category_that_is_gone_belong_nowhere(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    ticket_settings.count_units(session, dye.id, "tube", by=actor_of(desk.ann), now=NOON)
    order = record(session, desk, 150_000, tubes=5)
    session.delete(dye)
    session.flush()
    session.expire_all()

    assert sale_facts.of_order(session, order).parts == (
        Part(None, None, frozenset(), counted=False, units_milli=5000),
    )


def test_a_cancelled_order_does_not_stand(session: Session, desk: Desk) -> None:
    draft = make_draft(session, desk.rita, {make_product(session): 1})
    orders.submit(session, draft.id, draft.version, by=actor_of(desk.rita), now=NOON)
    orders.cancel(session, draft.id, draft.version, by=actor_of(desk.rita), now=NOON)

    assert sale_facts.of_order(session, draft).stands is False


def test_a_period_is_added_up_to_what_each_order_gives_by_itself(session: Session, desk: Desk) -> None:
    """The database adds up for a trial what a loading reads line by line: every rule gives the same."""
    admin = actor_of(desk.ann)
    hair = make_category(session, "Hair")
    dye = make_category(session, "Dye", parent=hair)
    red = make_category(session, "Red", parent=dye)
    ticket_settings.count_units(session, dye.id, "tube", by=admin, now=NOON)
    tube, brush = make_product(session, "Red 1", category=red), make_product(session, "Brush", category=hair)
    milk = make_product(session, category=make_category(session, "Food"))
    orders = [
        load(session, desk, {tube: 9, brush: 4, milk: 5}),
        load(session, desk, {milk: 7}, now=later(hours=1)),
        load(session, desk, {brush: 4, tube.units[0]: 6}),
        record(session, desk, 150_000, tubes=5),
        record(session, desk, 99_000),
    ]
    load(session, desk, {tube: 8}, now=later(days=1))
    record(session, desk, 1000, tubes=9, day=date(2026, 3, 1))
    voiding.void_sale(session, orders[4].id, orders[4].version, reason="Twice", by=admin, now=NOON)
    for back in ((2, 1, 5), (1,)):
        credit_notes.credit(
            session,
            orders[0].id,
            orders[0].version,
            wanted(orders[0], *back),
            reason="Sour",
            by=admin,
            now=later(days=2),
        )
    scopes: list[tuple[str, dict[str, int], Goods]] = [
        ("all", {}, Goods()),
        ("counted", {}, sale_facts.goods_counted(session)),
        ("category", {"category_id": hair.id}, sale_facts.goods_below(session, hair.id)),
        ("category", {"category_id": red.id}, sale_facts.goods_below(session, red.id)),
        ("product", {"product_id": milk.id}, Goods(product_id=milk.id)),
    ]

    for scope, aim, goods in scopes:
        for terms in (BONUS, SHARE, STEPS, LOADING):
            rule = replace(terms, scope=scope, **aim)
            found = {
                one.order_id: earn(rule, one).amount_minor for one in sale_facts.of_period(session, ONE_DAY, goods)
            }
            each = {order.id: earn(rule, sale_facts.of_order(session, order)).amount_minor for order in orders}
            assert {key: value for key, value in found.items() if value} == {
                key: value for key, value in each.items() if value
            }, rule


def test_an_order_is_read_with_a_few_questions_however_deep_the_tree(session: Session, desk: Desk) -> None:
    category = make_category(session, "Top")
    for level in range(6):
        category = make_category(session, f"Level {level}", parent=category)
    goods = {make_product(session, f"Dye {number}", category=category): 1 for number in range(10)}
    draft = make_draft(session, desk.rita, goods)
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    facts = sale_facts.of_order(session, draft)
    event.remove(session.get_bind(), "before_cursor_execute", note)

    assert len(facts.parts[0].categories) == 7
    assert len(asked) == 2
