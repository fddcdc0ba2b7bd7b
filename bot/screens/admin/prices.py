"""Several prices at once, typed as a list."""

from __future__ import annotations

from dataclasses import asdict

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, NoState, Screen, Step, Turn
from services import price_list
from services.actor import Role

MOST_NAMED = 12
"""Lines of each kind that the answer names; the rest is counted."""

screen = Screen("prices", roles=frozenset({Role.ADMIN}))


@screen.shown
def show(_turn: Turn, _state: NoState) -> Face:
    """How to write the list."""
    return Face({}, [[Button("back", "goods", (0, 0))]])


@screen.pressed("price_list")
def open_prices(turn: Turn) -> Step:
    """Ask for the list."""
    return turn.go("prices")


@screen.typed(Kind.TEXT)
def type_prices(turn: Turn) -> Step:
    """Set the prices of the lines that are clear, and tell of the others."""
    currency = turn.company.currency
    outcome = price_list.set_prices(
        turn.session, price_list.parse(turn.incoming.text, currency), by=turn.actor, now=turn.now
    )
    facts = {
        "changed": [asdict(new) for new in outcome.changed[:MOST_NAMED]],
        "more": max(0, len(outcome.changed) - MOST_NAMED),
        "same": outcome.same,
        "bad": [asdict(line) for line in outcome.bad[:MOST_NAMED]],
        "more_bad": max(0, len(outcome.bad) - MOST_NAMED),
        "currency": currency,
    }
    return turn.go("prices", "told", facts)
