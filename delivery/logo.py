"""The company's logo, made fit for paper. A logo that cannot be read must never keep an invoice back."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from io import BytesIO
from typing import Final, NamedTuple

from PIL import Image

BOX: Final = (150.0, 46.0)
"""Points that it may be wide and high."""
_PIXELS_PER_POINT: Final = 300 / 72
_MOST_PIXELS: Final = 25_000_000
_FORMATS: Final = ("PNG", "JPEG")
_BROKEN: Final = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)


class Logo(NamedTuple):
    """A JPEG as it goes into the paper, and its size there in points."""

    jpeg: bytes
    width: float
    height: float


@lru_cache(maxsize=4)
def prepare(data: bytes) -> Logo | None:
    """Fit a PNG or JPEG into the box at 300 dpi, what is transparent on white; None where it is neither or broken.

    The same bytes give the same logo. Small ones are not blown up beyond 100 dpi.
    """
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            return _fitted(image)
    except _BROKEN:
        return None


def _fitted(image: Image.Image) -> Logo:
    width, height = image.size
    scale = min(BOX[0] / width, BOX[1] / height, 72 / 100)
    size = (width * scale, height * scale)
    pixels = tuple(
        max(1, min(own, round(side * _PIXELS_PER_POINT))) for own, side in zip(image.size, size, strict=True)
    )
    flat = _on_white(image)
    if pixels != flat.size:
        flat = flat.resize((pixels[0], pixels[1]), Image.Resampling.LANCZOS)
    out = BytesIO()
    flat.save(out, "JPEG", quality=93, subsampling=0)
    return Logo(out.getvalue(), *size)


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    coloured = image.convert("RGBA")
    paper = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(paper, coloured).convert("RGB")
