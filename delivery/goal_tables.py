"""Tables that admins send, XLSX or CSV, as rows of text: read whole, within bounds, without harm from what they are.

An XLSX file is an archive: what it would unpack to is added up before anything is unpacked. Its sheet is read row by
row, so that a table of a million rows costs no more than its first thousand.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from services import fetching
from services.goal_files import MOST_ROWS

MOST_UNPACKED: Final = 8 * 1024 * 1024
"""Bytes that all parts of an XLSX file may have together: a table of a thousand rows has a twentieth of that."""
_MOST_PARTS: Final = 200
_MOST_BYTES: Final = 1024 * 1024
"""Of a CSV file."""
_MOST_COLUMNS: Final = 20
_LONGEST_CELL: Final = 200
_ARCHIVE: Final = b"PK\x03\x04"
_DELIMITERS: Final = ";\t,"
_CYRILLIC: Final = re.compile(rb"[\xc0-\xff\xa8\xb8]{3}")
_UNICODE_MARKS: Final = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_BROKEN: Final = (
    zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError,
    EOFError, OSError, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip
"""What openpyxl raises for a file that is none of its own, or damaged."""


class NoTable(Exception):
    """Not to be read. ``reason`` is one of ``services.fetching.REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read(content: bytes) -> list[list[str]]:
    """The rows of the first sheet, or of the CSV, as text; those at the end that are empty are left out.

    Figures as people type them, days as ``31.12.2026``. At most ``MOST_ROWS`` below the heading. Raises NoTable.
    """
    if content.startswith(_ARCHIVE):
        rows = _of_workbook(content)
    else:
        if len(content) > _MOST_BYTES:
            raise NoTable(fetching.TOO_LONG)
        rows = _of_csv(_decoded(content))
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise NoTable(fetching.NO_TABLE)
    if len(rows) > MOST_ROWS + 1:
        raise NoTable(fetching.TOO_LONG)
    return rows


def _of_workbook(content: bytes) -> list[list[str]]:
    _check_archive(content)
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 - a fifth of what the start would take, for a rare file

        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what it says of its own size is not to be believed
            return _bounded(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS, values_only=True))
        finally:
            book.close()
    except _BROKEN:
        raise NoTable(fetching.NO_TABLE) from None


def _check_archive(content: bytes) -> None:
    """Raise NoTable for an archive that is no workbook, that would unpack to too much, or has XML with entities."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise NoTable(fetching.TOO_LONG)
            for part in parts:
                with archive.open(part) as opened:
                    unpacked = opened.read(MOST_UNPACKED)
                if b"<!DOCTYPE" in unpacked.replace(b"\x00", b"") or b"<!ENTITY" in unpacked.replace(b"\x00", b""):
                    raise NoTable(fetching.NO_TABLE)
    except _BROKEN:
        raise NoTable(fetching.NO_TABLE) from None


def _decoded(content: bytes) -> str:
    """The text by its mark, else as UTF-8, else as Windows writes it: words of three signs that are not Latin ones are
    Cyrillic.
    """
    codec = next((name for name, mark in _UNICODE_MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:
        text = content.decode("cp1251" if _CYRILLIC.search(content) else "cp1252", errors="replace")
    if any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text):
        raise NoTable(fetching.NO_TABLE)
    return text


def _of_csv(text: str) -> list[list[str]]:
    heading = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=heading.count)
    try:
        return _bounded(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise NoTable(fetching.NO_TABLE) from None


def _bounded(rows: Iterable[Iterable[Any]]) -> list[list[str]]:
    """At most one row more than may be, so that it is noticed."""
    found: list[list[str]] = []
    for row in rows:
        cells = [_text(cell) for _, cell in zip(range(_MOST_COLUMNS), row, strict=False)]
        found.append(cells)
        if len(found) > MOST_ROWS + 1:
            break
    return found


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell.day:02}.{cell.month:02}.{cell.year:04}"
    if isinstance(cell, float):
        cell = f"{cell:.4f}".rstrip("0").rstrip(".")
    return " ".join(str(cell).split())[:_LONGEST_CELL]
