"""One Bot API call with its values read, and the rules that many methods share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.formatting import formatted
from sandbox.refusals import bad_request, forbidden
from sandbox.utf16 import units
from sandbox.world import Bot, Chat, Message, Wire, World

CAPTION_LIMIT = 1024
TEXT_LIMIT = 4096


@dataclass(slots=True)
class Call:
    """What a method may look at: the world, the calling bot, the values of the parameters."""

    world: World
    bot: Bot
    values: dict[str, Any]

    def get(self, name: str) -> Any:
        """Return a value, None when it was not given."""
        return self.values.get(name)

    def find_user(self, user_id: int) -> Wire | None:
        """Return a User object for a link to a user."""
        person = self.world.people.get(user_id)
        return person.user() if person else None

    def known_chat(self, name: str = "chat_id") -> Chat:
        """Return the chat, however it stands with the bot; refused when there is none."""
        chat_id = self.values.get(name)
        if chat_id is None:
            raise bad_request(f"{name} is empty")
        person = self.world.people.get(chat_id) if isinstance(chat_id, int) else None
        if person is None:
            raise bad_request("chat not found")
        return self.world.chat(self.bot, person)

    def open_chat(self) -> Chat:
        """Return the chat if the bot may write there."""
        chat = self.known_chat()
        if chat.person.deactivated:
            raise forbidden("user is deactivated")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def message(self, chat: Chat, missing: str, name: str = "message_id") -> Message:
        """Return a message that is still there; refused with the text given."""
        message_id = self.values.get(name)
        if message_id is None:
            raise bad_request("message identifier is not specified")
        found = chat.messages.get(message_id)
        if found is None or found.deleted_at is not None:
            raise bad_request(missing)
        return found

    def text(self) -> Wire:
        """Return text and entities of a message; refused when empty or longer than 4096."""
        source = self.values.get("text")
        if source is None:
            raise bad_request("message text is empty")
        text, entities = formatted(source, self.get("parse_mode"), self.get("entities"), self.find_user)
        if not text:
            raise bad_request("message text is empty")
        if units(text) > TEXT_LIMIT:
            raise bad_request("message is too long")
        return {"text": text, "entities": entities} if entities else {"text": text}

    def caption(self) -> Wire:
        """Return the caption with its entities, empty when there is none; refused above 1024."""
        return captioned(self.values, self.find_user)


def captioned(values: dict[str, Any], find_user: Callable[[int], Wire | None]) -> Wire:
    """Return caption and caption_entities from the given values."""
    source = values.get("caption")
    if source is None:
        return {}
    text, entities = formatted(source, values.get("parse_mode"), values.get("caption_entities"), find_user)
    if units(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


@dataclass(slots=True, frozen=True)
class Said:
    """A result with a description beside it, as the webhook methods give."""

    result: Any
    description: str


Doing = Callable[[Call], Any]
