"""Tesseract through pytesseract: the engine that comes with the system, for every script that it has models of."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from delivery.recognition import reading
from delivery.recognition.words import Word

if TYPE_CHECKING:
    from delivery.recognition.engine import Grey

MODELS: Final = {"ru": "rus", "es": "spa", "en": "eng"}


@dataclass(frozen=True, slots=True)
class Tesseract:
    """Reads by the models of these languages, as far as they are installed.

    ``layout`` is its page segmentation mode (6: one block, 4: columns), ``letter`` how many pixels high letters are
    made for it, ``finish`` what is done to the page last. ``folder`` is where the page lies while it is read,
    ``seconds`` the longest wait.
    """

    folder: Path
    languages: Sequence[str]
    seconds: float
    layout: int = 6
    letter: int = 30
    finish: Callable[[Grey], Grey] | None = None
    name: str = reading.TESSERACT

    @property
    def voice(self) -> str:
        """Its name with the models that it looks with."""
        return f"{self.name} {_models(self.languages)}"

    def available(self) -> bool:
        """Whether the program and one of our models are installed."""
        return bool(_installed())

    def differently(
        self, *, languages: Sequence[str], layout: int, letter: int, finish: Callable[[Grey], Grey] | None
    ) -> Tesseract:
        """The same engine looking in another way."""
        return replace(self, languages=languages, layout=layout, letter=letter, finish=finish)

    def read(self, page: Grey) -> list[Word]:
        """Single words; none when it takes too long."""
        import cv2  # noqa: PLC0415 - may be missing
        import pytesseract  # type: ignore[import-untyped] # noqa: PLC0415

        from delivery.recognition.page import evenly_lit, scaled  # noqa: PLC0415

        ready = scaled(evenly_lit(page), self.letter)
        ready = self.finish(ready) if self.finish else ready
        picture = self.folder / "page.pgm"
        cv2.imwrite(str(picture), ready)
        try:
            table = pytesseract.image_to_data(
                str(picture),
                lang=_models(self.languages),
                config=f"--oem 1 --psm {self.layout} -c tessedit_do_invert=0",
                timeout=self.seconds,
                output_type=pytesseract.Output.DICT,
            )
        except (RuntimeError, OSError):  # pytesseract raises a bare RuntimeError at its time limit
            return []
        finally:
            picture.unlink(missing_ok=True)
        return _words(table, page.shape[0] / ready.shape[0])


@cache
def _installed() -> frozenset[str]:
    """Those of our models that Tesseract has; none where a part of it is missing."""
    if shutil.which("tesseract") is None or find_spec("pytesseract") is None:
        return frozenset()
    import pytesseract  # noqa: PLC0415 - may be missing

    return frozenset(pytesseract.get_languages()) & frozenset(MODELS.values())


def _models(languages: Sequence[str]) -> str:
    wanted = [MODELS[language] for language in languages if MODELS.get(language) in _installed()]
    return "+".join(wanted or sorted(_installed())[:1])


def _words(table: dict[str, list[str | int | float]], scale: float) -> list[Word]:
    """The table that Tesseract gives, with places on the page as it was before it was made ready."""
    names = ("text", "left", "top", "width", "height", "conf")
    found = []
    for row in zip(*(table[name] for name in names), strict=True):
        text = str(row[0]).strip()
        left, top, width, height, confidence = (float(figure) for figure in row[1:])
        if text and confidence >= 0:
            found.append(
                Word(text, left * scale, top * scale, (left + width) * scale, (top + height) * scale, confidence / 100)
            )
    return found
