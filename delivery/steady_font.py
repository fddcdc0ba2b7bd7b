"""A TrueType font that is cut and compressed once per process, not once per document.

ReportLab gives each document the letters that it happens to use, in the order of their use, so every paper pays for
cutting and compressing a new font file. Here every document starts with the same letters, those that our languages
are written in, and the file made of them is kept. Rarer letters get a second file, made for that document.
"""

from __future__ import annotations

import threading
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont, TTFontFace, makeToUnicodeCMap

_CYRILLIC: Final = "".join(map(chr, range(0x410, 0x450))) + "Ёё"
_SPANISH: Final = "ÁÉÍÑÓÚÜáéíñóúü¿¡ªº"
_SIGNS: Final = "«»“”‘’„–—…№₽€£·•−×°§"
ALPHABET: Final = _CYRILLIC + _SPANISH + _SIGNS
"""What every document carries besides ASCII; with it less than the 255 letters that fit one font file."""


class _KeptCompression:
    """ReportLab's Flate filter with a memory. A font file is the same object each time, so finding it is cheap."""

    pdfname = "FlateDecode"

    @staticmethod
    @lru_cache(maxsize=8)
    def encode(content: bytes) -> bytes:
        """Compress."""
        return zlib.compress(content, 9)


class _SteadyFace(TTFontFace):
    """A typeface that keeps the files it was cut into."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._cut = lru_cache(maxsize=4)(super().makeSubset)
        self._one_at_a_time = threading.Lock()  # cutting moves a position inside the face

    def makeSubset(self, subset: Any) -> Any:  # noqa: N802
        """The font file with these letters."""
        with self._one_at_a_time:
            return self._cut(tuple(subset))

    def addSubsetObjects(self, doc: Any, fontname: Any, subset: Any) -> Any:  # noqa: N802
        """Put the font file into a document, compressed beforehand."""
        descriptor = super().addSubsetObjects(doc, fontname, subset)  # type: ignore[no-untyped-call]
        font_file = doc.idToObject[f"fontFile:{self.filename}({fontname})"]
        if font_file.filters:
            font_file.filters = [_KeptCompression]
        return descriptor


class SteadyFont(TTFont):
    """The font at ``path``, registered with ReportLab under ``name``."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path))
        self.face: Any = _SteadyFace(str(path))
        self._widths_of = lru_cache(maxsize=4)(self._make_widths)
        self._unicode_map_of = lru_cache(maxsize=4)(self._make_unicode_map)
        pdfmetrics.registerFont(self)

    def addObjects(self, doc: Any) -> None:  # noqa: N802
        """Put the font into a document: what every document needs of it is made once. ReportLab's own, but for that."""
        state = self.state[doc]
        state.frozen = 1
        for number, subset in enumerate(state.subsets):
            codes = tuple(subset)
            name = b"".join((SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("ascii")
            font: Any = pdfdoc.PDFTrueTypeFont()
            font.Name = self.getSubsetInternalName(number, doc)[1:]
            font.BaseFont = name
            font.FirstChar, font.LastChar = 0, len(codes) - 1
            font.Widths = self._widths_of(codes)
            unicode_map: Any = pdfdoc.PDFStream()
            unicode_map.content = self._unicode_map_of(name, codes)
            unicode_map.filters = [_KeptCompression] if doc.compression else []
            font.ToUnicode = doc.Reference(unicode_map, f"toUnicodeCMap:{name}")
            font.FontDescriptor = self.face.addSubsetObjects(doc, name, subset)
            doc.Reference(font, font.Name)
            doc.idToObject["BasicFonts"].dict[font.Name] = font
        del self.state[doc]

    def _make_widths(self, codes: tuple[int, ...]) -> bytes:
        return b"[ %s ]" % b" ".join(f"{self.face.getCharWidth(code):g}".encode() for code in codes)

    @staticmethod
    def _make_unicode_map(name: str, codes: tuple[int, ...]) -> bytes:
        made: str = makeToUnicodeCMap(name, codes)
        return made.encode("ascii")

    def begin(self, canvas: Any) -> None:
        """Give a new document its letters. Without this it works as any other font."""
        self.splitString(ALPHABET, canvas._doc)  # noqa: SLF001
