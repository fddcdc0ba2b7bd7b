"""No log line holds a token or a password, whatever library wrote it and however it failed."""

from __future__ import annotations

import io
import logging
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from bot import logs
from bot.connectors.telegram import Telegram
from db.session import Database
from delivery.smtp import SmtpGateway
from sandbox import running_sandbox
from services.ways_out import NeverAgain, TryLater
from settings import Settings

TOKEN = "77:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SMTP_PASSWORD = "smtp p@ss/word+7"
WEBHOOK_SECRET = "canary-of-the-webhook"
DATABASE_PASSWORD = "canary-of-the-database"
PROXY_PASSWORD = "canary-of-the-proxy"
SECRETS = (TOKEN, TOKEN.partition(":")[2], SMTP_PASSWORD, WEBHOOK_SECRET, DATABASE_PASSWORD, PROXY_PASSWORD)
ENCODED = "smtp%20p%40ss%2Fword%2B7"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.chdir(tmp_path)  # no .env of this machine
    return Settings(
        bot_token=SecretStr(TOKEN),
        smtp_url=SecretStr(f"smtp://desk:{ENCODED}@127.0.0.1:1"),
        database_url=SecretStr(f"postgresql+psycopg://desk:{DATABASE_PASSWORD}@127.0.0.1:1/desk"),
        bot_proxy=SecretStr(f"http://desk:{PROXY_PASSWORD}@127.0.0.1:1"),
        webhook_url="https://desk.example.org/telegram",
        webhook_secret=SecretStr(WEBHOOK_SECRET),
    )


@pytest.fixture
def written(settings: Settings) -> Iterator[io.StringIO]:
    """Everything that is logged at DEBUG, by every library too; the loggers are put back afterwards."""
    root, telebot = logging.getLogger(), logging.getLogger("TeleBot")
    before = (root.level, list(root.handlers), list(telebot.handlers))
    levels = {name: logging.getLogger(name).level for name in ("urllib3", "TeleBot", "dramatiq", "waitress", "alembic")}
    logs.set_up("DEBUG", settings.secrets())
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)  # as if nobody had quietened them
    stream = io.StringIO()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(stream)
    yield stream
    root.setLevel(before[0])
    root.handlers[:], telebot.handlers[:] = before[1], before[2]
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def clean(written: io.StringIO) -> str:
    """What was logged, which holds no secret."""
    text = written.getvalue()
    assert text
    assert [secret for secret in (*SECRETS, ENCODED) if secret in text] == []
    return text


def test_a_messenger_that_cannot_be_reached(written: io.StringIO, settings: Settings) -> None:
    log = logging.getLogger("test")
    for proxy in ("", settings.bot_proxy.get_secret_value()):
        telegram = Telegram(settings.token, "http://127.0.0.1:1", proxy)
        try:
            telegram.send("tg:77:1", {"html": "x", "rows": []})
        except TryLater:
            log.exception("sending failed")
    try:
        requests.get(f"http://127.0.0.1:1/bot{TOKEN}/getMe", timeout=1)
    except requests.RequestException:
        log.exception("a library's own words: %s", TOKEN)

    assert "***" in clean(written)


def test_a_messenger_that_answers_all_kinds_of_things(written: io.StringIO) -> None:
    with running_sandbox() as box:
        bot = box.new_bot("desk_bot", token=TOKEN)
        telegram = Telegram(TOKEN, box.api_url)
        chat = box.new_person("Nina").chat_with(bot)
        chat.say("/start")
        for kind in ("too_many", "error", "html", "cut"):
            with box.fault(kind, method="sendMessage"), pytest.raises(TryLater):
                telegram.send(f"tg:77:{chat.id}", {"html": "x", "rows": []})
        telegram.send(f"tg:77:{chat.id}", {"html": "x", "rows": []})

    clean(written)


def test_files_whose_address_holds_the_token(written: io.StringIO) -> None:
    log = logging.getLogger("test")
    with running_sandbox() as box:
        bot = box.new_bot("desk_bot", token=TOKEN)
        telegram = Telegram(TOKEN, box.api_url)
        chat = box.new_person("Nina").chat_with(bot)
        chat.send_file(b"12345", "a.txt")
        ref = chat.history()[-1].file_id or ""
        for method in ("getFile", "download"):
            for kind in ("too_many", "error", "html", "cut"):
                with box.fault(kind, method=method):
                    try:
                        telegram.fetch(ref, largest=100)
                    except TryLater:
                        log.exception("fetching failed")
        for wrong, largest in ((ref, 2), ("forged", 100)):
            try:
                telegram.fetch(wrong, largest=largest)
            except NeverAgain:
                log.exception("not to be had")
        assert telegram.fetch(ref, largest=100) == b"12345"

    assert clean(written).count("Traceback") == 10


def test_a_mail_server_that_refuses_us(written: io.StringIO, settings: Settings) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "desk@example.org", "shop@example.org"
    message.set_content("x")
    log = logging.getLogger("test")
    try:
        SmtpGateway(settings.smtp_url.get_secret_value()).send(message)
    except (TryLater, NeverAgain):
        log.exception("mailing failed")
    try:
        raise smtplib.SMTPAuthenticationError(535, f"no such login desk:{SMTP_PASSWORD}".encode())
    except smtplib.SMTPException:
        log.exception("as it came")

    clean(written)


def test_a_database_that_is_away(written: io.StringIO, settings: Settings) -> None:
    database = Database(settings.database_url.get_secret_value())
    log = logging.getLogger("test")
    try:
        with database.transaction() as session:
            session.connection()
    except OperationalError:
        log.exception("no database at %s", settings.database_url.get_secret_value())
    database.dispose()

    clean(written)


def test_settings_in_a_log_line(written: io.StringIO, settings: Settings) -> None:
    logging.getLogger("test").error("%r %s %s %s", settings, settings, settings.secrets(), settings.model_dump())

    clean(written)


def test_an_unknown_bots_token_is_hidden_too(written: io.StringIO) -> None:
    logging.getLogger("test").warning("https://api.telegram.org/bot123456789:%s/getMe", "B" * 35)

    assert "BBBB" not in clean(written)


def test_libraries_that_log_whole_requests_are_quiet_unless_asked(settings: Settings) -> None:
    root, telebot = logging.getLogger(), logging.getLogger("TeleBot")
    before = (root.level, list(root.handlers), list(telebot.handlers))
    logs.set_up("DEBUG", settings.secrets())

    assert logging.getLogger("urllib3").getEffectiveLevel() == logging.WARNING
    assert telebot.handlers == []
    root.setLevel(before[0])
    root.handlers[:], telebot.handlers[:] = before[1], before[2]


def test_what_postgresql_quotes_of_a_row_is_hidden(written: io.StringIO) -> None:
    logging.getLogger("test").error("null value\nDETAIL:  Failing row contains (K7QF2-9XMT, null).")

    assert "K7QF2" not in clean(written)
