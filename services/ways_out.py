"""How a way out of the house (messenger, mail server) says that something did not leave, by what to do next."""

from __future__ import annotations


class TryLater(Exception):
    """Not now: a timeout, a limit, a server in trouble. ``seconds`` is how long to wait, where the other side said."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class NeverAgain(Exception):
    """Refused for good: trying again cannot help. ``reason`` is shown to people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(NeverAgain):
    """The person has blocked us or is gone: nothing in this chat can be delivered until they come back."""
