"""The control interface: `POST /control/<action>` with a JSON object of arguments."""

from __future__ import annotations

import inspect
import json
import typing
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox import control_people, control_stage, control_trouble, control_watch
from sandbox.botapi import JSON, encode
from sandbox.core import Core
from sandbox.refusals import Refused, WrongControl

ACTIONS: dict[str, Callable[..., Any]] = {
    **control_people.ACTIONS,
    **control_watch.ACTIONS,
    **control_trouble.ACTIONS,
    **control_stage.ACTIONS,
}


class _Signature:
    """Which arguments an action takes, and of which types."""

    def __init__(self, action: Callable[..., Any]) -> None:
        hints = typing.get_type_hints(action)
        parameters = list(inspect.signature(action).parameters.values())[1:]
        named = [each for each in parameters if each.kind is not each.VAR_KEYWORD]
        self.open = len(named) < len(parameters)
        self.types = {each.name: _classes(hints[each.name]) for each in named}
        self.required = [each.name for each in named if each.default is each.empty]

    def check(self, given: dict[str, Any]) -> None:
        """Refuse missing, unknown and mistyped arguments by name."""
        missing = [name for name in self.required if name not in given]
        if missing:
            raise WrongControl(f"missing: {', '.join(missing)}")
        unknown = [name for name in given if name not in self.types]
        if unknown and not self.open:
            raise WrongControl(f"unknown: {', '.join(unknown)}; known: {', '.join(self.types)}")
        for name, value in given.items():
            classes = self.types.get(name)
            if classes is None:
                continue
            if not isinstance(value, classes) or (isinstance(value, bool) and bool not in classes):
                raise WrongControl(f"{name} has a wrong type: {value!r}")


def _classes(hint: Any) -> tuple[type, ...]:
    options = typing.get_args(hint) if isinstance(hint, type(int | None)) else (hint,)
    found = {typing.get_origin(option) or option for option in options}
    return tuple(found | {int}) if float in found else tuple(found)


SIGNATURES = {name: _Signature(action) for name, action in ACTIONS.items()}


async def answer(core: Core, request: web.Request) -> web.StreamResponse:
    """Do one action; a wrong call is answered with 400 and `{"error": …}`."""
    name = request.path.removeprefix("/control").strip("/")
    if name and request.method != "POST":
        body = encode({"error": f"{name}: only by POST"})
        return web.Response(body=body, status=405, content_type=JSON, headers={"Allow": "POST"})
    if not name:
        listed = {action: list(found.types) for action, found in SIGNATURES.items()}
        return web.Response(body=encode({"actions": listed}), content_type=JSON)
    try:
        result = await _act(core, name, await _arguments(request))
        return web.Response(body=encode(result), content_type=JSON)
    except (WrongControl, Refused) as wrong:
        body = encode({"error": f"{name}: {wrong}"})
        return web.Response(body=body, status=400, content_type=JSON)


async def _arguments(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    try:
        given = json.loads(body) if body else {}
    except ValueError:
        raise WrongControl("the body must be JSON") from None
    if not isinstance(given, dict):
        raise WrongControl("the body must be a JSON object of arguments")
    return given


async def _act(core: Core, name: str, given: dict[str, Any]) -> Any:
    action = ACTIONS.get(name)
    if action is None:
        raise WrongControl(f"no such action; GET /control lists them, e.g. {', '.join(list(ACTIONS)[:5])}")
    SIGNATURES[name].check(given)
    result = action(core, **given)
    return await result if inspect.isawaitable(result) else result
