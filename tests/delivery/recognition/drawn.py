"""Tickets that the tests draw themselves, and what a camera does to them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_FONT = Path(__file__).parents[3] / "fonts" / "PTSans-Regular.ttf"
_WIDE = 620
_HIGH = 44

ENGLISH = (
    ("HAIR SUPPLY LTD", ""),
    ("12 HIGH STREET, DUBLIN", ""),
    ("RECEIPT 4471  29/06/2024  14:05", ""),
    ("COLOUR CREAM 6.0 BROWN", ""),
    ("3 x 12.50", "37.50"),
    ("OXIDANT 6% 900 ML", ""),
    ("1 x 8.40", "8.40"),
    ("SUBTOTAL", "45.90"),
    ("VAT 20%", "9.18"),
    ("TOTAL", "55.08"),
    ("CASH", "60.00"),
    ("CHANGE", "4.92"),
)
SPANISH = (
    ("PELUQUERIA SOL S.L.", ""),
    ("CIF B12345674", ""),
    ("Factura 118   03/05/2024   18:20", ""),
    ("2 x 617,25 Tinte castano", "1.234,50"),
    ("1 x 65,50 Champu 5 l", "65,50"),
    ("TOTAL A PAGAR", "1.300,00"),
    ("EFECTIVO", "1.400,00"),
    ("CAMBIO", "100,00"),
)
RUSSIAN = (
    ("ООО КРАСКИ И КИСТИ", ""),
    ("ИНН 7707083893", ""),
    ("Кассовый чек 31.01.2024 15:30", ""),
    ("Краска для волос 6.0", ""),
    ("4 * 310.00", "=1240.00"),
    ("Шампунь 1 литр", ""),
    ("1 * 254.50", "=254.50"),
    ("ИТОГ", "=1494.50"),
    ("НАЛИЧНЫМИ", "=1500.00"),
    ("СДАЧА", "=5.50"),
)
FISCAL = "t=20240131T1530&s=1494.50&fn=9289000100405801&i=12345&fp=3522207165&n=1"


def ticket(rows: Sequence[tuple[str, str]], *, code: str | None = None, size: int = 26) -> Image.Image:
    """Black on white: words on the left, amounts on the right, a square code below."""
    font = ImageFont.truetype(str(_FONT), size)
    picture = Image.new("L", (_WIDE, _HIGH * (len(rows) + 2) + (320 if code else 0)), 255)
    pen = ImageDraw.Draw(picture)
    for number, (words, amount) in enumerate(rows, start=1):
        pen.text((40, number * _HIGH), words, font=font, fill=0)
        pen.text((_WIDE - 40, number * _HIGH), amount, font=font, fill=0, anchor="ra")
    if code:
        drawn = BytesIO()
        segno.make(code, micro=False).save(drawn, kind="png", scale=5, border=4)
        picture.paste(Image.open(drawn).convert("L"), (150, _HIGH * (len(rows) + 1)))
    return picture


def on_a_table(picture: Image.Image, *, degrees: float = 0.0) -> Image.Image:
    """As a photo: on something dark, turned counter-clockwise."""
    width, height = picture.size
    table = Image.new("L", (width + 400, height + 300), 60)
    table.paste(picture, (200, 150))
    return table.rotate(degrees, expand=True, fillcolor=60, resample=Image.Resampling.BICUBIC)


def dark(picture: Image.Image) -> Image.Image:
    """Hardly any light, and the noise that a camera then has."""
    return noisy(picture.point(lambda light: light // 60), 12)


def blurred(picture: Image.Image, radius: float = 9) -> Image.Image:
    """Out of focus."""
    return picture.filter(ImageFilter.GaussianBlur(radius))


def noisy(picture: Image.Image, most: int = 40) -> Image.Image:
    """With grain, the same each time."""
    dice = random.Random(1)  # noqa: S311 - no secret
    grain = Image.frombytes("L", picture.size, dice.randbytes(picture.width * picture.height))
    return Image.blend(picture, grain, most / 255)


def jpeg(picture: Image.Image, **options: object) -> bytes:
    """Its bytes as phones send them."""
    content = BytesIO()
    picture.save(content, "JPEG", quality=85, **options)
    return content.getvalue()


def png(picture: Image.Image) -> bytes:
    """Its bytes without loss."""
    content = BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()
