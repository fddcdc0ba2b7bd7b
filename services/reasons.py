"""Why something was taken back, as people type it: nothing that was sold is undone without a reason."""

from __future__ import annotations

from typing import Final

from services import cart
from services.errors import DomainError

LONGEST: Final = 300


class ReasonMissing(DomainError):
    """What was sold is taken back only with a reason. No facts."""


def kept(text: str) -> str:
    """The reason on one line, as it is stored and printed. Raises ReasonMissing or TextTooLong."""
    plain = " ".join(cart.kept_text(text, LONGEST).split())
    if not plain:
        raise ReasonMissing
    return plain
