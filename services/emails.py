"""E-mail addresses as people type them: their form only; whether somebody reads them, the mail server says."""

from __future__ import annotations

import re
from typing import Final

from services.errors import DomainError

LONGEST: Final = 254
_BEFORE: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


class EmailUnclear(DomainError):
    """This is no e-mail address. No facts."""


def parse(text: str) -> str:
    """Read one address; the part after the @ may be in any script (``заказ@пример.рф``). Raises EmailUnclear.

    Before the @ only what every mail server takes: Latin letters, digits and signs.
    """
    address = text.strip().removeprefix("mailto:").strip("<>,; \t\r\n")
    before, _, domain = address.rpartition("@")
    domain = domain.casefold().rstrip(".")
    if len(before) > 64 or _BEFORE.fullmatch(before) is None or not _is_domain(domain):
        raise EmailUnclear
    address = f"{before}@{domain}"
    if len(address) > LONGEST:
        raise EmailUnclear
    return address


def _is_domain(domain: str) -> bool:
    try:
        labels = domain.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return False
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
