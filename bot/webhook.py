"""One update that a messenger has posted: read, handled, and what follows its commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.events import Handled, Incoming, TryAgain


class Webhook:
    """Takes updates one at a time, from as many threads as the server has."""

    def __init__(
        self,
        read: Callable[[Mapping[str, Any]], Incoming | None],
        handle: Callable[[Incoming], Handled],
        after: Callable[[Handled], None],
    ) -> None:
        self._read, self._handle, self._after = read, handle, after

    def accept(self, update: Mapping[str, Any]) -> float:
        """Take an update: 0 once it is taken, else the seconds after which to hand it in again."""
        incoming = self._read(update)
        try:
            if incoming is not None:
                self._after(self._handle(incoming))
        except TryAgain as again:
            return again.seconds
        return 0.0
