"""What a rule gives for a sale, and which rules there can be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import commission_checks
from services.commission_checks import RuleUnfit
from services.commission_terms import NOTHING, Kind, Terms, earn, earner
from services.forms import FieldTooLong
from services.sale_facts import Part, SaleFacts
from tests.services.earning import BONUS, LOADING, SHARE, STEPS

HAIR, DYE, BRUSHES = 1, 2, 3
RITA, BOB = 7, 8
ORDER = SaleFacts(
    order_id=1,
    is_sale=False,
    stands=True,
    rep_id=RITA,
    loader_id=BOB,
    currency="RUB",
    net_minor=160_000,
    parts=(
        Part(11, 101, frozenset({HAIR, DYE}), counted=True, units_milli=8000, net_minor=90_000),
        Part(12, 102, frozenset({HAIR, BRUSHES}), counted=False, units_milli=2500, net_minor=70_000),
    ),
)
SALE = replace(
    ORDER,
    is_sale=True,
    loader_id=None,
    parts=(Part(None, None, frozenset({HAIR, DYE}), counted=True, units_milli=5000),),
)


def of(kind: str, scope: str, **over: object) -> Terms:
    aims = {"category": {"category_id": BRUSHES}, "product": {"product_id": 102}}
    figures = {
        "amount_minor": 1000,
        "rate": Decimal("0.05"),
        "tiers": ((0, Decimal("0.01")), (80_000, Decimal("0.02"))),
    }
    return Terms("", kind, "rep", scope, **{**aims.get(scope, {}), **figures, "currency": "RUB", **over})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "kind", "scope", "expected"),
    [
        (ORDER, "per_unit", "all", 10_500),
        (ORDER, "per_unit", "counted", 8000),
        (ORDER, "per_unit", "category", 2500),
        (ORDER, "per_unit", "product", 2500),
        (ORDER, "percent", "all", 8000),
        (ORDER, "percent", "counted", 4500),
        (ORDER, "percent", "category", 3500),
        (ORDER, "percent", "product", 3500),
        (ORDER, "tiers", "all", 3200),
        (ORDER, "tiers", "counted", 1800),
        (ORDER, "tiers", "category", 700),
        (ORDER, "tiers", "product", 700),
        (ORDER, "per_order", "all", 1000),
        (ORDER, "per_order", "counted", 1000),
        (ORDER, "per_order", "product", 1000),
        (SALE, "per_unit", "all", 5000),
        (SALE, "per_unit", "counted", 5000),
        (SALE, "per_unit", "category", 0),
        (SALE, "per_unit", "product", 0),
        (SALE, "percent", "all", 8000),
        (SALE, "percent", "counted", 0),
        (SALE, "tiers", "all", 3200),
        (SALE, "tiers", "counted", 0),
        (SALE, "per_order", "all", 1000),
        (SALE, "per_order", "counted", 1000),
        (SALE, "per_order", "category", 0),
        (SALE, "per_order", "product", 0),
    ],
)
def test_a_rule_looks_at_its_scope_alone(facts: SaleFacts, kind: str, scope: str, expected: int) -> None:
    assert earn(of(kind, scope), facts).amount_minor == expected


def test_a_category_takes_in_what_lies_below_it() -> None:
    assert earn(of("per_unit", "category", category_id=HAIR), ORDER).amount_minor == 10_500
    assert earn(of("per_unit", "category", category_id=HAIR), SALE).amount_minor == 5000


def test_the_default_profile_pays_for_units_above_three_and_says_why() -> None:
    assert earn(BONUS, ORDER).amount_minor == 5000
    assert earn(BONUS, ORDER).basis == {
        "kind": "per_unit",
        "scope": "counted",
        "units_milli": 8000,
        "threshold_milli": 3000,
        "over_milli": 5000,
        "each_minor": 1000,
        "lines": [11],
    }
    assert earn(replace(BONUS, threshold_milli=8000), ORDER) == NOTHING


@pytest.mark.parametrize(
    ("net", "expected"), [(99_999, 1000), (100_000, 2000), (100_025, 2001), (0, 0), (49, 0), (50, 1)]
)
def test_the_rate_of_the_step_that_is_reached_counts_for_all_of_it(net: int, expected: int) -> None:
    facts = replace(SALE, net_minor=net)

    assert earn(STEPS, facts).amount_minor == expected


def test_below_the_first_step_nothing_is_earned() -> None:
    assert earn(replace(STEPS, tiers=((200_000, Decimal("0.02")),)), ORDER) == NOTHING


def test_amounts_count_in_their_own_currency_alone_and_a_percentage_in_any() -> None:
    euros = {"currency": "EUR"}

    paid = {kind: earn(of(kind, "all", **euros), ORDER).amount_minor for kind in Kind}

    assert paid == {"per_unit": 0, "percent": 8000, "tiers": 0, "per_order": 0}


def test_a_rule_whose_category_or_product_is_gone_gives_nothing() -> None:
    assert earn(of("percent", "category", category_id=None), ORDER) == NOTHING
    assert earn(of("percent", "product", product_id=None), ORDER) == NOTHING
    assert earn(of("percent", "product", product_id=None), SALE) == NOTHING


def test_what_does_not_stand_earns_nothing() -> None:
    fallen = replace(ORDER, stands=False, net_minor=0, parts=())
    emptied = replace(
        ORDER, net_minor=0, parts=tuple(replace(part, units_milli=0, net_minor=0) for part in ORDER.parts)
    )

    for facts in (fallen, emptied):
        assert [earn(of(kind, scope), facts) for kind in Kind for scope in ("all", "counted", "product")] == [
            NOTHING
        ] * 12


def test_a_decision_about_lines_that_was_made_before_is_kept() -> None:
    assert earn(of("percent", "category", category_id=None), ORDER, lines=[11]).amount_minor == 4500


def test_who_sold_and_who_loaded_earn() -> None:
    assert (earner(SHARE, ORDER), earner(LOADING, ORDER), earner(LOADING, SALE)) == (RITA, BOB, None)


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        (replace(BONUS, amount_minor=0), "amount"),
        (replace(BONUS, amount_minor=-1000), "amount"),
        (replace(BONUS, amount_minor=10**12), "amount"),
        (replace(LOADING, amount_minor=0), "amount"),
        (replace(BONUS, threshold_milli=-1), "threshold"),
        (replace(BONUS, threshold_milli=10**12), "threshold"),
        (replace(SHARE, rate=Decimal(0)), "rate"),
        (replace(SHARE, rate=Decimal("-0.05")), "rate"),
        (replace(SHARE, rate=Decimal("1.01")), "rate"),
        (replace(SHARE, rate=Decimal("0.0000001")), "rate"),
        (replace(SHARE, rate=Decimal("NaN")), "rate"),
        (replace(STEPS, tiers=()), "tiers"),
        (replace(STEPS, tiers=((0, Decimal(0)),)), "tiers"),
        (replace(STEPS, tiers=((100, Decimal("0.01")), (100, Decimal("0.02")))), "tiers"),
        (replace(STEPS, tiers=((0, Decimal("0.02")), (100, Decimal("0.01")))), "tiers"),
        (replace(STEPS, tiers=((0, Decimal("0.02")), (100, Decimal("0.02")))), "tiers"),
        (replace(STEPS, tiers=((-1, Decimal("0.02")),)), "tiers"),
        (replace(STEPS, tiers=((0, Decimal("1.5")),)), "tiers"),
        (replace(STEPS, tiers=tuple((step, Decimal(step + 1) / 100) for step in range(11))), "tiers"),
        (replace(SHARE, kind="lottery"), "kind"),
        (replace(SHARE, role="admin"), "role"),
        (replace(SHARE, scope="client"), "scope"),
    ],
)
def test_no_rule_has_figures_that_make_no_sense(terms: Terms, what: str) -> None:
    with pytest.raises(RuleUnfit) as refused:
        commission_checks.kept(terms)

    assert refused.value.facts["what"] == what


def test_a_rule_keeps_only_what_its_kind_has_and_a_name_on_one_line() -> None:
    kept = commission_checks.kept(replace(SHARE, name=" Share\n of it ", amount_minor=-5, threshold_milli=-5))

    assert kept == {"name": "Share of it", "kind": "percent", "role": "rep", "scope": "all", "rate": Decimal("0.05")}
    with pytest.raises(FieldTooLong):
        commission_checks.kept(replace(SHARE, name="x" * 101))


def test_what_was_typed_so_far_can_be_looked_at_alone() -> None:
    begun = Terms("", "per_unit", "rep", "all", threshold_milli=3000)

    commission_checks.check_figures(begun, ["name", "threshold_milli"])
    with pytest.raises(RuleUnfit):
        commission_checks.check_figures(begun, ["amount_minor"])


NET = st.integers(0, 10**9)
STEP = st.tuples(st.integers(0, 10**9), st.decimals("0", "1", places=4))


@given(
    steps=st.lists(STEP, min_size=1, max_size=10, unique_by=(lambda one: one[0], lambda one: one[1])),
    nets=st.tuples(NET, NET),
)
def test_less_never_earns_more(steps: list[tuple[int, Decimal]], nets: tuple[int, int]) -> None:
    """So a credit note never adds to a commission, and what gave nothing gives nothing later."""
    begins, rates = sorted(begin for begin, _ in steps), sorted(rate for _, rate in steps)
    rule = replace(STEPS, tiers=tuple(zip(begins, rates, strict=True)))
    less, more = (earn(rule, replace(SALE, net_minor=net)).amount_minor for net in sorted(nets))

    assert 0 <= less <= more
