"""Telegram's updates as neutral events. Reads plain JSON; knows neither telebot nor the network."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bot.events import Incoming, Kind, Sender

log = logging.getLogger(__name__)

PLATFORM = "tg"
DEEPEST = 32
LARGEST_NUMBER = 2**63 - 1
LONGEST_NAME, LONGEST_TYPE, LONGEST_REF, LONGEST_ALBUM = 255, 100, 512, 64
_UNWELCOME = dict.fromkeys([0, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""NUL, and the signs that turn around the direction of all that stands behind them."""
_MEDIA = {
    "photo": Kind.PHOTO,
    "document": Kind.FILE,
    "sticker": Kind.STICKER,
    "voice": Kind.VOICE,
    "contact": Kind.CONTACT,
    "location": Kind.PLACE,
}
_OTHER = ("video", "video_note", "audio", "animation", "poll", "dice", "story", "paid_media", "checklist", "game")


def read(source: str, update: Mapping[str, Any]) -> Incoming | None:
    """An update as a neutral event; None for what is nobody's deed in a private chat, or cannot be read.

    ``source`` names the account whose update it is.
    """
    try:
        return _read(source, _storable(update))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        log.exception("update %s cannot be read", update.get("update_id"))
        return None


def _read(source: str, update: Mapping[str, Any]) -> Incoming | None:
    if "message" in update:
        message = update["message"]
        kind = _kind(message)
        if kind is None or "from" not in message:
            return None
        return _incoming(source, update, message, kind, **_content(message))
    if "callback_query" in update:
        query = update["callback_query"]
        message = query.get("message") or {}
        if not message:
            return None
        return _incoming(
            source,
            update,
            {"chat": message["chat"], "from": query["from"]},
            Kind.PRESS,
            data=str(query.get("data", "")),
            press_id=str(query["id"]),
            message_id=str(message["message_id"]),
        )
    if "my_chat_member" in update:
        member = update["my_chat_member"]
        status = member["new_chat_member"]["status"]
        return _incoming(source, update, member, Kind.BLOCKED if status == "kicked" else Kind.UNBLOCKED)
    return None


def _incoming(
    source: str, update: Mapping[str, Any], where: Mapping[str, Any], kind: Kind, **content: Any
) -> Incoming | None:
    """The event; ``where`` has the chat and whose deed it is."""
    chat, person = where["chat"], where["from"]
    if chat["type"] != "private" or not 0 <= int(update["update_id"]) <= LARGEST_NUMBER:
        return None
    name = " ".join(part for part in (person.get("first_name", ""), person.get("last_name", "")) if part)
    sender = Sender(
        platform=PLATFORM,
        external_id=str(int(person["id"])),
        name=name[:200],
        username=str(person.get("username", ""))[:64],
        language=str(person.get("language_code", "")),
    )
    return Incoming(
        source=source,
        update_id=int(update["update_id"]),
        chat_key=f"{source}:{int(chat['id'])}",
        sender=sender,
        kind=kind,
        raw=dict(update),
        **content,
    )


def _storable(value: Any, depth: int = 0) -> Any:
    """Without what no database keeps (NUL, halves of surrogate pairs, nesting beyond what an update has), and without
    what would turn our own words around where a name stands before them.
    """
    if isinstance(value, str):
        return value.translate(_UNWELCOME).encode("utf-8", "replace").decode()
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {key: _storable(each, depth + 1) for key, each in value.items()}
    return [_storable(each, depth + 1) for each in value] if isinstance(value, list) else value


def _kind(message: Mapping[str, Any]) -> Kind | None:
    """What kind of message this is; None for Telegram's own notes (a pin, a new title)."""
    if "text" in message:
        return Kind.COMMAND if str(message["text"]).startswith("/") else Kind.TEXT
    for field, kind in _MEDIA.items():
        if field in message:
            return kind
    return Kind.OTHER if any(field in message for field in _OTHER) else None


def _content(message: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "message_id": str(message["message_id"]),
        "text": str(message.get("text") or message.get("caption") or ""),
    }
    if "location" in message:
        content["latitude"] = float(message["location"]["latitude"])
        content["longitude"] = float(message["location"]["longitude"])
    if "venue" in message:
        content["text"] = ", ".join(
            str(message["venue"][part]) for part in ("title", "address") if part in message["venue"]
        )
    if "contact" in message:
        content["phone"] = str(message["contact"]["phone_number"])
        content["is_own_phone"] = message["contact"].get("user_id") == message["from"]["id"]
    if "photo" in message:
        content |= _photo(message["photo"])
    elif "document" in message:
        content |= _document(message["document"])
    if "media_group_id" in message:
        content["album"] = str(message["media_group_id"])[:LONGEST_ALBUM]
    return content


def _photo(sizes: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The largest of the sizes that Telegram offers a photo in."""
    if not sizes:
        return {}
    largest = max(sizes, key=lambda size: int(size.get("width", 0)) * int(size.get("height", 0)))
    return {
        "file_ref": str(largest["file_id"])[:LONGEST_REF],
        "file_size": max(0, int(largest.get("file_size", 0))),
        "content_type": "image/jpeg",
    }


def _document(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "file_ref": str(document["file_id"])[:LONGEST_REF],
        "file_name": str(document.get("file_name", ""))[:LONGEST_NAME],
        "file_size": max(0, int(document.get("file_size", 0))),
        "content_type": str(document.get("mime_type", ""))[:LONGEST_TYPE],
    }
