"""`make demo`, as a newcomer runs it: the real product in processes of its own, played to the end."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
import requests

from sandbox import Box, demo
from sandbox.client import Bot, Chat, ControlError, Person
from sandbox.demo import PORT, ends_after_the_day
from sandbox.demo_day import DAY, PEOPLE, SIGNED_IN, Around, Day, silently
from sandbox.demo_words import CLIENTS, CONTACTS, PLACES, TITLES, WAREHOUSES
from sandbox.story import Step, Stopped, Story
from services import demo_company

ROOT = Path(__file__).parents[2]


def _start(folder: Path, **environment: str) -> subprocess.Popen[str]:
    outside = {name: value for name, value in os.environ.items() if name not in ("CI", "ONCE")}
    return subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-m", "sandbox.demo", str(folder)],
        cwd=ROOT,
        env={**outside, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _of(folder: Path) -> list[str]:
    """The processes whose command or environment names this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if f"FILES_DIR={folder}".encode() in environment:
            found.append(process.name)
    return found


def test_the_day_is_played_to_its_end_and_nothing_is_left_running(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with _start(folder, ONCE="1", BOT_PROXY="http://127.0.0.1:9", WEBHOOK_URL="https://desk.example.org") as process:
        told, _ = process.communicate(timeout=180)

    assert process.returncode == 0, told
    assert re.search(r"http://127\.0\.0\.1:\d+/\n", told[: told.index(" 1. ")]), "before the day, to watch it"
    [letter], [paper] = list((folder / "mail").glob("*.eml")), list((folder / "mail").glob("*.pdf"))
    assert paper.read_bytes().startswith(b"%PDF-")
    assert f"E-mail:  {letter}" in told
    assert f"Invoice: {paper}" in told
    assert re.search(r"📧 .*pedidos@nandu\.example\.org", told)
    for words in ("✅ Каркаде, кг — 30 kg", "24 → 18 шт.", "▫️ Каркаде, кг: 26,5 de 30 kg", "№ 2", "📊 Показатели"):
        assert words in told.replace("\u00a0", " "), words
    assert _of(folder) == []


def test_a_folder_where_a_demo_runs_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "telbot.sqlite3").write_text("somebody's")

    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _start(folder) as process:
            told, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert told == f"\nThe demo did not work: another demo is running in {folder}\n"
    assert (folder / "telbot.sqlite3").read_text() == "somebody's"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see who is left")
def test_a_demo_that_is_terminated_takes_the_product_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with _start(folder, ONCE="1") as process:
        deadline = time.monotonic() + 90
        while not (folder / "telbot.log").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert process.returncode == 128 + signal.SIGTERM
    assert _of(folder) == []


@pytest.fixture
def somebody_on_the_port() -> Iterator[None]:
    """Whoever it is: this test, or another program."""
    with socket.socket() as taker:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            taker.bind(("127.0.0.1", PORT))
            taker.listen()
        yield


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see who is left")
@pytest.mark.usefixtures("somebody_on_the_port")
def test_after_the_day_all_of_it_stays_to_be_used_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with _start(folder) as process:
        try:
            told = _told_until_it_stays(process)
            page = re.search(r"page +(http://\S+/)\n", told)
            assert page, told
            usual = page[1].endswith(f":{PORT}/")  # another program may have let go of it just now
            assert (f"Port {PORT} is taken" in told) == (not usual)
            assert page[1] in told[: told.index(" 1. ")]
            assert requests.get(page[1], timeout=5).status_code == 200
            with Box(f"{page[1]}control") as box:
                _all_is_there(box)
                _a_beginner_can_go_on_by_hand(box)
                _the_story_goes_on_from_where_all_are_signed_in(box)
                _the_bot_survives_a_kill(box)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)

    assert process.returncode == 128 + signal.SIGTERM
    assert _of(folder) == []


def _told_until_it_stays(process: subprocess.Popen[str]) -> str:
    told = ""
    assert process.stdout is not None
    for line in process.stdout:
        told += line
        if line.startswith("  mail "):
            return told
    raise AssertionError(f"it has ended:\n{told}")


def _chats(box: Box) -> dict[str, Chat]:
    """The chats by the name of the person."""
    state = box.control("state")
    [bot] = [Bot(each["id"], "", each["username"], each["name"]) for each in state["bots"]]
    people = [Person(box.control, each["id"], each["first_name"], None, None, None, "") for each in state["people"]]
    return {person.first_name: person.chat_with(bot) for person in people}


def _all_is_there(box: Box) -> None:
    stage = box.stage()
    assert stage["process"] == {"running": True, "starts": 1, "exit": None}
    assert (stage["story"]["state"], stage["story"]["done"]) == ("done", len(DAY))
    assert [scene["name"] for scene in stage["scenes"]] == ["empty", "signed_in"]
    assert (len(stage["places"]), len(stage["contacts"]), stage["notes"]) == (len(PLACES), len(CONTACTS), [])
    assert list(_chats(box)) == [somebody.name for somebody in PEOPLE]
    assert len(box.mail()) == 1


