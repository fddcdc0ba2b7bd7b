"""Many at once inside one process: the same update from many threads, two presses of one button."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from bot.connectors.telegram import Telegram
from bot.conversation import Conversation
from bot.events import TryAgain
from bot.screens import registry
from db.models.messaging import dialogue, inbox, outbox
from db.models.orders import Order, OrderEvent
from db.models.people import Account
from db.session import Database
from services.access_codes import CodeHasher
from services.actor import Role
from templates.environment import Texts
from tests.builders import make_company, make_draft, make_person, make_product
from web.app import SECRET_HEADER, create_app

BOT_ID, SECRET = 4242, "secret-of-the-test"
THREADS, REPEATS = 16, 100
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def app(database: Database) -> Flask:
    """The webhook on a database of its own; what it would send stays in the outbox."""
    with database.transaction() as session:
        make_company(session)
    telegram = Telegram(f"{BOT_ID}:{'a' * 35}", "http://127.0.0.1:9")
    conversation = Conversation(
        transaction=database.transaction,
        reading=database.reading,
        registry=registry.load(),
        texts=Texts.load(),
        hasher=CodeHasher(),
        clock=lambda: NOW,
        entry_link=str,
    )

    def accept(update: Any) -> float:
        incoming = telegram.read(update)
        assert incoming is not None
        try:
            conversation.handle(incoming)
        except TryAgain as again:
            return again.seconds
        return 0.0

    return create_app(path="/telegram", secret=SECRET, accept=accept, health=dict)


@pytest.fixture
def draft(database: Database) -> tuple[int, int, int]:
    """A draft that lacks nothing: its rep's Telegram id, its own id and its version."""
    with database.transaction() as session:
        rep = make_person(session, "Rita", roles=[Role.REP])
        account = session.scalars(select(Account).where(Account.person_id == rep.id)).one()
        account.chat_key = f"tg:{BOT_ID}:{account.external_id}"
        make_person(session, "Kira", roles=[Role.STOREKEEPER])
        order = make_draft(session, rep, {make_product(session, "Milk", on_hand=5): 5})
        return int(account.external_id), order.id, order.version


def test_one_update_posted_a_hundred_times_from_sixteen_threads_has_one_effect(
    app: Flask, database: Database, draft: tuple[int, int, int]
) -> None:
    rep, order_id, version = draft
    update = press(1, rep, f"submit.{order_id}.{version}")

    answers = at_once([lambda: post(app, update)] * REPEATS)

    assert answers == Counter({200: REPEATS})
    assert count(database, inbox) == 1
    assert history(database) == [(order_id, "draft", "submitted")]
    assert notices(database) == 1
    assert versions(database) == [1]


def test_two_presses_of_submit_at_once_make_one_order(
    app: Flask, database: Database, draft: tuple[int, int, int]
) -> None:
    """The same tap under two update ids, as Telegram's apps re-send it."""
    rep, order_id, version = draft
    taps = [press(number, rep, f"submit.{order_id}.{version}") for number in (1, 2)]

    answers = at_once([lambda tap=tap: post(app, tap) for tap in taps])  # type: ignore[misc]

    assert answers == Counter({200: 2})
    assert count(database, inbox) == 2
    assert history(database) == [(order_id, "draft", "submitted")]
    assert notices(database) == 1
    assert versions(database) == [2]


def test_updates_of_many_chats_at_once_are_all_taken(app: Flask, database: Database) -> None:
    """Strangers, each in a chat that was never seen before."""
    updates = [press(number, 1000 + number, "home..0") for number in range(1, 65)]

    answers = at_once([lambda update=update: post(app, update) for update in updates])  # type: ignore[misc]

    assert answers == Counter({200: 64})
    assert count(database, inbox) == 64
    assert versions(database) == [1] * 64


def press(update_id: int, person: int, data: str) -> dict[str, Any]:
    """A tap as Telegram sends it."""
    user = {"id": person, "is_bot": False, "first_name": "Rita", "language_code": "en"}
    chat = {"id": person, "type": "private"}
    query = {"id": str(update_id), "from": user, "message": {"message_id": 1, "chat": chat}, "data": data}
    return {"update_id": update_id, "callback_query": query}


def post(app: Flask, update: dict[str, Any]) -> int:
    """Hand it in at the webhook; returns the HTTP status."""
    return app.test_client().post("/telegram", json=update, headers={SECRET_HEADER: SECRET}).status_code


def at_once(calls: list[Callable[[], int]]) -> Counter[int]:
    """Make the calls from so many threads, the first ones in the same moment; returns how often which answer came."""
    threads = min(THREADS, len(calls))
    start = threading.Barrier(threads)

    def work(mine: list[Callable[[], int]]) -> list[int]:
        start.wait(10)
        return [call() for call in mine]

    with ThreadPoolExecutor(threads) as pool:
        done = pool.map(work, [calls[number::threads] for number in range(threads)])
        return Counter(answer for answers in done for answer in answers)


def count(database: Database, table: Any) -> int:
    """How many rows."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def history(database: Database) -> list[tuple[int, str, str]]:
    """Every step of every order."""
    with database.reading() as session:
        steps = select(OrderEvent.order_id, OrderEvent.from_status, OrderEvent.to_status).order_by(OrderEvent.id)
        assert session.scalar(select(func.count()).select_from(Order)) == 1
        return [(row.order_id, row.from_status, row.to_status) for row in session.execute(steps)]


def notices(database: Database) -> int:
    """How many notices wait: the storekeeper is told once."""
    with database.reading() as session:
        return session.scalar(select(func.count()).where(outbox.c.kind == "chat.notice")) or 0


def versions(database: Database) -> list[int]:
    """How often each chat was moved."""
    with database.reading() as session:
        return list(session.scalars(select(dialogue.c.version).order_by(dialogue.c.chat_key)))
