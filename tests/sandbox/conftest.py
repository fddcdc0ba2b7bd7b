"""One sandbox for all tests of this folder; each test finds it empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox import Box, running_sandbox
from sandbox.client import Bot, Chat, Person

DEFAULTS = {"callback_ttl": 150, "message_ttl": 86_400, "retry_scale": 1, "journal_limit": 200_000, "pace": False}
OF_A_CHAT = ("send", "edit", "deleteMessage", "setMessage")  # methods that get a chat_id of themselves


class Api:
    """Calls the Bot API as a bot would, with a JSON body unless told otherwise."""

    def __init__(self, box: Box, bot: Bot) -> None:
        self.url = f"{box.api_url}/bot{bot.token}"
        self.session = requests.Session()
        self.chat_id: int | None = None

    def raw(self, method: str, **params: Any) -> requests.Response:
        if self.chat_id is not None and method.startswith(OF_A_CHAT):
            params.setdefault("chat_id", self.chat_id)
        return self.session.post(f"{self.url}/{method}", json=params, timeout=10)

    def __call__(self, method: str, **params: Any) -> Any:
        answer = self.raw(method, **params).json()
        assert answer["ok"], answer
        return answer["result"]

    def refused(self, method: str, **params: Any) -> str:
        response = self.raw(method, **params)
        answer = response.json()
        assert not answer["ok"], answer
        assert response.status_code == answer["error_code"]
        return f"{answer['error_code']} {answer['description']}"


@pytest.fixture(scope="session")
def shared_box() -> Iterator[Box]:
    with running_sandbox() as box:
        yield box


@pytest.fixture
def box(shared_box: Box) -> Box:
    shared_box.reset()
    shared_box.settings(**DEFAULTS)
    return shared_box


@pytest.fixture
def bot(box: Box) -> Bot:
    return box.new_bot("telbot_demo_bot", name="TelBot")


@pytest.fixture
def anna(box: Box) -> Person:
    return box.new_person("Анна", last_name="Ким", language_code="ru", phone="+79001234567")


@pytest.fixture
def chat(bot: Bot, anna: Person) -> Chat:
    """A chat that Anna has started; its first update is acknowledged."""
    chat = anna.chat_with(bot)
    chat.say("/start")
    return chat


@pytest.fixture
def api(box: Box, bot: Bot, chat: Chat) -> Iterator[Api]:
    api = Api(box, bot)
    api("getUpdates", offset=-1)
    api("getUpdates", offset=api("getUpdates")[-1]["update_id"] + 1)
    api.chat_id = chat.id
    yield api
    api.session.close()
