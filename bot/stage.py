"""Where a screen appears in its chat: in place of what was pressed, or below what was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.events import Incoming, Kind
from bot.notices import chat_lane
from services import dialogues
from services.dialogues import Dialogue
from services.outbox import Item, Message


@dataclass(frozen=True, slots=True)
class Picture:
    """A screen as it is to be seen; with what is sent above it, what brings a reply keyboard up or down, and the emoji
    under messages that go with it.
    """

    message: Message
    above: Sequence[tuple[str, Message]] = ()
    prompt: Message | None = None
    hush: Message | None = None
    reactions: Sequence[tuple[str, str]] = ()


def items(session: Session, dialogue: Dialogue, incoming: Incoming, picture: Picture) -> list[Item]:
    """What has to leave so that the chat shows the picture. A press edits the living screen in place; whatever else
    gets it as a new message below, and the old one loses its buttons; so does a screen with a message above it. What
    stands below a photo already, as the album's other photos were answered, is edited in place.
    Moves the dialogue's slot on.
    """
    lane = chat_lane(dialogue.chat_key)
    leaving = [Item(lane, "chat.delete", {"message_id": incoming.message_id})] if _held_a_password(incoming) else []
    leaving += [Item(lane, "chat.react", {"message_id": to, "emoji": emoji}) for to, emoji in picture.reactions]
    noted = dialogues.message_of(session, dialogue.chat_key, dialogue.slot)
    message = dict(picture.message)
    in_place = incoming.kind is Kind.PRESS and _is_living(session, dialogue, incoming.message_id, noted)
    if in_place and not picture.above:
        message |= {"message_id": incoming.message_id, "noted": noted}
    elif dialogue.slot and not picture.above and (incoming.kind is Kind.HEARD or _is_below(incoming, noted)):
        pass  # the message of this slot is found when it leaves
    else:
        leaving += _strips(lane, dialogue, "" if in_place else incoming.message_id, incoming.kind)
        dialogue.slot += 1
    if picture.hush is not None:
        leaving.append(Item(lane, "chat.hush", picture.hush))
    leaving += [_above(lane, kind, message) for kind, message in picture.above]
    leaving.append(Item(lane, "chat.screen", {**message, "slot": dialogue.slot}))
    if picture.prompt is not None:
        leaving.append(Item(lane, "chat.prompt", picture.prompt))
    return leaving


def _is_below(incoming: Incoming, noted: str | None) -> bool:
    """Tell whether the living screen stands, or is just being sent, below this photo or file."""
    if incoming.kind not in {Kind.PHOTO, Kind.FILE}:
        return False
    sent = incoming.message_id
    return noted is None or (noted.isdigit() and sent.isdigit() and int(noted) > int(sent))


def _held_a_password(incoming: Incoming) -> bool:
    return incoming.kind is Kind.PASSWORD


def _above(lane: str, kind: str, message: Message) -> Item:
    match kind:
        case "document":
            return Item(lane, "chat.document", message)
        case "photo":
            return Item(lane, "chat.photo", message)
        case "map":
            return Item(lane, "chat.map", message)
        case "words":
            return Item(lane, "chat.prompt", message)
        case _:
            raise ValueError(f"nothing called {kind!r} can be shown above a screen")


def _strips(lane: str, dialogue: Dialogue, message_id: str, kind: Kind) -> list[Item]:
    """Take the buttons of the screen that was living, and of the message that was pressed instead of it."""
    strips = [Item(lane, "chat.strip", {"slot": dialogue.slot})] if dialogue.slot else []
    if kind is Kind.PRESS and message_id:
        strips.append(Item(lane, "chat.strip", {"message_id": message_id}))
    return strips


def _is_living(session: Session, dialogue: Dialogue, message_id: str, noted: str | None) -> bool:
    """Tell whether that message shows the living screen; ``noted`` is the one that is known to.

    A press may overtake the note of the message that it belongs to: then it comes from a newer message than
    any that is known.
    """
    if not dialogue.slot:
        return False
    if noted is not None:
        return noted == message_id
    return message_id.isdigit() and int(message_id) > dialogues.newest_message(session, dialogue.chat_key)
