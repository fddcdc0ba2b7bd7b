"""The way out to chats: screens that are edited in place, notices, and what tidies up behind them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.connectors.connector import Connector, Message, MessageGone, Upload
from bot.events import Internal, PressAnswer
from delivery.ways import HandBack
from services import dialogues
from services.files import FileStore
from services.lanes import Row
from services.pace import Limit
from services.ways_out import NeverAgain, TryLater, Unreachable

log = logging.getLogger(__name__)

_PACED = {"chat.screen", "chat.notice", "chat.prompt", "chat.hush", "chat.document", "chat.photo", "chat.map"}
KINDS = (*sorted(_PACED), "chat.strip", "chat.delete", "chat.commands", "chat.react")
REACTION_TRIES = 2
"""A reaction is a courtesy: what it says, the screen says too."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast messages may leave: to one chat after a burst, and notices to all chats together."""

    per_chat: float
    burst: int
    notices: float


class ChatWay:
    """Delivers the rows of the chat lanes through the connector of the chat's platform."""

    def __init__(self, connectors: Mapping[str, Connector], pace: Pace, store: FileStore, hand_back: HandBack) -> None:
        self._connectors = connectors
        self._pace = pace
        self._store = store
        self._hand_back = hand_back
        self._unreachable: set[int] = set()
        self._deliver: dict[str, Callable[[Connector, str, Row, str | None], str]] = {
            "chat.screen": _screen,
            "chat.notice": self._notice,
            "chat.prompt": _prompt,
            "chat.document": self._document,
            "chat.photo": self._photo,
            "chat.map": _map,
            "chat.commands": _commands,
            "chat.strip": _strip,
            "chat.delete": _delete,
            "chat.hush": _hush,
            "chat.react": _react,
        }

    def limits(self, row: Row) -> Sequence[Limit]:
        """The chat's own pace, and for notices the one of all chats, so that replies always go first."""
        if row.kind not in _PACED:
            return ()
        own = Limit(row.lane, self._pace.per_chat, self._pace.burst)
        if row.kind != "chat.notice":
            return (own,)
        return (own, Limit("notices", self._pace.notices, max(1, int(self._pace.notices))))

    def prepare(self, session: Session, row: Row) -> str | None:
        """Find the message that shows the screen which the row is about, if it has one already."""
        known: str | None = row.payload.get("message_id")
        if known is None and "slot" in row.payload:
            return dialogues.message_of(session, _chat(row), row.payload["slot"])
        return known

    def deliver(self, row: Row, prepared: str | None) -> str:
        """Send, edit, strip or delete; returns the message's id. Files are read here, from the store."""
        chat_key = _chat(row)
        connector = self._connectors[chat_key.partition(":")[0]]
        try:
            return self._deliver[row.kind](connector, chat_key, row, prepared)
        except Unreachable:
            self._unreachable.add(row.id)
            self._hand_back(Internal("chat.blocked", row.id, {"chat_key": chat_key}))
            raise

    def _notice(self, connector: Connector, chat_key: str, row: Row, _message_id: str | None) -> str:
        """A text, or a file with the text as its caption."""
        file = row.payload.get("file")
        if file is None:
            return connector.send(chat_key, row.payload)
        is_picture = str(file["content_type"]).startswith("image/")
        return self._send_file(connector, chat_key, file, row.payload, as_picture=is_picture)

    def _document(self, connector: Connector, chat_key: str, row: Row, _message_id: str | None) -> str:
        return self._send_file(connector, chat_key, row.payload, row.payload, as_picture=False)

    def _photo(self, connector: Connector, chat_key: str, row: Row, _message_id: str | None) -> str:
        return self._send_file(connector, chat_key, row.payload, row.payload, as_picture=True)

    def _send_file(
        self, connector: Connector, chat_key: str, file: Mapping[str, Any], message: Message, *, as_picture: bool
    ) -> str:
        """Send a stored file; a picture that the messenger does not want to show goes as a document."""
        try:
            upload = Upload(file["name"], self._store.read(file["sha256"]))
        except FileNotFoundError:
            raise NeverAgain("the file is not in the store") from None
        if as_picture:
            try:
                return connector.photo(chat_key, upload, message)
            except Unreachable:
                raise
            except NeverAgain as refusal:
                log.warning("a picture goes as a document: %s", refusal.reason)
        return connector.document(chat_key, upload, message)

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """Remember which message shows the screen now; forget it once its buttons are gone."""
        if row.kind == "chat.screen" and provider_id and provider_id != row.payload.get("noted"):
            dialogues.note_message(session, _chat(row), row.payload["slot"], provider_id)
        elif row.kind == "chat.strip" and "slot" in row.payload:
            dialogues.forget_message(session, _chat(row), row.payload["slot"])

    def put_off(self, row: Row, reason: str) -> None:
        """Nobody to tell: the person would be told in the same chat."""

    def given_up(self, row: Row, reason: str) -> None:  # noqa: ARG002
        """Somebody waits for a screen that will not come: say so, unless the chat cannot be reached at all."""
        if row.kind == "chat.screen" and row.id not in self._unreachable:
            self._hand_back(Internal("chat.refused", row.id, {"chat_key": _chat(row)}))
        self._unreachable.discard(row.id)


