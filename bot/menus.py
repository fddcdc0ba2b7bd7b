"""The messenger's menu of commands: what somebody may use, described in the language that they read.

Strangers see the bot's default menu (``bot.profile``). A chat gets a menu of its own at login, and again whenever
the roles or the language change; ``dialogue.commands`` remembers which one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import orjson
from sqlalchemy.orm import Session

from bot.notices import chat_lane
from bot.screens.registry import Registry
from bot.screens.screen import Screen, Turn
from services import people
from services.actor import Role
from services.dialogues import Dialogue
from services.outbox import Item
from templates.environment import LANGUAGES, SOURCE_LANGUAGE, Texts

Commands = list[dict[str, str]]


class Menus:
    """Makes menus of what the screens declare."""

    def __init__(self, registry: Registry, texts: Texts) -> None:
        self._registry = registry
        self._texts = texts

    def commands(self, roles: Collection[Role], locale: str) -> Commands:
        """The menu of somebody with these roles; of a stranger, where there are none.

        The menu comes first, with what all staff can do; then what belongs to a role, then what everybody can do.
        """
        seen = [screen for screen in self._registry.screens.values() if not screen.roles or screen.roles & set(roles)]
        return [
            {"command": name, "description": self._texts.plain(screen.template, block, locale, {})}
            for screen in sorted(seen, key=_rank)
            for name, block in screen.menu.items()
        ]

    def of_chat(self, turn: Turn, dialogue: Dialogue) -> list[Item]:
        """The chat's new menu, if it does not show the right one; and those of people whom this turn has changed."""
        changed = {chat.chat_key: chat for chat in people.take_changed(turn.session)}
        own = changed.pop(dialogue.chat_key, None)
        roles = own.roles if own else turn.who.roles if turn.who else ()
        items = [self._item(chat.chat_key, self.commands(chat.roles, chat.language)) for chat in changed.values()]
        if not roles and not dialogue.commands and turn.locale == _default_language(turn.incoming.sender.language):
            return items
        wanted = self.commands(roles, turn.locale)
        mark = _mark(wanted)
        if mark != dialogue.commands:
            dialogue.commands = mark
            items.append(self._item(dialogue.chat_key, wanted))
        return items

    def of_changed(self, session: Session) -> list[Item]:
        """New menus for everybody whom this transaction has changed. Their dialogues are not locked: at their next
        event the same menu is sent once more.
        """
        chats = people.take_changed(session)
        return [self._item(chat.chat_key, self.commands(chat.roles, chat.language)) for chat in chats]

    @staticmethod
    def _item(chat_key: str, commands: Commands) -> Item:
        return Item(chat_lane(chat_key), "chat.commands", {"commands": commands})


def _rank(screen: Screen) -> tuple[int, bool, str]:
    part = 2 if not screen.roles else 0 if screen.roles == set(Role) else 1
    return part, "menu" not in screen.menu, screen.name


def _mark(commands: Commands) -> str:
    return hashlib.sha256(orjson.dumps(commands)).hexdigest()[:16]


def _default_language(app_language: str) -> str:
    """In which language an app shows the bot's default menu."""
    primary = app_language.partition("-")[0].lower()
    return primary if primary in LANGUAGES else SOURCE_LANGUAGE
