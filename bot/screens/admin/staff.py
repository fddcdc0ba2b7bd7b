"""Who works here, and who did."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Step, Turn
from services import staff
from services.actor import Role

LONGEST_QUERY = 60


@dataclass(frozen=True)
class State:
    """Which page, of those who work here (``former`` 0) or worked here (1), and what was looked for."""

    page: int = 0
    former: int = 0
    query: str = ""


screen = Screen("staff", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of people with their roles; a press opens somebody's card."""
    found = staff.list_members(
        turn.session, by=turn.actor, page=state.page, former=bool(state.former), query=state.query
    )
    rows = [[Button("person", "staff_member", (person.person_id,), facts={"person": person})] for person in found.items]
    rows.append(keyboards.pages(found, "staff", state.former))
    other = Button("active", "staff", (0, 0)) if state.former else Button("former", "staff", (1, 0))
    rows += [
        [Button("give_access", "give_access"), Button("codes", "staff_codes", (0,))],
        [other, *keyboards.menu()],
    ]
    return Face({"found": found, "former": state.former, "query": state.query}, rows)


@screen.pressed("staff")
def open_staff(turn: Turn) -> Step:
    """Show a page; what was looked for stays while its list is the living screen."""
    former, page = (turn.id(), turn.id(1)) if len(turn.ids) > 1 else (0, 0)
    known = turn.state or State()
    return turn.go("staff", page=page, former=min(former, 1), query=known.query if page else "")


@screen.typed(Kind.TEXT)
def search(turn: Turn) -> Step:
    """Look for a part of a name."""
    return turn.go("staff", former=turn.state.former, query=turn.text[:LONGEST_QUERY])
