"""Methods that put a message into a chat."""

from __future__ import annotations

from typing import Any

from sandbox.files import Upload
from sandbox.methods.call import Call, Doing
from sandbox.refusals import bad_request
from sandbox.world import Chat, Message, Wire

_ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip
ACTION_SECONDS = 5.0


def replied(call: Call, chat: Chat) -> Wire:
    """Return the field that quotes the message answered to."""
    reply = call.get("reply_parameters")
    if not reply:
        return {}
    target = chat.messages.get(reply["message_id"])
    if target is None or target.deleted_at is not None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    quoted = {key: value for key, value in target.wire.items() if key != "reply_to_message"}
    return {"reply_to_message": quoted}


def post(call: Call, chat: Chat, kind: str, content: Wire) -> Wire:
    """Add a message of the bot to the chat and return it, with its keyboard applied."""
    now = call.world.now()
    markup = call.get("reply_markup")
    head: Wire = {
        "message_id": 0,
        "from": chat.bot.user(),
        "chat": chat.person.chat(),
        "date": int(now),
        **replied(call, chat),
    }
    if call.get("protect_content"):
        head["has_protected_content"] = True
    wire = {**head, **content}
    if markup and "inline_keyboard" in markup:
        wire["reply_markup"] = markup
    wire["message_id"] = message_id = chat.next_id()
    # Telegram lets a bot edit messages without a markup or with an inline keyboard, and no others.
    editable = not markup or "inline_keyboard" in markup
    chat.messages[message_id] = Message(message_id, from_bot=True, kind=kind, wire=wire, at=now, editable=editable)
    if markup:
        _apply(chat, markup)
    chat.action = None
    call.world.note("sent", bot_id=chat.bot.id, chat_id=chat.id, message_id=message_id)
    return wire


def _apply(chat: Chat, markup: Wire) -> None:
    if "keyboard" in markup:
        chat.keyboard = markup
    elif "remove_keyboard" in markup:
        chat.keyboard = None
    elif "force_reply" in markup:
        chat.keyboard = {**markup, "keyboard": []}


def _message(call: Call) -> Wire:
    chat = call.open_chat()
    content = call.text()
    preview = call.get("link_preview_options")
    if preview:
        content["link_preview_options"] = preview
    return post(call, chat, "text", content)


def medium(call: Call, kind: str, value: Any) -> Any:
    """Return the wire of a new or reused file."""
    if value is None:
        raise bad_request(f"there is no {kind} in the request")
    files = call.bot.files
    if not isinstance(value, Upload):
        return files.reuse(value, kind)
    if kind == "photo":
        return files.add_photo(value.content)
    return files.add_document(value) if kind == "document" else files.add_voice(value)


def _photo(call: Call) -> Wire:
    chat = call.open_chat()
    content = call.caption()
    replied(call, chat)
    return post(call, chat, "photo", {"photo": medium(call, "photo", call.get("photo")), **content, **_looks(call)})


def _looks(call: Call) -> Wire:
    looks: Wire = {}
    if call.get("has_spoiler"):
        looks["has_media_spoiler"] = True
    if call.get("show_caption_above_media"):
        looks["show_caption_above_media"] = True
    return looks


def _document(call: Call) -> Wire:
    chat = call.open_chat()
    content = call.caption()
    replied(call, chat)
    return post(call, chat, "document", {"document": medium(call, "document", call.get("document")), **content})


def _voice(call: Call) -> Wire:
    chat = call.open_chat()
    content = call.caption()
    return post(call, chat, "voice", {"voice": medium(call, "voice", call.get("voice")), **content})


def _sticker(call: Call) -> Wire:
    chat = call.open_chat()
    value = call.get("sticker")
    if value is None:
        raise bad_request("there is no sticker in the request")
    if isinstance(value, Upload):
        raise bad_request("the sandbox sends stickers by file_id only")
    return post(call, chat, "sticker", {"sticker": call.bot.files.reuse(value, "sticker")})


def _point(call: Call) -> Wire:
    latitude, longitude = call.get("latitude"), call.get("longitude")
    if latitude is None:
        raise bad_request("latitude is empty")
    if longitude is None:
        raise bad_request("longitude is empty")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong latitude or longitude specified")
    return {"latitude": latitude, "longitude": longitude}


def _location(call: Call) -> Wire:
    chat = call.open_chat()
    place = _point(call)
    for name in ("horizontal_accuracy", "live_period", "heading", "proximity_alert_radius"):
        if call.get(name) is not None:
            place[name] = call.get(name)
    return post(call, chat, "location", {"location": place})


def _venue(call: Call) -> Wire:
    chat = call.open_chat()
    place = _point(call)
    for name in ("title", "address"):
        if not call.get(name):
            raise bad_request(f"{name} is empty")
    names = ("title", "address", "foursquare_id", "foursquare_type", "google_place_id", "google_place_type")
    venue = {"location": place, **{name: call.get(name) for name in names if call.get(name)}}
    return post(call, chat, "venue", {"location": place, "venue": venue})


def _contact(call: Call) -> Wire:
    chat = call.open_chat()
    if not call.get("phone_number"):
        raise bad_request("phone_number is empty")
    if not call.get("first_name"):
        raise bad_request("first_name is empty")
    names = ("phone_number", "first_name", "last_name", "vcard")
    return post(call, chat, "contact", {"contact": {name: call.get(name) for name in names if call.get(name)}})


def _action(call: Call) -> bool:
    chat = call.open_chat()
    action = call.get("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action, chat.action_until = action, call.world.now() + ACTION_SECONDS
    call.world.note("action", bot_id=chat.bot.id, chat_id=chat.id, action=action)
    return True


def content_of(message: Message) -> Wire:
    """Return what a copy of a message carries along."""
    head = {"message_id", "from", "chat", "date", "edit_date", "reply_to_message", "reply_markup", "media_group_id"}
    return {key: value for key, value in message.wire.items() if key not in head}


def _source(call: Call, missing: str) -> Message:
    source = call.known_chat("from_chat_id")
    return call.message(source, missing)


def _copy(call: Call) -> Wire:
    chat = call.open_chat()
    original = _source(call, "message to copy not found")
    content = content_of(original)
    if call.get("caption") is not None and original.kind in ("photo", "document", "voice"):
        content = {key: value for key, value in content.items() if not key.startswith("caption")}
        content.update(call.caption())
    return {"message_id": post(call, chat, original.kind, content)["message_id"]}


def _forward(call: Call) -> Wire:
    chat = call.open_chat()
    original = _source(call, "message to forward not found")
    origin = {"type": "user", "sender_user": original.wire["from"], "date": original.wire["date"]}
    return post(call, chat, original.kind, {"forward_origin": origin, **content_of(original)})


DOING: dict[str, Doing] = {
    "sendMessage": _message,
    "sendPhoto": _photo,
    "sendDocument": _document,
    "sendVoice": _voice,
    "sendSticker": _sticker,
    "sendLocation": _location,
    "sendVenue": _venue,
    "sendContact": _contact,
    "sendChatAction": _action,
    "copyMessage": _copy,
    "forwardMessage": _forward,
}
