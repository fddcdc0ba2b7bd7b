"""Every announcement of the services has a text, in every language, and a button that leads somewhere."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from bot import map as screens_map
from bot import notices
from bot.buttons import unpack
from sandbox.html_markup import parse_html
from services import announcements, people
from services.actor import Role
from services.announcements import Audience
from templates.environment import LANGUAGES
from tests.bot.hall import Hall
from tests.bot.talk import Talk, screens, texts
from tests.templates.facts import NOTICES

ROOT = Path(__file__).resolve().parents[2]


def announced() -> set[str]:
    """Every literal name that the product gives to ``announce`` or to what announces it by name."""
    names: set[str] = set()
    for path in [*ROOT.glob("services/**/*.py"), *ROOT.glob("bot/**/*.py")]:
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            called = ast.unparse(call.func).rpartition(".")[2]
            if called in {"announce", "_tell", "hand_over"} and len(call.args) > 2:
                names |= set() if isinstance(call.args[2], ast.Name) else screens_map._literals(call, 2)
    return names


def test_every_announcement_has_a_text_and_facts_here() -> None:
    assert announced() == set(NOTICES)
    assert [name for name in sorted(NOTICES) if not texts().has_block(notices.TEMPLATE, name)] == []


def test_every_button_belongs_to_an_announcement() -> None:
    assert set(notices.BUTTONS) <= set(NOTICES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(NOTICES))
def test_a_notice_reaches_its_reader_in_the_readers_language(name: str, language: str, talk: Talk, hall: Hall) -> None:
    bob = hall.desk.bob.id
    with talk.transaction() as session:
        people.set_language(session, bob, language)
        announcements.announce(session, Audience(person_id=bob), name, **NOTICES[name])
        [item] = notices.items(session, texts())

    assert (item.lane, item.kind) == (f"chat:tg:1:{bob}", "chat.notice")
    shown, _ = parse_html(item.payload["html"])
    assert shown == parse_html(texts().block(notices.TEMPLATE, name, language, _facts(name)))[0]
    for row in item.payload["rows"]:
        for button in row:
            pressed = unpack(button["data"])
            assert pressed is not None
            assert pressed.verb in screens().presses
            assert 0 < len(button["label"]) < 30


def test_the_admins_are_told_in_the_place_of_whom_nobody_reaches(talk: Talk, hall: Hall) -> None:
    with talk.transaction() as session:
        to = Audience(role=Role.STOREKEEPER, warehouse_id=987)
        announcements.announce(session, to, "order_submitted", **NOTICES["order_submitted"])
        told = notices.items(session, texts())

    assert [item.lane for item in told] == [f"chat:tg:1:{hall.desk.ann.id}"]
    [[button]] = told[0].payload["rows"]
    assert button == {"label": "🧾 Open", "data": "order.12.0"}, "an admin cannot load, but can look and cancel"


def test_a_secret_notice_is_marked_for_wiping(talk: Talk, hall: Hall) -> None:
    with talk.transaction() as session:
        to = Audience(person_id=hall.desk.ann.id)
        announcements.announce(session, to, "access_issued", secret=True, **NOTICES["access_issued"])
        announcements.announce(session, to, "gave_up", **NOTICES["gave_up"])

        assert [item.secret for item in notices.items(session, texts())] == [True, False]


def test_what_was_taken_is_not_told_twice(talk: Talk, hall: Hall) -> None:
    with talk.transaction() as session:
        announcements.announce(session, Audience(person_id=hall.desk.ann.id), "gave_up", **NOTICES["gave_up"])

        assert [len(notices.items(session, texts())) for _ in range(2)] == [1, 0]


def _facts(name: str) -> dict[str, Any]:
    return {**NOTICES[name], "in_their_place": False}
