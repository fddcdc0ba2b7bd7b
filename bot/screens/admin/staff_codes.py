"""Passwords that were issued and not used yet."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import staff
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page."""

    page: int = 0


screen = Screen("staff_codes", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """For whom, as what and until when; a press makes one void."""
    found = staff.list_codes(turn.session, by=turn.actor, now=turn.now, page=state.page)
    rows = [[Button("withdraw", "code_withdraw", (code.code_id,), facts={"code": code})] for code in found.items]
    rows += [
        keyboards.pages(found, "staff_codes"),
        [Button("give_access", "give_access"), Button("staff", "staff", (0, 0)), *keyboards.menu()],
    ]
    return Face({"found": found, "time_zone": turn.company.time_zone}, rows)


@screen.pressed("staff_codes")
def open_codes(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("staff_codes", page=turn.id())


@screen.pressed("code_withdraw")
def withdraw(turn: Turn) -> Step:
    """Make a password void: nobody can get in with it any more."""
    staff.withdraw_code(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("staff_codes", "withdrawn", page=turn.state.page if turn.state else 0)
