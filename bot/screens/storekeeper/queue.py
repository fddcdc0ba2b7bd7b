"""What has to be loaded, the earliest delivery first: by day, mine, by warehouse, or searched by typing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import loading_queue
from services.actor import Role
from services.loading_queue import Day, Filter

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class State:
    """Which page of what: the fields of ``loading_queue.Filter``."""

    page: int = 0
    day: int = 0
    mine: bool = False
    warehouse_id: int = 0
    words: str = ""

    @property
    def wanted(self) -> Filter:
        """As the service reads it."""
        day = Day(self.day) if self.day in set(Day) else Day.ALL
        return Filter(day, self.mine, self.warehouse_id, self.words)


screen = Screen("queue", roles=frozenset({Role.STOREKEEPER}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of the queue under its days; what the reader has claimed is marked."""
    wanted = state.wanted
    found = loading_queue.find(turn.session, wanted, by=turn.actor, now=turn.now, page=state.page)
    counts = loading_queue.count_by_day(turn.session, wanted, by=turn.actor, now=turn.now)
    houses = loading_queue.list_warehouses(turn.session, by=turn.actor)
    rows = [[Button("one", "loading", (order.id,), facts={"order": order})] for order in found.page.items]
    rows += [_turn_pages(state, found.page.page, found.page.pages), _days(state, counts), _others(state, len(houses))]
    facts = {
        "found": found,
        "wanted": wanted,
        "counts": counts,
        "warehouse": next((house.name for house in houses if house.id == wanted.warehouse_id), ""),
        "several": len(houses) > 1,
        "me": turn.actor.person_id,
    }
    return Face(facts, [*rows, keyboards.menu()])


@screen.pressed("queue")
@screen.command("queue", menu="command")
def open_queue(turn: Turn) -> Step:
    """Show all that waits."""
    return turn.go("queue", page=turn.id() if turn.ids else 0)


@screen.pressed("queue_of")
def choose(turn: Turn) -> Step:
    """Show a page of what the buttons chose: page, day, mine, warehouse; what was searched for stays."""
    words = turn.state.words if isinstance(turn.state, State) else ""
    page, day, mine, warehouse_id = turn.id(), turn.id(1), turn.id(2), turn.id(3)
    if day not in set(Day):
        raise Stale
    return turn.go("queue", page=page, day=day, mine=bool(mine), warehouse_id=warehouse_id, words=words)


@screen.pressed("queue_warehouse")
def next_warehouse(turn: Turn) -> Step:
    """Look at the next of the warehouses, and after the last one at all of them."""
    state = turn.state if isinstance(turn.state, State) else State()
    ids = [0, *(house.id for house in loading_queue.list_warehouses(turn.session, by=turn.actor))]
    here = turn.id()
    following = ids[(ids.index(here) + 1) % len(ids)] if here in ids else 0
    return turn.go("queue", **asdict(replace(state, page=0, warehouse_id=following)))


@screen.pressed("queue_all")
def forget_search(turn: Turn) -> Step:
    """Show the whole queue again."""
    return turn.go("queue")


@screen.typed(Kind.TEXT)
def search(turn: Turn) -> Step:
    """An order's number, or part of a client's name; what is found alone is opened."""
    words = turn.text[:LONGEST_SEARCH]
    number = loading_queue.read_number(words)
    if number and loading_queue.is_in(turn.session, number, by=turn.actor):
        return turn.go("loading", order_id=number)
    wanted = Filter(words=words)
    found = loading_queue.find(turn.session, wanted, by=turn.actor, now=turn.now)
    if len(found.page.items) == 1:
        return turn.go("loading", order_id=found.page.items[0].id)
    return turn.go("queue", words=words)


def _verb(state: State, page: int, **over: int) -> tuple[int, ...]:
    chosen = {"day": state.day, "mine": int(state.mine), "warehouse_id": state.warehouse_id} | over
    return (page, chosen["day"], chosen["mine"], chosen["warehouse_id"])


def _turn_pages(state: State, page: int, pages: int) -> list[Button]:
    row = [Button("previous_page", "queue_of", _verb(state, page - 1))] if page > 0 else []
    if page + 1 < pages:
        row.append(Button("next_page", "queue_of", _verb(state, page + 1)))
    return row


def _days(state: State, counts: dict[Day, int]) -> list[Button]:
    """The days that would show something, the chosen one marked; none where there is nothing to choose."""
    offered = [day for day in Day if counts[day] or day == state.day or day is Day.ALL]
    if len(offered) < 3 and not state.day:
        return []
    return [
        Button("day", "queue_of", _verb(state, 0, day=int(day)), facts={"day": day, "chosen": day == state.day})
        for day in (Day.TODAY, Day.TOMORROW, Day.LATER, Day.ALL)
        if day in offered
    ]


def _others(state: State, warehouses: int) -> list[Button]:
    row = [Button("mine", "queue_of", _verb(state, 0, mine=int(not state.mine)))]
    if warehouses > 1:
        row.append(Button("in_warehouse", "queue_warehouse", (state.warehouse_id,)))
    if state.words:
        row.append(Button("forget_search", "queue_all"))
    return row
