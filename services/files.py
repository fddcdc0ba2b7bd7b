"""Files: the bytes lie by content hash in one store, a row each says what they are.

A name from outside is only ever shown. It never becomes a path, so no name can lead out of the store.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.files import File

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME = 255
_LONGEST_SUFFIX = 16


class FileStore:
    """A folder of bytes, each under its SHA-256: ``ab/cdef…``. Writing the same bytes twice keeps one file."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> str:
        """Store the bytes and return their SHA-256 in hex.

        They are on the disk, whole, when this returns; a reader, or a power cut, never sees half of them.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if target.is_file():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        # The bytes are safe; the names that lead to them are entries of the folders above.
        for folder in (target.parent, self._root):
            _sync_folder(folder)
        return sha256

    def read(self, sha256: str) -> bytes:
        """All bytes of a stored file. Raises FileNotFoundError if it is not in the store."""
        return self.path(sha256).read_bytes()

    def forget_partial(self) -> None:
        """Remove what a process that was killed had not finished writing. Only while nobody writes."""
        for left in self._root.glob("*/.part-*"):
            left.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the file of that hash lies, if it does. Raises ValueError for anything but 64 small hex digits."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256 in hex")
        return self._root / sha256[:2] / sha256[2:]


def record(
    session: Session, *, sha256: str, name: str, content_type: str, size: int, created_by: int | None, now: datetime
) -> File:
    """Write down a stored file; the same bytes under the same name are one row. ``size`` is in bytes.

    ``name`` may come from outside and is cleaned by ``shown_name``. ``created_by``: a person, None for the product.
    """
    shown = shown_name(name)
    known = session.scalars(
        select(File).where(File.sha256 == sha256, File.name == shown).order_by(File.id).limit(1)
    ).first()
    if known is not None:
        return known
    file = File(sha256=sha256, name=shown, content_type=content_type, size=size, created_by=created_by, created_at=now)
    session.add(file)
    session.flush()
    return file


def as_document(file: File) -> dict[str, Any]:
    """A stored file as messages carry it."""
    return {"sha256": file.sha256, "name": file.name, "content_type": file.content_type}


def shown_name(name: str) -> str:
    """Make a name from outside fit to be shown: one line, no path, at most 255 characters with its suffix kept.

    Control and format characters go (a right-to-left mark makes ``exe.pdf`` out of ``fdp.exe``), separators
    become ``_``.
    """
    kept = "".join(" " if char.isspace() else char for char in name)
    kept = "".join(char for char in kept if not unicodedata.category(char).startswith("C"))
    kept = " ".join(re.sub(r"[/\\]", "_", kept).split()).lstrip(". ")
    if len(kept) <= _LONGEST_NAME:
        return kept or "file"
    suffix = PurePosixPath(kept).suffix
    if len(suffix) > _LONGEST_SUFFIX:
        suffix = ""
    return (kept[: _LONGEST_NAME - len(suffix)] + suffix).rstrip()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
