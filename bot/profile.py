"""What the bot says of itself where nobody has spoken yet: its name, descriptions, and the menu of strangers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from bot.menus import Menus
from services import company, profiles
from services.profiles import Piece
from templates.environment import LANGUAGES, SOURCE_LANGUAGE, Texts

TEMPLATE = "messages/profile.html"


def tell(session: Session, account: str, menus: Menus, texts: Texts, *, now: datetime) -> None:
    """Have the messenger told what it does not know yet; ``account`` is the connector's source."""
    profiles.tell(session, account, list(_pieces(company.get(session).name, menus, texts)), now=now)


def _pieces(name: str, menus: Menus, texts: Texts) -> Iterator[Piece]:
    for language in LANGUAGES:
        code = "" if language == SOURCE_LANGUAGE else language  # English is for all who read none of the others
        facts = {"company": name}
        yield Piece("name", code, texts.plain(TEMPLATE, "name", language, facts))
        yield Piece("description", code, texts.text(TEMPLATE, "description", language, facts))
        yield Piece("short_description", code, texts.plain(TEMPLATE, "short_description", language, facts))
        yield Piece("commands", code, menus.commands((), language))
