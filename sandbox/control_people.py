"""Control: bots, people, and what people do."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from sandbox import people, views
from sandbox.core import Core
from sandbox.files import Upload
from sandbox.refusals import WrongControl
from sandbox.world import Bot, Callback, Chat, Message, Person, Wire


def bot_of(core: Core, bot_id: int) -> Bot:
    """Return the bot or refuse."""
    bot = core.world.bots.get(bot_id)
    if bot is None:
        raise WrongControl(f"no bot {bot_id}")
    return bot


def person_of(core: Core, person_id: int) -> Person:
    """Return the person or refuse."""
    person = core.world.people.get(person_id)
    if person is None:
        raise WrongControl(f"no person {person_id}")
    return person


def chat_of(core: Core, bot_id: int, person_id: int) -> Chat:
    """Return the chat of the two or refuse."""
    return core.world.chat(bot_of(core, bot_id), person_of(core, person_id))


def unpacked(content: str) -> bytes:
    """Return the bytes of a base64 field."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise WrongControl("content must be base64") from None


def _new_bot(core: Core, *, username: str, name: str = "Bot", token: str | None = None) -> Wire:
    if token is not None and not token.split(":")[0].isdigit():
        raise WrongControl("a token begins with digits and a colon")
    if token in core.world.bots_by_token or any(bot.username == username for bot in core.world.bots.values()):
        raise WrongControl(f"there is a bot {username} or its token already")
    bot = core.world.new_bot(username, name, token)
    return {"id": bot.id, "token": bot.token, "username": bot.username, "name": bot.name}


def _new_person(
    core: Core,
    *,
    first_name: str,
    last_name: str | None = None,
    username: str | None = None,
    language_code: str | None = None,
    phone: str | None = None,
    about: str | None = None,
) -> Wire:
    first_name = first_name.strip()
    if not first_name:
        raise WrongControl("a person has a first name")
    names = {"last_name": last_name, "username": username, "language_code": language_code}
    person = core.world.new_person(first_name, phone=phone, about=about, **names)
    return {"id": person.id, "first_name": first_name, "phone": person.phone, "about": about, **names}


def _change_person(
    core: Core, *, person_id: int, deactivated: bool | None = None, language_code: str | None = None
) -> Wire:
    person = person_of(core, person_id)
    if deactivated is not None:
        person.deactivated = deactivated
    if language_code is not None:
        person.language_code = language_code
    core.world.note("person", person_id=person.id)
    return {"id": person.id}


def _sent(message: Message) -> Wire:
    return {"message_id": message.id}


def _say(core: Core, *, bot_id: int, person_id: int, text: str, reply_to: int | None = None) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    return _sent(people.send(core.world, chat, "text", people.text_content(text), reply_to))


def _send_location(core: Core, *, bot_id: int, person_id: int, latitude: float, longitude: float) -> Wire:
    content = {"location": {"latitude": latitude, "longitude": longitude}}
    return _sent(people.send(core.world, chat_of(core, bot_id, person_id), "location", content))


def _send_contact(
    core: Core, *, bot_id: int, person_id: int, phone: str | None = None, first_name: str | None = None
) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    return _sent(people.send(core.world, chat, "contact", _contact(chat.person, phone, first_name)))


def _contact(person: Person, phone: str | None, first_name: str | None) -> Wire:
    if phone is None or phone == person.phone:
        own = {key: value for key, value in person.names().items() if key != "username"}
        return {"contact": {"phone_number": person.phone, **own, "user_id": person.id}}
    return {"contact": {"phone_number": phone, "first_name": first_name or "Somebody"}}


def _send_photo(core: Core, *, bot_id: int, person_id: int, content: str, caption: str | None = None) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    photo = people.photo_content(chat, unpacked(content))
    return _sent(people.send(core.world, chat, "photo", {**photo, **people.caption_content(caption)}))


def _send_file(
    core: Core, *, bot_id: int, person_id: int, content: str, name: str, mime: str, caption: str | None = None
) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    document = people.document_content(chat, Upload(name, mime, unpacked(content)))
    return _sent(people.send(core.world, chat, "document", {**document, **people.caption_content(caption)}))


def _send_voice(core: Core, *, bot_id: int, person_id: int, content: str) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    voice = chat.bot.files.add_voice(Upload("voice.oga", "audio/ogg", unpacked(content)))
    return _sent(people.send(core.world, chat, "voice", {"voice": voice}))


def _send_sticker(core: Core, *, bot_id: int, person_id: int, emoji: str) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    return _sent(people.send(core.world, chat, "sticker", {"sticker": chat.bot.files.add_sticker(emoji)}))


