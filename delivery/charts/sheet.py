"""A sheet to draw on, in pixels: ``x`` to the right, ``y`` downwards, 1080 wide, which a phone shows at a third."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import BoxStyle, Circle, FancyBboxPatch, Polygon, Rectangle

from delivery.charts import lettering
from templates.environment import Texts

WIDTH: Final = 1080
MARGIN: Final = 56
RIGHT: Final = WIDTH - MARGIN
INNER: Final = RIGHT - MARGIN
_DPI: Final = 100
_POINTS: Final = 72 / _DPI

PAPER: Final = "#ffffff"
INK: Final = "#16202c"
GREY: Final = "#5b6673"
"""On white 5.9 : 1, enough for small letters."""
LINE: Final = "#d5dbe3"
TRACK: Final = "#e6ebf1"
TINT: Final = "#fff3cf"
BLUE: Final = "#2a6fbb"
MIDDLE_BLUE: Final = "#77a9dd"
PALE_BLUE: Final = "#a9c8ea"
GREEN: Final = "#17794a"
AMBER: Final = "#b45309"

Side = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one picture: the blocks of a template, in its reader's language."""

    texts: Texts
    template: str
    language: str

    def __call__(self, block: str, **facts: Any) -> str:
        """One text."""
        return self.texts.plain(self.template, block, self.language, facts)


class Sheet:
    """A white sheet that is being drawn on; ``png`` gives the picture."""

    def __init__(self, height: float) -> None:
        self._figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor=PAPER)
        self._canvas = FigureCanvasAgg(self._figure)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(height, 0)
        self._axes.axis("off")

    def words(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        *,
        most: float = INNER,
        bold: bool = False,
        colour: str = INK,
        side: Side = "left",
    ) -> float:
        """Write on the base line ``y``, cut to ``most`` pixels; returns how wide it came out."""
        shown = lettering.fitting(words, size, most, bold=bold)
        self._axes.text(
            x, y, shown, fontproperties=lettering.face(bold=bold), fontsize=size * _POINTS, color=colour, ha=side,
            va="baseline", parse_math=False,
        )  # fmt: skip
        return lettering.width(shown, size, bold=bold)

    def bar(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        """A bar with round corners; nothing where it has no width."""
        if wide <= 0:
            return
        style = BoxStyle.Round(pad=0, rounding_size=min(high, wide) / 2)
        self._axes.add_patch(FancyBboxPatch((x, y), wide, high, boxstyle=style, facecolor=colour, linewidth=0))

    def box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        """A plain rectangle."""
        self._axes.add_patch(Rectangle((x, y), wide, high, facecolor=colour, linewidth=0))

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """A disc around a point."""
        self._axes.add_patch(Circle((x, y), radius, facecolor=colour, linewidth=0))

    def pointer(self, x: float, y: float, size: float, colour: str) -> None:
        """A triangle that points downwards at a point."""
        corners = [(x, y), (x - size / 2, y - size), (x + size / 2, y - size)]
        self._axes.add_patch(Polygon(corners, closed=True, facecolor=colour, linewidth=0))

    def png(self) -> bytes:
        """The picture."""
        drawn = BytesIO()
        self._canvas.print_png(drawn, metadata={"Software": None})  # type: ignore[no-untyped-call]
        return drawn.getvalue()
