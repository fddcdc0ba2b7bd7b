"""The map of the conversation is current, and nothing on it leads nowhere."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

import pytest

from bot import map as screens_map
from bot import notices
from bot.screens.screen import Screen
from tests.bot.talk import screens, texts

SCREENS = sorted(screens().screens.values(), key=lambda screen: screen.name)
every_screen = pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)


def button_labels(screen: Screen) -> set[str]:
    """The first argument of every ``Button(…)``, and the prompt and label of every ``Ask(…)``, in its module."""
    tree = ast.parse(inspect.getsource(sys.modules[screen.show.__module__]))  # type: ignore[union-attr]
    found: set[str] = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        named = call.func.id if isinstance(call.func, ast.Name) else ""
        if named == "Button" and not isinstance(call.args[0], ast.Name):
            found |= screens_map._chosen(call.args[0])
        elif named == "Ask":
            found |= {name for word in call.keywords for name in screens_map._chosen(word.value)}
    return found


def test_the_page_in_docs_is_current() -> None:
    assert screens_map.FILE.read_text(encoding="utf-8") == screens_map.draw(screens())


def test_check_ends_with_a_word_where_the_page_is_out_of_date(tmp_path: Path) -> None:
    page = tmp_path / "screens.md"
    with pytest.raises(SystemExit, match=r"screens\.md is out of date"):
        screens_map.main(["--check"], page)
    assert not page.exists()

    screens_map.main([], page)
    screens_map.main(["--check"], page)


@every_screen
def test_every_answer_leads_to_screens_that_exist(screen: Screen) -> None:
    for way in screens_map.ways_of(screen):
        assert way.leads_to, way
        assert set(way.leads_to) <= {*screens().screens, screens_map.BEFORE}, way


@every_screen
def test_every_answer_says_what_it_does(screen: Screen) -> None:
    assert screen.show is not None
    assert [way for way in screens_map.ways_of(screen) if not way.promise.endswith(".")] == []


@every_screen
def test_every_button_carries_a_verb_that_somebody_answers(screen: Screen) -> None:
    assert screen.show is not None
    assert set(screens_map.shown_verbs(screen.show)) <= set(screens().presses)


def test_every_verb_has_a_button_somewhere() -> None:
    shown = {verb for screen in SCREENS if screen.show for verb in screens_map.shown_verbs(screen.show)}
    shown |= {verb for of in notices.BUTTONS.values() for verb in screens_map.shown_verbs(of)}

    assert set(screens().presses) - shown == set()


@every_screen
def test_every_screen_has_its_text_with_a_block_for_each_label(screen: Screen) -> None:
    assert screen.template in texts().names()
    missing = {name for name in {"body", *button_labels(screen)} if not texts().has_block(screen.template, name)}

    # the kind of an Ask and the codes of languages are literals too, but no blocks of their own
    assert missing <= {"place", "contact"}


@every_screen
def test_every_line_above_a_screen_exists(screen: Screen) -> None:
    """The second argument of ``turn.go`` and the first of ``turn.stay`` and ``turn.back`` are blocks."""
    tree = ast.parse(inspect.getsource(sys.modules[screen.show.__module__]))  # type: ignore[union-attr]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if not (isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "turn"):
            continue
        position = {"go": 1, "stay": 0, "back": 0}.get(call.func.attr)
        if position is None or position >= len(call.args):
            continue
        words = [word.value for word in ast.walk(call.args[position]) if isinstance(word, ast.Constant)]
        assert [word for word in words if word and not texts().has_block(screen.template, str(word))] == []


def test_a_destination_that_is_no_literal_is_refused() -> None:
    call = ast.parse("def answer(turn):\n    return turn.go(somewhere)").body[0]
    assert isinstance(call, ast.FunctionDef)
    with pytest.raises(screens_map.NotOnTheMap, match="line 2"):
        screens_map._look_into(call)
