"""What pictures look like: the same one is known again though its bytes differ; whatever is no picture has no hash."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageEnhance

from delivery import picture_hashes
from services.picture_bands import FARTHEST, distance
from tests.delivery.test_fetching import bomb, picture
from tests.journeys.receipts import Goods, receipt

RECEIPTS = [
    receipt([Goods(f"Thing {name}", count, 12300) for name in names], number=number, language=language)
    for number, (names, count, language) in enumerate(
        [("ab", 2, "en"), ("abcdef", 7, "ru"), ("x", 1, "es"), ("klmnopqrs", 3, "en")], start=3
    )
]


def hashed(content: bytes) -> str:
    found = picture_hashes.of(content)
    assert found is not None
    assert len(found) == 16
    return found


def changed(content: bytes, *, scale: float, quality: int, light: float) -> bytes:
    opened = Image.open(BytesIO(content)).convert("RGB")
    smaller = opened.resize((int(opened.width * scale), int(opened.height * scale)))
    written = BytesIO()
    ImageEnhance.Brightness(smaller).enhance(light).save(written, "JPEG", quality=quality)
    return written.getvalue()


@pytest.mark.parametrize("content", RECEIPTS, ids=range(len(RECEIPTS)))
@pytest.mark.parametrize(("scale", "quality", "light"), [(1, 60, 1), (0.5, 85, 1), (0.8, 75, 1.1), (1.5, 90, 0.9)])
def test_a_picture_is_known_again(content: bytes, scale: float, quality: int, light: float) -> None:
    again = changed(content, scale=scale, quality=quality, light=light)

    assert distance(hashed(content), hashed(again)) <= FARTHEST


def test_other_pictures_are_others() -> None:
    hashes = [hashed(content) for content in RECEIPTS]

    assert all(distance(one, other) > FARTHEST for one in hashes for other in hashes if one != other)
    assert len(set(hashes)) == len(hashes)


def test_a_photo_is_looked_at_upright() -> None:
    opened = Image.open(BytesIO(RECEIPTS[1])).convert("RGB")
    turned, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    opened.rotate(90, expand=True).save(turned, "JPEG", exif=exif, quality=92)

    assert distance(hashed(RECEIPTS[1]), hashed(turned.getvalue())) <= FARTHEST


@pytest.mark.parametrize("content", [b"", b"words", bomb(30_000, 30_000), RECEIPTS[0][:900], picture("GIF", mode="P")])
def test_what_is_no_picture_of_ours_has_none(content: bytes) -> None:
    assert picture_hashes.of(content) is None
