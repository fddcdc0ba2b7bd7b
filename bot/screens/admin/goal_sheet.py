"""Goals by the dozen: a table or typed lines, looked over before they are set, all of them or none."""

from __future__ import annotations

from dataclasses import asdict, replace

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import goal_list, goal_rows
from bot.screens.admin.goal_rows import State
from bot.screens.screen import Face, Notice, Screen, Stale, Step, Turn
from services import goal_cards, goal_files, goals
from services.actor import Role
from services.errors import DomainError, Moved
from services.paging import page_of_all

REFUSALS = "messages/refusals.html"

screen = Screen("goal_sheet", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What was read, a page of it; the problems where there are any; else how it is done."""
    page = page_of_all(state.problems or state.wanted, page=state.page)
    wanted = [] if state.problems else [goal_rows.unpacked(row) for row in page.items]
    cards = goal_cards.preview(turn.session, wanted, now=turn.now)
    replaced = goals.replaced(turn.session, wanted)
    rows = [keyboards.pages(page, "goal_sheet_page")]
    if not state.wanted and not state.problems:
        rows.append([Button("sheet", "goal_sheet_file", version=turn.form_number)])
    rows.append([Button("back", "goal_list", (0,))])
    if state.wanted and not state.problems:
        rows[-1].append(Button("save", "goal_sheet_save", version=state.form, facts={"count": len(state.wanted)}))
    facts = {"page": page, "cards": list(zip(cards, replaced, strict=True)), "problems": state.problems}
    return Face({**facts, "count": len(state.wanted)}, rows)


@screen.pressed("goal_sheet")
def open_sheet(turn: Turn) -> Step:
    """Say how goals come by the dozen."""
    return turn.go("goal_sheet")


@screen.pressed("goal_sheet_page")
def turn_page(turn: Turn) -> Step:
    """Show other rows of what was read."""
    if turn.state is None:
        raise Stale
    return turn.go("goal_sheet", "", None, **asdict(replace(turn.state, page=turn.id())))


@screen.pressed("goal_sheet_file")
def want_sheet(turn: Turn) -> Step:
    """Have the present goals drawn as a table to fill in."""
    goal_files.request_sheet(turn.session, press=turn.version, by=turn.actor, now=turn.now)
    return turn.go("goal_sheet", "sheet_wanted")


@screen.pressed("goal_sheet_save")
def save(turn: Turn) -> Step:
    """Set all that was read, or show it once more where what it replaces has changed; other readings set nothing."""
    if turn.state is None or turn.state.form != turn.version or turn.state.problems or not turn.state.wanted:
        raise Stale
    wanted = [goal_rows.unpacked(row) for row in turn.state.wanted]
    try:
        goals.set_goals(turn.session, wanted, by=turn.actor, now=turn.now, seen=turn.state.seen)
    except Moved:
        seen = goals.replaced_mark(turn.session, wanted)
        again = replace(turn.state, form=turn.form_number, seen=seen, page=0)
        return turn.go("goal_sheet", "overtaken", None, **asdict(again))
    return turn.go("goal_list", "saved", {"count": len(wanted)})


@screen.typed(Kind.TEXT)
def type_goals(turn: Turn) -> Step | None:
    """Other lines in place of what was read."""
    return goal_list.type_goals(turn)


@screen.typed(Kind.FILE)
def send_file(turn: Turn) -> Step:
    """Another table in place of what was read."""
    return goal_list.fetch(turn)


@screen.heard("file.fetched")
def hear_file(turn: Turn) -> Step | None:
    """The table is here: show what it would set, or what is wrong with it."""
    if turn.heard["purpose"] != goal_files.PURPOSE:
        return None
    try:
        reading = goal_files.read_table(turn.session, turn.heard["table"], by=turn.actor, now=turn.now)
    except DomainError as refusal:
        return replace(turn.go("goal_sheet"), notice=Notice(REFUSALS, refusal.key, refusal.facts))
    return turn.go("goal_sheet", "", None, **asdict(goal_rows.packed(turn, reading)))
