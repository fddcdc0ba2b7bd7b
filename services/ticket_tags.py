"""What somebody has said of a ticket with tags: ``@monto 1500 @cliente Juan Pérez @tubos 5``. Read by the edges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Tags:
    """The values of the tags; None: not said, or not understood.

    ``amount_minor`` is in minor units of the company's currency, ``units_milli`` in thousandths, of what
    ``units_word`` names (the tag in small letters: a category may have it among its words). ``unknown``: tags
    that are none of ours, as they were typed; ``unclear``: tags of ours whose value is missing or makes no sense.
    """

    amount_minor: int | None = None
    units_milli: int | None = None
    units_word: str = ""
    client: str | None = None
    note: str | None = None
    day: date | None = None
    unknown: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def said(self) -> bool:
        """Tell whether any of them has a value."""
        return (self.amount_minor, self.units_milli, self.client, self.note, self.day) != (None,) * 5
