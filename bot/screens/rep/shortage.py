"""The warehouse has not all of the order: what is there, and how to go on."""

from __future__ import annotations

from bot.buttons import Button
from bot.screens.screen import Face, NoState, Screen, Turn
from services import cart, shortages
from services.actor import Role

MOST_LINES = 12

screen = Screen("shortage", roles=frozenset({Role.REP}))


@screen.shown
def show(turn: Turn, _state: NoState) -> Face:
    """Which lines are short as things stand now; the ways on carry the draft's version."""
    draft = cart.current(turn.session, by=turn.actor)
    short = shortages.find(turn.session, draft) if draft is not None and draft.warehouse_id is not None else None
    rows = [[Button("change_goods", "cart"), Button("look_over", "review")]]
    if draft is None or short is None:
        return Face({"draft": draft, "short": None}, rows)
    facts = {"draft": draft, "short": short, "lines": short.lines[:MOST_LINES]}
    if not short.is_total:
        rows.append([Button("cut", "cut", (draft.id,), draft.version)])
    if not (short.is_total and draft.edits_id is not None):
        label = "wait_for_all" if short.is_total else "back_order"
        rows.append([Button(label, "back_order", (draft.id,), draft.version)])
    return Face(facts, rows)
