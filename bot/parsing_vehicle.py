"""A typed vehicle and driver, ``A123BC 77, Ivan Petrov``. A pure function that never guesses a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARTED = re.compile(r"\s*[\n;,]\s*|\s+[-–—/]\s+")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Trip:
    """What was typed; either may be empty."""

    vehicle: str
    driver: str


def parse_trip(text: str) -> Trip | None:
    """The registration number, which has a figure, and the driver, in either order; None for anything else.

    What has a comma, a line's end or a dash between its words is two things, everything else is one: a driver's
    name has no figures.
    """
    parts = [" ".join(part.split()) for part in _PARTED.split(text.strip()) if part.strip()]
    if not 0 < len(parts) <= 2 or not all(any(char.isalnum() for char in part) for part in parts):
        return None
    numbers = [part for part in parts if _DIGIT.search(part)]
    names = [part for part in parts if not _DIGIT.search(part)]
    if len(numbers) > 1 or len(names) > 1:
        return None
    return Trip("".join(numbers).upper(), "".join(names))
