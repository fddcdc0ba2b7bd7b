"""What the bot can do and whom to call."""

from __future__ import annotations

from bot.buttons import Button
from bot.screens.screen import Face, NoState, Screen, Step, Turn

screen = Screen("help")


@screen.shown
def show(turn: Turn, _state: NoState) -> Face:
    """Explain, by role."""
    facts = {
        "company": turn.company.name,
        "phone": turn.company.director_phone,
        "roles": sorted(turn.who.roles) if turn.who else [],
    }
    return Face(facts, [[Button("menu", "leave_help")]])


@screen.pressed("help")
@screen.command("help", menu="command")
def open_help(turn: Turn) -> Step:
    """Show the help."""
    return turn.go("help")


@screen.pressed("leave_help")
def leave(turn: Turn) -> Step:
    """Back to the menu, or to the way in."""
    return turn.go("home")


@screen.pressed("blank")
def blank(turn: Turn) -> Step:
    """A cell of a calendar that does nothing."""
    return turn.back()
