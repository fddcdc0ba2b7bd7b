"""Who hears of what a job found out: the chats of the person that it was found out for.

A screen says with ``heard`` what it wants to know; where the chat stands on such a screen, it is drawn anew in place.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.events import Incoming, Internal, Kind, Sender
from bot.screens.registry import Registry
from bot.screens.screen import Step, Turn
from services import dialogues, people
from services.dialogues import Dialogue

Listener = tuple[Incoming, Dialogue]


def listeners(session: Session, registry: Registry, event: Internal) -> list[Listener]:
    """The chats of the event's ``person_id``, if any screen wants to hear of it. Locks them in order of their keys,
    before whatever the event's handler locks.
    """
    person_id = event.facts.get("person_id")
    if person_id is None or event.name not in registry.heard:
        return []
    found = []
    for account in people.list_accounts(session, person_id):
        sender = Sender(account.platform, account.external_id, "")
        incoming = Incoming(f"internal:{event.name}", event.number, account.chat_key, sender, Kind.HEARD)
        found.append((incoming, dialogues.lock(session, account.chat_key)))
    return found


def hear(registry: Registry, turn: Turn, event: Internal) -> Step | None:
    """Let the living screen answer, if it wants to hear of this and the person may see it; None: it is not for it."""
    living = registry.screens.get(turn.last_screen.screen) if turn.last_screen else None
    reply = living.hears.get(event.name) if living else None
    if living is None or reply is None or turn.last_screen is None or not living.open_to(turn.who):
        return None
    turn.at, turn.heard = living.name, event.facts
    turn.state = living.read_state(turn.last_screen.state)
    return reply(turn)
