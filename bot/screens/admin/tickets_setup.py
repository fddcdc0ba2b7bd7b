"""How tickets are read: how near is near enough, in which languages, and whose units are counted."""

from __future__ import annotations

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, NoState, Screen, Stale, Step, Turn
from services import ticket_settings, ticket_units
from services.actor import Role

TOLERANCES = ("0", "2", "5", "10")

screen = Screen("tickets_setup", roles=frozenset({Role.ADMIN}))


@screen.shown
def show(turn: Turn, _state: NoState) -> Face:
    """The settings; each button changes one."""
    profile, counted = turn.company, ticket_units.counted(turn.session)
    chosen = ticket_settings.languages_of(profile)
    rates = [Button("rate", "tickets_rate", (int(rate),), facts={"rate": rate}) for rate in TOLERANCES]
    languages = [
        Button("language_choice", "tickets_language", (number, int(code not in chosen)), facts={"code": code})
        for number, code in enumerate(ticket_settings.LANGUAGES)
    ]
    rows = [rates, languages]
    rows += [[Button("counted", "category_units", (one.id,), facts={"one": one})] for one in counted]
    rows.append([Button("choose_category", "goods", (0, 0))])
    rows.append([Button("back", "company")])
    return Face({"profile": profile, "chosen": chosen, "counted": counted}, rows)


@screen.pressed("tickets_setup")
def open_setup(turn: Turn) -> Step:
    """Show the settings."""
    return turn.go("tickets_setup")


@screen.pressed("tickets_rate")
def set_rate(turn: Turn) -> Step:
    """Let typed and read differ by so many per cent."""
    ticket_settings.set_tolerance(turn.session, str(turn.id()), by=turn.actor, now=turn.now)
    return turn.go("tickets_setup", "saved")


@screen.pressed("tickets_language")
def set_language(turn: Turn) -> Step:
    """Read tickets in a language (1), or not in it (0); one stays."""
    if turn.id() >= len(ticket_settings.LANGUAGES):
        raise Stale
    code = ticket_settings.LANGUAGES[turn.id()]
    chosen = set(ticket_settings.languages_of(turn.company)) - {code}
    if not turn.amount(1) and not chosen:
        return turn.go("tickets_setup", "one_stays")
    wanted = chosen | ({code} if turn.amount(1) else set())
    ticket_settings.set_languages(turn.session, wanted, by=turn.actor, now=turn.now)
    return turn.go("tickets_setup", "saved")


@screen.typed(Kind.TEXT)
def type_rate(turn: Turn) -> Step:
    """A typed figure is the per cent."""
    ticket_settings.set_tolerance(turn.session, turn.text, by=turn.actor, now=turn.now)
    return turn.go("tickets_setup", "saved")
