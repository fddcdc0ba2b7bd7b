"""Codes on a photo: QR and bars, looked for on several scales (zxing-cpp)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from PIL import Image, ImageOps

_LONG_SIDES: Final = (1600, 900, 2800)
_MOST_CODES: Final = 20
_MOST_TEXT: Final = 2000


def available() -> bool:
    """Whether zxing-cpp is installed."""
    return find_spec("zxingcpp") is not None


def find(picture: Image.Image) -> list[tuple[str, str]]:
    """Format and text of the codes, each once. It ends at the first scale that shows a square code.

    Bars alone do not end it: on tickets they stand beside the square code that says more.
    """
    found: dict[tuple[str, str], None] = {}
    for side in _LONG_SIDES:
        for code in _read(_resized(picture, side)):
            found.setdefault(code)
        if any(name == "QRCode" for name, _ in found):
            break
    return list(found)[:_MOST_CODES]


def _resized(picture: Image.Image, side: int) -> Image.Image:
    factor = side / max(picture.size)
    if factor > 2:
        factor = 2.0
    if 0.8 < factor < 1.25:
        return picture
    return ImageOps.scale(picture, factor, resample=Image.Resampling.BILINEAR)


def _read(picture: Image.Image) -> list[tuple[str, str]]:
    import zxingcpp  # noqa: PLC0415 - may be missing

    results = zxingcpp.read_barcodes(picture)
    return [(result.format.name, result.text) for result in results if result.text and len(result.text) <= _MOST_TEXT]
