"""What a commission rule says, and what a trial of it comes to: facts for the screens of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.screens.admin import category_rows, commission_form
from bot.screens.screen import Stale, Turn
from services import commission_trials, company, paging, periods, statistics, ticket_units
from services.periods import Period, Span
from services.statistics import By

if TYPE_CHECKING:
    from bot.screens.admin.commission_form import State
    from db.models.commissions import CommissionRule
    from services.commission_rules import Terms

TRIED = (Span.LAST_MONTH, Span.MONTH)
"""The periods that a rule can be tried for; buttons carry the place in here, counted from 1."""


def said(turn: Turn, terms: Terms | CommissionRule) -> dict[str, Any]:
    """What the rule gives, to whom and of what; ``of`` is empty where what it is about is gone."""
    return {
        "kind": terms.kind,
        "role": terms.role,
        "scope": terms.scope,
        "of": of_what(turn, terms.scope, terms.category_id or 0, terms.product_id or 0),
        "threshold_milli": terms.threshold_milli,
        "amount_minor": terms.amount_minor,
        "rate": str(terms.rate),
        "tiers": [(int(bound), str(rate)) for bound, rate in terms.tiers],
        "currency": terms.currency or turn.company.currency,
    }


def said_so_far(turn: Turn, state: State) -> dict[str, Any] | None:
    """What the answers of a form say already; None before kind, scope and figures are known."""
    known = state.kind and state.scope and commission_form.has_figures(state)
    return said(turn, commission_form.terms(state)) if known else None


def of_what(turn: Turn, scope: str, category_id: int, product_id: int) -> str:
    """The names of what a rule is about; of the categories that are counted as well."""
    if scope == "counted":
        return ", ".join(category.name for category in ticket_units.counted(turn.session))
    if scope == "category":
        return " › ".join(category_rows.path(turn, category_id)) if category_id else ""
    if scope == "product":
        return statistics.name_of(turn.session, By.PRODUCT, product_id)
    return ""


def tried(turn: Turn, terms: Terms, number: int, page: int, *, replaces: int | None) -> Mapping[str, Any]:
    """What the rule would have paid in the period of that number, person by person; None of it where it is 0."""
    if not number:
        return {"trial": None}
    period = tried_period(turn, number)
    trial = commission_trials.run(turn.session, terms, period, replaces=replaces, by=turn.actor)
    return {
        "trial": trial,
        "trial_page": paging.page_of_all(trial.rows, page=page),
        "trial_period": period,
        "paid_minor": sum(row.paid_minor for row in trial.rows),
        "would_minor": sum(row.would_minor for row in trial.rows),
    }


def tried_period(turn: Turn, number: int) -> Period:
    """The period that a button's number means."""
    if not 0 < number <= len(TRIED):
        raise Stale
    return periods.of(TRIED[number - 1], company.today(turn.company, turn.now))
