"""The webhook's door: who may knock, what is taken, and what Telegram is told when it is not."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bot.connectors.telegram import Telegram
from bot.events import TryAgain
from db.models.messaging import inbox
from db.session import Database
from tests.bot.hall import furnish
from tests.bot.talk import Talk
from web.app import BODY_LIMIT, SECRET_HEADER, create_app

SECRET = "s-e_cret-S-E_CRET"
UPDATE = {"update_id": 7, "message": {"message_id": 1, "date": 1, "text": "/start",
          "from": {"id": 5, "first_name": "N"}, "chat": {"id": 5, "type": "private"}}}  # fmt: skip


class Door:
    """The app, and what came through it."""

    def __init__(self, answer: float = 0.0) -> None:
        self.answer = answer
        self.taken: list[Mapping[str, Any]] = []
        self.report: dict[str, Any] = {"ok": True}
        self.client = client_of(self.accept, lambda: self.report)

    def accept(self, update: Mapping[str, Any]) -> float:
        self.taken.append(update)
        return self.answer

    def post(self, body: Any = None, *, secret: str | bytes | None = SECRET, **options: Any) -> TestResponse:
        headers = [] if secret is None else [(SECRET_HEADER, secret)]
        content = {"json": UPDATE if body is None else body} if "data" not in options else {}
        return self.client.post("/telegram", headers=headers, **content, **options)


def client_of(accept: Callable[[Mapping[str, Any]], float], health: Callable[[], Mapping[str, Any]]) -> FlaskClient:
    return create_app(path="/telegram", secret=SECRET, accept=accept, health=health).test_client()


def test_an_update_with_the_secret_is_taken() -> None:
    door = Door()

    assert door.post().status_code == 200
    assert door.taken == [UPDATE]


@pytest.mark.parametrize(
    "secret",
    [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.lower(), SECRET.upper(), f" {SECRET}x",
     "пароль".encode().decode("latin-1"), "é" * 17, "\x7f", "x" * 5000],
)  # fmt: skip
def test_without_the_secret_nothing_is_read(secret: str | None) -> None:
    door = Door()

    assert door.post(secret=secret).status_code == 403
    assert door.post(secret=secret, data=b"not json").status_code == 403
    assert door.taken == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"7", b'"x"', b"{}", b'{"update_id": "7"}', b'{"update_id": null}', b"\xff\xfe",
     b"[" * 5000],
)  # fmt: skip
def test_what_is_no_update_is_refused(body: bytes) -> None:
    door = Door()

    assert door.post(data=body, content_type="application/json").status_code == 400
    assert door.taken == []


def test_a_body_over_the_cap_is_refused() -> None:
    door = Door()
    padding = b'{"update_id": 7, "x": "%s"}'

    fits = padding % (b"a" * (BODY_LIMIT - len(padding) + 2))
    assert len(fits) == BODY_LIMIT
    assert door.post(data=fits, content_type="application/json").status_code == 200
    assert door.post(data=fits + b" ", content_type="application/json").status_code == 413
    assert len(door.taken) == 1


@pytest.mark.parametrize(("seconds", "shown"), [(0.5, "1"), (1.0, "1"), (1.2, "2"), (60.0, "60")])
def test_what_cannot_be_taken_now_is_asked_for_again(seconds: float, shown: str) -> None:
    answer = Door(seconds).post()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, shown)


def test_other_doors_are_closed() -> None:
    client = Door().client

    assert client.get("/telegram").status_code == 405
    assert client.post("/", headers={SECRET_HEADER: SECRET}, json=UPDATE).status_code == 404
    assert client.get("/static/x").status_code == 404


def test_an_app_without_a_secret_does_not_start() -> None:
    with pytest.raises(ValueError, match="without a secret"):
        create_app(path="/", secret="", accept=lambda _: 0.0, health=dict)


def test_health_is_told_in_the_status_too() -> None:
    door = Door()
    assert door.client.get("/healthz").status_code == 200

    door.report = {"ok": False, "database": "away"}
    answer = door.client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (503, {"ok": False, "database": "away"})


def test_nobody_answers_410_which_would_make_telegram_forget_us() -> None:
    for path in Path(create_app.__code__.co_filename).parent.glob("*.py"):
        numbers = [node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]
        assert 410 not in numbers


def test_the_secret_is_never_compared_with_equals() -> None:
    for path in Path(create_app.__code__.co_filename).parent.glob("*.py"):
        compared = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Compare)]
        assert [ast.unparse(node) for node in compared if "secret" in ast.unparse(node)] == []


# with the conversation behind it


def test_through_the_door_to_the_commit(database: Database) -> None:
    """A 403 leaves no row, a 200 one; the same update again none; a lost database is a 503 and no row."""
    with database.transaction() as session:
        furnish(session)
    talk, away = Talk(database.transaction, database.reading), Database("sqlite:////")
    lost = Talk(away.transaction, away.reading)
    telegram = Telegram("1:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "http://127.0.0.1:1")
    behind = [talk]

    def accept(update: Mapping[str, Any]) -> float:
        incoming = telegram.read(update)
        assert incoming is not None
        try:
            behind[0].conversation.handle(incoming)
        except TryAgain as again:
            return again.seconds
        return 0.0

    client = client_of(accept, dict)

    def post(secret: str) -> tuple[int, int]:
        answer = client.post("/telegram", headers={SECRET_HEADER: secret}, json=UPDATE)
        return answer.status_code, int(talk.scalar(select(func.count()).select_from(inbox)))

    assert post("wrong") == (403, 0)
    behind[0] = lost
    assert post(SECRET) == (503, 0)
    behind[0] = talk
    assert post(SECRET) == (200, 1)
    assert post(SECRET) == (200, 1)
    assert talk.kinds(5).count("chat.screen") == 1
    away.dispose()
