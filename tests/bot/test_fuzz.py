"""Whatever a client may send: no event raises, and each is answered by one screen at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.events import Kind
from db.models.messaging import dead_letter
from db.session import Database
from tests.bot.hall import STRANGER, Hall
from tests.bot.talk import Talk, screens, talk_inside, undone

numbers = st.one_of(st.integers(0, 12), st.integers(0, 10**15 - 1), st.sampled_from([2**31 - 1, 2**31, 2**63]))
forged = st.one_of(
    st.builds(
        lambda verb, ids, version: f"{verb}.{'-'.join(map(str, ids))}.{version}",
        st.sampled_from(sorted(screens().presses)),
        st.lists(numbers, max_size=4),
        st.one_of(numbers, st.just("")),
    ),
    st.text(max_size=64),
    st.from_regex(r"[a-z_]{1,24}\.[-0-9]{0,20}\.[0-9]{0,9}", fullmatch=True),
)
signs = st.characters(codec="utf-8", exclude_characters="\x00")
"""What a connector lets through: a NUL or half a surrogate pair never comes as far as here."""
written = st.one_of(
    st.text(signs, max_size=200),
    st.text("0123456789 .,-+шт\u00a0\u0661½∞", max_size=12),
    st.sampled_from(
        ["/", "/start", "/start x", "/menu@bot", "//", "/орды", "/start " + "A" * 70, "\x01", " ", "9" * 400]
    ),
    st.sampled_from(["<b>", "</a>", "&amp;", "%", "_%_", "'; DROP TABLE person; --", "🇪🇸" * 50, "a" * 4096]),
)
degrees = st.floats(allow_nan=True, allow_infinity=True)
quickly = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def inside(furnished: tuple[Database, Hall]) -> Iterator[Connection]:
    with furnished[0].engine.connect() as opened:
        outer = opened.begin()
        yield opened
        outer.rollback()


def places(hall: Hall) -> list[int]:
    return [hall.desk.rita.id, hall.desk.bob.id, hall.desk.ann.id, hall.rex.id, STRANGER]


def shown_at_most_once(talk: Talk, chat: int) -> None:
    assert talk.kinds(chat).count("chat.screen") <= 1
    assert talk.scalar(select(func.count()).select_from(dead_letter)) == 0


@quickly
@given(data=forged, who=st.integers(0, 4))
@example(data="figures_last.99-0-739678-739678.1", who=2)
def test_forged_presses(inside: Connection, hall: Hall, data: str, who: int) -> None:
    with undone(inside):
        talk, chat = talk_inside(inside), places(hall)[who]
        handled = talk.press_data(chat, data)

        assert handled.answer is not None
        assert len(handled.answer.text) <= 200
        shown_at_most_once(talk, chat)


LIVING = [
    "home", "cart", "category", "product", "line", "favourites", "clients", "client_new", "place", "review", "queue",
    "give_access", "staff", "help", "orders",
]  # fmt: skip
STARTS = {"product": (1,), "category": (1, 0), "line": (5, 1), "orders": (0,), "clients": (0,), "queue": (0,)}
"""The ids that the button which leads to a screen carries."""


@quickly
@given(text=written, who=st.integers(0, 4), living=st.sampled_from(LIVING))
def test_texts_and_commands_on_any_screen(inside: Connection, hall: Hall, text: str, who: int, living: str) -> None:
    with undone(inside):
        talk, chat = talk_inside(inside), places(hall)[who]
        talk.press(chat, living, *STARTS.get(living, ()))
        talk.clear_outbox()

        talk.say(chat, text)

        shown_at_most_once(talk, chat)


CONTENT = {"latitude": degrees, "longitude": degrees, "text": st.text(signs, max_size=40)}
OTHERWISE = {Kind.PASSWORD, Kind.PRESS, Kind.COMMAND, Kind.HEARD}
"""Kinds that the tests above try, that are made of others, or that no messenger sends."""
KINDS = [kind for kind in Kind if kind not in OTHERWISE]


@quickly
@given(
    kind=st.sampled_from(KINDS),
    content=st.fixed_dictionaries(CONTENT),
    who=st.integers(0, 4),
    living=st.sampled_from(["place", "cart", "help", "client_new"]),
)
def test_everything_else_that_can_be_sent(
    inside: Connection, hall: Hall, *, kind: Kind, content: dict[str, Any], who: int, living: str
) -> None:
    with undone(inside):
        talk, chat = talk_inside(inside), places(hall)[who]
        talk.press(chat, living)
        talk.clear_outbox()

        talk.conversation.handle(talk.event(chat, kind, message_id="8", **content))

        shown_at_most_once(talk, chat)
