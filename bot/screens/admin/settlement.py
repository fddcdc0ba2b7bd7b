"""The open period of the commissions: what it comes to for each person, and closing it for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens import calendar
from bot.screens.calendar import Choice
from bot.screens.rep import earnings
from bot.screens.screen import Face, Screen, Step, Turn
from services import company, figures, paging, periods, settlements
from services.actor import Role
from services.periods import Whole
from services.settlements import SettlementRow


@dataclass(frozen=True)
class State:
    """Up to which day (ordinal, 0: as suggested), the page, whether closing was asked for once, and the month of the
    calendar where another day is chosen (ordinal of any of its days, 0: it is not shown).
    """

    last: int = 0
    page: int = 0
    closing: bool = False
    shown: int = 0


screen = Screen("settlement", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """From the first open day to the day that is chosen, person by person; or what is closed, where nothing is open."""
    first = settlements.first_open(turn.session)
    last = _last(turn, state)
    yesterday = company.today(turn.company, turn.now) - timedelta(days=1)
    facts: dict[str, Any] = {
        "first": first,
        "last": last,
        "closed_through": settlements.closed_through(turn.session),
        "choosing": bool(state.shown),
        "closing": state.closing,
        "closable": first is not None and first <= yesterday,
        "rows": (),
    }
    if state.shown:
        return Face(facts, _calendar(turn, state, first, last))
    leave = [Button("closed", "settlements", (0,)), Button("back", "earnings_all")]
    if first is None or last < first:
        other = [Button("other_day", "settle_days", (yesterday.toordinal(),))] if facts["closable"] else []
        return Face(facts, [other, leave, keyboards.menu()])
    found = settlements.preview(turn.session, last, by=turn.actor, now=turn.now)
    facts |= {"page": paging.page_of_all(found, page=state.page), "totals": totals_of(found), "rows": found}
    if state.closing:
        sure = Button("sure", "settle_close", (last.toordinal(),), _mark(found))
        return Face(facts, [[Button("keep", "settlement", (last.toordinal(), state.page))], [sure]])
    days = (first.toordinal(), last.toordinal())
    rows = [
        keyboards.pages(facts["page"], "settlement", last.toordinal()),
        [Button("other_day", "settle_days", (last.toordinal(),)), earnings.file_button(turn, 0, *days)],
        leave,
        keyboards.menu(),
    ]
    return Face(facts, [*rows, [Button("close", "settle_ask", (last.toordinal(),))]])


@screen.pressed("settlement")
def open_settlement(turn: Turn) -> Step:
    """Show what is open, up to the day that the button says or the one that is suggested."""
    last, page = (turn.id(place) if place < len(turn.ids) else 0 for place in range(2))
    return turn.go("settlement", last=_day(last), page=page)


@screen.pressed("settle_days")
def choose_day(turn: Turn) -> Step:
    """Show the calendar to close up to another day, in the month of the day that the button says."""
    shown = calendar.day_of(turn.id()).toordinal()
    return turn.go("settlement", last=turn.state.last if turn.state else 0, shown=shown)


@screen.pressed("settle_day")
def take_day(turn: Turn) -> Step:
    """Show what closing up to that day would come to."""
    return _take(turn, calendar.day_of(turn.id()))


@screen.typed(Kind.TEXT)
def type_day(turn: Turn) -> Step | None:
    """Where another day is chosen, it can be typed."""
    if not turn.state.shown:
        return None
    a_year_ago = company.today(turn.company, turn.now) - timedelta(days=365)
    days = figures.parse_days(turn.text, today=a_year_ago)
    if days is None or len(days) != 1 or days[0] < periods.EARLIEST:
        return turn.stay("day_unclear")
    return _take(turn, days[0])


@screen.pressed("settle_ask")
def ask(turn: Turn) -> Step:
    """Ask once more: what is closed stays closed."""
    settlements.preview(turn.session, calendar.day_of(turn.id()), by=turn.actor, now=turn.now)
    return turn.go("settlement", last=_day(turn.id()), closing=True)


@screen.pressed("settle_close")
def close(turn: Turn) -> Step:
    """Close it, if it still comes to what was looked at; everybody in it is told."""
    last = calendar.day_of(turn.id())
    found = settlements.preview(turn.session, last, by=turn.actor, now=turn.now)
    if _mark(found) != turn.version:
        return turn.go("settlement", "changed", None, last=last.toordinal(), closing=True)
    made = settlements.close(turn.session, last, by=turn.actor, now=turn.now)
    told = len({one.person_id for one in found})
    return turn.go("settlement_closed", "closed_now", {"people": told}, settlement_id=made.id)


def totals_of(rows: list[SettlementRow] | tuple[SettlementRow, ...]) -> dict[str, int]:
    """What all people get, by currency."""
    found: dict[str, int] = {}
    for one in rows:
        found[one.currency] = found.get(one.currency, 0) + one.amount_minor
    return found


def _last(turn: Turn, state: State) -> date:
    """The day that is chosen, else the one that is suggested, else the last one before the running month."""
    if state.last:
        return calendar.day_of(state.last)
    today = company.today(turn.company, turn.now)
    return settlements.suggest_last(turn.session, today) or periods.whole_beside(Whole.MONTH, today, -1).last


def _mark(rows: list[SettlementRow]) -> int:
    """How many entries of the ledger it adds up: a ledger only grows, so more of them is another sum."""
    return sum(one.entries for one in rows)


def _calendar(turn: Turn, state: State, first: date | None, last: date) -> list[list[Button]]:
    yesterday = company.today(turn.company, turn.now) - timedelta(days=1)
    choice = Choice(min(first or yesterday, yesterday), yesterday, chosen=last)
    rows = calendar.rows(calendar.day_of(state.shown), choice, turn.locale, day="settle_day", month="settle_days")
    return [*rows, [Button("back", "settlement", (state.last, 0))]]


def _take(turn: Turn, day: date) -> Step:
    settlements.preview(turn.session, day, by=turn.actor, now=turn.now)
    return turn.go("settlement", last=day.toordinal())


def _day(ordinal: int) -> int:
    """The same, if it is a day or 0. Raises Stale."""
    return calendar.day_of(ordinal).toordinal() if ordinal else 0
