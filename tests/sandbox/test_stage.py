"""What is added to a sandbox: the bot's process, a story, putting all back, offers; by control, and with --run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox import Box, running_sandbox
from sandbox.bot_process import BotProcess
from sandbox.client import ControlError
from sandbox.refusals import WrongControl
from sandbox.stage import BEGINNING, Scene, Stage
from sandbox.story import Step, Story

ROOT = Path(__file__).parents[2]
SANDBOX = [sys.executable, "-m", "sandbox", "--port", "0", "--smtp-port", "0"]
SOON = 10.0
WORDS = {"en": "one", "es": "uno", "ru": "один"}
WITH_CHILD = "import subprocess, sys, time; child = subprocess.Popen(['sleep', '60']); print(child.pid, flush=True); "
ECHO = """
import json, os, sys, urllib.request
def call(method, **given):
    url = f"{os.environ['API']}/bot{os.environ['SECRET']}/{method}"
    request = urllib.request.Request(url, json.dumps(given).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))["result"]
print("mail by", os.environ["SMTP_URL"], flush=True)
offset = 0
while True:
    for update in call("getUpdates", offset=offset, timeout=20):
        offset, message = update["update_id"] + 1, update["message"]
        call("sendMessage", chat_id=message["chat"]["id"], text=f"{os.getpid()} heard {message['text']}")
"""


def _until(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _alive(pid: int) -> bool:
    """Whether there is such a process that is not only waiting to be buried."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return told.rsplit(")", 1)[1].split()[0] != "Z"


@contextmanager
def _bot(tmp_path: Path, script: str) -> Iterator[tuple[BotProcess, Path]]:
    log = tmp_path / "bot.log"
    process = BotProcess([sys.executable, "-c", script], cwd=tmp_path, env=os.environ, log=log)
    try:
        yield process, log
    finally:
        process.close()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see who is left")
def test_a_bot_is_killed_with_its_children_and_started_again(tmp_path: Path) -> None:
    with _bot(tmp_path, WITH_CHILD + "time.sleep(60)") as (process, log):
        process.start()
        _until(lambda: log.exists() and log.read_text().endswith("\n"))
        child = int(log.read_text())
        assert process.view() == {"running": True, "starts": 1, "exit": None}
        assert _alive(child)

        process.kill()

        assert process.view() == {"running": False, "starts": 1, "exit": -9}
        _until(lambda: not _alive(child))
        process.start()
        assert process.view() == {"running": True, "starts": 2, "exit": None}
        _until(lambda: log.read_text().count("\n") == 2)  # the log is kept


def test_a_bot_that_ends_by_itself_is_noticed_and_leaves_nobody(tmp_path: Path) -> None:
    with _bot(tmp_path, WITH_CHILD + "sys.exit(3)") as (process, log):
        ended = threading.Event()
        process.on_change = lambda: None if process.running else ended.set()
        process.start()

        assert ended.wait(SOON)

        assert process.view() == {"running": False, "starts": 1, "exit": 3}
        _until(lambda: not _alive(int(log.read_text())))


def test_a_bot_is_asked_to_end_before_it_is_killed(tmp_path: Path) -> None:
    polite = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); print(1, flush=True); "
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); "
    ends = []
    for script in (polite, deaf):
        with _bot(tmp_path, script + "time.sleep(60)") as (process, log):
            process.start()
            _until(lambda log=log: bool(log.read_text()))  # type: ignore[misc]
            process.stop(patience=SOON if script == polite else 0.2)
            ends.append(process.view()["exit"])
        log.unlink()

    assert ends == [5, -9]


def test_what_cannot_be_done_with_a_bot_is_refused(tmp_path: Path) -> None:
    with _bot(tmp_path, "import time; time.sleep(60)") as (process, _log):
        with pytest.raises(WrongControl, match="does not run"):
            process.kill()
        process.stop()
        process.start()
        with pytest.raises(WrongControl, match="runs already"):
            process.start()
        process.close()
        with pytest.raises(WrongControl, match="ending"):
            process.start()
    assert process.view() == {"running": False, "starts": 1, "exit": -15}
    nothing = BotProcess([str(tmp_path / "nothing")], cwd=tmp_path, env={})
    with pytest.raises(WrongControl, match=r"cannot be started: .*nothing"):
        nothing.start()
    assert nothing.view() == {"running": False, "starts": 0, "exit": None}


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def staged(stage: Stage) -> Iterator[Box]:
    with running_sandbox(stage=stage) as box:
        yield box


