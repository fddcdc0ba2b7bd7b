"""Telegram: neutral messages to its Bot API. Beside ``telegram_answers`` the only module that knows telebot.

pyTelegramBotAPI is used as a client of the API only. Its dispatch, its threads, its polling and its retries
lose or double updates (docs/decisions/0003), so none of them is used.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from telebot import TeleBot, apihelper, types

from bot.connectors import telegram_updates
from bot.connectors.connector import FileTooLarge, Message, MessageGone, Upload
from bot.connectors.form_post import FormPost
from bot.connectors.telegram_answers import sorted_answers, sorted_download, sorted_file
from bot.connectors.telegram_updates import PLATFORM
from bot.events import Incoming
from services.ways_out import NeverAgain, TryLater

UPDATES = ["message", "callback_query", "my_chat_member"]
CONNECT_SECONDS, READ_SECONDS = 3, 10
UPLOAD_SECONDS = 20
DOWNLOAD_SECONDS = 60.0
NAME_PAUSE = 60.0


class Telegram:
    """One bot on a Bot API server. Safe to use from several threads."""

    def __init__(self, token: str, api_url: str, proxy: str = "") -> None:
        apihelper.API_URL = api_url + "/bot{0}/{1}"
        apihelper.FILE_URL = api_url + "/file/bot{0}/{1}"
        apihelper.CONNECT_TIMEOUT, apihelper.READ_TIMEOUT = CONNECT_SECONDS, READ_SECONDS
        apihelper.RETRY_ON_ERROR = False
        apihelper.CUSTOM_REQUEST_SENDER = self._wire = FormPost(proxy)
        self._file_url = f"{api_url}/file/bot{token}/"
        self._bot = TeleBot(token, threaded=False)
        self._token = token
        self.bot_id = token.partition(":")[0]
        self._username = ""
        self._polls = False
        self._asks_again_at = 0.0

    @property
    def source(self) -> str:
        """Names this account as where updates come from."""
        return f"{PLATFORM}:{self.bot_id}"

    # what comes in

    def updates(self, offset: int, *, seconds: int) -> list[dict[str, Any]]:
        """Wait up to ``seconds`` for updates from ``offset`` on; asking for an offset forgets all before it.

        The first call removes a webhook that may still be set: Telegram would refuse to be polled.
        """
        with sorted_answers():
            if not self._polls:
                self._bot.delete_webhook(drop_pending_updates=False)
                self._polls = True
            found = apihelper.get_updates(
                self._token, offset=offset or None, allowed_updates=UPDATES, long_polling_timeout=seconds
            )
        return list(found or [])

    def read(self, update: Mapping[str, Any]) -> Incoming | None:
        """An update as a neutral event; None for what is nobody's deed in a private chat, or cannot be read."""
        self._learn_name()
        return telegram_updates.read(self.source, update)

    # what goes out

    def send(self, chat_key: str, message: Message) -> str:
        """Send a message and return its id."""
        html, markup = message["html"], _markup(message)
        with sorted_answers():
            sent = self._bot.send_message(
                _chat(chat_key),
                html,
                parse_mode="HTML",
                reply_markup=markup,
                link_preview_options=types.LinkPreviewOptions(is_disabled=True),
            )
        return str(sent.message_id)

    def edit(self, chat_key: str, message_id: str, message: Message) -> None:
        """Replace a message's text and buttons."""
        html, markup = message["html"], _inline(message.get("rows") or [])
        with sorted_answers():
            self._bot.edit_message_text(
                html,
                _chat(chat_key),
                int(message_id),
                parse_mode="HTML",
                reply_markup=markup,
                link_preview_options=types.LinkPreviewOptions(is_disabled=True),
            )

    def strip(self, chat_key: str, message_id: str) -> None:
        """Take a message's buttons away."""
        try:
            with sorted_answers():
                self._bot.edit_message_reply_markup(_chat(chat_key), int(message_id), reply_markup=None)
        except MessageGone:
            return

    def delete(self, chat_key: str, message_id: str) -> None:
        """Delete a message."""
        try:
            with sorted_answers():
                self._bot.delete_message(_chat(chat_key), int(message_id))
        except MessageGone:
            return

    def hush(self, chat_key: str, message: Message) -> str:
        """Take the reply keyboard away with a short message."""
        html = message["html"]
        with sorted_answers():
            sent = self._bot.send_message(
                _chat(chat_key), html, parse_mode="HTML", reply_markup=types.ReplyKeyboardRemove()
            )
        return str(sent.message_id)

    def document(self, chat_key: str, upload: Upload, message: Message) -> str:
        """Send a file with a caption."""
        with sorted_answers():
            sent = apihelper.send_data(
                self._token,
                _chat(chat_key),
                (upload.name, upload.content),
                "document",
                reply_markup=_inline(message.get("rows") or []),
                parse_mode="HTML",
                caption=message.get("html") or None,
                timeout=UPLOAD_SECONDS,
            )
        return str(sent["message_id"])

    def photo(self, chat_key: str, upload: Upload, message: Message) -> str:
        """Send a picture with a caption."""
        with sorted_answers():
            sent = apihelper.send_photo(
                self._token,
                _chat(chat_key),
                (upload.name, upload.content),
                caption=message.get("html") or None,
                reply_markup=_inline(message.get("rows") or []),
                parse_mode="HTML",
                timeout=UPLOAD_SECONDS,
            )
        return str(sent["message_id"])

    def map(self, chat_key: str, message: Message) -> str:
        """Send a place: with a title and an address as a venue, else as a location."""
        chat, markup = _chat(chat_key), _inline(message.get("rows") or [])
        latitude, longitude = message["latitude"], message["longitude"]
        title, address = message.get("title"), message.get("address")
        with sorted_answers():
            if title and address:
                sent = self._bot.send_venue(chat, latitude, longitude, title, address, reply_markup=markup)
            else:
                sent = self._bot.send_location(chat, latitude, longitude, reply_markup=markup)
        return str(sent.message_id)

    def react(self, chat_key: str, message_id: str, emoji: str) -> None:
        """Put a reaction under a message; Telegram refuses emoji that are none."""
        with sorted_answers():
            self._bot.set_message_reaction(_chat(chat_key), int(message_id), [types.ReactionTypeEmoji(emoji)])

    def typing(self, chat_key: str) -> None:
        """Show "typing…" for about five seconds."""
        with sorted_answers():
            self._bot.send_chat_action(_chat(chat_key), "typing")

    def fetch(self, file_ref: str, *, largest: int) -> bytes:
        """The bytes of a file that a person sent; they are read as they come and no further than ``largest``."""
        with sorted_file():
            found = apihelper.get_file(self._token, file_ref)
        if int(found.get("file_size") or 0) > largest:
            raise FileTooLarge("too large")
        with sorted_answers():
            status, kind, content = self._wire.download(
                self._file_url + quote(str(found["file_path"])),
                largest=largest,
                step=(CONNECT_SECONDS, READ_SECONDS),
                whole=DOWNLOAD_SECONDS,
            )
        sorted_download(status, kind)
        if len(content) > largest:
            raise FileTooLarge("too large")
        return content

    def show_commands(self, chat_key: str, commands: Sequence[Mapping[str, str]]) -> None:
        """Set the menu of one chat, whatever the language of the app."""
        with sorted_answers():
            self._bot.set_my_commands(_commands(commands), scope=types.BotCommandScopeChat(_chat(chat_key)))

    def tell_profile(self, what: str, language: str, value: Any) -> None:
        """Set the bot's name, descriptions or default commands for a language."""
        with sorted_answers():
            match what:
                case "name":
                    self._bot.set_my_name(value, language)
                case "description":
                    self._bot.set_my_description(value, language)
                case "short_description":
                    self._bot.set_my_short_description(value, language)
                case "commands":
                    self._bot.set_my_commands(_commands(value), language_code=language or None)
                case _:
                    raise NeverAgain(f"a bot has no {what}")

    def answer_press(self, press_id: str, text: str) -> None:
        """Free the pressed button."""
        with sorted_answers():
            self._bot.answer_callback_query(press_id, text=text or None)

    # the bot itself

    def introduce(self) -> None:
        """Learn the bot's own name, which links need."""
        with sorted_answers():
            self._username = str(self._bot.get_me().username)

    def entry_link(self, payload: str) -> str:
        """The link that opens this bot with a payload; empty until the bot knows its name. Asks nobody."""
        return f"https://t.me/{self._username}?start={payload}" if self._username else ""

    def _learn_name(self) -> None:
        """Ask aside, at most once a minute until it is known: no answer waits for it, links are left out till then."""
        now = time.monotonic()
        if self._username or now < self._asks_again_at:
            return
        self._asks_again_at = now + NAME_PAUSE
        threading.Thread(target=self._introduce_quietly, name="introduce", daemon=True).start()

    def _introduce_quietly(self) -> None:
        with contextlib.suppress(TryLater, NeverAgain):
            self.introduce()

    def set_webhook(self, url: str, secret: str, certificate: Path | None) -> None:
        """Have updates sent to ``url``; a self-signed certificate is uploaded with it."""
        with sorted_answers():
            if certificate is None:
                self._bot.set_webhook(url=url, secret_token=secret, allowed_updates=UPDATES)
                return
            with certificate.open("rb") as opened:
                self._bot.set_webhook(
                    url=url, secret_token=secret, allowed_updates=UPDATES, certificate=types.InputFile(opened)
                )

    def remove_webhook(self) -> None:
        """Stop the webhook; what waits stays and can be polled."""
        with sorted_answers():
            self._bot.delete_webhook(drop_pending_updates=False)

    def webhook(self) -> dict[str, Any]:
        """What Telegram says of the webhook: url, pending updates, last error."""
        with sorted_answers():
            return dict(apihelper.get_webhook_info(self._token))


def _chat(chat_key: str) -> int:
    return int(chat_key.rpartition(":")[2])


def _markup(message: Message) -> types.InlineKeyboardMarkup | types.ReplyKeyboardMarkup | None:
    ask = message.get("ask")
    if ask:
        keyboard = types.ReplyKeyboardMarkup(resize_keyboard=True, one_time_keyboard=True)
        keyboard.add(
            types.KeyboardButton(
                ask["label"],
                request_location=True if ask["kind"] == "place" else None,
                request_contact=True if ask["kind"] == "contact" else None,
            )
        )
        return keyboard
    return _inline(message.get("rows") or [])


def _commands(commands: Sequence[Mapping[str, str]]) -> list[types.BotCommand]:
    return [types.BotCommand(each["command"], each["description"]) for each in commands]


def _inline(rows: list[list[dict[str, str]]]) -> types.InlineKeyboardMarkup | None:
    if not rows:
        return None
    return types.InlineKeyboardMarkup(
        [
            [
                types.InlineKeyboardButton(button["label"], callback_data=button.get("data"), url=button.get("link"))
                for button in row
            ]
            for row in rows
        ]
    )
