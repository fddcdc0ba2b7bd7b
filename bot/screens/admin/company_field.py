"""One of the company's details: what it is, and what shall be there instead."""

from __future__ import annotations

from dataclasses import dataclass

from bot import choices
from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import company_words
from bot.screens.screen import Ask, Face, Screen, Stale, Step, Turn
from services import company_form
from services.actor import Role

FIELDS = company_form.FIELDS


@dataclass(frozen=True)
class State:
    """Which field, a name that fits several (to be chosen from), and what waits for a second yes."""

    field: str = FIELDS[0]
    typed: str = ""
    pending: str = ""


screen = Screen("company_field", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What the field holds, what may be typed, and what may be pressed instead."""
    profile, field = turn.company, state.field
    number = FIELDS.index(field)
    facts = {
        "field": field,
        "profile": profile,
        "value": company_words.shown(turn, field, getattr(profile, field)),
        "pending": state.pending and company_words.shown(turn, field, state.pending),
        "several": bool(state.typed),
    }
    if state.pending:
        no = Button("no", "company_field", (number,))
        return Face(facts, [[no, Button("sure", "company_sure", (number, choices.number_of(state.pending)))]])
    offered = company_form.suggestions(profile, field, state.typed) or company_form.choices(profile, field)
    buttons = [_choice(turn, field, number, word) for word in offered]
    step = 1 if field in {"currency", "time_zone"} else 2
    rows = [buttons[start : start + step] for start in range(0, len(buttons), step)]
    if field in company_form.MAY_BE_EMPTY and getattr(profile, field) and "" not in offered:
        rows.append([Button("empty", "company_empty", (number,))])
    rows.append(_back(field))
    ask = Ask("contact", prompt="ask_contact", label="send_contact") if field == "director_phone" else None
    return Face(facts, rows, ask=ask)


@screen.pressed("company_field")
def open_field(turn: Turn) -> Step:
    """Ask for a new value of a field."""
    return turn.go("company_field", field=_field(turn))


@screen.pressed("company_set")
def choose(turn: Turn) -> Step:
    """Take an offered value."""
    return _take(turn, _field(turn), _chosen(turn))


@screen.pressed("company_sure")
def confirm(turn: Turn) -> Step:
    """Take a value that changes what every price means, after a second look."""
    return _save(turn, _field(turn), _chosen(turn))


@screen.pressed("company_empty")
def empty(turn: Turn) -> Step:
    """Leave the field empty."""
    return _save(turn, _field(turn), "")


@screen.typed(Kind.TEXT)
def type_value(turn: Turn) -> Step:
    """A typed text is the new value; a name that fits several gives them to choose from."""
    field = turn.state.field
    if len(company_form.suggestions(turn.company, field, turn.text)) > 1:
        return turn.go("company_field", "which", field=field, typed=turn.text)
    return _take(turn, field, turn.text)


@screen.typed(Kind.CONTACT)
def send_contact(turn: Turn) -> Step | None:
    """A contact is the director's phone; no other field has one."""
    if turn.state.field != "director_phone":
        return None
    return _save(turn, "director_phone", turn.incoming.phone)


def _take(turn: Turn, field: str, text: str) -> Step:
    """Save it, or ask once more where it changes what every price means."""
    if field not in company_form.ASKED_TWICE:
        return _save(turn, field, text)
    profile = turn.company
    value = company_form.read(profile, field, text)[field]
    if value == getattr(profile, field):
        return turn.go("company_field", "same", field=field)
    if field == "currency":
        company_form.check_currency_free(turn.session, profile)
    pending = (company_form.YES if value else company_form.NO) if isinstance(value, bool) else value
    return turn.go("company_field", field=field, pending=pending)


def _save(turn: Turn, field: str, text: str) -> Step:
    change = company_form.set_field(turn.session, field, text, by=turn.actor, now=turn.now)
    facts = {
        "field": field,
        "profile": turn.company,
        "before": company_words.shown(turn, field, change.before),
        "after": company_words.shown(turn, field, change.after),
    }
    section = company_form.section_of(field)
    if section == "calendar":
        return turn.go("working_days", "saved", facts)
    return turn.go("company_section", "saved", facts, section=section)


def _field(turn: Turn) -> str:
    if turn.id() >= len(FIELDS):
        raise Stale
    return FIELDS[turn.id()]


def _chosen(turn: Turn) -> str:
    found = choices.find(turn.id(1), company_form.options(turn.company, _field(turn)))
    if found is None:
        raise Stale
    return found


def _choice(turn: Turn, field: str, number: int, word: str) -> Button:
    facts = {"choice": word, "shown": company_words.shown(turn, field, word)}
    return Button("choice", "company_set", (number, choices.number_of(word)), facts=facts)


def _back(field: str) -> list[Button]:
    section = company_form.section_of(field)
    if section == "calendar":
        return [Button("back", "working_days")]
    return [Button("back", "company_section", (list(company_form.SECTIONS).index(section),))]
