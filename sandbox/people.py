"""What people do in their chats, and the updates that come of it."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox import formatting
from sandbox.files import Upload
from sandbox.refusals import Refused, WrongControl
from sandbox.utf16 import units
from sandbox.world import Callback, Chat, Message, Wire, World

CALLBACKS_KEPT = 100_000
TEXT_LIMIT = 4096  # UTF-16 units; clients split longer texts


def put(world: World, chat: Chat, kind: str, payload: Wire) -> None:
    """Queue an update for the bot; a press goes into another lane than messages, as at Telegram."""
    settings = world.settings
    pressed = kind == "callback_query"
    lane = ("press" if pressed else "chat", chat.id)
    ttl = settings.callback_ttl if pressed else settings.message_ttl
    chat.bot.updates.put(kind, payload, lane, world.now() + ttl)


def _writable(chat: Chat) -> None:
    if chat.person.deactivated:
        raise WrongControl(f"{chat.person.first_name} has deleted the account")
    if chat.blocked:
        raise WrongControl(f"{chat.person.first_name} has blocked the bot: unblock first")


def send(world: World, chat: Chat, kind: str, content: Wire, reply_to: int | None = None) -> Message:
    """Put a message of the person into the chat and tell the bot."""
    _writable(chat)
    head: Wire = {
        "message_id": 0,
        "from": chat.person.user(),
        "chat": chat.person.chat(),
        "date": int(world.now()),
    }
    if reply_to is not None:
        target = visible(chat, reply_to)
        head["reply_to_message"] = {key: value for key, value in target.wire.items() if key != "reply_to_message"}
    chat.started = True
    head["message_id"] = message_id = chat.next_id()
    message = Message(message_id, from_bot=False, kind=kind, wire={**head, **content}, at=world.now())
    chat.messages[message_id] = message
    put(world, chat, "message", message.wire)
    world.note("said", bot_id=chat.bot.id, chat_id=chat.id, message_id=message_id)
    return message


def visible(chat: Chat, message_id: int) -> Message:
    """Return a message that the person still sees."""
    message = chat.messages.get(message_id)
    if message is None or message.deleted_at is not None:
        raise WrongControl(f"no message {message_id} in this chat")
    return message


def text_content(text: str) -> Wire:
    """Return text with the commands and links that a client marks in it."""
    text = text.strip()
    if not 1 <= units(text) <= TEXT_LIMIT:
        raise WrongControl("a person's text has 1 to 4096 characters")
    _, entities = formatting.formatted(text, None, None, lambda _: None)
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_content(caption: str | None) -> Wire:
    """Return a caption with its entities, or nothing."""
    if not caption:
        return {}
    plain = text_content(caption)
    entities = plain.get("entities")
    return {"caption": plain["text"], "caption_entities": entities} if entities else {"caption": plain["text"]}


def photo_content(chat: Chat, content: bytes) -> Wire:
    """Keep a photo for the bot."""
    try:
        return {"photo": chat.bot.files.add_photo(content)}
    except Refused as refused:
        raise WrongControl(f"no such photo can be sent: {refused.description}") from None


def document_content(chat: Chat, upload: Upload) -> Wire:
    """Keep a file for the bot; people may send what is too big for the bot to fetch."""
    return {"document": chat.bot.files.add_document(upload, limited=False)}


def new_group() -> str:
    """Return an identifier that ties the messages of an album together."""
    return str(13_000_000_000_000_000 + secrets.randbelow(10**15))


def edit(world: World, chat: Chat, message_id: int, text: str) -> Message:
    """Change an own text."""
    _writable(chat)
    message = visible(chat, message_id)
    if message.from_bot or message.kind != "text":
        raise WrongControl("a person edits only own texts")
    now = world.now()
    kept = {key: value for key, value in message.wire.items() if key not in ("text", "entities")}
    message.replace({**kept, "edit_date": int(now), **text_content(text)}, now)
    put(world, chat, "edited_message", message.wire)
    world.note("edited", bot_id=chat.bot.id, chat_id=chat.id, message_id=message_id)
    return message


def set_blocked(world: World, chat: Chat, *, blocked: bool) -> None:
    """Block or unblock the bot; the bot is told by my_chat_member."""
    if chat.blocked == blocked:
        return
    states: dict[bool, Wire] = {False: {"status": "member"}, True: {"status": "kicked", "until_date": 0}}
    user = chat.bot.user()
    chat.blocked = blocked
    payload = {
        "chat": chat.person.chat(),
        "from": chat.person.user(),
        "date": int(world.now()),
        "old_chat_member": {"user": user, **states[not blocked]},
        "new_chat_member": {"user": user, **states[blocked]},
    }
    put(world, chat, "my_chat_member", payload)
    world.note("blocked" if blocked else "unblocked", bot_id=chat.bot.id, chat_id=chat.id)


def press(world: World, chat: Chat, message_id: int, data: str) -> Callback:
    """Press an inline button; the data may be forged, the message may be gone."""
    _writable(chat)
    message = chat.messages.get(message_id)
    if message is None or message.deleted_at is not None:
        shown: Wire = {"message_id": message_id, "chat": chat.person.chat(), "date": 0}
    else:
        shown = message.wire
    payload: Wire = {
        "id": "",
        "from": chat.person.user(),
        "message": shown,
        "chat_instance": str(-(chat.bot.id * 31 + chat.id)),
        "data": data,
    }
    return _pressed(world, chat, payload)


def press_again(world: World, earlier: Callback) -> Callback:
    """Send the same tap once more as a client may: new callback, new update, same data."""
    return _pressed(world, earlier.chat, earlier.payload)


def _pressed(world: World, chat: Chat, payload: Wire) -> Callback:
    callback = Callback(str(10**18 + secrets.randbelow(10**18)), chat, world.now(), payload)
    callback.payload = {**payload, "id": callback.id}
    while len(world.callbacks) >= CALLBACKS_KEPT:
        del world.callbacks[next(iter(world.callbacks))]
    world.callbacks[callback.id] = callback
    put(world, chat, "callback_query", callback.payload)
    world.note("pressed", bot_id=chat.bot.id, chat_id=chat.id, callback_id=callback.id, data=payload["data"])
    return callback


def labelled(buttons: list[dict[str, Any]], label: str) -> dict[str, Any] | None:
    """Return the button with this label: the exact one, else the only one that contains it."""
    exact = [button for button in buttons if button["text"] == label]
    found = exact or [button for button in buttons if label in button["text"]]
    return found[0] if exact or len(found) == 1 else None
