"""Lengths and positions as Telegram counts them: in UTF-16 code units."""

from __future__ import annotations


def units(text: str) -> int:
    """Return the length of the text in UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """Return the part of the text from offset, both in UTF-16 code units."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")
