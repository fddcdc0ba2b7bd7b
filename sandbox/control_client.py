"""One HTTP connection to the control interface."""

from __future__ import annotations

import threading
from typing import Any

import requests

ANSWER_SECONDS = 30.0


class ControlError(Exception):
    """The sandbox refused a control call, and said why."""


class Control:
    """Calls actions; each thread has a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._local = threading.local()
        self._sessions: list[requests.Session] = []

    def _session(self) -> requests.Session:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False  # a proxy of the environment must not see loopback calls
            self._sessions.append(session)
        return session

    def __call__(self, action: str, wait: float = 0.0, **arguments: Any) -> Any:
        """Do an action; `wait` is the time that it may take by itself. Raises ControlError."""
        response = self._session().post(f"{self.url}/{action}", json=arguments, timeout=wait + ANSWER_SECONDS)
        answer = response.json()
        if response.status_code == 400:
            raise ControlError(answer["error"])
        response.raise_for_status()
        return answer

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions:
            session.close()
