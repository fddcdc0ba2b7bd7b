"""Choices that are words (a currency, a time zone) on buttons, which carry only numbers.

The number follows from the word alone, so a button means the same after the list of words has changed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_MOST = 2**31 - 1


def number_of(word: str) -> int:
    """The number that a button carries for a word."""
    return zlib.crc32(word.encode()) & _MOST


def find(number: int, words: Iterable[str]) -> str | None:
    """The word with this number among ``words``."""
    return next((word for word in words if number_of(word) == number), None)
