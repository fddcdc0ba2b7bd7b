"""Whether a file from outside is a picture that can be shown and printed, found out without being harmed by it."""

from __future__ import annotations

import threading
import warnings
from io import BytesIO

from PIL import Image

from services import fetching

MOST_PIXELS = 25_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_one_at_a_time = threading.Lock()  # a picture of so many pixels takes a hundred megabytes while it is looked at

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class NoPicture(Exception):
    """Not to be stored. ``reason`` is one of ``services.fetching.REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def content_type(content: bytes) -> str:
    """The type of a JPEG, PNG or WebP that is whole. Raises NoPicture for anything else, and above ``MOST_PIXELS``.

    The size is read before the first pixel is, so that a small file cannot unpack to gigabytes.
    """
    with _one_at_a_time:
        try:
            with Image.open(BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise NoPicture(fetching.TOO_MANY_PIXELS)
                picture.load()
                return Image.MIME[picture.format or ""]
        except NoPicture:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NoPicture(fetching.TOO_MANY_PIXELS) from None
        except Exception:  # noqa: BLE001 - a parser of what strangers send may stumble over anything
            raise NoPicture(fetching.NO_PICTURE) from None
