"""Control: the bot's process, the story, putting all back, offers.

What may take its time is done on a thread: the server goes on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sandbox.control_people import person_of
from sandbox.core import Core
from sandbox.refusals import WrongControl
from sandbox.story import Words
from sandbox.world import Wire


async def _kill_bot(core: Core) -> Wire:
    await asyncio.to_thread(core.stage.kill_bot)
    return {}


async def _start_bot(core: Core) -> Wire:
    await asyncio.to_thread(core.stage.start_bot)
    return {}


async def _play_story(core: Core, *, pace: float | None = None) -> Wire:
    await asyncio.to_thread(core.stage.play_story, pace)
    return {}


def _pause_story(core: Core) -> Wire:
    core.stage.pause_story()
    return {}


async def _stop_story(core: Core) -> Wire:
    await asyncio.to_thread(core.stage.stop_story)
    return {}


def _set_pace(core: Core, *, pace: float) -> Wire:
    core.stage.set_pace(pace)
    return {}


async def _put_back(core: Core, *, scene: str) -> Wire:
    await asyncio.to_thread(core.stage.put_back, scene)
    return {}


def _offer_place(core: Core, *, name: str, latitude: float, longitude: float, about: str = "") -> Wire:
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise WrongControl("there is no such place on Earth")
    core.stage.offer_place(name, latitude, longitude, about)
    return {}


def _offer_contact(core: Core, *, name: str, phone: str) -> Wire:
    core.stage.offer_contact(name, phone)
    return {}


def _offer_note(core: Core, *, person_id: int, text: str, label: Words | None = None) -> Wire:
    core.stage.offer_note(person_of(core, person_id).id, text, label)
    return {}


def _stage(core: Core) -> Wire:
    return core.stage.view()


ACTIONS: dict[str, Callable[..., Any]] = {
    "stage": _stage,
    "kill_bot": _kill_bot,
    "start_bot": _start_bot,
    "play_story": _play_story,
    "pause_story": _pause_story,
    "stop_story": _stop_story,
    "set_pace": _set_pace,
    "put_back": _put_back,
    "offer_place": _offer_place,
    "offer_contact": _offer_contact,
    "offer_note": _offer_note,
}
