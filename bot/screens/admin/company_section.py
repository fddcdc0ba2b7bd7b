"""Some of the company's details that belong together: press one to change it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.screens.admin import company_words
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import company_form
from services.actor import Role

SECTIONS = tuple(company_form.SECTIONS)


@dataclass(frozen=True)
class State:
    """Which section."""

    section: str = SECTIONS[0]


screen = Screen("company_section", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The fields with what they hold, and a button for each."""
    values = company_words.values(turn, state.section)
    buttons = [
        Button("field", "company_field", (company_form.FIELDS.index(field),), facts={"field": field})
        for field, _ in values
    ]
    rows = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    rows.append([Button("back", "company")])
    return Face({"section": state.section, "values": values, "profile": turn.company}, rows)


@screen.pressed("company_section")
def open_section(turn: Turn) -> Step:
    """Show a section."""
    if turn.id() >= len(SECTIONS):
        raise Stale
    return turn.go("company_section", section=SECTIONS[turn.id()])
