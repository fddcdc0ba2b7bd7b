"""The files of one bot, known by opaque identifiers, as Telegram keeps them apart for each bot."""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
from dataclasses import dataclass
from typing import Any

from sandbox import pictures
from sandbox.refusals import Refused, bad_request

UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
DOWNLOAD_LIMIT = 20 * 1024 * 1024
_FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice", "sticker": "stickers"}


@dataclass(slots=True, frozen=True)
class Upload:
    """A file as it came with a request."""

    name: str
    mime: str
    content: bytes


@dataclass(slots=True, frozen=True)
class StoredFile:
    """A file that the bot may download by its path and send again by its identifier."""

    id: str
    unique_id: str
    kind: str
    path: str
    content: bytes
    wire: Any

    def described(self) -> dict[str, Any]:
        """Return the File object."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
            "file_path": self.path,
        }


class FileStore:
    """All files that one bot has sent or received."""

    def __init__(self) -> None:
        self.by_id: dict[str, StoredFile] = {}
        self.by_path: dict[str, StoredFile] = {}

    def _keep(self, kind: str, name: str, content: bytes, wire: dict[str, Any], salt: str = "") -> dict[str, Any]:
        file_id = f"{kind[0].upper()}gAC{secrets.token_urlsafe(36)}"
        unique = hashlib.sha256(f"{kind}{salt}".encode() + content).hexdigest()[:16]
        extension = name.rpartition(".")[2][:8] if "." in name else "bin"
        path = f"{_FOLDERS[kind]}/file_{len(self.by_path)}.{extension}"
        wire = {"file_id": file_id, "file_unique_id": f"AQ{unique}", **wire, "file_size": len(content)}
        stored = StoredFile(file_id, wire["file_unique_id"], kind, path, content, wire)
        self.by_id[file_id] = self.by_path[path] = stored
        return wire

    def add_photo(self, content: bytes) -> list[dict[str, Any]]:
        """Keep a photo; return its sizes. Each size downloads as the original bytes."""
        if len(content) > PHOTO_LIMIT:
            raise bad_request("file is too big for a photo")
        size = pictures.dimensions(content)
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        if sum(size) > 10_000 or min(size) < 1 or max(size) > 20 * min(size):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        extension = "png" if content[:4] == b"\x89PNG" else "jpg"
        return self._keep_sizes(content, extension, pictures.photo_sizes(*size))

    def _keep_sizes(self, content: bytes, extension: str, sizes: list[tuple[int, int]]) -> list[dict[str, Any]]:
        wires = [
            self._keep("photo", f"p.{extension}", content, {"width": w, "height": h}, salt=f"{w}x{h}") for w, h in sizes
        ]
        for wire in wires:  # any size sends the whole photo again
            stored = self.by_id[wire["file_id"]]
            whole = StoredFile(stored.id, stored.unique_id, "photo", stored.path, content, wires)
            self.by_id[stored.id] = self.by_path[stored.path] = whole
        return wires

    def add_document(self, upload: Upload, *, limited: bool = True) -> dict[str, Any]:
        """Keep a document; return the Document object. People may send larger ones than bots."""
        if limited:
            _within_limit(upload)
        mime = upload.mime or mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        described = {"file_name": upload.name, "mime_type": mime}
        return self._keep("document", upload.name, upload.content, described)

    def add_voice(self, upload: Upload) -> dict[str, Any]:
        """Keep a voice message; return the Voice object."""
        _within_limit(upload)
        return self._keep("voice", "v.oga", upload.content, {"duration": 1, "mime_type": "audio/ogg"})

    def add_sticker(self, emoji: str) -> dict[str, Any]:
        """Make a sticker for an emoji; return the Sticker object."""
        described = {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
            "set_name": "Sandbox",
        }
        return self._keep("sticker", "s.webp", f"sticker {emoji}".encode(), described)

    def reuse(self, file_id: str, kind: str) -> Any:
        """Return what was sent under this identifier; refused when it is unknown or of another kind."""
        stored = self.by_id.get(file_id)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if stored.kind != kind:
            raise bad_request(f"can't use file of type {stored.kind.title()} as {kind.title()}")
        return stored.wire

    def get(self, file_id: str) -> StoredFile:
        """Return a file that the bot may download; refused when unknown or over 20 MB."""
        stored = self.by_id.get(file_id)
        if stored is None:
            raise bad_request("invalid file_id")
        if len(stored.content) > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return stored


def _within_limit(upload: Upload) -> None:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > UPLOAD_LIMIT:
        raise Refused(413, "Request Entity Too Large")
