"""Choosing the language."""

from __future__ import annotations

from bot.buttons import Button
from bot.screens.screen import Face, NoState, Screen, Stale, Step, Turn
from services import people
from templates.environment import LANGUAGES

screen = Screen("language")


@screen.shown
def show(_turn: Turn, _state: NoState) -> Face:
    """Name each language in itself."""
    rows = [[Button(code, "language", (number,))] for number, code in enumerate(LANGUAGES)]
    return Face({}, [*rows, [Button("menu", "leave_language")]])


@screen.pressed("choose_language")
@screen.command("language", menu="command")
def choose(turn: Turn) -> Step:
    """Show the choice."""
    return turn.go("language")


@screen.pressed("language")
def chosen(turn: Turn) -> Step:
    """Speak that language from now on."""
    if turn.id() >= len(LANGUAGES):
        raise Stale
    turn.locale = LANGUAGES[turn.id()]
    if turn.who is not None:
        people.set_language(turn.session, turn.who.person_id, turn.locale)
    return turn.go("home")


@screen.pressed("leave_language")
def leave(turn: Turn) -> Step:
    """Keep the language as it is."""
    return turn.go("home")
