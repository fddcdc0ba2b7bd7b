"""The pages of a PDF as pictures: a browser on a phone, or one without a screen, shows no PDF inside a page."""

from __future__ import annotations

import io
import threading

import pypdfium2

WIDTH = 1200
"""Pixels: an A4 page stays readable when it is enlarged."""
LONGEST = 4 * WIDTH
"""Pixels in height: a till roll of metres is not drawn whole."""
_one_at_a_time = threading.Lock()  # PDFium is not made for threads


class NoPaper(Exception):
    """These bytes are no PDF, or have no such page."""


def count_pages(content: bytes) -> int:
    """Return the number of pages; raises NoPaper."""
    with _one_at_a_time:
        try:
            with pypdfium2.PdfDocument(content) as document:
                return len(document)
        except pypdfium2.PdfiumError as broken:
            raise NoPaper(str(broken)) from None


def draw_page(content: bytes, number: int) -> bytes:
    """Return a page, counted from 1, as PNG; raises NoPaper."""
    with _one_at_a_time:
        try:
            with pypdfium2.PdfDocument(content) as document:
                if not 1 <= number <= len(document):
                    raise NoPaper(f"no page {number}")
                page = document[number - 1]
                scale = min(WIDTH / page.get_width(), LONGEST / page.get_height())
                drawn = io.BytesIO()
                page.render(scale=scale).to_pil().save(drawn, "PNG")
                return drawn.getvalue()
        except pypdfium2.PdfiumError as broken:
            raise NoPaper(str(broken)) from None
