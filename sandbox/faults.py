"""Faults of the Bot API on demand, and the pace that the real one enforces."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import Any

from sandbox.refusals import WrongControl, too_many

KINDS = ("too_many", "error", "html", "cut", "slow", "hang")
DOWNLOAD = "download"
"""What a rule calls the download of a file, which is no method."""
PAGE = (
    "<html>\r\n<head><title>{0} {1}</title></head>\r\n<body>\r\n<center><h1>{0} {1}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
TITLES = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
_VIEWED = ("method", "bot_id", "chat_id", "count", "probability", "seconds", "retry_after", "code")


@dataclass(slots=True)
class Fault:
    """One rule: what goes wrong, for which requests, before or after they take effect."""

    id: int
    kind: str
    after: bool = False
    method: str | None = None
    bot_id: int | None = None
    chat_id: int | None = None
    count: int | None = None
    probability: float | None = None
    seconds: float | None = None
    retry_after: int = 1
    code: int = 502
    hits: int = 0
    random: random.Random = field(default_factory=random.Random)

    def matches(self, bot_id: int, method: str, chat_id: int | None) -> bool:
        """Tell whether the rule is for this request; a chance is drawn only for those that it is for."""
        if self.count is not None and self.hits >= self.count:
            return False
        wanted = ((self.method, method), (self.bot_id, bot_id), (self.chat_id, chat_id))
        if any(rule is not None and rule != value for rule, value in wanted):
            return False
        return self.probability is None or self.random.random() < self.probability

    def view(self) -> dict[str, Any]:
        """Return the rule for the control interface."""
        given = {name: getattr(self, name) for name in _VIEWED if getattr(self, name) is not None}
        return {"id": self.id, "kind": self.kind, "after": self.after, "hits": self.hits, **given}


class Faults:
    """The rules in force, oldest first; the first that matches a request is the one that strikes."""

    def __init__(self) -> None:
        self.rules: dict[int, Fault] = {}
        self._last_id = 0

    def add(self, kind: str, *, seed: int = 0, **options: Any) -> Fault:
        """Put a rule in force."""
        if kind not in KINDS:
            raise WrongControl(f"unknown fault {kind!r}: one of {', '.join(KINDS)}")
        if options.get("code", 502) not in TITLES:
            raise WrongControl(f"code must be one of {', '.join(map(str, TITLES))}")
        self._last_id += 1
        source = random.Random(seed)  # noqa: S311 - reproducible chance, no secret
        fault = Fault(self._last_id, kind, random=source, **options)
        self.rules[fault.id] = fault
        return fault

    def clear(self, fault_id: int | None = None) -> None:
        """Lift one rule, or all."""
        if fault_id is None:
            self.rules.clear()
        else:
            self.rules.pop(fault_id, None)

    def pick(self, bot_id: int, method: str, chat_id: int | None) -> Fault | None:
        """Return the rule that strikes this request."""
        for fault in self.rules.values():
            if fault.matches(bot_id, method, chat_id):
                fault.hits += 1
                return fault
        return None


class Pace:
    """Telegram's limits: one message a second in a chat with a small burst, thirty a second overall."""

    CHAT_GAP, CHAT_BURST = 1.0, 3
    BOT_GAP, BOT_BURST = 1 / 30, 30

    def __init__(self) -> None:
        self._due: dict[tuple[int, int | None], float] = {}

    def clear(self) -> None:
        """Forget what was sent."""
        self._due.clear()

    def check(self, bot_id: int, chat_id: int | None, now: float) -> None:
        """Count one message; raises Refused with 429 when it comes too early."""
        limits: list[tuple[tuple[int, int | None], float, int]] = [((bot_id, None), self.BOT_GAP, self.BOT_BURST)]
        if chat_id is not None:
            limits.append(((bot_id, chat_id), self.CHAT_GAP, self.CHAT_BURST))
        due = {key: max(self._due.get(key, now), now) + gap for key, gap, _ in limits}
        late = max(due[key] - now - gap * burst for key, gap, burst in limits)
        if late > 1e-9:
            raise too_many(math.ceil(late))
        self._due.update(due)
