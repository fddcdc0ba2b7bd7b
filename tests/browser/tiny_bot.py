"""A bot of a few lines: the test calls the Bot API in its name and reads its updates."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import requests

from sandbox import Box
from sandbox.client import Bot, Chat


class TinyBot:
    """Calls the Bot API with JSON, and takes updates one by one."""

    def __init__(self, box: Box, bot: Bot) -> None:
        self.box, self.bot = box, bot
        self._url = f"{box.api_url}/bot{bot.token}"
        self._session = requests.Session()
        self._taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._session.close()

    def __call__(self, method: str, **params: Any) -> Any:
        """Call a method; returns its result, raises AssertionError when it is refused."""
        return self._result(self._session.post(f"{self._url}/{method}", json=params, timeout=10))

    def upload(self, method: str, files: dict[str, tuple[str, bytes, str]], **params: Any) -> Any:
        """Call a method with files: by field, their name, content and type."""
        return self._result(self._session.post(f"{self._url}/{method}", data=params, files=files, timeout=10))

    def say(self, chat: Chat, text: str, **params: Any) -> int:
        """Send a text; returns its number."""
        return int(self("sendMessage", chat_id=chat.id, text=text, **params)["message_id"])

    def next(self) -> dict[str, Any]:
        """Return the next update, waiting for it."""
        found = self("getUpdates", offset=self._taken + 1, limit=1, timeout=8)
        assert found, "no update came"
        self._taken = found[0]["update_id"]
        return dict(found[0])

    def update(self, kind: str) -> dict[str, Any]:
        """Return what the next update brings; AssertionError where it is not of this kind."""
        found = self.next()
        assert kind in found, found
        return dict(found[kind])

    def forget(self) -> None:
        """Take all updates that wait, unread."""
        while waiting := self("getUpdates", offset=self._taken + 1, timeout=0):
            self._taken = waiting[-1]["update_id"]

    @staticmethod
    def _result(response: requests.Response) -> Any:
        answer = response.json()
        assert answer["ok"], answer
        return answer["result"]
