"""The chain: codes, then Tesseract, then RapidOCR; each where it is installed and the one before was not sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import Image

from delivery.recognition import codes, fiscal, photo, reading
from delivery.recognition.reading import Reading

ENGINES: Final = (reading.TESSERACT, reading.RAPIDOCR)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a ticket is to be read. ``engines``: the names of those to use, all of them where it is None."""

    languages: tuple[str, ...] = ("ru", "es", "en")
    currency: str | None = None
    seconds: float = 20.0
    engines: Sequence[str] | None = None


def read(pictures: Sequence[bytes], wish: Wish, folder: Path, tell: Callable[[Reading], None]) -> Reading:
    """Read one ticket. ``tell`` hears what is known so far. What is wrong with it all is the reading's trouble."""
    opened, trouble = _open(pictures)
    if not opened:
        return Reading(trouble=trouble)
    known = _codes(opened, wish)
    tell(known)
    if not _can_look():
        return replace(known, trouble=trouble or reading.NO_ENGINE)
    from delivery.recognition import optical  # noqa: PLC0415 - OpenCV may be missing

    return optical.read(opened, wish, folder, known, tell)


@cache
def _can_look() -> bool:
    return all(find_spec(name) is not None for name in ("cv2", "numpy"))


def _open(pictures: Sequence[bytes]) -> tuple[list[Image.Image], str | None]:
    """Those that open, and what is wrong with the first that does not."""
    opened: list[Image.Image] = []
    trouble: str | None = None
    for content in pictures:
        try:
            opened.append(photo.open_grey(content))
        except photo.NoPhoto as refused:
            trouble = trouble or refused.trouble
    return opened, trouble


def _codes(pictures: Sequence[Image.Image], wish: Wish) -> Reading:
    """What the codes say, as a reading; one that says nothing where there are none."""
    if not codes.available() or (wish.engines is not None and reading.FISCAL_CODE not in wish.engines):
        return Reading(currency=wish.currency)
    texts = [code for picture in pictures for code in codes.find(picture)]
    bars = tuple(dict.fromkeys(text for name, text in texts if name != "QRCode"))
    known = Reading(currency=wish.currency, barcodes=bars)
    for _, text in texts:
        if signed := fiscal.fiscal_code(text):
            return replace(
                known,
                total_minor=signed.sum_minor,
                currency="RUB",
                sold_on=signed.sold_on,
                sold_at=signed.sold_at,
                fiscal_id=signed.fiscal_id,
                source=reading.FISCAL_CODE,
                confident=signed.is_sale,
            )
    paying = next((found for _, text in texts if (found := fiscal.payment_code(text))), None)
    if paying is None:
        return known
    return replace(known, payment_code=paying.text, total_minor=paying.sum_minor, currency=paying.currency)
