"""What an order is worth to people: its commission, and what it does to the goals. For those who may know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.screens.screen import Turn
from services import commissions, company, goal_progress, statistics
from services.statistics import By

if TYPE_CHECKING:
    from db.models.orders import Order
    from services.goal_progress import Progress

GOALS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Earned:
    """What one person has of an order now; ``name`` is empty for the reader. ``reasons``: the newest of each rule."""

    name: str
    amount_minor: int
    currency: str
    reasons: tuple[dict[str, Any], ...]


def of_open(turn: Turn, order: Order) -> dict[str, Any]:
    """Facts of an order that is not loaded yet: what it would earn its rep today, and which goals it would move."""
    today = company.today(turn.company, turn.now)
    moved = goal_progress.with_order(turn.session, order, by=turn.actor, now=turn.now)
    return {"preview": commissions.preview(turn.session, order, today=today), "moved": moved[:GOALS_SHOWN]}


def of_sale(turn: Turn, sale: Order) -> list[tuple[Progress, Progress]]:
    """The goals that a recorded sale has moved: how each stands without it, and with it."""
    return goal_progress.with_sale(turn.session, sale, by=turn.actor, now=turn.now)[:GOALS_SHOWN]


def of_done(turn: Turn, order_id: int) -> list[Earned]:
    """What the ledger has for an order, person by person: for admins of everybody, else what the reader has."""
    latest: dict[int, dict[int, tuple[int, str, dict[str, Any]]]] = {}
    for entry in commissions.of_order(turn.session, order_id, by=turn.actor):
        rules = latest.setdefault(entry.person_id, {})
        so_far = rules[entry.rule_id][0] if entry.rule_id in rules else 0
        rules[entry.rule_id] = (so_far + entry.amount_minor, entry.currency, entry.basis)
    return [
        Earned(_name(turn, person_id), sum(one[0] for one in rules.values()), *_said(list(rules.values())))
        for person_id, rules in latest.items()
    ]


def _said(rules: list[tuple[int, str, dict[str, Any]]]) -> tuple[str, tuple[dict[str, Any], ...]]:
    """The currency, and the reasons of the rules that give something still; of all, where none does."""
    giving = [one for one in rules if one[0]] or rules[:1]
    return rules[0][1], tuple(basis for _, _, basis in giving)


def _name(turn: Turn, person_id: int) -> str:
    return "" if person_id == turn.actor.person_id else statistics.name_of(turn.session, By.REP, person_id)
