"""Goals that wait for a yes, as a screen's state holds them: a row of whole numbers each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.screens.screen import Turn
from services import goals
from services.goal_files import Reading
from services.goals import Matter, Wanted
from services.periods import Whole
from services.turnover import Metric

_METRICS, _SPANS = tuple(Metric), tuple(Whole)


@dataclass(frozen=True)
class State:
    """What was read: the goals, or else why some of it is none; and the page."""

    form: int = 0
    wanted: list[list[int]] = field(default_factory=list)
    problems: list[list[Any]] = field(default_factory=list)
    """Number of the row or line, reason, what was said."""
    page: int = 0
    seen: str = ""
    """The mark of what they would replace."""


def packed(turn: Turn, reading: Reading) -> State:
    """What was read, as state, with the number that its buttons carry and the mark of what it would replace."""
    problems = [[one.number, one.reason, one.said] for one in reading.problems]
    seen = goals.replaced_mark(turn.session, reading.wanted)
    return State(turn.form_number, [_packed(one) for one in reading.wanted], problems, seen=seen)


def unpacked(row: list[int]) -> Wanted:
    """The goal again."""
    person, team, metric, category, product, span, first, last, target = row
    matter = Matter(person or None, team or None, _METRICS[metric], category or None, product or None, _SPANS[span])
    return Wanted(matter, date.fromordinal(first), date.fromordinal(last) if last else None, target)


def _packed(wanted: Wanted) -> list[int]:
    matter = wanted.matter
    return [
        matter.person_id or 0,
        matter.team_id or 0,
        _METRICS.index(matter.metric),
        matter.category_id or 0,
        matter.product_id or 0,
        _SPANS.index(matter.span),
        wanted.first.toordinal(),
        wanted.last.toordinal() if wanted.last else 0,
        wanted.target,
    ]
