"""Logs without secrets: whatever a library writes, no token and no password leaves in a log line."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote

_TOKEN = re.compile(r"(?<!\d)\d{1,20}:[A-Za-z0-9_-]{20,}")
_DETAIL = re.compile(r"(DETAIL:\s*).*")
"""PostgreSQL quotes the row that it refused."""
HIDDEN = "***"


class WithoutSecrets(logging.Formatter):
    """Formats a record and then hides every secret in the whole text, exceptions included."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        known = {secret for secret in secrets if len(secret) >= 4}
        self._secrets = sorted(known | {quote(secret, safe="") for secret in known}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line as it may be written."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _TOKEN.sub(HIDDEN, _DETAIL.sub(rf"\1{HIDDEN}", text))


def set_up(level: str, secrets: Iterable[str]) -> None:
    """Log to standard error at ``level``, hiding ``secrets``. Libraries that log whole requests stay at WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutSecrets(secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for talkative in ("urllib3", "TeleBot", "dramatiq", "waitress", "alembic"):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, logging.getLogger().level))
    telebot = logging.getLogger("TeleBot")
    telebot.handlers.clear()  # it brings a handler of its own that knows nothing of secrets
