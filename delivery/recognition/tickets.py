"""The way in: photos of one ticket become one reading, in a child process with limits."""

from __future__ import annotations

import atexit
import dataclasses
from collections.abc import Sequence
from typing import Any, Final

from delivery.recognition import photo, reading
from delivery.recognition.children import Children, Lost
from delivery.recognition.reading import Reading

MOST_PICTURES: Final = 10
_children: Final = Children()
atexit.register(_children.close)


def recognise(
    pictures: Sequence[bytes],
    *,
    languages: Sequence[str] = ("ru", "es", "en"),
    currency: str | None = None,
    seconds: float = 20.0,
    children: Children = _children,
) -> Reading:
    """Read one ticket from one or more photos, in a child process with limits on memory and time.

    Never raises for bad input: ``trouble`` says what is wrong. ``languages`` are those of the company, ``currency`` is
    assumed where the ticket names none. At most ``seconds`` pass once a child is free; what it knew by then is told.
    """
    if not pictures:
        return Reading(trouble=reading.NOT_A_PICTURE)
    if max(map(len, pictures)) > photo.MOST_BYTES:
        return Reading(trouble=reading.TOO_LARGE)
    order = {"languages": list(languages), "currency": currency}
    try:
        said = children.ask(pictures[:MOST_PICTURES], order, seconds)
    except Lost as lost:
        return _what_was_known(lost.said, reading.TOOK_TOO_LONG if lost.too_long else reading.BROKEN)
    except OSError:
        return Reading(trouble=reading.NO_ENGINE)
    return _understood(said[-1]) or Reading(trouble=reading.BROKEN)


def _what_was_known(said: list[dict[str, Any]], trouble: str) -> Reading:
    known = _understood(said[-1]) if said else None
    return dataclasses.replace(known or Reading(), trouble=trouble)


def _understood(answer: dict[str, Any]) -> Reading | None:
    """A child that was taken over may say anything; only what a reading is made of comes through."""
    try:
        return Reading.from_json(answer["reading"])
    except (KeyError, TypeError, ValueError):
        return None
