"""What everybody has earned in a period, and the ways to the rules and to closing periods."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from bot import keyboards
from bot.buttons import Button
from bot.screens.rep import earnings
from bot.screens.screen import Face, Screen, Step, Turn
from services import commissions, paging, periods
from services.actor import Role
from services.commissions import PersonSum


@dataclass(frozen=True)
class State:
    """The period (ordinals of its days, 0: this month) and the page."""

    first: int = 0
    last: int = 0
    page: int = 0


screen = Screen("earnings_all", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The sums in all and person by person; a press opens somebody's statement."""
    period = earnings.period_of(turn, state.first, state.last)
    sums = commissions.by_person(turn.session, period, by=turn.actor)
    people = [(name, tuple(each)) for name, each in groupby(sums, key=lambda one: (one.person_id, one.name))]
    page = paging.page_of_all(people, page=state.page)
    facts = {
        "period": period,
        "whole_month": earnings.is_month(period),
        "totals": _totals(sums),
        "people": len(people),
        "page": page,
    }
    days = earnings.ordinals(period)
    rows = [
        [Button("person", "earnings", (person_id, *days), facts={"name": name, "sums": each})]
        for (person_id, name), each in page.items
    ]
    rows.append(keyboards.pages(page, "earnings_all", *days))
    rows.append(
        [
            Button(label, "earnings_all", earnings.ordinals(month), facts={"month": month.first})
            for label, month in earnings.months_beside(turn, period)
        ]
    )
    rows.append([Button("two_dates", "earnings_days", (0,)), earnings.file_button(turn, 0, *days)])
    rows.append([Button("rules", "commission_rules"), Button("settlement", "settlement")])
    return Face(facts, [*rows, keyboards.menu()])


@screen.pressed("earnings_all")
@screen.command("commissions", menu="command")
def open_all(turn: Turn) -> Step:
    """Show everybody's period; without ids this month."""
    first, last, page = (turn.id(place) if place < len(turn.ids) else 0 for place in range(3))
    if first or last:
        periods.of_ordinals(first, last)
    return turn.go("earnings_all", first=first, last=last, page=page)


def _totals(sums: list[PersonSum]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in sums:
        found[one.currency] = found.get(one.currency, 0) + one.amount_minor
    return found
