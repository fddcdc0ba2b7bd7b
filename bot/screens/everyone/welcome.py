"""For somebody whom nobody knows yet: how to get in, and how to ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Ask, Face, Screen, Step, Turn
from services import access, contact_requests
from services.people import NewAccount


@dataclass(frozen=True)
class State:
    """``asked`` 1: has asked to be contacted, and is offered to share a number."""

    asked: int = 0


screen = Screen("welcome", state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """Ask for the password; name the director's phone; whoever asked to be contacted may share a number."""
    facts = {"company": turn.company.name, "phone": turn.company.director_phone}
    ask = Ask("contact", prompt="ask_contact", label="send_contact") if state.asked else None
    return Face(facts, [[Button("get_in_touch", "get_in_touch")], [Button("language", "choose_language")]], ask=ask)


@screen.command("start")
def start(turn: Turn) -> Step:
    """Begin. A link that holds no password of ours says so."""
    payload = turn.text.partition(" ")[2]
    if turn.who is None:
        return turn.go("welcome", "link_unclear" if payload else "")
    return turn.go("home")


@screen.anywhere(Kind.PASSWORD)
def enter(turn: Turn) -> Step:
    """Let the person in if the password is right."""
    if turn.evidence is None:
        raise RuntimeError("a password came without what it was checked against")
    turn.who = access.enter(turn.session, turn.evidence, _account(turn), now=turn.now)
    turn.locale = turn.who.language
    return turn.go("home", "welcome_in", {"name": turn.who.name})


@screen.pressed("get_in_touch")
def get_in_touch(turn: Turn) -> Step:
    """Ask the admins to get in touch, once a day; where nobody can be told, name the director."""
    if turn.who is not None:
        return turn.go("home")
    contact_requests.ask_contact(turn.session, _account(turn), turn.incoming.sender.username, now=turn.now)
    if not contact_requests.is_heard(turn.session):
        return turn.go("welcome", "asked_nobody", {"phone": turn.company.director_phone})
    return turn.go("welcome", "asked", asked=1)


@screen.typed(Kind.CONTACT)
def share_phone(turn: Turn) -> Step | None:
    """A shared number goes to the admins with the open request, unless it is somebody else's."""
    if not turn.incoming.is_own_phone:
        return turn.stay("not_own_phone")
    if not contact_requests.add_phone(turn.session, turn.incoming.chat_key, turn.incoming.phone):
        return None
    return turn.go("welcome", "phone_shared")


def _account(turn: Turn) -> NewAccount:
    sender = turn.incoming.sender
    return NewAccount(
        platform=sender.platform,
        external_id=sender.external_id,
        chat_key=turn.incoming.chat_key,
        name=sender.name,
        language=turn.locale,
    )
