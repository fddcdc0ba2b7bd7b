"""Recognising the text of a ticket: pages made ready, engines asked one after another until they are sure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from PIL import Image

from delivery.recognition import extractor, page, reading, totals, vote, words
from delivery.recognition.labels import Label, is_cyrillic
from delivery.recognition.rapid import RapidOcr
from delivery.recognition.reading import Reading
from delivery.recognition.tesseract import Tesseract

if TYPE_CHECKING:
    from delivery.recognition.chain import Wish
    from delivery.recognition.engine import Engine, Grey
    from delivery.recognition.vote import Answer
    from delivery.recognition.words import Row, Word

_ENOUGH_LETTERS: Final = 60
"""Letters and figures recognised well: with fewer the page may stand on its head."""
_FEW_LETTERS: Final = 12
_CLEARLY_MORE: Final = 2
"""What cannot be read at all has about as many letters on its head: it stays as it was sent."""
_WELL: Final = 0.6
_DARK: Final = 70.0
_PITCH_DARK: Final = 18.0
_BLURRED: Final = 0.12
_TIME_FOR_MORE: Final = 0.5
"""Another look is only begun in the first half of the time."""

_TOTALS: Final = (Label.ROUNDED, Label.GRAND, Label.TOTAL)
_AROUND: Final = (Label.SUBTOTAL, Label.PAID, Label.CHANGE, Label.ROUNDING)

cv2.setNumThreads(1)


@cache
def _rapid() -> RapidOcr:
    return RapidOcr()


@dataclass(frozen=True, slots=True)
class _Look:
    """Who looks, and where on each page: from which row of pixels to which, None for the whole page."""

    engine: Engine
    bands: Sequence[tuple[int, int]] | None = None


def read(
    pictures: Sequence[Image.Image], wish: Wish, folder: Path, known: Reading, tell: Callable[[Reading], None]
) -> Reading:
    """Read the text of these photos and add it to what is known from codes."""
    until = time.monotonic() + wish.seconds * _TIME_FOR_MORE
    pages = [_prepared(picture) for picture in pictures]
    if max(map(page.brightness, pages)) < _PITCH_DARK:
        return replace(known, trouble=reading.TOO_DARK)
    answers: list[Answer] = []
    seen: list[list[Row]] = []
    found = replace(known, trouble=reading.NO_ENGINE)
    for look in _looks(wish, folder, answers, seen):
        if answers and (time.monotonic() > until or _nothing_to_see(answers)):
            break
        if answers:
            seen[:] = _rows(look, pages)
        else:
            pages, seen[:] = _upright(pages, look.engine)
        rows = [row for there in seen for row in there]
        engine = look.engine
        if engine.name == reading.RAPIDOCR:  # its look at the whole page takes the place of that at a band
            answers[:] = [answer for answer in answers if answer.voice != engine.voice]
        answers.append(extractor.extract(rows, source=engine.name, voice=engine.voice, currency=known.currency))
        found = _joined(known, vote.best(answers).reading)
        if found.confident or known.source == reading.FISCAL_CODE:
            return found
        tell(found)
    return replace(found, trouble=_trouble(pages, answers)) if answers else found


def _looks(wish: Wish, folder: Path, answers: Sequence[Answer], seen: Sequence[Sequence[Row]]) -> Iterator[_Look]:
    """Who looks next, as far as installed and wished for. What was seen before tells where, and which script it is."""
    tesseract = Tesseract(folder, wish.languages, wish.seconds)
    has_tesseract = tesseract.available() and _wished(wish, reading.TESSERACT)
    if has_tesseract:
        yield _Look(tesseract)
    has_rapid = _rapid().available() and _wished(wish, reading.RAPIDOCR)
    if has_rapid:
        bands = [_where_totals_stand(rows) for rows in seen]
        if any(bottom > top for top, bottom in bands):
            yield _Look(_rapid(), bands)
        yield _Look(_rapid())
    if has_tesseract:
        spoken = _languages(wish.languages, answers)
        if is_cyrillic(answers[0].reading.text):  # the English model knows figures better
            yield _Look(tesseract.differently(languages=("en",), layout=6, letter=30, finish=None))
            yield _Look(tesseract.differently(languages=spoken, layout=6, letter=24, finish=None))
        elif not has_rapid:  # which would have seen more
            yield _Look(tesseract.differently(languages=spoken, layout=4, letter=24, finish=None))
            yield _Look(tesseract.differently(languages=spoken, layout=6, letter=30, finish=page.black_and_white))


def _rows(look: _Look, pages: Sequence[Grey]) -> list[list[Row]]:
    """The rows of each page, or of the bands of them."""
    if look.bands is None:
        return [words.rows(look.engine.read(page_)) for page_ in pages]
    pieces = [page_[top:bottom] for page_, (top, bottom) in zip(pages, look.bands, strict=True)]
    return [words.rows(look.engine.read(piece)) if piece.size else [] for piece in pieces]


def _where_totals_stand(rows: Sequence[Row]) -> tuple[int, int]:
    """The part of a page below the first word of a total that was seen, with a few rows above it; (0, 0) for none.

    It goes down to the last row: a total that was not seen there must not be left out. A close look at it is enough
    more often than not, and takes half the time of one at the whole page.
    """
    said = totals.said([row.text for row in rows])
    marked = [row for row, it in zip(rows, said, strict=True) if it.label in {*_TOTALS, *_AROUND}]
    if not any(row.label in _TOTALS for row in said):
        return 0, 0
    around = 3 * max(row.height for row in marked)
    return max(0, int(min(row.top for row in marked) - around)), int(max(row.bottom for row in rows) + around)


def _wished(wish: Wish, name: str) -> bool:
    return wish.engines is None or name in wish.engines


def _languages(languages: Sequence[str], answers: Sequence[Answer]) -> Sequence[str]:
    """Only those of the script that was seen: a model that is not needed only misleads."""
    russian = is_cyrillic(answers[0].reading.text)
    return [language for language in languages if (language == "ru") == russian] or languages


def _prepared(picture: Image.Image) -> Grey:
    """Of a moderate size, the paper alone, its rows level and across."""
    grey = page.cropped(page.reduced(np.asarray(picture)))
    if page.lies_on_its_side(grey):
        grey = page.turned(grey, 1)
    return page.straightened(grey)


def _upright(pages: Sequence[Grey], engine: Engine) -> tuple[list[Grey], list[list[Row]]]:
    """The pages with what stands on them; turned head up where hardly anything can be read as they are."""
    turned: list[Grey] = []
    seen: list[list[Row]] = []
    for page_ in pages:
        upright, found = page_, engine.read(page_)
        if (letters := _letters(found)) < _ENOUGH_LETTERS:
            other = page.turned(page_, 2)
            there = engine.read(other)
            if _letters(there) > max(_CLEARLY_MORE * letters, _FEW_LETTERS):
                upright, found = other, there
        turned.append(upright)
        seen.append(words.rows(found))
    return turned, seen


def _letters(found: Sequence[Word]) -> int:
    return sum(sum(map(str.isalnum, word.text)) for word in found if word.confidence >= _WELL)


def _trouble(pages: Sequence[Grey], answers: Sequence[Answer]) -> str | None:
    """Why there is no sure answer, as far as the photo is to blame."""
    if max(map(page.brightness, pages)) < _DARK:
        return reading.TOO_DARK
    if max(map(page.sharpness, pages)) < _BLURRED:
        return reading.BLURRED
    return reading.NO_TEXT if _no_letters(answers) else None


def _nothing_to_see(answers: Sequence[Answer]) -> bool:
    """Two looks that found hardly a letter are enough."""
    return len(answers) > 1 and _no_letters(answers)


def _no_letters(answers: Sequence[Answer]) -> bool:
    return max(sum(map(str.isalnum, answer.reading.text)) for answer in answers) < _FEW_LETTERS


def _joined(known: Reading, found: Reading) -> Reading:
    """What codes say is exact and stays; the text tells the rest."""
    kept: dict[str, Any] = {
        "barcodes": known.barcodes,
        "payment_code": known.payment_code,
        "fiscal_id": known.fiscal_id,
    }
    if known.source == reading.FISCAL_CODE:
        names = ("total_minor", "currency", "sold_on", "sold_at", "source", "confident")
        kept |= {name: getattr(known, name) for name in names}
    elif known.total_minor is not None:  # the sum of a code to pay by; the text may tell another one
        same = found.total_minor == known.total_minor
        kept |= {"total_minor": known.total_minor, "currency": known.currency, "confident": same}
    return replace(found, **kept)
