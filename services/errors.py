"""What the desk refuses to do, as opposed to what breaks.

A refusal is a subclass of :class:`DomainError` that stands beside the service which raises it. Its class names
the text (``messages/refusals.html``, block = the class's ``key``), its facts fill it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session


class DomainError(Exception):
    """A refusal that a person can act on. It rolls back the business change; the answer is still committed.

    ``DomainError(product="Milk", left=2)``: the keyword arguments are the facts of the text.
    """

    key: ClassVar[str] = ""
    """The block of the text: the class name in snake case unless it is set."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "key" not in cls.__dict__:
            cls.key = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, **facts: Any) -> None:
        super().__init__(f"{type(self).__name__}({', '.join(sorted(facts))})")
        self.facts = facts

    def record(self, session: Session, *, now: datetime) -> None:
        """Write what must outlive the refusal (a failed attempt, an audit row). By default nothing."""


class Moved(DomainError):
    """The thing has changed since the button was made: nothing was done, the newest state is shown."""
