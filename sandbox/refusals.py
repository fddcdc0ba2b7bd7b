"""The one exception with which a Bot API call is refused."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An answer with `ok: false`: HTTP status, Telegram's text and its optional parameters."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        """Return the body that the bot receives."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class WrongControl(Exception):
    """A wrong call of the control interface; answered with 400 and this text."""


def bad_request(text: str) -> Refused:
    """Return a refusal with status 400."""
    return Refused(400, f"Bad Request: {text}")


def forbidden(text: str) -> Refused:
    """Return a refusal with status 403."""
    return Refused(403, f"Forbidden: {text}")


def conflict(text: str) -> Refused:
    """Return a refusal with status 409."""
    return Refused(409, f"Conflict: {text}")


def too_many(seconds: int) -> Refused:
    """Return a refusal with status 429 and the seconds to wait."""
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
