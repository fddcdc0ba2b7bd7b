"""Correcting what is known of a client: which of it, then what it is now."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Ask, Face, Screen, Stale, Step, Turn
from services import client_cards, client_fields, clients, world_names
from services.actor import Role
from services.errors import Moved

FIELDS = (*client_fields.FIELDS, "pin")
"""What buttons count."""
_MUST_BE = {"name", "language", "pin"}


@dataclass(frozen=True)
class State:
    """Which client, which of FIELDS is asked for (empty: none yet), and the version that was seen then."""

    client_id: int = 0
    field: str = ""
    version: int = 0


screen = Screen("client_edit", roles=frozenset({Role.REP, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """All that can be changed; or one of it with what it is now."""
    card = client_cards.card(turn.session, state.client_id, by=turn.actor)
    client_id, version = card.client.id, card.client.version
    country_name = world_names.country_name(card.country.code, turn.locale)
    facts = {"card": card, "field": state.field, "country_name": country_name}
    if state.field not in FIELDS:
        ways = [
            Button("field", "client_field", (client_id, number), facts={"field": field})
            for number, field in enumerate(FIELDS)
        ]
        rows = [ways[at : at + 2] for at in range(0, len(ways), 2)]
        return Face({**facts, "field": ""}, [*rows, [Button("back", "client_card", (client_id,))]])
    rows = []
    if state.field == "language":
        rows += [
            [Button("language_choice", "client_language", (client_id, number), version, facts={"code": code})]
            for number, code in enumerate(client_fields.LANGUAGES)
        ]
    elif state.field not in _MUST_BE and getattr(card.client, state.field):
        rows.append([Button("clear", "client_clear", (client_id, FIELDS.index(state.field)), version)])
    rows.append([Button("back", "client_edit", (client_id,))])
    return Face(facts, rows, ask=_ask(state.field))


@screen.pressed("client_edit")
def open_form(turn: Turn) -> Step:
    """Show what can be changed."""
    return turn.go("client_edit", client_id=turn.id())


@screen.pressed("client_field")
def choose_field(turn: Turn) -> Step:
    """Ask what it is now."""
    client = clients.get(turn.session, turn.id())
    return turn.go("client_edit", client_id=client.id, field=_field(turn), version=client.version)


@screen.pressed("client_clear")
def clear(turn: Turn) -> Step:
    """Take a value away, if it is still the one that was seen."""
    field = _field(turn)
    if field in _MUST_BE:
        raise Stale
    blank = {field: ""}
    clients.change(turn.session, turn.id(), version=turn.version, by=turn.actor, now=turn.now, pin=None, **blank)
    return turn.go("client_edit", "saved", client_id=turn.id())


@screen.pressed("client_language")
def choose_language(turn: Turn) -> Step:
    """Choose what papers are written in."""
    if turn.id(1) >= len(client_fields.LANGUAGES):
        raise Stale
    language = client_fields.LANGUAGES[turn.id(1)]
    clients.change(turn.session, turn.id(), version=turn.version, by=turn.actor, now=turn.now, language=language)
    return turn.go("client_edit", "saved", client_id=turn.id())


@screen.typed(Kind.TEXT)
def type_value(turn: Turn) -> Step:
    """A typed text is the new value."""
    state: State = turn.state
    if state.field == "pin":
        return turn.stay("pin_wanted")
    if state.field in {"", "language"}:
        return turn.stay("press_wanted")
    return _changed(turn, state, {state.field: turn.text})


@screen.typed(Kind.CONTACT)
def send_contact(turn: Turn) -> Step:
    """A contact is the new phone."""
    if turn.state.field != "phone":
        return turn.stay("unexpected_contact")
    return _changed(turn, turn.state, {"phone": f"+{turn.incoming.phone.removeprefix('+')}"})


@screen.typed(Kind.PLACE)
def send_place(turn: Turn) -> Step:
    """A pin is the new place on the map."""
    if turn.state.field not in {"pin", "address"}:
        return turn.stay("unexpected_place")
    return _changed(turn, turn.state, {}, pin=(turn.incoming.latitude, turn.incoming.longitude))


def _changed(turn: Turn, state: State, fields: dict[str, str], pin: tuple[float, float] | None = None) -> Step:
    """Write it, unless somebody else has changed the client since it was asked for: then show what it is now."""
    try:
        clients.change(
            turn.session,
            state.client_id,
            version=state.version,
            pin=pin,
            by=turn.actor,
            now=turn.now,
            **fields,
        )
    except Moved:
        return turn.go("client_edit", "changed_meanwhile", client_id=state.client_id)
    return turn.go("client_edit", "saved", client_id=state.client_id)


def _field(turn: Turn) -> str:
    if turn.id(1) >= len(FIELDS):
        raise Stale
    return FIELDS[turn.id(1)]


def _ask(field: str) -> Ask | None:
    if field == "phone":
        return Ask("contact", prompt="ask_contact", label="send_contact")
    return Ask("place", prompt="ask_pin", label="send_pin") if field == "pin" else None