def test_an_empty_stage_says_so_and_refuses(box: Box) -> None:
    empty = {"process": None, "story": None, "scenes": [], "busy": False, "places": [], "contacts": [], "notes": []}
    acts: dict[str, Callable[[], None]] = {
        "does not run the bot": box.kill_bot,
        "start it with --run": box.start_bot,
        "no story": box.play_story,
        "no story to": box.pause_story,
        "no story to play": box.stop_story,
        "no story to play here": lambda: box.set_pace(1),
        "no scene 'empty': there is none here": lambda: box.put_back("empty"),
    }

    for reason, act in acts.items():
        with pytest.raises(ControlError, match=reason):
            act()

    assert box.stage() == empty


def test_offers_are_kept_by_name_and_notes_end_with_their_people(staged: Box) -> None:
    anna = staged.new_person("Anna", about="admin")
    staged.offer_place("Home", 1, 2.5)
    staged.offer_place("Home", 3, 4, about="where one lives")
    staged.offer_contact("Boris", "+79000000001")
    staged.offer_note(anna, "SECRET", {"en": "Password"})

    told = staged.stage()

    assert told["places"] == [{"name": "Home", "about": "where one lives", "latitude": 3, "longitude": 4}]
    assert told["contacts"] == [{"name": "Boris", "phone": "+79000000001"}]
    assert told["notes"] == [{"person_id": anna.id, "label": {"en": "Password"}, "text": "SECRET"}]
    with pytest.raises(ControlError, match="no such place on Earth"):
        staged.offer_place("Nowhere", 91, 0)
    with pytest.raises(ControlError, match="no person 1"):
        staged.control("offer_note", person_id=1, text="SECRET")
    staged.offer_note(anna, "")
    assert staged.stage()["notes"] == []
    staged.offer_note(anna, "AGAIN")
    staged.reset()
    told = staged.stage()
    assert (told["notes"], len(told["places"]), len(told["contacts"])) == ([], 1, 1)


def test_what_a_person_is_in_a_story_is_no_business_of_the_bot(box: Box) -> None:
    anna = box.new_person("Anna", about="rep")
    since = box.change()

    anna.speak("es")

    assert anna.about == "rep"
    assert [(each["event"], each["person_id"]) for each in box.events(since)] == [("person", anna.id)]
    assert box.control("state")["people"] == [
        {"id": anna.id, "is_bot": False, "first_name": "Anna", "language_code": "es"}
    ]


def test_the_bot_is_killed_and_started_by_control_and_its_end_wakes_who_waits(
    staged: Box, stage: Stage, tmp_path: Path
) -> None:
    with _bot(tmp_path, "import time; time.sleep(60)") as (process, _log):
        stage.equip(process=process)
        staged.start_bot()
        since = staged.change()

        staged.kill_bot()

        assert staged.wait_for_change(since) > since
        assert staged.events(since)[0]["event"] == "stage"
        assert staged.stage()["process"] == {"running": False, "starts": 1, "exit": -9}
        staged.start_bot()
        assert staged.stage()["process"] == {"running": True, "starts": 2, "exit": None}


class Play:
    """A stage with a story of two steps of two actions each, and one scene that can be held while it is set up."""

    def __init__(self, stage: Stage) -> None:
        self.done: list[str] = []
        self.scenes = 0
        self.setting_up = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.story = Story([Step(WORDS, self._step), Step(WORDS, self._step)], pace=0)
        stage.equip(story=self.story, scenes=[Scene(BEGINNING, WORDS, self._set_up)])

    def _step(self) -> None:
        for action in ("one", "two"):
            self.story.turn()
            self.done.append(action)

    def _set_up(self) -> None:
        self.scenes += 1
        self.setting_up.set()
        assert self.go_on.wait(SOON)
        if self.scenes == 13:
            raise WrongControl("there is no thirteenth")


def test_a_story_is_played_paused_and_stopped_by_control(staged: Box, stage: Stage) -> None:
    play = Play(stage)

    staged.play_story(pace=60)
    _until(lambda: play.done == ["one"])
    staged.pause_story()
    staged.set_pace(0)
    assert (staged.stage()["story"]["state"], play.done) == ("paused", ["one"])
    staged.stop_story()
    left = {"steps": [WORDS, WORDS], "state": "idle", "done": 0, "begun": True, "pace": 0, "error": None}
    assert staged.stage()["story"] == left

    with pytest.raises(ControlError, match="broken off"):
        staged.play_story()
    assert (play.done, play.scenes) == (["one"], 0)
    staged.put_back("empty")
    staged.play_story()
    _until(lambda: stage.view()["story"]["state"] == "done")
    assert (play.done, play.scenes) == (["one", "one", "two", "one", "two"], 1)


