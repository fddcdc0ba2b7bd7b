"""A chat as its person sees it."""

from __future__ import annotations

import itertools

from sandbox.rendering import to_html
from sandbox.world import Chat, Message, Wire

_KINDS = ("venue", "location", "contact", "sticker", "document", "photo", "voice")  # a venue has a location too
_REQUESTS = ("request_contact", "request_location", "request_poll", "request_users", "request_chat")


def button(wire: Wire) -> Wire:
    """Return an inline or keyboard button with what it does."""
    request = next((name.removeprefix("request_") for name in _REQUESTS if wire.get(name)), None)
    copy = wire.get("copy_text")
    return {
        "label": wire["text"],
        "data": wire.get("callback_data"),
        "url": wire.get("url"),
        "request": request,
        "copy": copy["text"] if copy else None,
        "style": wire.get("style"),
    }


def rows(markup: Wire | None, name: str) -> list[list[Wire]]:
    """Return the rows of a keyboard."""
    return [[button(each) for each in row] for row in (markup or {}).get(name, [])]


def message(item: Message) -> Wire:
    """Return a message with its text, buttons and file."""
    wire = item.wire
    text = wire.get("text", "")
    caption = wire.get("caption")
    entities = wire.get("entities") or wire.get("caption_entities") or []
    replied = wire.get("reply_to_message")
    return {
        "id": item.id,
        "from_bot": item.from_bot,
        "kind": item.kind,
        "date": item.at,
        "text": text,
        "caption": caption,
        "html": to_html(text or caption or "", entities),
        "entities": entities,
        "buttons": rows(wire.get("reply_markup"), "inline_keyboard"),
        "edited": bool(item.versions),
        "deleted": item.deleted_at is not None,
        "reactions": item.reactions,
        "reply_to": replied["message_id"] if replied else None,
        "album": wire.get("media_group_id"),
        "location": wire.get("location"),
        "venue": wire.get("venue"),
        "contact": wire.get("contact"),
        **_file(wire),
    }


def bubble(item: Message) -> Wire:
    """A message with what a bubble shows beside its words: what it answers, from whom it was forwarded, its size."""
    wire = item.wire
    edited = any(_content(earlier) != _content(wire) for _, earlier in item.versions)
    replied, origin = wire.get("reply_to_message"), wire.get("forward_origin")
    photo = wire["photo"][-1] if wire.get("photo") else {}
    return {
        **message(item),
        "edited": edited,  # an app does not call it so when only the buttons are others
        "reply": replied and {"from": replied["from"]["first_name"], "words": words(replied)},
        "forwarded": origin["sender_user"]["first_name"] if origin else None,
        "width": photo.get("width"),
        "height": photo.get("height"),
    }


def _content(wire: Wire) -> Wire:
    return {key: value for key, value in wire.items() if key not in ("edit_date", "reply_markup")}


def _file(wire: Wire) -> Wire:
    found = wire.get("document") or wire.get("voice") or wire.get("sticker")
    if wire.get("photo"):
        found = wire["photo"][-1]
    found = found or {}
    return {
        "file_id": found.get("file_id"),
        "file_name": found.get("file_name"),
        "mime": found.get("mime_type"),
        "size": found.get("file_size"),
        "emoji": found.get("emoji"),
    }


def visible(chat: Chat) -> list[Message]:
    """Return the messages that the person still sees, oldest first."""
    return [item for item in chat.messages.values() if item.deleted_at is None]


def newest(chat: Chat, limit: int, before: int | None = None) -> list[Message]:
    """Return so many of the messages that the person still sees, or of those before a number, oldest first."""
    seen = (item for item in reversed(chat.messages.values()) if item.deleted_at is None)
    return [*itertools.islice((item for item in seen if before is None or item.id < before), limit)][::-1]


def told(item: Message) -> str:
    """Return the words of a message, in whichever field they are."""
    return str(item.wire.get("text") or item.wire.get("caption") or "")


def history(item: Message) -> Wire:
    """Return a message with all that ever happened to it, versions as wire objects."""
    return {
        **message(item),
        "deleted_at": item.deleted_at,
        "deleted_by": item.deleted_by,
        "wire": item.wire,
        "versions": [{"until": at, "wire": wire} for at, wire in item.versions],
    }


def profile(chat: Chat) -> Wire:
    """Return what the person's app shows of the bot: the menu of commands, the name and the descriptions.

    The menu is the nearest that was set: of the chat, of all private chats, of all; first in the app's language.
    """
    bot, language = chat.bot, (chat.person.language_code or "").partition("-")[0]
    scopes = (f"chat:{chat.id}", "all_private_chats", "default")
    menus = [bot.commands.get((scope, code)) for scope in scopes for code in (language, "")]
    texts = {
        field: bot.texts.get((field, language)) or bot.texts.get((field, "")) or ""
        for field in ("name", "description", "short_description")
    }
    return {**texts, "name": texts["name"] or bot.name, "commands": next((menu for menu in menus if menu), [])}


def transcript(chat: Chat) -> str:
    """Return the chat in lines for people to read."""
    return "\n".join(line for item in visible(chat) for line in _lines(chat, item)) or "(no messages)"


def _lines(chat: Chat, item: Message) -> list[str]:
    who = chat.bot.name if item.from_bot else chat.person.first_name
    edited = " ✎" if item.versions else ""
    reactions = f" {' '.join(item.reactions)}" if item.reactions else ""
    lines = [f"{who} #{item.id}{edited}{reactions}: {words(item.wire)}"]
    inline = item.wire.get("reply_markup", {}).get("inline_keyboard", [])
    return lines + ["    " + " ".join(f"[{each['text']}]" for each in row) for row in inline]


def words(wire: Wire) -> str:
    """Return a message in a line: its text, or what it is."""
    text = str(wire.get("text") or wire.get("caption") or "")
    kind = next((each for each in _KINDS if each in wire), "text")
    match kind:
        case "text":
            return text
        case "location":
            return f"📍 {wire['location']['latitude']}, {wire['location']['longitude']}"
        case "venue":
            return f"📍 {wire['venue']['title']}, {wire['venue']['address']}"
        case "contact":
            return f"👤 {wire['contact']['first_name']} {wire['contact']['phone_number']}"
        case "sticker":
            return f"(sticker {wire['sticker']['emoji']})"
        case _:
            name = f"📎 {wire['document']['file_name']}" if kind == "document" else f"({kind})"
            return f"{name} {text}".rstrip()