def _chat(row: Row) -> str:
    return row.lane.removeprefix("chat:")


def _screen(connector: Connector, chat_key: str, row: Row, message_id: str | None) -> str:
    if message_id is not None:
        try:
            connector.edit(chat_key, message_id, row.payload)
        except MessageGone:
            pass
        else:
            return message_id
    return connector.send(chat_key, row.payload)


def _prompt(connector: Connector, chat_key: str, row: Row, _message_id: str | None) -> str:
    return connector.send(chat_key, row.payload)


def _map(connector: Connector, chat_key: str, row: Row, _message_id: str | None) -> str:
    return connector.map(chat_key, row.payload)


def _commands(connector: Connector, chat_key: str, row: Row, _message_id: str | None) -> str:
    connector.show_commands(chat_key, row.payload["commands"])
    return ""


def _hush(connector: Connector, chat_key: str, row: Row, _message_id: str | None) -> str:
    return connector.hush(chat_key, row.payload)


def _strip(connector: Connector, chat_key: str, _row: Row, message_id: str | None) -> str:
    if message_id is not None:
        connector.strip(chat_key, message_id)
    return message_id or ""


def _delete(connector: Connector, chat_key: str, _row: Row, message_id: str | None) -> str:
    if message_id is not None:
        connector.delete(chat_key, message_id)
    return message_id or ""


def _react(connector: Connector, chat_key: str, row: Row, message_id: str | None) -> str:
    """React to a message, or let it be: a reaction that is refused is worth neither a dead row nor a long wait."""
    try:
        if message_id is not None:
            connector.react(chat_key, message_id, row.payload["emoji"])
    except NeverAgain as refusal:
        log.info("no reaction: %s", refusal.reason)
    except TryLater as later:
        if row.attempts + 1 < REACTION_TRIES:
            raise
        log.info("no reaction: %s", later.reason)
    return message_id or ""


class Courtesy:
    """Answers to presses, right after the commit and best effort: whoever waits for one longer sees the screen."""

    def __init__(self, connector: Connector, threads: int = 2) -> None:
        self._connector = connector
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="courtesy")

    def answer(self, answer: PressAnswer) -> None:
        """Free the button soon; whatever goes wrong with it is not worth a try again."""
        self._pool.submit(self._answer, answer)

    def _answer(self, answer: PressAnswer) -> None:
        try:
            self._connector.answer_press(answer.press_id, answer.text)
        except (TryLater, NeverAgain):
            return

    def stop(self) -> None:
        """Drop what was not answered yet."""
        self._pool.shutdown(wait=True, cancel_futures=True)
