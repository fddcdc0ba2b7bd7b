"""The bot to compare with: pyTelegramBotAPI as its documentation shows it, no database, no rules. It makes the
Bot API calls that TelBot makes for the same updates.

``python -m benchmarks.echo polling`` or ``python -m benchmarks.echo webhook PORT``; ``BOT_TOKEN`` and
``BOT_API_URL`` come from the environment.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import telebot
from flask import Flask, request
from telebot import apihelper, types
from waitress import serve

PATH = "/echo"
WORDS = "Choose a category or a product.\n" * 8
WAIT_SECONDS = 25


def make_bot() -> telebot.TeleBot:
    """The bot with its two handlers."""
    apihelper.API_URL = os.environ["BOT_API_URL"] + "/bot{0}/{1}"
    bot = telebot.TeleBot(os.environ["BOT_TOKEN"])
    answers = 0

    def keyboard() -> types.InlineKeyboardMarkup:
        return types.InlineKeyboardMarkup(
            [[types.InlineKeyboardButton(f"Button {row}", callback_data=f"echo.{row}.0")] for row in range(6)]
        )

    def words() -> str:
        nonlocal answers
        answers += 1
        return f"<b>{answers}</b>\n{WORDS}"

    @bot.message_handler(content_types=["text", "location"])
    def written(message: Any) -> None:
        """A new screen below, and the buttons of the old one go."""
        if message.message_id > 1:
            bot.edit_message_reply_markup(message.chat.id, message.message_id - 1, reply_markup=None)
        bot.send_message(message.chat.id, words(), parse_mode="HTML", reply_markup=keyboard())

    @bot.callback_query_handler(func=lambda _call: True)
    def pressed(call: Any) -> None:
        """The screen changes in place, and the button is freed."""
        bot.answer_callback_query(call.id)
        place = call.message.chat.id, call.message.message_id
        bot.edit_message_text(words(), *place, parse_mode="HTML", reply_markup=keyboard())

    return bot


def main() -> None:
    """Run until killed."""
    bot = make_bot()
    if sys.argv[1] == "polling":
        bot.infinity_polling(long_polling_timeout=WAIT_SECONDS)
        return
    app = Flask(__name__)

    @app.post(PATH)
    def update() -> str:
        bot.process_new_updates([types.Update.de_json(request.get_json())])
        return ""

    serve(app, listen=f"127.0.0.1:{sys.argv[2]}", threads=8, ident=None)


if __name__ == "__main__":
    main()