def test_a_story_that_is_over_begins_anew_with_all_put_back(staged: Box, stage: Stage) -> None:
    play = Play(stage)
    play.story.run()

    staged.play_story(pace=0)

    _until(lambda: len(play.done) == 8)
    assert play.scenes == 1


def test_one_puts_back_at_a_time_and_nothing_else_is_done_meanwhile(staged: Box, stage: Stage) -> None:
    play = Play(stage)
    staged.play_story(pace=60)
    play.go_on.clear()
    first = threading.Thread(target=staged.put_back, args=("empty",))
    first.start()
    assert play.setting_up.wait(SOON)

    assert staged.stage()["busy"]
    assert staged.stage()["story"]["state"] == "idle"
    with pytest.raises(ControlError, match="being put back already"):
        staged.put_back("empty")
    for act in (staged.play_story, staged.pause_story, staged.stop_story, staged.kill_bot, staged.start_bot):
        with pytest.raises(ControlError, match="being put back: wait"):
            act()

    play.go_on.set()
    first.join(SOON)
    assert not staged.stage()["busy"]
    assert play.scenes == 1


def test_a_scene_that_does_not_work_is_told_and_can_be_tried_again(staged: Box, stage: Stage) -> None:
    play = Play(stage)
    play.scenes = 12

    with pytest.raises(ControlError, match="no thirteenth"):
        staged.put_back("empty")
    assert not staged.stage()["busy"]
    staged.put_back("empty")
    with pytest.raises(ControlError, match="no scene 'full': one of empty"):
        staged.put_back("full")

    assert play.scenes == 14


def test_a_stage_that_is_closed_ends_its_story_and_puts_nothing_back(stage: Stage) -> None:
    play = Play(stage)
    stage.play_story(60)
    _until(lambda: play.done == ["one"])

    stage.close()

    assert stage.view()["story"]["state"] == "idle"
    with pytest.raises(WrongControl, match="ending"):
        stage.put_back("empty")
    assert play.scenes == 0


def test_somebodys_bot_runs_in_it_and_is_put_back(tmp_path: Path) -> None:
    script = tmp_path / "my bot.py"
    script.write_text(ECHO)
    run = ["--run", f"'{sys.executable}' '{script}'"]
    names = ["--username", "echo_bot", "--name", "Echo", "--token-variable", "SECRET", "--api-variable", "API"]
    with subprocess.Popen(  # noqa: S603 - our own words
        [*SANDBOX, *run, *names], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            with Box(json.loads(process.stdout.readline())["control_url"]) as box:
                pid = _greet(box)
                box.kill_bot()
                assert box.stage()["process"]["exit"] == -signal.SIGKILL
                box.put_back("empty")
                again = _greet(box)  # with another token it could not
                assert pid != again
                assert box.stage()["process"] == {"running": True, "starts": 2, "exit": None}
        finally:
            process.terminate()
        _, errors = process.communicate(timeout=10)

    assert process.returncode == 0
    assert "Talk to it here: http://127.0.0.1:" in errors
    assert errors.count("mail by smtp://127.0.0.1:") == 2
    assert not _alive(again)


def _greet(box: Box) -> int:
    """Say something to the bot as the first of its two people; returns the process that answered."""
    state = box.control("state")
    [bot], [anna, boris] = state["bots"], state["people"]
    assert (bot["username"], bot["name"]) == ("echo_bot", "Echo")
    assert [(each["first_name"], each["language_code"]) for each in (anna, boris)] == [("Anna", "en"), ("Boris", "ru")]
    who = {"bot_id": bot["id"], "person_id": anna["id"]}
    box.control("say", **who, text="hello")
    told = box.control("wait_for_text", **who, text="heard hello", wait=SOON, seconds=SOON)["message"]
    return int(told["text"].split()[0])


def test_a_command_that_cannot_be_run_is_told_in_one_line() -> None:
    line = [*SANDBOX, "--run", "./no-such-bot --fast"]

    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603 - ours

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The sandbox cannot run: the bot cannot be started: ")
    assert done.stderr.count("\n") == 1
