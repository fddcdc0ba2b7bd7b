"""What somebody has earned in a period: in all, and entry by entry with the reason; for admins anybody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import commission_export, commissions, company, periods, settlements, staff
from services.actor import Role
from services.periods import Period, Whole

if TYPE_CHECKING:
    from services.commissions import EntryRow
    from services.paging import Page


@dataclass(frozen=True)
class State:
    """Whose (0: the reader's own), the period (ordinals of its days, 0: this month), and the page."""

    person_id: int = 0
    first: int = 0
    last: int = 0
    page: int = 0


screen = Screen("earnings", roles=frozenset(Role), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The sum, whether it is settled, and a page of entries; each opens what earned it."""
    period = period_of(turn, state.first, state.last)
    person_id = state.person_id or turn.actor.person_id
    found = commissions.statement(turn.session, person_id, period, by=turn.actor, page=state.page)
    own = person_id == turn.actor.person_id
    facts: dict[str, object] = {
        "found": found,
        "period": period,
        "whole_month": is_month(period),
        "name": "" if own else staff.get(turn.session, person_id, by=turn.actor).name,
        "closed_through": settlements.closed_through(turn.session),
        "currency": turn.company.currency,
    }
    ids = (person_id, *ordinals(period))
    rows = [_opening(turn, found.page), keyboards.pages(found.page, "earnings", *ids)]
    rows.append(
        [
            Button(label, "earnings", (person_id, *ordinals(month)), facts={"month": month.first})
            for label, month in months_beside(turn, period)
        ]
    )
    rows.append([Button("two_dates", "earnings_days", (person_id,)), file_button(turn, *ids)])
    leave = [Button("everybody", "earnings_all", ids[1:])] if Role.ADMIN in turn.actor.roles else []
    return Face(facts, [*rows, [*leave, *keyboards.menu()]])


@screen.pressed("earnings")
def open_earnings(turn: Turn) -> Step:
    """Show somebody's period; without ids the reader's own month."""
    person_id, first, last, page = (turn.id(place) if place < len(turn.ids) else 0 for place in range(4))
    if first or last:
        periods.of_ordinals(first, last)
    return turn.go("earnings", person_id=person_id, first=first, last=last, page=page)


@screen.command("commission", "comision", "comisión", "комиссия", menu="command")
def open_own(turn: Turn) -> Step:
    """Show what the reader has earned this month."""
    return turn.go("earnings")


@screen.pressed("earnings_file")
def want_file(turn: Turn) -> Step:
    """Have a period's earnings drawn as a file, somebody's or (0) everybody's; the same button gives one."""
    period = periods.of_ordinals(turn.id(1), turn.id(2))
    of_person = turn.id() or None
    commission_export.request(turn.session, period, of_person, press=turn.version, by=turn.actor, now=turn.now)
    return turn.back("file_wanted")


def period_of(turn: Turn, first: int, last: int) -> Period:
    """The period of two ordinals; the running month where there are none. Raises PeriodUnfit."""
    if not first:
        return periods.whole(Whole.MONTH, company.today(turn.company, turn.now))
    return periods.of_ordinals(first, last)


def is_month(period: Period) -> bool:
    """Tell whether the period is a whole month."""
    return periods.whole(Whole.MONTH, period.first) == period


def months_beside(turn: Turn, period: Period) -> list[tuple[str, Period]]:
    """The month before and, up to the running one, the month after, each with the label of its button."""
    today = company.today(turn.company, turn.now)
    before = periods.whole_beside(Whole.MONTH, period.first, -1)
    after = periods.whole_beside(Whole.MONTH, period.last, 1)
    found = [("month_before", before)] if before.first >= periods.EARLIEST else []
    return [*found, ("month_after", after)] if after.first <= today else found


def ordinals(period: Period) -> tuple[int, int]:
    """Its days as buttons carry them."""
    return period.first.toordinal(), period.last.toordinal()


def file_button(turn: Turn, person_id: int, first: int, last: int) -> Button:
    """What asks for the file, once for each time that it is shown."""
    return Button("file", "earnings_file", (person_id, first, last), turn.form_number)


def _opening(turn: Turn, page: Page[EntryRow]) -> list[Button]:
    """By its number each entry opens the order, for whoever loaded it the loading."""
    row = []
    for place, entry in enumerate(page.items, start=1):
        if entry.role == Role.STOREKEEPER and Role.ADMIN not in turn.actor.roles:
            row.append(Button("place", "loading", (entry.order_id,), facts={"place": place}))
        else:
            row.append(Button("place", "order", (entry.order_id,), facts={"place": place}))
    return row
