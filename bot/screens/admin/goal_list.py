"""All goals that hold now or will, as admins see and set them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import goal_rows
from bot.screens.rep import goal_days
from bot.screens.screen import Face, Screen, Step, Turn
from services import fetching, goal_cards, goal_files, goal_progress
from services.actor import Role
from services.paging import PAGE_SIZE


@dataclass(frozen=True)
class State:
    """Which page."""

    page: int = 0


screen = Screen("goal_list", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of goals and how they stand; a press opens one."""
    page = goal_cards.list_goals(turn.session, by=turn.actor, now=turn.now, page=state.page)
    stand = goal_progress.of_cards(turn.session, page.items, now=turn.now)
    first = page.page * PAGE_SIZE + 1
    rows = [
        [Button("goal", "goal_card", (card.goal_id,), facts={"card": card, "place": place, "part": progress.part})]
        for place, (card, progress) in enumerate(zip(page.items, stand, strict=True), start=first)
    ]
    rows.append(keyboards.pages(page, "goal_list"))
    rows.append([Button("sheet", "goal_sheet"), Button("teams", "teams", (0,))])
    rows.append([Button("ranking", "ranking")])
    rows.append([*keyboards.menu(), Button("new", "goal_new")])
    return Face({"page": page, "stand": stand, "first": first, "today": goal_days.today(turn)}, rows)


@screen.pressed("goal_list")
def open_list(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("goal_list", page=turn.id() if turn.ids else 0)


@screen.typed(Kind.TEXT)
def type_goals(turn: Turn) -> Step | None:
    """Read typed lines, and show what they would set; a text without a figure is none of them."""
    if not any(sign.isdigit() for sign in turn.text):
        return None
    reading = goal_files.read_lines(turn.session, turn.text, by=turn.actor, now=turn.now)
    return turn.go("goal_sheet", "", None, **asdict(goal_rows.packed(turn, reading)))


@screen.typed(Kind.FILE)
def send_file(turn: Turn) -> Step:
    """Have a table fetched; what stands in it is shown before it is set."""
    return fetch(turn)


def fetch(turn: Turn) -> Step:
    """Ask for the file that was sent, and wait for it on the screen of tables."""
    incoming = turn.incoming
    fetching.request(
        turn.session,
        goal_files.PURPOSE,
        incoming.file_ref,
        chat_key=incoming.chat_key,
        by=turn.actor,
        now=turn.now,
        name=incoming.file_name,
    )
    return turn.go("goal_sheet", "table_reading")
