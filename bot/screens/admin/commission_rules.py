"""The rules of commission: what applies today, what begins later, what has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import keyboards
from bot.buttons import Button
from bot.screens.admin import commission_words
from bot.screens.screen import Face, Screen, Step, Turn
from services import commission_rules, company, paging
from services.actor import Role

if TYPE_CHECKING:
    from datetime import date

    from db.models.commissions import CommissionRule


@dataclass(frozen=True)
class State:
    """Which page, of those that apply today or later (``ended`` 0) or have ended (1)."""

    page: int = 0
    ended: int = 0


screen = Screen("commission_rules", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of them in plain words; a press opens one."""
    today = company.today(turn.company, turn.now)
    list_some = commission_rules.list_ended if state.ended else commission_rules.list_current
    found = paging.page_of_all(list_some(turn.session, today=today, by=turn.actor), page=state.page)
    shown = [_shown(turn, rule, today) for rule in found.items]
    first_place = found.page * paging.PAGE_SIZE + 1
    places = [
        Button("place", "rule", (rule.id,), facts={"place": place})
        for place, rule in enumerate(found.items, start=first_place)
    ]
    rows = [places, keyboards.pages(found, "commission_rules", state.ended)]
    if state.ended:
        rows.append([Button("current", "commission_rules", (0, 0)), *keyboards.menu()])
    else:
        rows.append([Button("ended", "commission_rules", (1, 0)), Button("back", "earnings_all")])
        rows += [keyboards.menu(), [Button("new", "rule_new")]]
    return Face({"page": found, "shown": shown, "first_place": first_place, "ended": state.ended}, rows)


@screen.pressed("commission_rules")
def open_rules(turn: Turn) -> Step:
    """Show a page; without ids the rules that apply."""
    ended, page = (turn.id(place) if place < len(turn.ids) else 0 for place in range(2))
    return turn.go("commission_rules", ended=min(ended, 1), page=page)


def _shown(turn: Turn, rule: CommissionRule, today: date) -> dict[str, Any]:
    return {
        "rule": rule,
        "said": commission_words.said(turn, rule),
        "idle": commission_rules.why_idle(turn.session, rule),
        "begins_later": rule.valid_from > today,
    }
