"""The company: all its details on one card, and the way to change each."""

from __future__ import annotations

from bot.buttons import Button
from bot.screens.admin import company_words
from bot.screens.screen import Face, NoState, Screen, Step, Turn
from services import bank_details, company_form, pictures
from services.actor import Role

SHOWN = ("details", "people", "papers", "prices", "country")
"""The sections that have a button here; the calendar is part of the working days."""

screen = Screen("company", roles=frozenset({Role.ADMIN}))


@screen.shown
def show(turn: Turn, _state: NoState) -> Face:
    """Everything that papers and strangers are told of the company."""
    profile = turn.company
    section = {name: number for number, name in enumerate(company_form.SECTIONS)}
    rows = [
        [_section("details", section), _section("people", section)],
        [Button("bank", "bank"), Button("logo", "logo")],
        [_section("papers", section), _section("prices", section)],
        [_section("country", section), Button("working_days", "working_days")],
        [Button("warehouses", "warehouses", (0,)), Button("tickets_setup", "tickets_setup")],
        [Button("menu", "home")],
    ]
    facts = {
        "profile": profile,
        "has_logo": pictures.find_logo(turn.session) is not None,
        "form": bank_details.form_of(profile).value,
        "values": {field: value for name in SHOWN for field, value in company_words.values(turn, name)},
    }
    return Face(facts, rows)


@screen.pressed("company")
def open_company(turn: Turn) -> Step:
    """Show the card."""
    return turn.go("company")


def _section(name: str, numbers: dict[str, int]) -> Button:
    return Button("section", "company_section", (numbers[name],), facts={"section": name})
