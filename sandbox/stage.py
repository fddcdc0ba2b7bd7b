"""What whoever runs the sandbox adds to it: the bot's process, a story, ways to put all back, and offers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.bot_process import BotProcess
from sandbox.refusals import WrongControl
from sandbox.story import Story, Words, nobody

BEGINNING = "empty"
"""The scene in which a story begins."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A state in which the sandbox and the bot can be put; `set_up` does it, blocking, and may raise WrongControl."""

    name: str
    words: Words
    set_up: Callable[[], None]


class Stage:
    """Safe to use from any thread; whatever changes it calls `on_change`, on the thread that changed it."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = nobody
        self.process: BotProcess | None = None
        self.story: Story | None = None
        self.scenes: tuple[Scene, ...] = ()
        self._lock = threading.Lock()
        self._hand = threading.Lock()  # one starts, kills, plays or puts back at a time
        self._busy = False
        self._closed = False
        self._places: dict[str, dict[str, Any]] = {}
        self._contacts: dict[str, dict[str, Any]] = {}
        self._notes: dict[int, dict[str, Any]] = {}

    def equip(
        self, *, process: BotProcess | None = None, story: Story | None = None, scenes: Sequence[Scene] = ()
    ) -> None:
        """Put on it whatever there is to run, to play and to go back to."""
        self.process, self.story, self.scenes = process, story, tuple(scenes)
        if process is not None:
            process.on_change = self._changed
        if story is not None:
            story.on_change = self._changed
        self._changed()

    def view(self) -> dict[str, Any]:
        """Return all that the page shows of it."""
        with self._lock:
            return {
                "process": self.process.view() if self.process else None,
                "story": self.story.view() if self.story else None,
                "scenes": [{"name": scene.name, "words": scene.words} for scene in self.scenes],
                "busy": self._busy,
                "places": list(self._places.values()),
                "contacts": list(self._contacts.values()),
                "notes": list(self._notes.values()),
            }

    def kill_bot(self) -> None:
        """Kill the bot's process with all that it has started; raises WrongControl when it does not run."""
        with self._alone():
            self._the_process().kill()

    def start_bot(self) -> None:
        """Start the bot's process; raises WrongControl when it runs."""
        with self._alone():
            self._the_process().start()

    def play_story(self, pace: float | None = None) -> None:
        """Play from where the story stands; one that is over begins anew, with all put back. Raises WrongControl."""
        story = self._the_story()
        with self._alone():
            if not story.over:
                story.play(pace)
                return
        with self.busy():
            self._set_up(self._scene(BEGINNING))
            story.play(pace)

    def pause_story(self) -> None:
        """Hold the story before its next action; raises WrongControl when it does not play."""
        self._refuse_while_busy()
        self._the_story().pause()

    def stop_story(self) -> None:
        """End the story before its next action; raises WrongControl when it does not play."""
        self._refuse_while_busy()
        self._the_story().stop()

    def set_pace(self, pace: float) -> None:
        """Change the seconds from one action of the story to the next; raises WrongControl."""
        self._the_story().set_pace(pace)

    def put_back(self, name: str) -> None:
        """Put all back to a scene, and return when it is; raises WrongControl while another one does."""
        scene = self._scene(name)
        with self.busy():
            self._set_up(scene)

    def offer_place(self, name: str, latitude: float, longitude: float, about: str = "") -> None:
        """Offer a place that a person may send; another one of the same name is replaced."""
        place = {"name": name, "about": about, "latitude": latitude, "longitude": longitude}
        self._offer(self._places, name, place)

    def offer_contact(self, name: str, phone: str) -> None:
        """Offer a contact that a person may send; another one of the same name is replaced."""
        self._offer(self._contacts, name, {"name": name, "phone": phone})

    def offer_note(self, person_id: int, text: str, label: Words | None = None) -> None:
        """Keep a text at hand for a person, in place of an earlier one; an empty text takes it away."""
        if text:
            self._offer(self._notes, person_id, {"person_id": person_id, "label": label or {}, "text": text})
        else:
            with self._lock:
                self._notes.pop(person_id, None)
            self._changed()

    def forget_people(self) -> None:
        """Take away what was for people who are no more."""
        with self._lock:
            self._notes.clear()
        self._changed()

    def close(self) -> None:
        """End the story and the bot for good; what is being put back then fails."""
        self._closed = True
        if self.process is not None:
            self.process.close()
        if self.story is not None:
            self.story.rewind()

    def _offer(self, offers: dict[Any, dict[str, Any]], key: object, offer: dict[str, Any]) -> None:
        with self._lock:
            offers[key] = offer
        self._changed()

    def _changed(self) -> None:
        self.on_change()

    def _the_process(self) -> BotProcess:
        if self.process is None:
            raise WrongControl("the sandbox does not run the bot: start it with --run")
        return self.process

    def _the_story(self) -> Story:
        if self.story is None:
            raise WrongControl("there is no story to play here")
        return self.story

    def _scene(self, name: str) -> Scene:
        found = next((scene for scene in self.scenes if scene.name == name), None)
        if found is None:
            known = ", ".join(scene.name for scene in self.scenes)
            raise WrongControl(f"no scene {name!r}: {f'one of {known}' if known else 'there is none here'}")
        return found

    def _refuse_while_busy(self) -> None:
        if self._busy:
            raise WrongControl("all is being put back: wait until it is there")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._refuse_while_busy()
        with self._hand:
            self._refuse_while_busy()
            yield

    @contextmanager
    def busy(self) -> Iterator[None]:
        """All is put in its place until the end of the block, and nobody can do anything else; raises WrongControl."""
        with self._lock:
            if self._busy:
                raise WrongControl("all is being put back already")
            if self._closed:
                raise WrongControl("the sandbox is ending")
            self._busy = True
        self._changed()
        try:
            with self._hand:
                yield
        finally:
            self._busy = False
            self._changed()

    def _set_up(self, scene: Scene) -> None:
        if self.story is not None:
            self.story.rewind()
        scene.set_up()
