"""Methods that change or remove messages, answer presses and react."""

from __future__ import annotations

from sandbox.methods.albums import described
from sandbox.methods.call import Call, Doing
from sandbox.methods.sending import content_of
from sandbox.refusals import bad_request
from sandbox.utf16 import units
from sandbox.world import Chat, Message, Wire

# The reactions that Telegram lets a bot choose from.
REACTIONS = frozenset({
    "❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩",
    "🤮", "💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "❤\u200d🔥", "🌚", "🌭", "💯",
    "🤣", "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭",
    "🤓", "👻", "👨\u200d💻", "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄",
    "☃", "💅", "🤪", "🗿", "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷\u200d♂",
    "🤷", "🤷\u200d♀", "😡",
})  # fmt: skip
DELETE_WITHIN = 48 * 3600
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def _editable(call: Call) -> tuple[Chat, Message]:
    if call.get("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = call.open_chat()
    message = call.message(chat, "message to edit not found")
    if not message.from_bot or not message.editable:
        raise bad_request("message can't be edited")
    return chat, message


def _put(call: Call, chat: Chat, message: Message, content: Wire) -> Wire:
    """Replace content and keyboard; an edit without a keyboard takes the old one away."""
    head = {
        key: value
        for key, value in message.wire.items()
        if key in ("message_id", "from", "chat", "date", "reply_to_message", "media_group_id")
    }
    markup = call.get("reply_markup")
    if content == content_of(message) and markup == message.wire.get("reply_markup"):
        raise bad_request(NOT_MODIFIED)
    now = call.world.now()
    wire = {**head, "edit_date": int(now), **content}
    if markup:
        wire["reply_markup"] = markup
    message.replace(wire, now)
    call.world.note("edited", bot_id=chat.bot.id, chat_id=chat.id, message_id=message.id)
    return wire


def _text(call: Call) -> Wire:
    chat, message = _editable(call)
    content = call.text()
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    preview = call.get("link_preview_options")
    if preview:
        content["link_preview_options"] = preview
    return _put(call, chat, message, content)


def _caption(call: Call) -> Wire:
    chat, message = _editable(call)
    if message.kind not in ("photo", "document", "voice"):
        raise bad_request("there is no caption in the message to edit")
    old = content_of(message)
    kept = {key: value for key, value in old.items() if not key.startswith("caption")}
    return _put(call, chat, message, {**kept, **call.caption()})


def _markup(call: Call) -> Wire:
    chat, message = _editable(call)
    return _put(call, chat, message, content_of(message))


def _media(call: Call) -> Wire:
    chat, message = _editable(call)
    if not call.get("media"):
        raise bad_request("media is empty")
    if message.kind not in ("photo", "document"):
        raise bad_request("message content type can't be changed")
    kind, content = described(call, call.get("media"))
    wire = _put(call, chat, message, content)
    message.kind = kind
    return wire


def _remove(call: Call, chat: Chat, message: Message) -> None:
    message.deleted_at = call.world.now()
    message.deleted_by = "bot"
    call.world.note("deleted", bot_id=chat.bot.id, chat_id=chat.id, message_id=message.id)


def _delete(call: Call) -> bool:
    chat = call.open_chat()
    message = call.message(chat, "message to delete not found")
    if call.world.now() - message.at > DELETE_WITHIN:
        raise bad_request("message can't be deleted for everyone")
    _remove(call, chat, message)
    return True


def _delete_many(call: Call) -> bool:
    chat = call.open_chat()
    numbers = call.get("message_ids")
    if not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > 100:
        raise bad_request("too many message identifiers specified")
    for number in numbers:  # those that are gone or too old are passed over, as Telegram does
        message = chat.messages.get(number)
        if message and message.deleted_at is None and call.world.now() - message.at <= DELETE_WITHIN:
            _remove(call, chat, message)
    return True


def _answer(call: Call) -> bool:
    pressed = call.world.callbacks.get(call.get("callback_query_id") or "")
    if (
        pressed is None
        or pressed.chat.bot is not call.bot
        or pressed.answered
        or call.world.now() - pressed.at > call.world.settings.callback_ttl
    ):
        raise bad_request(TOO_OLD)
    text = call.get("text") or ""
    if units(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if call.get("url"):
        _answer_url(call)
    pressed.answered = True
    pressed.answer = {"text": text or None, "show_alert": bool(call.get("show_alert")), "url": call.get("url")}
    call.world.note("answered", bot_id=call.bot.id, chat_id=pressed.chat.id, callback_id=pressed.id, text=text)
    return True


def _answer_url(call: Call) -> None:
    url = call.get("url").removeprefix("https://").removeprefix("http://")
    if not url.lower().startswith((f"t.me/{call.bot.username}?start=".lower(), f"{call.bot.username}.t.me?".lower())):
        raise bad_request("URL_INVALID")


def _react(call: Call) -> bool:
    chat = call.open_chat()
    message = call.message(chat, "message to react not found")
    wanted = call.get("reaction") or []
    if len(wanted) > 1:  # a bot, as a user without Premium, has one reaction for each message
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in wanted:
        if reaction.get("type") != "emoji" or set(reaction) - {"type", "emoji"}:
            raise bad_request("REACTION_INVALID")
        if str(reaction.get("emoji")) not in REACTIONS:
            raise bad_request("REACTION_INVALID")
    message.reactions = [reaction["emoji"] for reaction in wanted]
    call.world.note("reacted", bot_id=chat.bot.id, chat_id=chat.id, message_id=message.id)
    return True


DOING: dict[str, Doing] = {
    "editMessageText": _text,
    "editMessageCaption": _caption,
    "editMessageReplyMarkup": _markup,
    "editMessageMedia": _media,
    "deleteMessage": _delete,
    "deleteMessages": _delete_many,
    "answerCallbackQuery": _answer,
    "setMessageReaction": _react,
}