def _send_album(core: Core, *, bot_id: int, person_id: int, contents: list[str], caption: str | None = None) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    if not 2 <= len(contents) <= 10:
        raise WrongControl("an album has 2 to 10 photos")
    photos = [people.photo_content(chat, unpacked(content)) for content in contents]
    photos[0].update(people.caption_content(caption))
    group = people.new_group()
    sent = [people.send(core.world, chat, "photo", {"media_group_id": group, **photo}) for photo in photos]
    return {"message_ids": [message.id for message in sent]}


def _edit(core: Core, *, bot_id: int, person_id: int, message_id: int, text: str) -> Wire:
    return _sent(people.edit(core.world, chat_of(core, bot_id, person_id), message_id, text))


def _block(core: Core, *, bot_id: int, person_id: int, blocked: bool = True) -> Wire:
    people.set_blocked(core.world, chat_of(core, bot_id, person_id), blocked=blocked)
    return {"blocked": blocked}


def _button(chat: Chat, label: str, message_id: int | None) -> tuple[int, Wire] | str:
    """Return the newest message that shows the button, and the button; or why there is none."""
    reason = "no visible message shows it"
    for item in reversed(chat.messages.values()):
        if item.deleted_at is not None or (message_id is not None and item.id != message_id):
            continue
        rows = item.wire.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [each for row in rows for each in row]
        found = people.labelled(buttons, label)
        if found is not None:
            return item.id, found
        several = [each["text"] for each in buttons if label in each["text"]]
        if several:
            reason = f"several buttons of message {item.id} contain it: {several}"
    return reason


async def _press(
    core: Core, *, bot_id: int, person_id: int, label: str, message_id: int | None = None, seconds: float = 10.0
) -> Wire:
    chat = chat_of(core, bot_id, person_id)

    def look() -> tuple[int, Wire] | None:
        found = _button(chat, label, message_id)
        return None if isinstance(found, str) else found

    found = await core.world.until(look, seconds)
    if found is None:
        reason = _button(chat, label, message_id)
        raise WrongControl(f"no button {label!r} within {seconds} s: {reason}\n{views.transcript(chat)}")
    number, button = found
    if "callback_data" not in button:
        raise WrongControl(f"the button {button['text']!r} is not answered by the bot: {button}")
    return _tapped(people.press(core.world, chat, number, button["callback_data"]))


def _tapped(callback: Callback) -> Wire:
    shown = callback.payload["message"]["message_id"]
    return {"callback_query_id": callback.id, "data": callback.payload["data"], "message_id": shown}


def _press_data(core: Core, *, bot_id: int, person_id: int, data: str, message_id: int | None = None) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    if message_id is None:
        message_id = next((item.id for item in reversed(views.visible(chat)) if item.from_bot), None)
    if message_id is None:
        raise WrongControl("the bot has sent nothing that could carry a button")
    return _tapped(people.press(core.world, chat, message_id, data))


def _press_again(core: Core, *, callback_query_id: str) -> Wire:
    earlier = core.world.callbacks.get(callback_query_id)
    if earlier is None:
        raise WrongControl(f"no press {callback_query_id}")
    return _tapped(people.press_again(core.world, earlier))


def _tap(core: Core, *, bot_id: int, person_id: int, label: str) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    rows = (chat.keyboard or {}).get("keyboard", [])
    button = people.labelled([each for row in rows for each in row], label)
    if button is None:
        raise WrongControl(f"no button {label!r} on the keyboard {[[each['text'] for each in row] for row in rows]}")
    if button.get("request_location"):
        raise WrongControl("this button asks for a place: use send_location")
    hide = bool((chat.keyboard or {}).get("one_time_keyboard"))
    if button.get("request_contact"):
        sent = people.send(core.world, chat, "contact", _contact(chat.person, None, None))
    else:
        sent = people.send(core.world, chat, "text", people.text_content(button["text"]))
    if hide:
        chat.keyboard = None
    return _sent(sent)


ACTIONS: dict[str, Callable[..., Any]] = {
    "new_bot": _new_bot,
    "new_person": _new_person,
    "change_person": _change_person,
    "say": _say,
    "send_location": _send_location,
    "send_contact": _send_contact,
    "send_photo": _send_photo,
    "send_file": _send_file,
    "send_voice": _send_voice,
    "send_sticker": _send_sticker,
    "send_album": _send_album,
    "edit": _edit,
    "block": _block,
    "press": _press,
    "press_data": _press_data,
    "press_again": _press_again,
    "tap": _tap,
}
