"""Files that people send: fetched, looked at, stored, handed back; what is not taken is said with its reason."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.connectors.connector import FileGone, FileTooLarge
from bot.events import Internal
from delivery import pictures
from delivery.fetching import FetchingWay
from delivery.pictures import NoPicture
from services import fetching
from services.files import FileStore
from services.jobs import Job
from services.lanes import Row
from services.ways_out import NeverAgain, TryLater
from tests.builders import NOON

ASKED = {
    "purpose": "product_photo", "file_ref": "AgAC1", "chat_key": "tg:1:5", "name": "", "person_id": 5,
    "facts": {"product_id": 12},
}  # fmt: skip


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    """A small picture."""
    written = BytesIO()
    Image.new(mode, size).save(written, kind)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it has so many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    parts = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    chunks = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@dataclass
class Messenger:
    """Has one file, or raises."""

    gives: bytes | Exception
    asked: list[tuple[str, int]] = field(default_factory=list)

    def fetch(self, file_ref: str, *, largest: int) -> bytes:
        self.asked.append((file_ref, largest))
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


@dataclass
class Desk:
    """The way, and what it handed back."""

    store: FileStore
    handed: list[Internal] = field(default_factory=list)

    def deliver(self, gives: bytes | Exception, **asked: Any) -> str:
        messenger = Messenger(gives)
        way = FetchingWay({"tg": messenger}, self.store, self.handed.append)  # type: ignore[dict-item]
        row = Row(7, "file:x", Job.FETCH_FILE, {**ASKED, **asked}, 0, NOON, secret=False)
        try:
            given = way.deliver(row, None)
        except NeverAgain as refusal:
            way.given_up(row, refusal.reason)
            given = ""
        assert messenger.asked == [(row.payload["file_ref"], fetching.largest(row.payload["purpose"]))]
        assert way.limits(row) == ()
        return given


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(FileStore(tmp_path))


@pytest.mark.parametrize(
    ("kind", "content_type", "name"),
    [
        ("JPEG", "image/jpeg", "product_photo.jpg"),
        ("PNG", "image/png", "product_photo.png"),
        ("WEBP", "image/webp", "product_photo.webp"),
    ],
)
def test_a_picture_is_stored_and_handed_back(desk: Desk, kind: str, content_type: str, name: str) -> None:
    content = picture(kind)

    sha256 = desk.deliver(content)

    assert desk.store.read(sha256) == content
    facts = {
        "purpose": "product_photo", "person_id": 5, "chat_key": "tg:1:5", "facts": {"product_id": 12},
        "sha256": sha256, "name": name, "content_type": content_type, "size": len(content),
    }  # fmt: skip
    assert desk.handed == [Internal("file.fetched", 7, facts)]


def test_the_senders_name_is_kept_and_the_senders_type_is_not_believed(desk: Desk) -> None:
    desk.deliver(picture("PNG"), name="milk.jpg")

    assert (desk.handed[0].facts["name"], desk.handed[0].facts["content_type"]) == ("milk.jpg", "image/png")


def test_what_need_not_be_a_picture_is_not_looked_into(desk: Desk) -> None:
    desk.deliver(b"code;price", purpose="price_list", name="goods.csv")

    assert desk.handed[0].facts["content_type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("gives", "reason"),
    [
        (FileTooLarge("too large"), fetching.TOO_LARGE),
        (FileGone("Bad Request: invalid file_id"), fetching.GONE),
        (b"", fetching.NO_PICTURE),
        (b"<html>", fetching.NO_PICTURE),
        (b"%PDF-1.7", fetching.NO_PICTURE),
        (picture("GIF"), fetching.NO_PICTURE),
        (picture("TIFF"), fetching.NO_PICTURE),
        (picture("JPEG", (400, 300))[:-300], fetching.NO_PICTURE),
        (picture("PNG", (400, 300))[:-40], fetching.NO_PICTURE),
        (bomb(5001, 5000), fetching.TOO_MANY_PIXELS),
        (bomb(12_000, 12_000), fetching.TOO_MANY_PIXELS),
        (bomb(60_000, 60_000), fetching.TOO_MANY_PIXELS),
        (NeverAgain("Bad Request: something else"), fetching.TROUBLE),
    ],
)
def test_what_is_not_taken_is_said_with_its_reason(desk: Desk, gives: bytes | Exception, reason: str) -> None:
    assert desk.deliver(gives) == ""

    [told] = desk.handed
    assert (told.name, told.number) == ("file.not_fetched", 7)
    assert told.facts == {
        "purpose": "product_photo", "person_id": 5, "chat_key": "tg:1:5", "facts": {"product_id": 12},
        "name": "", "reason": reason,
    }  # fmt: skip


def test_trouble_that_may_pass_is_the_relays(desk: Desk) -> None:
    with pytest.raises(TryLater):
        desk.deliver(TryLater("HTTP 502"))

    assert desk.handed == []


def test_the_most_pixels_that_are_taken() -> None:
    assert pictures.content_type(picture("PNG", (5000, 5000), "1")) == "image/png"
    with pytest.raises(NoPicture):
        pictures.content_type(picture("PNG", (5000, 5001), "1"))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "image/heic"),
        (b"%PDF-1.7", "application/pdf"),
        (bomb(30_000, 30_000), "image/png"),
        (b"PK", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_photo_of_a_ticket_is_kept_as_it_came(tmp_path: Path, content: bytes, kind: str) -> None:
    desk = Desk(FileStore(tmp_path))

    desk.deliver(content, purpose=fetching.TICKET, facts={"ticket_id": 3})

    [told] = desk.handed
    assert (told.name, told.facts["content_type"], told.facts["size"]) == ("file.fetched", kind, len(content))
    assert desk.store.read(told.facts["sha256"]) == content


def test_the_photo_of_a_ticket_may_be_larger_than_other_files() -> None:
    assert [fetching.largest(purpose) for purpose in ("logo", fetching.TICKET)] == [10 * 2**20, 20 * 2**20]
