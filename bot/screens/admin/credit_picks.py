"""What an admin has chosen of an invoice so far: pure, as plain lists that a screen's state can hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.credit_notes import CreditableLine, GoodsTo, Wanted

PLACES = (GoodsTo.NOWHERE, GoodsTo.SHELF, GoodsTo.WRITTEN_OFF)
"""By the number that stands for it in buttons and picks."""

Picks = list[list[int]]
"""Triples: id of the line, thousandths of the base unit, place (in ``PLACES``). One for each line and place."""


def wanted(picks: Picks) -> list[Wanted]:
    """The same for the service."""
    return [Wanted(line_id, milli, PLACES[place]) for line_id, milli, place in picks]


def chosen(picks: Picks, line_id: int) -> dict[str, int]:
    """How much of a line goes where."""
    return {PLACES[place].value: milli for one, milli, place in picks if one == line_id}


def put(picks: Picks, found: CreditableLine, milli: int, place: int) -> Picks:
    """Let exactly so much of a line go to that place; 0: none. What goes to the other place gives way."""
    line_id, milli = found.line.id, min(milli, found.left_milli)
    others = [[one, much, where] for one, much, where in picks if one != line_id]
    rest = [[one, min(much, found.left_milli - milli), where] for one, much, where in picks
            if one == line_id and where != place]  # fmt: skip
    return [pick for pick in [*others, *rest, [line_id, milli, place]] if pick[1] > 0]


def leave_out(picks: Picks, line_id: int) -> Picks:
    """Nothing of a line."""
    return [pick for pick in picks if pick[0] != line_id]


def all_of(lines: Iterable[CreditableLine], place: int) -> Picks:
    """All that stands, the goods to one place."""
    return [[one.line.id, one.left_milli, place if one.line.kind == "goods" else 0] for one in lines]


def still_stand(picks: Picks, lines: Sequence[CreditableLine]) -> bool:
    """Tell whether all that is chosen can be credited still."""
    left = {one.line.id: one.left_milli for one in lines}
    return all(sum(chosen(picks, line_id).values()) <= left.get(line_id, 0) for line_id, _, _ in picks)
