"""The conversation with all its parts: what the doors need of this room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr
from sqlalchemy.orm import Session

from bot import logs, profile
from bot.connectors.telegram import Telegram
from bot.conversation import Conversation
from bot.events import Handled, Internal
from bot.menus import Menus
from bot.screens import registry
from db.session import Database, Transaction
from services import commission_rules, company, roads
from services.access_codes import CodeHasher
from services.company import Profile
from templates.environment import Texts


class DeskSettings(Protocol):
    """What this room wants to know of the settings."""

    database_url: SecretStr
    bot_api_url: str
    bot_proxy: SecretStr
    log_level: str
    router_url: str

    @property
    def token(self) -> str:
        """The bot's token."""

    def secrets(self) -> list[str]:
        """Everything that no log may show."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of one process that talk with people."""

    database: Database
    texts: Texts
    telegram: Telegram
    conversation: Conversation
    menus: Menus

    @property
    def transaction(self) -> Transaction:
        """Opens a transaction."""
        return self.database.transaction

    @property
    def reading(self) -> Transaction:
        """Opens a transaction that only reads."""
        return self.database.reading

    @property
    def hand_in(self) -> Callable[[Internal], Handled]:
        """Takes what one of our jobs found out."""
        return self.conversation.hand_in

    def link_to(self, payload: str) -> str:
        """The link that opens the bot with a payload. Raises TryLater or NeverAgain where the messenger says no."""
        self.telegram.introduce()
        return self.telegram.entry_link(payload)

    def move_in(self, session: Session, seed: Profile, *, now: datetime) -> None:
        """Make the company's profile of ``seed`` if there is none yet, with the commission that a new company begins
        with, and have the messenger told who the bot is.
        """
        if company.ensure(session, seed):
            commission_rules.ensure_default(session, now=now)
        profile.tell(session, self.telegram.source, self.menus, self.texts, now=now)


def open_desk(settings: DeskSettings, *, clock: Callable[[], datetime]) -> Desk:
    """Wire the parts; nothing runs yet. Ends the process with help where there is no token."""
    logs.set_up(settings.log_level, settings.secrets())
    telegram = Telegram(settings.token, settings.bot_api_url, settings.bot_proxy.get_secret_value())
    has_router = {roads.HAS_ROUTER: bool(settings.router_url)}
    database = Database(settings.database_url.get_secret_value(), info=has_router)
    texts = Texts.load()
    screens = registry.load()
    conversation = Conversation(
        transaction=database.transaction,
        reading=database.reading,
        registry=screens,
        texts=texts,
        hasher=CodeHasher(),
        clock=clock,
        entry_link=telegram.entry_link,
    )
    return Desk(database, texts, telegram, conversation, Menus(screens, texts))
