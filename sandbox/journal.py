"""What bots asked for and what they were answered, for tests that look afterwards."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from sandbox.files import Upload


@dataclass(slots=True)
class Request:
    """One Bot API request; a file is named by size only, the answer is kept as sent."""

    number: int
    bot_id: int | None
    method: str
    params: dict[str, Any]
    at: float
    status: int = 0
    answer: bytes = b""
    seconds: float = 0.0
    fault: str | None = None

    def view(self) -> dict[str, Any]:
        """Return the request for the control interface; status 0 means that no answer was sent."""
        try:
            answer = json.loads(self.answer) if self.answer else None
        except ValueError:
            answer = self.answer.decode(errors="replace")
        return {
            "number": self.number,
            "bot_id": self.bot_id,
            "method": self.method,
            "params": self.params,
            "at": self.at,
            "status": self.status,
            "answer": answer,
            "seconds": self.seconds,
            "fault": self.fault,
        }


class Journal:
    """The newest requests, as many as the setting allows."""

    def __init__(self, limit: int) -> None:
        self.requests: deque[Request] = deque(maxlen=limit)
        self.count = 0

    def resize(self, limit: int) -> None:
        """Keep so many requests from now on."""
        self.requests = deque(self.requests, maxlen=limit)

    def clear(self) -> None:
        """Forget all requests."""
        self.requests.clear()

    def open(self, bot_id: int | None, method: str, given: dict[str, Any], at: float) -> Request:
        """Enter a request as received."""
        self.count += 1
        params = {name: _without_bytes(value) for name, value in given.items()}
        request = Request(self.count, bot_id, method, params, at)
        self.requests.append(request)
        return request

    def find(self, bot_id: int | None, method: str | None, since: int, limit: int | None) -> list[dict[str, Any]]:
        """Return the requests numbered above `since`, oldest first; with a limit, the newest of them."""
        found = [
            request
            for request in self.requests
            if request.number > since
            and (bot_id is None or request.bot_id == bot_id)
            and (method is None or request.method == method)
        ]
        return [request.view() for request in (found if limit is None else found[-limit:])]


def _without_bytes(value: Any) -> Any:
    if isinstance(value, Upload):
        return {"file_name": value.name, "mime_type": value.mime, "size": len(value.content)}
    return value
