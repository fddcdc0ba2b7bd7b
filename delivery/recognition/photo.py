"""Opening what strangers send as a photo, without being harmed by it."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from delivery.recognition import reading

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_PIXELS: Final = 25_000_000
"""That are unpacked. A JPEG of up to ``MOST_JPEG_PIXELS`` is unpacked at a half, a quarter or an eighth, which the
format offers: phones of 48 and 50 megapixels are common."""
MOST_JPEG_PIXELS: Final = 80_000_000
_LEAST_SIDE: Final = 32
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif")


class NoPhoto(Exception):
    """Not to be looked at. ``trouble`` is one of ``reading.TROUBLES``."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def open_grey(content: bytes) -> Image.Image:
    """The picture in shades of grey, upright as its EXIF says. Raises NoPhoto.

    Size and format are read off the header before the first pixel is unpacked.
    """
    _refuse_by_first_bytes(content)
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            _keep_small(picture)
            return _on_white(ImageOps.exif_transpose(picture))
    except NoPhoto:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NoPhoto(reading.TOO_LARGE) from None
    except UnidentifiedImageError:
        raise NoPhoto(reading.BROKEN if _looks_known(content) else reading.NOT_A_PICTURE) from None
    except Exception:  # noqa: BLE001 - a parser of what strangers send may stumble over anything
        raise NoPhoto(reading.BROKEN) from None


def _refuse_by_first_bytes(content: bytes) -> None:
    if b"%PDF-" in content[:1024]:
        raise NoPhoto(reading.PDF)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise NoPhoto(reading.HEIC)
    if len(content) > MOST_BYTES:
        raise NoPhoto(reading.TOO_LARGE)


def _looks_known(content: bytes) -> bool:
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    )


def _keep_small(picture: Image.Image) -> None:
    """Ask a JPEG to unpack smaller. Raises NoPhoto where that is not enough."""
    width, height = picture.size
    if min(width, height) < _LEAST_SIDE:
        raise NoPhoto(reading.NO_TEXT)
    if width * height <= MOST_PIXELS:
        return
    if picture.format not in {"JPEG", "MPO"} or width * height > MOST_JPEG_PIXELS:
        raise NoPhoto(reading.TOO_LARGE)
    picture.draft("L", (width // 2, height // 2))
    if picture.width * picture.height > MOST_PIXELS:
        raise NoPhoto(reading.TOO_LARGE)


def _on_white(picture: Image.Image) -> Image.Image:
    """Shades of grey; what is transparent is paper."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("L")
    layered = picture.convert("RGBA")
    paper = Image.new("RGBA", layered.size, "white")
    paper.alpha_composite(layered)
    return paper.convert("L")
