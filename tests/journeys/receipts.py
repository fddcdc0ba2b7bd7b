"""Receipts that the journeys draw themselves: what a shop's printer would have put on paper, and what goes wrong."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

FONT = Path(__file__).resolve().parents[2] / "fonts" / "PTSans-Regular.ttf"
WIDTH, LINE, SIZE = 720, 52, 34
WORDS = {
    "en": ("THE CORNER SHOP", "RECEIPT No. 4711", "TOTAL", "{0:,.2f}"),
    "es": ("PELUQUERIA ANA", "FACTURA SIMPLIFICADA 4711", "TOTAL", "{0:,.2f}"),
    "ru": ("САЛОН ЛИЛИЯ", "КАССОВЫЙ ЧЕК № 4711", "ИТОГ", "{0:.2f}"),
}
"""By language: the shop, what the paper is, the word for the total, how amounts are written."""


@dataclass(frozen=True)
class Goods:
    """One line: how many of what at which price, in minor units."""

    name: str
    count: int
    price_minor: int


def receipt(
    goods: Sequence[Goods], *, language: str = "en", day: str = "01.03.2026", total_minor: int | None = None,
    code: str = "", number: int = 0,
) -> bytes:  # fmt: skip
    """A receipt as a JPEG, as a camera held straight would take it. ``code``: the text of a square code below."""
    shop, paper, word, form = WORDS[language]
    total = sum(one.count * one.price_minor for one in goods) if total_minor is None else total_minor
    rows = [(shop, ""), (paper, ""), (day, "12:30")]
    for one in goods:
        figure = form.format(one.count * one.price_minor / 100)
        rows += [(one.name, ""), (f"   {one.count} x {form.format(one.price_minor / 100)}", figure)]
    rows += [("-" * 40, ""), (word, form.format(total / 100))]
    rows += [(f"{'#' * (number % 30 + 3)}", f"{number}")] if number else []
    return _jpeg(_drawn(rows, code))


def _drawn(rows: Sequence[tuple[str, str]], code: str) -> Image.Image:
    square = _square(code) if code else None
    height = LINE * (len(rows) + 3) + (square.height if square else 0)
    page = Image.new("L", (WIDTH, height), 250)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), SIZE)
    for place, (left, right) in enumerate(rows):
        pen.text((40, LINE * (place + 1)), left, font=font, fill=10)
        pen.text((WIDTH - 40, LINE * (place + 1)), right, font=font, fill=10, anchor="ra")
    if square:
        page.paste(square, (WIDTH // 2 - square.width // 2, LINE * (len(rows) + 2)))
    return page


def _square(code: str) -> Image.Image:
    written = BytesIO()
    segno.make(code, error="m").save(written, kind="png", scale=6, border=4)
    return Image.open(BytesIO(written.getvalue())).convert("L")


def fiscal(total_minor: int, *, number: int = 1) -> str:
    """What the square code of a Russian receipt says; ``number`` tells receipts apart."""
    return f"t=20260301T1230&s={total_minor / 100:.2f}&fn=9999078900000001&i={number}&fp=123456{number:04d}&n=1"


def _jpeg(page: Image.Image, quality: int = 90) -> bytes:
    written = BytesIO()
    page.convert("RGB").save(written, "JPEG", quality=quality)
    return written.getvalue()


# what goes wrong


def dark(content: bytes) -> bytes:
    """The same in the dark."""
    return _jpeg(ImageEnhance.Brightness(Image.open(BytesIO(content)).convert("RGB")).enhance(0.06))


def copied(content: bytes) -> bytes:
    """The same picture taken over by another phone: smaller, lighter, with other bytes."""
    page = Image.open(BytesIO(content)).convert("RGB")
    smaller = page.resize((page.width * 4 // 5, page.height * 4 // 5))
    return _jpeg(ImageEnhance.Brightness(smaller).enhance(1.05), quality=70)


def cat() -> bytes:
    """A picture with nothing to read on it."""
    page = Image.new("RGB", (800, 600), (180, 160, 120))
    pen = ImageDraw.Draw(page)
    pen.ellipse((250, 150, 550, 450), fill=(90, 70, 50))
    pen.polygon([(270, 220), (300, 90), (370, 170)], fill=(90, 70, 50))
    pen.polygon([(530, 220), (500, 90), (430, 170)], fill=(90, 70, 50))
    return _jpeg(page)


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it has 900 million pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
              for name, body in parts)  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
