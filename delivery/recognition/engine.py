"""What every engine that recognises text offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from delivery.recognition.words import Word

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Grey = NDArray[Any]
    """Rows of bytes, 0 black to 255 white; OpenCV's own types say no more than that it is an array."""


class Engine(Protocol):
    """Recognises text in a prepared page: shades of grey, upright, dark on light."""

    @property
    def name(self) -> str:
        """What a reading calls it: one of ``reading.SOURCES``."""

    @property
    def voice(self) -> str:
        """Its name with the models that it looks with."""

    def available(self) -> bool:
        """Whether all that it needs is installed here."""

    def read(self, page: Grey) -> list[Word]:
        """The words of a page with their places on it."""