def _a_beginner_can_go_on_by_hand(box: Box) -> None:
    """Twice with the same password: the database is as it was before it was used."""
    token_of_the_first = box.requests(limit=1)[0].bot_id
    box.fault("error", probability=1.0)
    box.settings(pace=True, callback_ttl=1)
    box.advance(3600)
    passwords = []
    for _ in range(2):
        box.put_back("empty")
        [note] = box.stage()["notes"]
        passwords.append(note["text"])
        admin = _chats(box)["Алёна"]
        assert (admin.id, set(note["label"])) == (note["person_id"], {"en", "es", "ru"})
        assert [chat.messages() for chat in _chats(box).values()] == [[], [], [], []]
        admin.say(note["text"])
        admin.wait_for("🎉")

    assert passwords[0] == passwords[1]
    assert (box.mail(), box.control("faults"), box.requests(limit=1)[0].bot_id) == ([], [], token_of_the_first)
    assert (box.settings()["pace"], box.settings()["callback_ttl"]) == (False, 150)
    assert abs(admin.last().date - time.time()) < 600


def _the_story_goes_on_from_where_all_are_signed_in(box: Box) -> None:
    box.put_back("signed_in")

    story = box.stage()["story"]
    assert (story["state"], story["done"], box.stage()["notes"]) == ("idle", SIGNED_IN, [])
    rep = _chats(box)["Íñigo"]
    rep.say("/menu")
    rep.press("🛒")
    rep.press("Напитки")  # is there
    assert _chats(box)["Max"].messages() == []
    box.play_story(pace=0)
    _wait_for_step(box, SIGNED_IN + 1)
    with suppress(ControlError):  # what is left may be played by now
        box.stop_story()
    _chats(box)["Семён"].wait_for("кладовщик")


def _wait_for_step(box: Box, number: int) -> None:
    deadline = time.monotonic() + 30
    while (story := box.stage()["story"])["done"] < number:
        assert story["state"] == "playing", story["error"]
        assert time.monotonic() < deadline, story
        box.wait_for_change(box.change(), timeout=0.2)


def _the_bot_survives_a_kill(box: Box) -> None:
    box.kill_bot()
    assert box.stage()["process"]["exit"] == -signal.SIGKILL
    rep = _chats(box)["Íñigo"]
    asked = rep.say("/menu")
    box.start_bot()
    rep.wait_for("", after=asked)


@pytest.mark.parametrize(
    ("variable", "value", "ends"), [("ONCE", "1", True), ("ONCE", "0", False), ("CI", "true", True), ("CI", "", False)]
)
def test_it_ends_after_the_day_where_nobody_would_go_on(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, *, ends: bool
) -> None:
    for name in ("ONCE", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)

    assert ends_after_the_day() == ends


class ShortDay:
    """A day of one step, of which `demo` needs no more than this."""

    def __init__(self, step: Callable[[], object]) -> None:
        self.story = Story([Step({"en": "Somebody comes"}, step)])
        self.around: Around = silently


def test_a_day_that_somebody_takes_over_on_the_page_is_told_and_is_no_failure(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def stopped() -> None:
        raise Stopped

    day = ShortDay(stopped)

    assert not demo.play(cast(Day, day), tmp_path / "telbot.log")

    assert capsys.readouterr().out == "\nSomebody took over on the page.\n"
    assert day.around is silently


def test_a_step_that_does_not_work_is_told_with_the_end_of_the_log(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "telbot.log"
    log.write_text("".join(f"line {number}\n" for number in range(1, 31)))

    def fail() -> None:
        raise AssertionError("nobody came")

    assert not demo.play(cast(Day, ShortDay(fail)), log)

    told = capsys.readouterr().out
    assert "The demo did not work: step 1 (Somebody comes): nobody came\n" in told
    assert told.endswith("line 30\n")
    assert ("line 11\n" in told, "line 10\n" in told) == (True, False)


def test_what_is_offered_are_the_places_and_people_of_the_demo_company() -> None:
    rows = {table: list(demo_company._rows(table)) for table in ("warehouses", "places", "clients")}

    warehouses = {(row["name"], *_where(row)) for row in rows["warehouses"]}
    places = {(row["client"], *_where(row)) for row in rows["places"]}
    contacts = {(row["contact"], row["name"], row["phone"]) for row in rows["clients"]}
    assert set(WAREHOUSES) == warehouses
    assert set(CLIENTS) <= places
    assert set(CONTACTS) <= contacts
    assert len({place.name for place in PLACES}) == len(PLACES)


def _where(row: dict[str, str]) -> tuple[str, float, float]:
    return row["address"], float(row["latitude"]), float(row["longitude"])


def test_every_step_has_a_title_in_each_language_with_the_same_names() -> None:
    names = [somebody.name for somebody in PEOPLE]
    assert len(TITLES) == len(DAY)
    for words in TITLES:
        assert list(words) == ["en", "es", "ru"]
        assert len(set(words.values())) == 3
        assert len({tuple(name in text for name in names) for text in words.values()}) == 1, words
