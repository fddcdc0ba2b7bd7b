"""Which methods the sandbox knows, which parameters they take, and how a value is read.

Telegram ignores what it does not know; here an unknown parameter or a wrong type is refused with its
name, so that a slip of the pen is found in a test and not by a reader of the documentation.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox import keyboards
from sandbox.files import Upload
from sandbox.refusals import Refused, bad_request

Values = dict[str, Any]

_SEND = (
    "business_connection_id:str chat_id:chat message_thread_id:int direct_messages_topic_id:int "
    "disable_notification:bool protect_content:bool allow_paid_broadcast:bool message_effect_id:str "
    "suggested_post_parameters:object reply_parameters:reply reply_markup:markup "
)
_CAPTION = "caption:str parse_mode:str caption_entities:entities "
_EDIT = "business_connection_id:str chat_id:chat message_id:int inline_message_id:str reply_markup:inline "
_ABOVE = "show_caption_above_media:bool "
_PLACE = "latitude:float longitude:float "
_COPY = "from_chat_id:chat message_id:int video_start_timestamp:int "

_TABLE = {
    "getMe": "",
    "logOut": "",
    "close": "",
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:strings",
    "setWebhook": "url:str certificate:file ip_address:str max_connections:int allowed_updates:strings "
    "drop_pending_updates:bool secret_token:str",
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "sendMessage": _SEND + "text:str parse_mode:str entities:entities link_preview_options:preview",
    "sendPhoto": _SEND + _CAPTION + _ABOVE + "photo:file has_spoiler:bool",
    "sendDocument": _SEND + _CAPTION + "document:file thumbnail:file disable_content_type_detection:bool",
    "sendVoice": _SEND + _CAPTION + "voice:file duration:int",
    "sendSticker": _SEND + "sticker:file emoji:str",
    "sendLocation": _SEND + _PLACE + "horizontal_accuracy:float live_period:int heading:int proximity_alert_radius:int",
    "sendVenue": _SEND + _PLACE + "title:str address:str foursquare_id:str foursquare_type:str "
    "google_place_id:str google_place_type:str",
    "sendContact": _SEND + "phone_number:str first_name:str last_name:str vcard:str",
    "sendChatAction": "business_connection_id:str chat_id:chat message_thread_id:int action:str",
    "sendMediaGroup": "business_connection_id:str chat_id:chat message_thread_id:int "
    "direct_messages_topic_id:int media:objects disable_notification:bool protect_content:bool "
    "allow_paid_broadcast:bool message_effect_id:str reply_parameters:reply",
    "copyMessage": _SEND.replace("business_connection_id:str ", "") + _COPY + _CAPTION + _ABOVE,
    "forwardMessage": "chat_id:chat message_thread_id:int direct_messages_topic_id:int "
    "disable_notification:bool protect_content:bool message_effect_id:str "
    "suggested_post_parameters:object " + _COPY,
    "editMessageText": _EDIT + "text:str parse_mode:str entities:entities link_preview_options:preview",
    "editMessageCaption": _EDIT + _CAPTION + _ABOVE,
    "editMessageReplyMarkup": _EDIT,
    "editMessageMedia": _EDIT + "media:object",
    "deleteMessage": "chat_id:chat message_id:int",
    "deleteMessages": "chat_id:chat message_ids:ints",
    "answerCallbackQuery": "callback_query_id:str text:str show_alert:bool url:str cache_time:int",
    "setMessageReaction": "chat_id:chat message_id:int reaction:objects is_big:bool",
    "getFile": "file_id:str",
    "setMyCommands": "commands:objects scope:object language_code:str",
    "getMyCommands": "scope:object language_code:str",
    "deleteMyCommands": "scope:object language_code:str",
    "setMyName": "name:str language_code:str",
    "getMyName": "language_code:str",
    "setMyDescription": "description:str language_code:str",
    "getMyDescription": "language_code:str",
    "setMyShortDescription": "short_description:str language_code:str",
    "getMyShortDescription": "language_code:str",
    "setChatMenuButton": "chat_id:int menu_button:object",
    "getChatMenuButton": "chat_id:int",
    "getChat": "chat_id:chat",
    "getChatMember": "chat_id:chat user_id:int",
}

# Files of an album or of a new medium are attached under names of the sender's choice.
_ATTACHING = frozenset({"sendMediaGroup", "editMessageMedia"})

_REPLY_FIELDS = {
    "message_id": int, "chat_id": (int, str), "allow_sending_without_reply": bool, "quote": str,
    "quote_parse_mode": str, "quote_entities": list, "quote_position": int, "checklist_task_id": int,
    "poll_option_id": str,
}  # fmt: skip
_PREVIEW_FIELDS = {
    "is_disabled": bool, "url": str, "prefer_small_media": bool, "prefer_large_media": bool,
    "show_above_text": bool,
}  # fmt: skip
_ENTITY_FIELDS = {
    "type": str, "offset": int, "length": int, "url": str, "user": dict, "language": str,
    "custom_emoji_id": str, "unix_time": int, "date_time_format": str,
}  # fmt: skip

_ENTITY_NEEDS = {
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
}
_ENTITY_TYPES = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline"}
    | {"strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre"}
    | set(_ENTITY_NEEDS)
)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError("an Integer")
    try:
        return int(value)
    except ValueError:
        raise TypeError("an Integer") from None


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError("a Float")
    try:
        return float(value)
    except ValueError:
        raise TypeError("a Float") from None


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in ("true", "yes", "1"):
        return True
    if word in ("false", "no", "0"):
        return False
    raise TypeError("a Boolean")


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a String")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
    return value


def _chat(value: Any) -> int | str:
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        return value
    return _integer(value)


def _file(value: Any) -> Upload | str:
    return value if isinstance(value, Upload) else _string(value)


def loads(source: str | bytes) -> Any:
    """Read JSON; raises ValueError, and Refused for half a surrogate pair, which no UTF-8 can hold."""
    value = json.loads(source)
    if "\\ud" in (source if isinstance(source, str) else source.decode("utf-8", "replace")).lower():
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
    return value


def _loaded(value: Any, kind: type, words: str) -> Any:
    """Objects and arrays come as JSON, or as JSON written into a string."""
    if isinstance(value, str):
        try:
            value = loads(value)
        except ValueError:
            raise TypeError(f"{words} in valid JSON") from None
    if not isinstance(value, kind):
        raise TypeError(words)
    return value


def _object(value: Any) -> Values:
    loaded: Values = _loaded(value, dict, "an Object")
    return loaded


def _array_of(kind: type, words: str) -> Callable[[Any], list[Any]]:
    def read(value: Any) -> list[Any]:
        items: list[Any] = _loaded(value, list, words)
        if not all(isinstance(item, kind) and not (kind is int and isinstance(item, bool)) for item in items):
            raise TypeError(words)
        return items

    return read


def check_fields(found: Values, known: dict[str, Any], what: str) -> Values:
    """Refuse fields that the object does not have, and values of another type."""
    for name, value in found.items():
        if name not in known:
            raise bad_request(f'unknown field "{name}" in {what}')
        if not isinstance(value, known[name]) or (known[name] is int and isinstance(value, bool)):
            raise bad_request(f'field "{name}" of {what} has a wrong type')
    return found


def _reply(value: Any) -> Values:
    found = check_fields(_object(value), _REPLY_FIELDS, "reply_parameters")
    if found and "message_id" not in found:
        raise bad_request("can't parse reply parameters: Can't find field \"message_id\"")
    return found


def _preview(value: Any) -> Values:
    return check_fields(_object(value), _PREVIEW_FIELDS, "link_preview_options")


def read_entities(value: Any) -> list[Values]:
    """Read an array of MessageEntity."""
    entities = _array_of(dict, "an Array of MessageEntity")(value)
    for entity in entities:
        check_fields(entity, _ENTITY_FIELDS, "MessageEntity")
        for name in ("type", "offset", "length"):
            if name not in entity:
                raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
        kind = entity["type"]
        if kind not in _ENTITY_TYPES:
            raise bad_request(f"can't parse MessageEntity: unknown type {kind}")
        if _ENTITY_NEEDS.get(kind, "type") not in entity:
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{_ENTITY_NEEDS[kind]}\"")
    return entities


def _markup(value: Any) -> Any:
    return keyboards.checked(_loaded(value, dict, "an Object"))


def _inline(value: Any) -> Any:
    return keyboards.checked(_loaded(value, dict, "an Object"), inline_only=True)


_READERS: dict[str, Callable[[Any], Any]] = {
    "int": _integer,
    "float": _number,
    "bool": _boolean,
    "str": _string,
    "chat": _chat,
    "file": _file,
    "object": _object,
    "objects": _array_of(dict, "an Array of Objects"),
    "strings": _array_of(str, "an Array of Strings"),
    "ints": _array_of(int, "an Array of Integers"),
    "reply": _reply,
    "preview": _preview,
    "entities": read_entities,
    "markup": _markup,
    "inline": _inline,
}


def _readers(line: str) -> dict[str, Callable[[Any], Any]]:
    pairs = (word.split(":") for word in line.split())
    return {name: _READERS[kind] for name, kind in pairs}


METHODS = {method: _readers(line) for method, line in _TABLE.items()}
BY_LOWER_NAME = {method.lower(): method for method in METHODS}


def read(method: str, given: Values) -> Values:
    """Return the values in their types; an empty value counts as absent, as Telegram has it.

    Raises Refused with the name of an unknown parameter or of one with a wrong value.
    """
    readers = METHODS[method]
    values: Values = {}
    for name, raw in given.items():
        reader = readers.get(name)
        if reader is None:
            if method in _ATTACHING and isinstance(raw, Upload):
                values[f"attach://{name}"] = raw
                continue
            raise bad_request(f'unknown parameter "{name}" of {method}: the sandbox refuses what Telegram ignores')
        if raw is None or raw == "":
            continue
        try:
            values[name] = reader(raw)
        except TypeError as wrong:
            raise bad_request(f'parameter "{name}" of {method} must be {wrong}') from None
    return values


def method_named(name: str) -> str:
    """Return the method's proper name; Telegram does not mind capitals. Unknown ones are 404."""
    method = BY_LOWER_NAME.get(name.lower())
    if method is None:
        raise Refused(404, "Not Found")
    return method
