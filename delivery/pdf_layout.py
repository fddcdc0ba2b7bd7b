"""Drawing plain strings on paper: fonts, wrapping, and a pen. No markup is ever parsed, whatever a name contains.

Lengths are in points (1/72 inch), ``y`` grows upwards as in PDF.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from delivery.steady_font import SteadyFont

PAGE_WIDTH: Final[float] = A4[0]
PAGE_HEIGHT: Final[float] = A4[1]
Colour = tuple[float, float, float]
INK: Final[Colour] = (0.1, 0.1, 0.1)
GREY: Final[Colour] = (0.42, 0.42, 0.42)
HAIRLINE: Final[Colour] = (0.81, 0.81, 0.8)
TINT: Final[Colour] = (0.953, 0.953, 0.941)
rl_config.useA85 = 0  # mail is encoded once already, and a viewer needs no ASCII
_UNUSUAL: Final = re.compile("[^\x20-\x7e\xa0-\xac\xae-\u024f\u0400-\u04ff«»–—…№₽€•−]")
_LOADING: Final = threading.Lock()
_DARK: Final = re.compile(b"\x01+")
_SPACE: Final = frozenset("\t\n\v\f\r\x85\u2028\u2029")


class Face:
    """One weight of the typeface, with its character widths at hand."""

    def __init__(self, name: str, path: Path) -> None:
        font: Any = SteadyFont(name, path)
        self.name = name
        self.begin = font.begin
        self._widths: dict[int, float] = font.face.charWidths
        self._missing_width: float = font.face.defaultWidth
        self._glyphs: dict[int, int] = font.face.charToGlyph
        self._thousandths = lru_cache(maxsize=4096)(self._measure)  # most of a paper's words are measured thrice

    def width(self, text: str, size: float) -> float:
        """How wide ``text`` is, in points."""
        return self._thousandths(text) * size / 1000

    def _measure(self, text: str) -> float:
        widths, missing = self._widths, self._missing_width
        return sum([widths.get(ord(character), missing) for character in text])

    def has(self, character: str) -> bool:
        """Whether the face can show ``character``."""
        return ord(character) in self._glyphs


@dataclass(frozen=True, slots=True)
class Fonts:
    """The two weights that papers are set in."""

    regular: Face
    bold: Face

    @classmethod
    def load(cls, folder: Path) -> Fonts:
        """PT Sans from ``folder``, read once per process."""
        with _LOADING:  # twice would leave two fonts of one name
            return _load_fonts(folder.resolve())


@lru_cache(maxsize=4)
def _load_fonts(folder: Path) -> Fonts:
    return Fonts(
        Face("PTSans", folder / "PTSans-Regular.ttf"),
        Face("PTSans-Bold", folder / "PTSans-Bold.ttf"),
    )


class Style(NamedTuple):
    """How a text is set."""

    face: Face
    size: float
    leading: float
    colour: Colour = INK


def clean(text: str, face: Face) -> str:
    """The one gate for every string that is drawn: nothing but visible characters and spaces passes.

    Line ends and tabs become spaces; control, format and private characters go, and so do emoji and marks that the
    face lacks. Letters that it lacks stay (as a box), so that it is seen that something stands there.
    """
    if _UNUSUAL.search(text) is None:
        return text
    return "".join(_visible(character, face) for character in unicodedata.normalize("NFC", text))


def _visible(character: str, face: Face) -> str:
    if character in _SPACE:
        return " "
    category = unicodedata.category(character)
    if category == "Zs":
        return character if face.has(character) else "\xa0" if character == "\u202f" else " "
    if category[0] in "CZ":
        return ""
    return character if category[0] in "LNP" or face.has(character) else ""


def wrap(text: str, style: Style, width: float, *, most: int = 12) -> list[str]:
    """Break ``text`` into lines of at most ``width`` points, and at most ``most`` of them, the last then ending in …

    A word that is wider than a line is broken anywhere.
    """
    text = clean(text, style.face)
    if len(text) > most * 400:  # no line of a paper holds so many
        text = text[: most * 400]
    if style.face.width(text, style.size) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if style.face.width(longer, style.size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, style, width)
        lines += full
        if len(lines) > most:
            break
    lines.append(line)
    return lines if len(lines) <= most else [*lines[: most - 1], fit(lines[most - 1] + "…", style, width)]


def _broken(word: str, style: Style, width: float) -> list[str]:
    """A word as pieces that fit, at least one character each."""
    if style.face.width(word, style.size) <= width:
        return [word]
    pieces, piece, used = [], "", 0.0
    for character in word:
        wide = style.face.width(character, style.size)
        if piece and used + wide > width:
            pieces.append(piece)
            piece, used = "", 0.0
        piece += character
        used += wide
    return [*pieces, piece]


def fit(text: str, style: Style, width: float) -> str:
    """One line of at most ``width`` points, the end cut and replaced by … where it is too long."""
    text = clean(text[:1000], style.face)
    if style.face.width(text, style.size) <= width:
        return text
    text = text.rstrip("…")
    while text and style.face.width(text + "…", style.size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


class Pen:
    """Draws on the pages of one document. The same calls give the same bytes."""

    def __init__(self, fonts: Fonts, *, title: str, author: str, language: str) -> None:
        self._buffer = BytesIO()
        make_canvas: Any = Canvas  # its stub takes a font's name for a number
        self._canvas = make_canvas(
            self._buffer,
            pagesize=A4,
            invariant=1,
            pageCompression=1,
            initialFontName=fonts.regular.name,
            initialFontSize=9,
            lang=language,
        )
        self._canvas.setTitle(clean(title, fonts.regular))
        self._canvas.setAuthor(clean(author, fonts.regular))
        self._canvas.setCreator("TelBot")
        fonts.regular.begin(self._canvas)
        fonts.bold.begin(self._canvas)
        self._start_writing()

    def _start_writing(self) -> None:
        """All text of a page is one run above its shapes, and says only what changes."""
        self._writing = self._canvas.beginText()
        self._face: Face | None = None
        self._size = 0.0
        self._colour: Colour | None = None

    def text(self, x: float, y: float, text: str, style: Style) -> None:
        """Draw one line from ``x`` on, its baseline at ``y``."""
        writing = self._writing
        if style.face is not self._face or style.size != self._size:
            self._face, self._size = style.face, style.size
            writing.setFont(style.face.name, style.size)
        if style.colour != self._colour:
            self._colour = style.colour
            writing.setFillColor(style.colour)
        writing._code.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm")  # noqa: SLF001 - its own method takes ten times as long
        writing.textOut(clean(text, style.face))

    def text_right(self, x: float, y: float, text: str, style: Style) -> None:
        """Draw one line that ends at ``x``."""
        text = clean(text, style.face)
        self.text(x - style.face.width(text, style.size), y, text, style)

    def lines(self, x: float, y: float, lines: list[str], style: Style) -> None:
        """Draw lines below each other, the first one's baseline at ``y``."""
        for index, line in enumerate(lines):
            self.text(x, y - index * style.leading, line, style)

    def rule(self, left: float, right: float, y: float, *, colour: Colour = HAIRLINE, width: float = 0.5) -> None:
        """Draw a horizontal line."""
        red, green, blue = colour
        self._canvas._code.append(  # noqa: SLF001 - as above
            f"{red:g} {green:g} {blue:g} RG {width:g} w {left:.2f} {y:.2f} m {right:.2f} {y:.2f} l S"
        )

    def tint(self, left: float, right: float, top: float, height: float) -> None:
        """Lay a light ground."""
        self._canvas.setFillColor(TINT)
        self._canvas.rect(left, top - height, right - left, height, stroke=0, fill=1)

    def picture(self, right: float, top: float, jpeg: bytes, size: tuple[float, float]) -> None:
        """Draw a JPEG of ``size`` whose right upper corner is given."""
        width, height = size
        self._canvas.drawImage(ImageReader(BytesIO(jpeg)), right - width, top - height, width, height)

    def code(self, left: float, top: float, rows: Sequence[bytes], size: float) -> None:
        """Draw the modules of a two-dimensional code, a byte of 0 or 1 each, as one shape of ``size`` a side."""
        count = len(rows)
        shape = [
            f"{run.start()} {count - 1 - number} {run.end() - run.start()} 1 re"
            for number, row in enumerate(rows)
            for run in _DARK.finditer(row)
        ]
        self._canvas.saveState()
        self._canvas.setFillColor((0, 0, 0))
        self._canvas.translate(left, top - size)
        self._canvas.scale(size / count, size / count)
        self._canvas._code.append(" ".join(shape) + " f")  # noqa: SLF001 - each through the canvas takes 5 times as long
        self._canvas.restoreState()

    def next_page(self) -> None:
        """Finish this page."""
        self._canvas.drawText(self._writing)
        self._canvas.showPage()
        self._start_writing()

    def finish(self) -> bytes:
        """The document."""
        self._canvas.save()
        return self._buffer.getvalue()


class Piece(NamedTuple):
    """Something of a known height that is drawn below a given ``top`` and never split over pages."""

    height: float
    draw: Callable[[Pen, float], None]


def stack(pieces: list[Piece], *, gap: float = 0) -> Piece:
    """Pieces below each other, as one."""

    def draw(pen: Pen, top: float) -> None:
        for piece in pieces:
            piece.draw(pen, top)
            top -= piece.height + gap

    return Piece(sum(piece.height for piece in pieces) + gap * max(len(pieces) - 1, 0), draw)


def beside(pieces: list[Piece]) -> Piece:
    """Pieces that stand at the same height, as one."""

    def draw(pen: Pen, top: float) -> None:
        for piece in pieces:
            piece.draw(pen, top)

    return Piece(max((piece.height for piece in pieces), default=0), draw)


def space(height: float) -> Piece:
    """Nothing, of a height."""
    return Piece(height, lambda _pen, _top: None)
