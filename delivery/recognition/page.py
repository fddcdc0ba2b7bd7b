"""A photo made ready for engines: cropped to its paper's turn, upright, evenly lit, letters of a good size (OpenCV)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from delivery.recognition.engine import Grey


_MOST_PIXELS: Final = 6_000_000
_ENOUGH_PIXELS: Final = 4_000_000
_SMALL_SIDE: Final = 700
_NO_CONTRAST: Final = 3.0
_STEEPEST: Final = 8.0
_MOST_NEIGHBOURS: Final = 1200
_OUTLINE_SIDE: Final = 400
_PAPER_CONTRAST: Final = 45


def turned(page: Grey, quarters: int) -> Grey:
    """Turned clockwise by so many right angles."""
    return np.ascontiguousarray(np.rot90(page, -quarters))


def lies_on_its_side(page: Grey) -> bool:
    """Whether the rows of text run up or down: the nearest letter to most letters stands above or below."""
    boxes = _letters(_small(page))[:_MOST_NEIGHBOURS]
    if len(boxes) < 20:
        return False
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    apart = np.abs(middles[:, None, :] - middles[None, :, :])
    distance = np.square(apart).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    nearest = apart[np.arange(len(boxes)), distance.argmin(axis=1)]
    return bool((nearest[:, 1] > nearest[:, 0]).mean() > 0.6)


def cropped(page: Grey) -> Grey:
    """Only the paper, where it lies on something darker; what shows beside it becomes paper too."""
    small = _resized(page, _OUTLINE_SIDE / max(page.shape))
    blurred = cv2.GaussianBlur(small, (0, 0), 3)
    _, bright = cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    count, marks, stats, _ = cv2.connectedComponentsWithStats(bright)
    if count < 2:
        return page
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    outline = _outline(marks == largest)
    inside = outline > 0
    share = float(inside.mean())
    if not 0.15 < share < 0.9 or _brighter(small, bright > 0) < _PAPER_CONTRAST:
        return page
    mask = cv2.resize(outline, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_NEAREST)
    left, top, width, height = cv2.boundingRect(mask)
    paper = int(np.percentile(small[inside], 70))
    return np.where(mask > 0, page, np.uint8(paper))[top : top + height, left : left + width]


def straightened(page: Grey) -> Grey:
    """Turned by the few degrees that make its rows level."""
    angle = _slope(_ink(_small(page)))
    if abs(angle) < 0.3:
        return page
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def scaled(page: Grey, letter: int = 30) -> Grey:
    """Enlarged or reduced so that a usual letter is about so many pixels high."""
    factor = min(4.0, max(0.3, letter / letter_height(page)), (_MOST_PIXELS / page.size) ** 0.5)
    return page if 0.9 < factor < 1.1 else _resized(page, factor)


def evenly_lit(page: Grey) -> Grey:
    """Shadows and folds taken away: each pixel beside the paper around it."""
    height, width = page.shape
    little = _resized(page, _OUTLINE_SIDE / max(height, width))
    paper = cv2.medianBlur(cv2.dilate(little, np.ones((7, 7), np.uint8)), 15)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(page, paper, scale=255)


def black_and_white(page: Grey) -> Grey:
    """Ink black, paper white, by what is around each pixel."""
    smooth = cv2.GaussianBlur(page, (0, 0), 1)
    return cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 51, 12)


def reduced(page: Grey) -> Grey:
    """Of no more pixels than engines need."""
    factor = (_ENOUGH_PIXELS / page.size) ** 0.5
    return page if factor >= 1 else _resized(page, factor)


def letter_height(page: Grey) -> float:
    """The height of a usual letter in pixels, by what hangs together on the page; 20 where nothing does."""
    factor = min(1.0, 1600 / max(page.shape))
    small = _resized(page, factor) if factor < 1 else page
    letters = _letters(small)
    return float(np.median(letters[:, 3])) / factor if len(letters) >= 20 else 20.0


def brightness(page: Grey) -> float:
    """How bright the brightest tenth of it is, 0 to 255."""
    return float(np.percentile(page[::4, ::4], 90))


def sharpness(page: Grey) -> float:
    """How steep its edges are beside its contrast: 0.5 and more where letters have edges, 0.1 where all is blurred.

    Infinite where there is nothing that could be blurred.
    """
    small = _small(page)
    contrast = float(small.std())
    return float(cv2.Laplacian(small, cv2.CV_32F).std()) / contrast if contrast > _NO_CONTRAST else math.inf


def _brighter(page: Grey, paper: NDArray[np.bool_]) -> float:
    return float(page[paper].mean()) - float(page[~paper].mean()) if not paper.all() else 0.0


def _outline(shape: NDArray[np.bool_]) -> Grey:
    """The shape without dents, as a mask: text at the edge of the paper is part of it."""
    edges, _ = cv2.findContours(shape.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.convexHull(max(edges, key=cv2.contourArea))
    filled: Grey = np.zeros(shape.shape, np.uint8)
    cv2.fillConvexPoly(filled, hull, 255)
    return filled


def _resized(page: Grey, factor: float) -> Grey:
    return cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def _small(page: Grey) -> Grey:
    factor = _SMALL_SIDE / min(page.shape)
    return page if factor >= 1 else _resized(page, factor)


def _ink(page: Grey) -> Grey:
    """255 where it is darker than around it."""
    return cv2.adaptiveThreshold(page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15)


def _letters(page: Grey) -> NDArray[np.float64]:
    """Left, top, width and height of what is of the size and shape of letters."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(_ink(page), connectivity=8)
    boxes = stats[1:]
    left, top, wide, high, area = boxes.T[:5]
    fit = (np.maximum(wide, high) >= 5) & (np.maximum(wide, high) <= 80) & (area >= 8)
    fit &= (wide <= high * 3) & (high <= wide * 6)
    boxes_of_letters: NDArray[np.float64] = np.stack([left, top, wide, high], axis=1)[fit].astype(np.float64)
    return boxes_of_letters


def _unevenness(ink: Grey) -> float:
    """How much the sums of rows differ from their neighbours."""
    sums = ink.sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(sums)).sum() / max(np.square(sums).sum(), 1.0))


def _slope(ink: Grey) -> float:
    """The turn in degrees, counter-clockwise, that makes the rows most distinct."""
    coarse = max(np.arange(-_STEEPEST, _STEEPEST + 0.1, 1.0), key=lambda angle: _distinct(ink, float(angle)))
    fine = max(np.arange(coarse - 0.75, coarse + 0.76, 0.25), key=lambda angle: _distinct(ink, float(angle)))
    return float(fine)


def _distinct(ink: Grey, angle: float) -> float:
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return _unevenness(cv2.warpAffine(ink, turn, (width, height), flags=cv2.INTER_NEAREST))
