"""Methods for the bot's name, descriptions, commands and menu button."""

from __future__ import annotations

import re
from typing import Any

from sandbox.keyboards import is_https
from sandbox.methods.call import Call, Doing
from sandbox.parameters import check_fields
from sandbox.refusals import bad_request
from sandbox.utf16 import units
from sandbox.world import Wire

_SCOPES = {
    "default": (), "all_private_chats": (), "all_group_chats": (), "all_chat_administrators": (),
    "chat": ("chat_id",), "chat_administrators": ("chat_id",), "chat_member": ("chat_id", "user_id"),
}  # fmt: skip
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def _language(call: Call) -> str:
    code = str(call.get("language_code") or "")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _scope(call: Call) -> str:
    scope: dict[str, Any] = call.get("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    missing = [name for name in _SCOPES[kind] if name not in scope]
    unknown = set(scope) - {"type", *_SCOPES[kind]}
    if missing or unknown:
        wrong = missing[0] if missing else min(unknown)
        raise bad_request(f'can\'t parse BotCommandScope: {"no" if missing else "unknown"} field "{wrong}"')
    if "chat_id" in scope and call.world.people.get(_number(scope["chat_id"])) is None:
        raise bad_request("chat not found")
    return ":".join(str(scope[name]) for name in ("type", *_SCOPES[kind]))


def _number(value: Any) -> int:
    return int(value) if str(value).lstrip("-").isdigit() else 0


def _set_commands(call: Call) -> bool:
    commands = call.get("commands")
    if commands is None:
        raise bad_request("commands are empty")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        check_fields(command, {"command": str, "description": str}, "BotCommand")
        if not _COMMAND.fullmatch(command.get("command", "").removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= units(command.get("description", "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    kept = [{**command, "command": command["command"].removeprefix("/")} for command in commands]
    call.bot.commands[_scope(call), _language(call)] = kept
    call.world.note("commands", bot_id=call.bot.id)
    return True


def _get_commands(call: Call) -> list[Wire]:
    return call.bot.commands.get((_scope(call), _language(call)), [])


def _delete_commands(call: Call) -> bool:
    call.bot.commands.pop((_scope(call), _language(call)), None)
    call.world.note("commands", bot_id=call.bot.id)
    return True


def _setter(field: str) -> Doing:
    def do(call: Call) -> bool:
        text = call.get(field) or ""
        if units(text) > _LIMITS[field]:
            raise bad_request(f"{field} is too long: at most {_LIMITS[field]} characters")
        call.bot.texts[field, _language(call)] = text
        if field == "name" and text and not call.get("language_code"):
            call.bot.name = text
        call.world.note("profile", bot_id=call.bot.id)
        return True

    return do


def _getter(field: str) -> Doing:
    def do(call: Call) -> Wire:
        texts = call.bot.texts
        fallback = call.bot.name if field == "name" else ""
        return {field: texts.get((field, _language(call))) or texts.get((field, "")) or fallback}

    return do


def _button(call: Call) -> Wire:
    button: Wire = call.get("menu_button") or {"type": "default"}
    kind = button.get("type")
    fields = {"type", "text", "web_app"} if kind == "web_app" else {"type"}
    if kind not in ("default", "commands", "web_app") or set(button) != fields:
        raise bad_request("can't parse menu button")
    if kind == "web_app" and not is_https(button["web_app"]):
        raise bad_request("menu button web_app URL is invalid: Only HTTPS links are allowed")
    return button


def _set_menu_button(call: Call) -> bool:
    button = _button(call)
    if call.get("chat_id") is None:
        call.bot.menu_button = button
    else:
        call.known_chat().menu_button = button
    call.world.note("profile", bot_id=call.bot.id)
    return True


def _get_menu_button(call: Call) -> Wire:
    own = None if call.get("chat_id") is None else call.known_chat().menu_button
    return own or call.bot.menu_button


DOING: dict[str, Doing] = {
    "setMyCommands": _set_commands,
    "getMyCommands": _get_commands,
    "deleteMyCommands": _delete_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": _set_menu_button,
    "getChatMenuButton": _get_menu_button,
}
