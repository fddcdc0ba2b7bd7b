"""When the company delivers: days of the week, days off, cut-off, windows, how far ahead."""

from __future__ import annotations

from bot.buttons import Button
from bot.screens.screen import Face, NoState, Screen, Stale, Step, Turn
from services import company_form, working_days
from services.actor import Role

WEEK = [f"2024-01-0{day}" for day in range(1, 8)]
"""Some week that began with the year: days to read the names of weekdays off."""

screen = Screen("working_days", roles=frozenset({Role.ADMIN}))


@screen.shown
def show(turn: Turn, _state: NoState) -> Face:
    """The week as switches that carry what they would become, and the rest below."""
    profile = turn.company
    switches = [
        Button(
            "weekday",
            "working_day",
            (number, 0 if number in profile.working_days else 1),
            facts={"day": day, "on": number in profile.working_days},
        )
        for number, day in enumerate(WEEK)
    ]
    fields = [
        Button("field", "company_field", (company_form.FIELDS.index(field),), facts={"field": field})
        for field in company_form.SECTIONS["calendar"]
    ]
    rows = [switches[:4], switches[4:], [Button("days_off", "days_off", (0,)), fields[0]], fields[1:]]
    rows.append([Button("back", "company")])
    off = working_days.list_days_off(turn.session, now=turn.now)
    values = [(field, getattr(profile, field)) for field in company_form.SECTIONS["calendar"]]
    week = [WEEK[number] for number in profile.working_days]
    return Face({"profile": profile, "week": week, "off": off, "values": values}, rows)


@screen.pressed("working_days")
def open_days(turn: Turn) -> Step:
    """Show the week."""
    return turn.go("working_days")


@screen.pressed("working_day")
def switch(turn: Turn) -> Step:
    """Deliver on that day of the week, or not, as the button says."""
    if turn.id() > 6 or turn.id(1) > 1:
        raise Stale
    working_days.set_working(turn.session, turn.id(), on=bool(turn.id(1)), by=turn.actor, now=turn.now)
    return turn.go("working_days")
