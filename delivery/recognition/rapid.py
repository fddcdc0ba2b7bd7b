"""RapidOCR: an extra that reads thermal print well; its models know no Cyrillic."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from delivery.recognition import reading
from delivery.recognition.words import Word

if TYPE_CHECKING:
    from delivery.recognition.engine import Grey


class RapidOcr:
    """The engine of ``requirements/ocr.txt``. Loading its models takes half a second, so they stay loaded."""

    name: Final = reading.RAPIDOCR
    voice: Final = reading.RAPIDOCR

    def available(self) -> bool:
        """Whether the extra is installed."""
        return find_spec("rapidocr_onnxruntime") is not None

    @cached_property
    def _model(self) -> Any:
        return import_module("rapidocr_onnxruntime").RapidOCR(
            intra_op_num_threads=1, inter_op_num_threads=1, rec_batch_num=1
        )

    def read(self, page: Grey) -> list[Word]:
        """Pieces of text; a piece may be several words. None where the models stumble, over their memory for one."""
        try:
            found, _ = self._model(page)
        except Exception:  # noqa: BLE001 - models of others on pictures of strangers
            return []
        return [_word(*piece) for piece in found or ()]


def _word(box: list[list[float]], text: str, confidence: float) -> Word:
    across, down = [x for x, _ in box], [y for _, y in box]
    (left_top, right_top, right_bottom, left_bottom) = box
    wide = right_top[0] + right_bottom[0] - left_top[0] - left_bottom[0]
    falls = right_top[1] + right_bottom[1] - left_top[1] - left_bottom[1]
    slope = falls / wide if wide > 0 else None
    return Word(text, min(across), min(down), max(across), max(down), float(confidence), slope)
