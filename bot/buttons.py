"""Buttons: what they say, and the at most 64 bytes ``verb.id.version`` that come back when one is pressed.

An id may be several whole numbers joined by ``-``. Nothing else travels in a button: no price, no name. Whatever
comes back may be forged, so unpacking checks the form and the rules check the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 64
_FORM = re.compile(r"([a-z_]{1,24})\.((?:\d{1,15}(?:-\d{1,15}){0,3})?)\.(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: ``label`` is a block of the screen's template, filled by the screen's facts and
    ``facts``. It carries a verb with ids and, where it has an effect, the version of what it acts on; or a link.
    """

    label: str
    verb: str = ""
    ids: tuple[int, ...] = ()
    version: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    link: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a pressed button carried."""

    verb: str
    ids: tuple[int, ...]
    version: int


def pack(button: Button) -> str:
    """The data of a button. Raises ValueError where it would not fit or not come back the same."""
    data = f"{button.verb}.{'-'.join(str(part) for part in button.ids)}.{button.version}"
    if len(data.encode()) > MOST_BYTES or unpack(data) is None:
        raise ValueError(f"a button cannot carry {data!r}")
    return data


def unpack(data: str) -> Pressed | None:
    """What came back, or None where no button of ours can have sent it."""
    form = _FORM.fullmatch(data)
    if form is None:
        return None
    verb, ids, version = form.groups()
    return Pressed(verb, tuple(int(part) for part in ids.split("-")) if ids else (), int(version))
