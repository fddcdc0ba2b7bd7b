"""Bodies of the kind multipart/form-data, read as leniently as Telegram does.

Bot libraries write file names in UTF-8, quoted, bare or percent-encoded; strict parsers lose some of these.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from sandbox.files import Upload
from sandbox.refusals import bad_request

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_PARAMETER = re.compile(r';\s*(name|filename\*?)=("(?:[^"\\]|\\.)*"|.*?(?=;\s*[a-z*]+=|$))', re.IGNORECASE)


def read(body: bytes, content_type: str) -> dict[str, Any]:
    """Return the fields: text as str, files as Upload. Raises Refused when the body has no such form."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise bad_request("boundary of multipart/form-data not found")
    mark = b"--" + boundary[1].encode()
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise bad_request("body of multipart/form-data is cut short")
    given: dict[str, Any] = {}
    for piece in pieces[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name, value = _part(head.decode("utf-8", "replace"), content)
        given[name] = value
    return given


def _part(head: str, content: bytes) -> tuple[str, str | Upload]:
    headers = dict(line.split(":", 1) for line in head.split("\r\n") if ":" in line)
    named = {name.lower(): value.strip() for name, value in headers.items()}
    found = {match[1].lower(): _plain(match[2]) for match in _PARAMETER.finditer(named.get("content-disposition", ""))}
    if "name" not in found:
        raise bad_request("part of multipart/form-data has no name")
    file_name = found.get("filename")
    if found.get("filename*"):
        file_name = unquote(found["filename*"].rpartition("'")[2])
    if file_name is None:
        return found["name"], content.decode("utf-8", "surrogateescape")
    return found["name"], Upload(file_name, named.get("content-type", ""), content)


def _plain(value: str) -> str:
    """Take off the quotes and the backslashes that escape."""
    value = value.strip()
    if value.startswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value
