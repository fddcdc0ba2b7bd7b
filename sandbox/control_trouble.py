"""Control: faults, tricks with updates, settings, the clock."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from sandbox.control_people import bot_of
from sandbox.core import Core
from sandbox.faults import DOWNLOAD
from sandbox.parameters import BY_LOWER_NAME
from sandbox.refusals import WrongControl
from sandbox.updates import Shuffle
from sandbox.world import Bot, Settings, Wire

_FAULT_OPTIONS: dict[str, tuple[type, ...]] = {
    "after": (bool,),
    "bot_id": (int,),
    "chat_id": (int,),
    "count": (int,),
    "probability": (int, float),
    "seed": (int,),
    "seconds": (int, float),
    "retry_after": (int,),
    "code": (int,),
}
_MAIL_OPTIONS: dict[str, tuple[type, ...]] = {
    "stage": (str,),
    "code": (int,),
    "text": (str,),
    "to": (str, list),
    "seconds": (int, float),
    "keep": (bool,),
    "count": (int,),
}


def _check_options(options: dict[str, Any], known: dict[str, tuple[type, ...]], what: str) -> None:
    for name, value in options.items():
        if name not in known:
            raise WrongControl(f"{what} has no {name}: only {', '.join(known)}")
        if value is not None and not isinstance(value, known[name]):
            raise WrongControl(f"{name} of {what} has a wrong type: {value!r}")


async def _reset(core: Core) -> Wire:
    await core.reset()
    return {}


def _settings(core: Core, **changes: Any) -> Wire:
    types = {field.name: field.type for field in fields(Settings)}
    for name, value in changes.items():
        if name not in types:
            raise WrongControl(f"no setting {name!r}: one of {', '.join(types)}")
        if isinstance(value, bool) != (types[name] == "bool") or not isinstance(value, (bool, int, float)):
            raise WrongControl(f"setting {name!r} must be of type {types[name]}")
        setattr(core.world.settings, name, value)
    if "journal_limit" in changes:
        core.journal.resize(changes["journal_limit"])
    if "pace" in changes:
        core.pace.clear()
    return asdict(core.world.settings)


def _advance(core: Core, *, seconds: float) -> Wire:
    core.world.clock_shift += seconds
    core.world.note("clock", seconds=seconds)
    return {"now": core.world.now()}


def _fault(core: Core, *, kind: str, method: str | None = None, **options: Any) -> Wire:
    _check_options(options, _FAULT_OPTIONS, "a fault")
    proper = {**BY_LOWER_NAME, DOWNLOAD: DOWNLOAD}.get(method.lower()) if method else None
    if method and proper is None:
        raise WrongControl(f"no method {method!r}")
    given = {name: value for name, value in options.items() if value is not None}
    fault = core.faults.add(kind, method=proper, **given)
    core.world.stir()
    return fault.view()


def _faults(core: Core) -> list[Wire]:
    return [fault.view() for fault in core.faults.rules.values()]


def _clear_fault(core: Core, *, fault_id: int | None = None) -> Wire:
    core.faults.clear(fault_id)
    core.world.stir()
    return {}


def _mail_fault(core: Core, *, kind: str, **options: Any) -> Wire:
    _check_options(options, _MAIL_OPTIONS, "a mail fault")
    given = {name: value for name, value in options.items() if value is not None}
    fault = core.post.add_fault(kind, **given)
    core.world.stir()
    return fault.view()


def _mail_faults(core: Core) -> list[Wire]:
    return [fault.view() for fault in core.post.faults.values()]


def _clear_mail_fault(core: Core, *, fault_id: int | None = None) -> Wire:
    if fault_id is None:
        core.post.faults.clear()
    else:
        core.post.faults.pop(fault_id, None)
    core.world.stir()
    return {}


async def _mail_down(core: Core) -> Wire:
    await core.post.down()
    return {}


async def _mail_up(core: Core) -> Wire:
    await core.post.up()
    return {}


def _mail_credentials(core: Core, *, credentials: dict[str, str]) -> Wire:
    core.post.credentials = dict(credentials)
    return {}


def _bots(core: Core, bot_id: int | None) -> list[Bot]:
    return list(core.world.bots.values()) if bot_id is None else [bot_of(core, bot_id)]


def _hold_updates(core: Core, *, bot_id: int | None = None) -> Wire:
    for bot in _bots(core, bot_id):
        bot.updates.hold()
    core.world.note("hold")
    return {}


def _release_updates(core: Core, *, bot_id: int | None = None) -> Wire:
    for bot in _bots(core, bot_id):
        bot.updates.end_shuffle()
        bot.updates.release()
    core.world.note("release")
    return {}


def _shuffle_updates(core: Core, *, bot_id: int, count: int, seed: int = 0) -> Wire:
    if count < 2:
        raise WrongControl("at least two updates can be shuffled")
    queue = bot_of(core, bot_id).updates
    queue.end_shuffle()
    queue.shuffle = Shuffle(count, random.Random(seed))  # noqa: S311 - reproducible, no secret
    return {}


def _double_last(core: Core, *, bot_id: int, person_id: int | None = None) -> Wire:
    queue = bot_of(core, bot_id).updates
    update = queue.last if person_id is None else queue.last_of.get(person_id)
    if update is None:
        raise WrongControl("there was no update yet")
    queue.repeat(update)
    core.world.note("doubled", bot_id=bot_id, update_id=update.id)
    return {"update_id": update.id}


ACTIONS: dict[str, Callable[..., Any]] = {
    "reset": _reset,
    "settings": _settings,
    "advance": _advance,
    "fault": _fault,
    "faults": _faults,
    "clear_fault": _clear_fault,
    "mail_fault": _mail_fault,
    "mail_faults": _mail_faults,
    "clear_mail_fault": _clear_mail_fault,
    "mail_down": _mail_down,
    "mail_up": _mail_up,
    "mail_credentials": _mail_credentials,
    "hold_updates": _hold_updates,
    "release_updates": _release_updates,
    "shuffle_updates": _shuffle_updates,
    "double_last": _double_last,
}
