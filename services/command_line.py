"""The doors' commands: one is chosen by its word, and whatever stops it is told in one line, not in a traceback."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from db.session import is_away
from services.ways_out import NeverAgain, TryLater

T = TypeVar("T")
Commands = Mapping[str, Callable[..., str | None]]
"""What to do at which word."""
LONGEST_REASON = 300


def obey(words: Sequence[str], commands: Commands) -> None:
    """Run the command that the first word names, with the words behind it, and print what it returns; without words
    the first one there is.

    Ends the process with one line where the word is none of them, or where the database, the messenger or the
    system stands in the way.
    """
    first, *rest = words or [next(iter(commands))]
    command = commands.get(first)
    if command is None:
        sys.exit(f"Say one of: {', '.join(commands)}")
    try:
        inspect.signature(command).bind(*rest)
    except TypeError:
        wanted = " ".join(f"<{name}>" for name in inspect.signature(command).parameters)
        sys.exit(f"Say: {first} {wanted}".rstrip())
    answer = plainly(lambda: command(*rest))
    if answer:
        sys.stdout.write(f"{answer}\n")


def plainly(deed: Callable[[], T]) -> T:
    """Do it; ends the process with one line where the database, the messenger or the system stands in the way."""
    try:
        return deed()
    except Exception as trouble:
        reason = explain(trouble)
        if reason is None:
            raise
        sys.exit(reason)


def explain(trouble: Exception) -> str | None:
    """One line about what stands in the way and which setting it concerns; None for what is a mistake of ours.

    It repeats no setting: what the database and the messenger say of themselves holds no password.
    """
    if is_away(trouble):
        said = trouble.orig if isinstance(trouble, DBAPIError) else trouble
        return _line(f"The database cannot be used, look at DATABASE_URL: {said}")
    if isinstance(trouble, TryLater):
        return _line(f"Telegram does not do it now, look at BOT_TOKEN, BOT_API_URL and BOT_PROXY: {trouble.reason}")
    if isinstance(trouble, NeverAgain):
        return _line(f"Telegram refuses it: {trouble.reason}")
    if isinstance(trouble, OSError):
        return _line(f"The system does not allow it, look at DATABASE_URL and FILES_DIR: {trouble}")
    return None


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_REASON]
