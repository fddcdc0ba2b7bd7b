"""The ticket that the demo's rep photographs: what a shop's till printed, lying on a table, a little askew."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).resolve().parents[1] / "fonts" / "PTSans-Regular.ttf"
ROWS = (
    ("LA CIGÜEÑA", ""),
    ("Москва, ул. Пятницкая, 16", ""),
    ("ТОВАРНЫЙ ЧЕК № 183", ""),
    ("", ""),
    ("Nevada 7.0 русый, 60 мл", ""),
    ("   5 x 248.00", "1240.00"),
    ("", ""),
    ("ИТОГ", "1240.00"),
    ("СПАСИБО ЗА ПОКУПКУ", ""),
)
"""What is printed left and right."""
WIDTH, LINE, SIZE, EDGE = 660, 54, 36, 44
"""Pixels: of the paper, from row to row, of the letters, and what is left free beside them."""
TABLE, PAPER, INK = (96, 74, 58), (248, 246, 240), (36, 36, 44)
ASKEW = 1.2
"""Degrees."""


def photograph() -> bytes:
    """A JPEG, the same every time."""
    paper = Image.new("RGB", (WIDTH, LINE * (len(ROWS) + 2)), PAPER)
    pen, font = ImageDraw.Draw(paper), ImageFont.truetype(str(FONT), SIZE)
    for place, (left, right) in enumerate(ROWS, 1):
        pen.text((EDGE, LINE * place), left, font=font, fill=INK)
        pen.text((WIDTH - EDGE, LINE * place), right, font=font, fill=INK, anchor="ra")
    table = Image.new("RGB", (WIDTH + 4 * EDGE, paper.height + 4 * EDGE), TABLE)
    table.paste(paper, (2 * EDGE, 2 * EDGE))
    taken = io.BytesIO()
    table.rotate(ASKEW, Image.Resampling.BICUBIC, fillcolor=TABLE).save(taken, "JPEG", quality=88)
    return taken.getvalue()
