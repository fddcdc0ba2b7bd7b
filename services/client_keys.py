"""The forms of a client's names and phone that searching and comparing use."""

from __future__ import annotations

from services import phones
from services.search import KEY_LENGTH, search_key

SEPARATOR = " | "
"""Between the name and the legal name in the search key."""


def keys_of(name: str, *, legal_name: str = "", phone: str = "", country: str = "") -> dict[str, str]:
    """What ``search_key``, ``phone_key`` and ``phone_end_key`` of a client have to hold.

    ``country``: ISO 3166 alpha-2, for a phone without its country's code.
    """
    key, legal = search_key(name), search_key(legal_name)
    if legal and legal != key:
        key = f"{key}{SEPARATOR}{legal}"[:KEY_LENGTH].rstrip()
    digits = phones.key_of(phone, country)
    return {"search_key": key, "phone_key": digits, "phone_end_key": digits[::-1]}
