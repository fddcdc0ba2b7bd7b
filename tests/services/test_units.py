"""In which quantities a unit is sold: minimum, multiple, and the steps between."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services import cart, orders, units
from services.units import QuantityBelowMinimum, QuantityNotMultiple
from tests.builders import NOON, actor_of, make_draft, make_product, unit_of
from tests.services.desk import make_desk


def check(quantity: int, minimum: int = 0, multiple: int = 0) -> None:
    units.check(
        quantity * 1000, code="pcs", factor_milli=1000, decimals=0,
        minimum_milli=minimum * 1000, multiple_milli=multiple * 1000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "minimum", "multiple"), [(0, 5, 5), (5, 5, 0), (6, 5, 0), (10, 5, 5), (12, 10, 6), (1, 0, 0)]
)
def test_fit(quantity: int, minimum: int, multiple: int) -> None:
    check(quantity, minimum, multiple)


@pytest.mark.parametrize(("quantity", "minimum", "multiple", "least"), [(4, 5, 0, 5), (10, 10, 6, 12), (3, 2, 6, 6)])
def test_below_the_minimum(quantity: int, minimum: int, multiple: int, least: int) -> None:
    with pytest.raises(QuantityBelowMinimum) as refused:
        check(quantity, minimum, multiple)
    assert refused.value.facts == {"unit": "pcs", "factor_milli": 1000, "decimals": 0, "minimum_milli": least * 1000}


@pytest.mark.parametrize(("quantity", "below", "above"), [(7, 5, 10), (3, 0, 5), (14, 10, 15)])
def test_no_multiple(quantity: int, below: int, above: int) -> None:
    with pytest.raises(QuantityNotMultiple) as refused:
        check(quantity, 0, 5)
    assert (refused.value.facts["below_milli"], refused.value.facts["above_milli"]) == (below * 1000, above * 1000)


@pytest.mark.parametrize(
    ("start", "steps", "minimum", "multiple", "target"),
    [
        (0, 1, 0, 0, 1), (0, 10, 0, 0, 10), (5, -1, 0, 0, 4), (5, -10, 0, 0, 0),
        (0, 1, 6, 0, 6), (6, -1, 6, 0, 0), (8, -10, 6, 0, 0), (12, -10, 6, 0, 6), (6, 1, 6, 0, 7),
        (0, 1, 0, 5, 5), (0, 10, 0, 5, 50), (5, -1, 0, 5, 0), (7, 1, 0, 5, 10), (7, -1, 0, 5, 5), (0, 1, 10, 6, 12),
    ],
)  # fmt: skip
def test_steps(start: int, steps: int, minimum: int, multiple: int, target: int) -> None:
    stepped = units.stepped(
        start * 1000, steps, factor_milli=1000, minimum_milli=minimum * 1000, multiple_milli=multiple * 1000
    )
    assert stepped == target * 1000


@given(st.integers(0, 500), st.sampled_from([-10, -1, 1, 10]), st.integers(0, 40), st.integers(0, 12))
def test_a_step_always_leads_to_what_may_be_ordered(start: int, steps: int, minimum: int, multiple: int) -> None:
    target = units.stepped(
        start * 1000, steps, factor_milli=1000, minimum_milli=minimum * 1000, multiple_milli=multiple * 1000
    )
    check(target // 1000, minimum, multiple)
    assert target > start * 1000 if steps > 0 else target <= max(start, minimum + multiple) * 1000


@pytest.mark.parametrize(
    ("start", "minimum", "multiple", "around"),
    [
        (0, 0, 0, [1, 10]), (1, 0, 0, [0, 2, 11]), (10, 0, 0, [9, 11, 20]), (25, 0, 0, [15, 24, 26, 35]),
        (0, 6, 6, [6, 60]), (12, 6, 6, [6, 18, 72]), (7, 0, 5, [5, 10, 55]), (3, 20, 0, [0, 20]),
        (999_995, 0, 0, [999_985, 999_994, 999_996, 1_000_000]), (1_000_000, 0, 0, [999_990, 999_999]),
    ],
)  # fmt: skip
def test_the_steps_around_a_quantity(start: int, minimum: int, multiple: int, around: list[int]) -> None:
    found = units.steps_around(
        start * 1000, factor_milli=1000, minimum_milli=minimum * 1000, multiple_milli=multiple * 1000
    )
    assert found == [target * 1000 for target in around]


def test_amounts_are_checked_too() -> None:
    assert units.quantity_of(Decimal(10), code="pcs", factor_milli=1000, decimals=0, multiple_milli=5000) == 10000
    with pytest.raises(QuantityNotMultiple):
        units.quantity_of(Decimal(11), code="pcs", factor_milli=1000, decimals=0, multiple_milli=5000)


def test_the_cart_refuses_and_submitting_asks_again(session: Session) -> None:
    desk = make_desk(session)
    by = actor_of(desk.rita)
    milk = make_product(session, minimum=6, multiple=6)
    order = make_draft(session, desk.rita, {milk: 12})
    before = order.version

    for quantity_milli in (3000, 13000):
        with pytest.raises((QuantityBelowMinimum, QuantityNotMultiple)):
            cart.set_quantity(session, order.id, unit_of(milk).id, quantity_milli, by=by, now=NOON)
    assert (order.version, order.lines[0].quantity_milli) == (before, 12000)

    unit_of(milk).minimum_milli = 24000
    session.flush()
    with pytest.raises(QuantityBelowMinimum), session.begin_nested():
        orders.submit(session, order.id, order.version, by=by, now=NOON)
    assert order.status == "draft"
