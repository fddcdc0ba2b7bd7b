"""What a picture looks like in 64 bits: two photos of the same picture differ in a few of them, others in about half.

The low frequencies of its brightness (a DCT of 32 × 32), each above or below their median. A picture that was
recompressed, scaled or lightened keeps its hash within some bits.
"""

from __future__ import annotations

import math
import threading
from functools import cache
from io import BytesIO
from statistics import median

from PIL import Image, ImageOps

from delivery.pictures import MOST_PIXELS

SIDE, KEPT = 32, 8
_FORMATS = ("JPEG", "PNG", "WEBP")
_one_at_a_time = threading.Lock()  # it takes the memory of one picture, however many tickets come at once


def of(content: bytes) -> str | None:
    """The hash as 16 hex digits; None for what is no picture of ours, or has more than ``MOST_PIXELS``."""
    with _one_at_a_time:
        try:
            pixels = _small(content)
        except Exception:  # noqa: BLE001 - a parser of what strangers send may stumble over anything
            return None
    return None if pixels is None else _hash(pixels)


def _small(content: bytes) -> list[int] | None:
    """The picture as 32 × 32 shades of grey, row by row, upright. The size is read before the first pixel is."""
    with Image.open(BytesIO(content), formats=_FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return None
        picture.draft("L", (4 * SIDE, 4 * SIDE))
        grey = ImageOps.exif_transpose(picture.convert("L"))
        return list(grey.resize((SIDE, SIDE), Image.Resampling.BOX).tobytes())


def _hash(pixels: list[int]) -> str:
    waves = _waves()
    rows = [[sum(wave[x] * pixels[y * SIDE + x] for x in range(SIDE)) for wave in waves] for y in range(SIDE)]
    found = [sum(wave[y] * rows[y][u] for y in range(SIDE)) for wave in waves for u in range(KEPT)]
    middle = median(found[1:])  # the first is the mean brightness, which says nothing
    bits = "".join("1" if value > middle else "0" for value in found)
    return f"{int(bits, 2):016x}"


@cache
def _waves() -> list[list[float]]:
    """The cosines of the frequencies that are kept."""
    return [[math.cos(math.pi * (2 * x + 1) * u / (2 * SIDE)) for x in range(SIDE)] for u in range(KEPT)]
