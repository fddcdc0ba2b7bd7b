"""Pictures that look alike, found by an index: 64-bit hashes that differ in a few bits.

A hash is cut into one band more than bits may differ, so two that differ in so few have at least one band in common.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

FARTHEST: Final = 6
"""Bits that may differ: the same picture, recompressed or scaled."""
_BITS: Final = 64
_BANDS: Final = FARTHEST + 1
_EDGES: Final = tuple(number * _BITS // _BANDS for number in range(_BANDS + 1))
_WIDEST: Final = 10
_HASH: Final = re.compile(r"[0-9a-f]{16}")
_FLAT: Final = frozenset({0, 2**_BITS - 1})
"""What a picture without any content has: all such look alike, and say nothing."""


def kept(picture_hash: str | None) -> str:
    """The hash where it tells something, else an empty text."""
    if not picture_hash or not _HASH.fullmatch(picture_hash) or int(picture_hash, 16) in _FLAT:
        return ""
    return picture_hash


def keys(picture_hash: str) -> tuple[int, ...]:
    """The keys of the hash's bands: small numbers, each with the band's place in it."""
    bits = int(picture_hash, 16)
    return tuple(
        (band << _WIDEST) | ((bits >> start) & ((1 << (end - start)) - 1))
        for band, (start, end) in enumerate(pairwise(_EDGES))
    )


def distance(one: str, other: str) -> int:
    """In how many bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
