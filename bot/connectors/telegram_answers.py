"""What Telegram answers, sorted by what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from telebot import apihelper
from urllib3.exceptions import HTTPError

from bot.connectors.connector import FileGone, FileTooLarge, MessageGone
from services.ways_out import NeverAgain, TryLater, Unreachable

_NOT_MODIFIED = "message is not modified"
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
_PAST_DELETING = ("message to delete not found", "message can't be deleted", "message identifier is not specified")
_NOBODY = ("chat not found", "user not found", "peer_id_invalid")


@contextmanager
def sorted_answers() -> Iterator[None]:
    """Sort what Telegram, or whatever stands before it, answers by what to do next.

    No exception of urllib3 leaves: its text holds the address, and the address holds the token.
    """
    try:
        yield
    except apihelper.ApiTelegramException as refusal:
        _sort(refusal.error_code, str(refusal.description), refusal.result_json)
    except (apihelper.ApiHTTPException, apihelper.ApiInvalidJSONException) as answer:
        raise TryLater(f"HTTP {answer.result.status_code}, not from the Bot API") from None
    except HTTPError as trouble:
        raise TryLater(type(trouble).__name__) from None
    except (KeyError, TypeError):  # telebot trips over JSON without "ok": a proxy's own words
        raise TryLater("an answer that is not the Bot API's") from None


@contextmanager
def sorted_file() -> Iterator[None]:
    """The same for asking where a file lies."""
    try:
        with sorted_answers():
            yield
    except Unreachable as refusal:
        raise FileGone(refusal.reason) from None
    except NeverAgain as refusal:
        raise (FileTooLarge if "too big" in refusal.reason else FileGone)(refusal.reason) from None


def sorted_download(status: int, content_type: str) -> None:
    """Return for a file; raise FileGone or TryLater for what came in place of one."""
    if status in {400, 404, 410}:
        raise FileGone(f"HTTP {status}")
    if status != 200:
        raise TryLater(f"HTTP {status} in place of a file")
    if content_type.startswith("text/html"):  # files come as application/octet-stream
        raise TryLater("a page in place of a file")


def _sort(code: int, description: str, answer: Mapping[str, Any]) -> None:
    """Return for what is a success after all; raise TryLater, NeverAgain, Unreachable or MessageGone."""
    text = description.lower()
    if _NOT_MODIFIED in text or any(known in text for known in _PAST_DELETING):
        return
    if code == 429:
        parameters = answer.get("parameters") or {}
        raise TryLater(description, float(parameters.get("retry_after", 1))) from None
    if any(known in text for known in _GONE):
        raise MessageGone(description) from None
    if code == 403 or any(known in text for known in _NOBODY):
        raise Unreachable(description) from None
    if code >= 500 or code in {401, 404, 409}:
        # a wrong token or a second poller is our installation's trouble, not this message's
        raise TryLater(description) from None
    raise NeverAgain(description) from None
